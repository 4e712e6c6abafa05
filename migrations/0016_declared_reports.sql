CREATE TABLE "app"."declared_figures" (
	"report_id" uuid NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"digits" text NOT NULL,
	"change" text,
	"line" integer NOT NULL,
	"removed" boolean DEFAULT false NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" uuid NOT NULL,
	CONSTRAINT "declared_figures_report_id_key_version_pk" PRIMARY KEY("report_id","key","version")
);
--> statement-breakpoint
CREATE TABLE "app"."declared_reports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"year" integer NOT NULL,
	"title" text NOT NULL,
	"text" text,
	"at" timestamp with time zone NOT NULL,
	"by_id" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "app"."declared_figures" ADD CONSTRAINT "declared_figures_report_id_declared_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "app"."declared_reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- What was entered stays; a correction is another version.
create trigger declared_reports_append_only before update or delete or truncate on app.declared_reports
  for each statement execute function app.refuse_change();
--> statement-breakpoint
create trigger declared_figures_append_only before update or delete or truncate on app.declared_figures
  for each statement execute function app.refuse_change();
