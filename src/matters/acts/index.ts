// Every act of the workflow with its input and its effect.
import type { ActRule } from '../case.ts'
import type { Act } from '../workflow.ts'
import { approve, coReply, directReply, reject, reply } from './answering.ts'
import { dispatch, redispatch, redo } from './dispatching.ts'
import { archive, close, merge, notAccept, terminate, unmerge } from './ending.ts'
import { askExtension, grantExtension, refuseExtension } from './extending.ts'
import { note, supervise, urge } from './overseeing.ts'
import { askScreening, callBack, screen } from './rating.ts'
import { askReturn, coSign, grantReturn, refuseReturn, sign } from './signing.ts'

export const actRules = {
  dispatch,
  redispatch,
  sign,
  'co-sign': coSign,
  'co-reply': coReply,
  'ask-return': askReturn,
  'grant-return': grantReturn,
  'refuse-return': refuseReturn,
  'ask-extension': askExtension,
  'grant-extension': grantExtension,
  'refuse-extension': refuseExtension,
  reply,
  'direct-reply': directReply,
  approve,
  reject,
  'call-back': callBack,
  'ask-screening': askScreening,
  screen,
  redo,
  urge,
  supervise,
  merge,
  unmerge,
  terminate,
  'not-accept': notAccept,
  close,
  archive,
  note,
} satisfies Record<Act, ActRule>
