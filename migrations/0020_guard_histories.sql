-- Versions and statuses are only ever added: what was worded, explained or reported before can be read as it was.
create trigger document_wordings_append_only before update or delete or truncate on app.document_wordings
  for each statement execute function app.refuse_change();
--> statement-breakpoint
create trigger report_wordings_append_only before update or delete or truncate on app.report_wordings
  for each statement execute function app.refuse_change();
--> statement-breakpoint
create trigger report_paragraphs_append_only before update or delete or truncate on app.report_paragraphs
  for each statement execute function app.refuse_change();
--> statement-breakpoint
create trigger report_overrides_append_only before update or delete or truncate on app.report_overrides
  for each statement execute function app.refuse_change();
--> statement-breakpoint
create trigger register_versions_append_only before update or delete or truncate on app.register_versions
  for each statement execute function app.refuse_change();
--> statement-breakpoint
create trigger ledger_statuses_append_only before update or delete or truncate on app.ledger_statuses
  for each statement execute function app.refuse_change();
--> statement-breakpoint
create trigger ledger_progress_append_only before update or delete or truncate on app.ledger_progress
  for each statement execute function app.refuse_change();
