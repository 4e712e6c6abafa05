// URLs of attachments.
import { z } from 'zod'
import { contentDisposition } from '../platform/file-names.ts'
import { id } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { attach, attachmentKinds, detach, openAttachment } from './attachments.ts'
import { writtenShape } from './views.ts'

const tag = '附件'
const byFile = z.strictObject({ id, fileId: id })

export function attachmentRoutes(http: Http): void {
  const { db, files, config } = http.deps

  http.uploads(
    {
      url: '/api/matters/:id/files',
      summary: '添加附件',
      tag,
      for: 'files.write',
      params: z.strictObject({ id }),
      allow: attachmentKinds,
      maxBytes: config.UPLOAD_LIMIT_MB * 1024 * 1024,
      reply: z.object({ ...writtenShape.shape, fileId: z.string() }),
      etag: (written) => written.version,
      problems: [
        'matter/not-found',
        'matter/closed',
        'file/type-not-allowed',
        'file/too-large',
        'file/ending-differs',
      ],
    },
    (tx, actor, { params, file }) => attach(tx, actor, params.id, file),
  )

  http.writes(
    {
      method: 'DELETE',
      url: '/api/matters/:id/files/:fileId',
      summary: '移除附件',
      tag,
      for: 'matters.edit',
      params: byFile,
      reply: writtenShape,
      ifMatch: 'required',
      etag: (written) => written.version,
      problems: ['matter/not-found', 'file/not-found'],
    },
    (tx, actor, { params, ifMatch }) => detach(tx, actor, params.id, params.fileId, ifMatch),
  )

  http.streams(
    {
      url: '/api/matters/:id/files/:fileId',
      summary: '下载附件',
      tag,
      for: 'files.read',
      params: byFile,
      produces: 'application/octet-stream',
      problems: ['matter/not-found', 'file/not-found'],
    },
    async (actor, { params, reply }) => {
      const file = await db.transaction((tx) => openAttachment(tx, actor, params.id, params.fileId))
      void reply.header('content-disposition', contentDisposition(file.name))
      return reply.type(file.type).send(await files.open(file.hash))
    },
  )
}
