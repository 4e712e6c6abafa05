-- Answers are searched in full: what was answered before is indexed again by the jobs that follow an answer.
insert into app.outbox (event_id, job, subject_id, at)
select id, case type when 'import.committed' then 'index-import' else 'index' end, subject_id, now()
from app.events
where type in ('import.committed', 'matter.approve', 'matter.direct-reply', 'matter.answer-at-once', 'matter.redirect', 'matter.decline',
  'matter.no-longer-accept', 'matter.issue', 'matter.decline-review', 'matter.issue-review', 'matter.accept-investigation')
on conflict do nothing;
