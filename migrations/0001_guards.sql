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
