-- Tables in which the rows of checked imports wait: made and dropped with each import, never part of a migration.
create schema if not exists staging;
--> statement-breakpoint
-- A closed leg is never rewritten: its times are what happened (warnings may still be noted).
create function app.keep_closed_leg() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'legs are never deleted' using errcode = '23514';
  end if;
  if old.outcome is not null and (new.outcome, new.stopped_at, new.submitted_at, new.signed_at, new.dispatched_at,
      new.sign_due_at, new.due_at, new.effective_due_at, new.unit_id, new.matter_id, new.role)
    is distinct from (old.outcome, old.stopped_at, old.submitted_at, old.signed_at, old.dispatched_at,
      old.sign_due_at, old.due_at, old.effective_due_at, old.unit_id, old.matter_id, old.role) then
    raise exception 'a closed leg is never rewritten' using errcode = '23514';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger legs_keep_closed before update or delete on app.legs for each row execute function app.keep_closed_leg();
--> statement-breakpoint
-- History is only ever added to: events, the heads sealed each day, and the seals themselves.
create function app.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table %.% is append-only', tg_table_schema, tg_table_name using errcode = 'restrict_violation';
end
$$;
--> statement-breakpoint
create trigger events_append_only before update or delete or truncate on app.events
  for each statement execute function app.refuse_change();
--> statement-breakpoint
create trigger sealed_heads_append_only before update or delete or truncate on app.sealed_heads
  for each statement execute function app.refuse_change();
--> statement-breakpoint
create trigger checkpoints_append_only before update or delete or truncate on app.checkpoints
  for each statement execute function app.refuse_change();
--> statement-breakpoint
-- Rows of the outbox live for a second: cleared early, the table stays small.
alter table app.outbox set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
