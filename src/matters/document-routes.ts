// URLs of written notices 告知书: which can be given, each as a Word file, and the wording of the office.
import { z } from 'zod'
import { id, textOf } from '../platform/fields.ts'
import { contentDisposition } from '../platform/file-names.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { documentFields, documentIds, documents } from './document-terms.ts'
import { availableDocuments, documentWordingsNow, wordDocument, writeDocument } from './documents.ts'

const tag = '文书'
const kind = z.enum(documentIds)

export function documentRoutes(http: Http): void {
  const { db, vault, config } = http.deps
  const office = config.OFFICE_NAME

  http.reads(
    {
      url: '/api/matters/:id/documents',
      summary: '可出具的文书',
      description: '尚不能出具的，写明还缺什么。',
      tag,
      for: 'matters.read',
      params: z.strictObject({ id }),
      reply: z.object({
        items: z.array(z.object({ id: z.string(), label: z.string(), missing: z.array(z.string()) })),
      }),
      problems: ['matter/not-found'],
    },
    async (reader, actor, { params }) => ({
      items: await availableDocuments(reader, actor, params.id, office),
    }),
  )

  http.streams(
    {
      url: '/api/matters/:id/documents/:kind',
      summary: '出具文书（Word）',
      description: '文书写有信访人姓名：出具即查看，先记入审计；要求保密的，只有名单上的人员可以出具。',
      tag,
      for: 'people.reveal',
      params: z.strictObject({ id, kind }),
      produces: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      problems: [
        'matter/not-found',
        'matter/document-not-of-channel',
        'matter/document-not-due',
        'access/forbidden',
      ],
    },
    async (actor, { params, reply }) => {
      const written = await db.transaction((tx) =>
        writeDocument(tx, vault, actor, params.id, params.kind, office),
      )
      if (written === undefined)
        throw new Problem('access/forbidden', { detail: 'the person asked for confidence' })
      void reply.header('content-disposition', contentDisposition(written.name))
      return reply
        .type('application/vnd.openxmlformats-officedocument.wordprocessingml.document')
        .send(written.bytes)
    },
  )

  http.reads(
    {
      url: '/api/documents',
      summary: '文书的文字',
      tag,
      for: 'notices.read',
      reply: z.object({
        items: z.array(z.object({ key: z.string(), label: z.string(), text: z.string(), version: z.int() })),
        fields: z.record(z.string(), z.string()).describe('可用的占位项'),
      }),
    },
    async (reader) => {
      const now = await documentWordingsNow(reader)
      return {
        items: documentIds.map((key) => ({ key, label: documents[key].label, ...now[key] })),
        fields: { ...documentFields },
      }
    },
  )

  http.writes(
    {
      method: 'PUT',
      url: '/api/documents/:kind',
      summary: '改写文书的文字',
      description: '行首 # 为标题，## 为文号，@ 为抬头，> 为落款，其余为正文；每一版都保留。',
      tag,
      for: 'notices.manage',
      params: z.strictObject({ kind }),
      body: z.strictObject({ text: textOf(10, 10_000) }),
      reply: z.object({ key: z.string(), version: z.int() }),
      ifMatch: 'required',
      etag: ({ version }) => version,
    },
    (tx, actor, { params, body, ifMatch }) => wordDocument(tx, actor, params.kind, body.text, ifMatch),
  )
}
