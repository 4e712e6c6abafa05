// What a route is: its URL, its shapes, who may call it, and the kinds that `http.ts` knows how to serve.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Deps } from '../deps.ts'
import type { Actor } from './actor.ts'
import type { Db, Tx } from './db.ts'
import type { FileKind } from './file-kinds.ts'
import type { StoredFile } from './files.ts'
import { Problem, type ProblemCode } from './problems.ts'

export type Shape = z.ZodType
export type Out<S> = S extends z.ZodType ? z.output<S> : undefined
export type Reply<S> = S extends z.ZodType ? z.input<S> : undefined

/** Who may call a route: a permission of `orgs/rules.ts`, anyone signed in, or anyone at all. */
export type Audience = 'anyone' | 'signed-in' | (string & {})

export interface Common<P, Q, R> {
  url: string
  /** In Chinese, as the office says it; shown in the documentation. */
  summary: string
  description?: string
  tag: string
  for: Audience
  /** Why the route serves a caller with that permission in no case, whatever they ask of it; undefined where it may. */
  admits?: (actor: Actor) => Problem | undefined
  params?: P
  query?: Q
  reply: R
  /** Problems a caller should expect beyond those every route can give. */
  problems?: readonly ProblemCode[]
  /** Where the usual limit of requests is too generous: signing in, searching. */
  limit?: RouteLimit
}

export interface RouteLimit {
  perMinute: number
  by: 'address' | 'account'
}

export interface ReadRoute<P, Q, R> extends Common<P, Q, R> {
  /** The version of a single object, sent as its ETag. */
  etag?: (reply: Reply<R>) => number
}

export interface WriteRoute<P, Q, B, R> extends Common<P, Q, R> {
  method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: B
  status?: 200 | 201 | 202
  /** `required`: an edit of what somebody read. `accepted`: an act, guarded by the state as well. */
  ifMatch?: 'required' | 'accepted'
  /** Version after the write, sent as ETag. */
  etag?: (reply: Reply<R>) => number
  /** Largest body in bytes where the usual limit is too small. */
  bodyLimit?: number
  /** Most members of a JSON body where the usual 1,000 are too few: lists. */
  members?: number
}

export interface Input<P, Q> {
  params: Out<P>
  query: Out<Q>
  request: FastifyRequest
}

export interface Http {
  app: FastifyInstance
  deps: Deps
  reads<P extends Shape | undefined, Q extends Shape | undefined, R extends Shape>(
    route: ReadRoute<P, Q, R>,
    handler: (db: Db, actor: Actor, input: Input<P, Q>) => Promise<Reply<R>>,
  ): void
  writes<
    P extends Shape | undefined,
    Q extends Shape | undefined,
    B extends Shape | undefined,
    R extends Shape,
  >(
    route: WriteRoute<P, Q, B, R>,
    handler: (
      tx: Tx,
      actor: Actor,
      input: Input<P, Q> & { body: Out<B>; ifMatch: number | undefined; reply: FastifyReply },
    ) => Promise<Reply<R>>,
  ): void
  /**
   * A write whose body or answer is a secret (passwords, keys): nothing of it is kept for an Idempotency-Key. The handler
   * opens its transactions itself, so that no connection waits while a password is hashed and a refusal can be recorded.
   */
  secrets<
    P extends Shape | undefined,
    Q extends Shape | undefined,
    B extends Shape | undefined,
    R extends Shape,
  >(
    route: WriteRoute<P, Q, B, R>,
    handler: (
      actor: Actor,
      input: Input<P, Q> & { body: Out<B>; ifMatch: number | undefined; reply: FastifyReply },
    ) => Promise<Reply<R>>,
  ): void
  /**
   * A write that brings one file (multipart, field `file`): the file is kept first, by its content, then the write runs
   * like any other. A file whose write fails is unreferenced and swept.
   */
  uploads<P extends Shape | undefined, Q extends Shape | undefined, R extends Shape>(
    route: Omit<WriteRoute<P, Q, undefined, R>, 'body' | 'method' | 'bodyLimit'> & {
      allow: readonly FileKind[]
      maxBytes: number
    },
    handler: (
      tx: Tx,
      actor: Actor,
      input: Input<P, Q> & { file: StoredFile; ifMatch: number | undefined },
    ) => Promise<Reply<R>>,
  ): void
  /** Routes that stream (downloads, uploads): the same gate, an own body. */
  streams<P extends Shape | undefined, Q extends Shape | undefined>(
    route: Omit<Common<P, Q, undefined>, 'reply'> & { method?: 'GET' | 'POST'; produces: string },
    handler: (actor: Actor, input: Input<P, Q> & { reply: FastifyReply }) => Promise<unknown>,
  ): void
}

/** Finds out who is calling, or throws `access/not-signed-in`; `undefined` only for routes open to anyone. */
export type Authenticate = (request: FastifyRequest) => Promise<Actor | undefined>

/** For `admits`: what concerns the office as a whole is not for the staff of one unit, whatever their role. */
export function ofTheOffice({ sees }: Actor): Problem | undefined {
  return sees === 'all'
    ? undefined
    : new Problem('access/forbidden', { detail: 'of the office as a whole, not of a single unit' })
}
