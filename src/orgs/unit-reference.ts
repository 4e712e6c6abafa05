// Units as columns of spreadsheets refer to them: by full or short name; of one that was abolished its successor is told.
import { statement } from '../platform/db.ts'
import type { Reference } from '../platform/references.ts'

export const unitReference = {
  nothing: '没有这个单位',
  find: statement<Reference>(
    'units.referred-to',
    `select u.id, u.name as written, array[normalize(u.name, nfkc), normalize(u.short_name, nfkc)] as names,
       case when u.kind = 'platform' then '不是承办单位' when u.valid_to is null then null
         else '单位已撤销' || coalesce('，请改用' || s.name, '') end as gone
     from units u left join units s on s.id = u.successor_id where u.id = any($1::uuid[])
       or normalize(u.name, nfkc) = any($2::text[]) or normalize(u.short_name, nfkc) = any($2::text[])`,
  ),
}
