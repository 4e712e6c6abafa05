CREATE SEQUENCE "app"."kpi_changes" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
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
CREATE TABLE "app"."report_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"schedule_id" uuid NOT NULL,
	"period" text NOT NULL,
	"state" text NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"token" uuid,
	"next_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"error" text,
	CONSTRAINT "report_runs_once" UNIQUE("schedule_id","period"),
	CONSTRAINT "report_runs_state" CHECK (state in ('waiting', 'running', 'done', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "app"."report_schedules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"formats" text[] NOT NULL,
	"after_days" smallint NOT NULL,
	"hour" smallint NOT NULL,
	"roles" text[] NOT NULL,
	"enabled" boolean NOT NULL,
	"version" integer NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" uuid
);
--> statement-breakpoint
DROP INDEX "app"."matters_count";--> statement-breakpoint
ALTER TABLE "app"."inbox" ALTER COLUMN "matter_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "app"."kpi_daily" ADD COLUMN "answerable" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "app"."kpi_daily" ADD COLUMN "not_called_back" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "app"."kpi_daily" ADD COLUMN "not_reached" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "app"."kpi_daily" ADD COLUMN "not_rated" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "app"."matters" ADD COLUMN "left_day" date GENERATED ALWAYS AS ((case when dispatched_at is not null and coalesce(done_at, merged_at, withdrawn_at) is not null
          then (greatest(dispatched_at, least(done_at, merged_at, withdrawn_at)) at time zone interval '8 hours')::date end)) STORED;--> statement-breakpoint
ALTER TABLE "app"."matters" ADD COLUMN "settled_at" timestamp with time zone GENERATED ALWAYS AS ((greatest(dispatched_at, signed_at, done_at, first_accepted_at, extended_at, returned_at, redone_at, called_back_at, rated_at, screened_out_at, contacted_at, merged_at, withdrawn_at, lead_signed_at))) STORED;--> statement-breakpoint
ALTER TABLE "app"."inbox" ADD COLUMN "text" text;--> statement-breakpoint
ALTER TABLE "app"."inbox" ADD COLUMN "link" text;--> statement-breakpoint
ALTER TABLE "app"."declared_figures" ADD CONSTRAINT "declared_figures_report_id_declared_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "app"."declared_reports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."report_runs" ADD CONSTRAINT "report_runs_schedule_id_report_schedules_id_fk" FOREIGN KEY ("schedule_id") REFERENCES "app"."report_schedules"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "report_runs_due" ON "app"."report_runs" USING btree ("next_at") WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX "matters_standing" ON "app"."matters" USING btree ("channel","dispatched_day","lead_unit_id") WHERE dispatched_day is not null and left_day is null;--> statement-breakpoint
CREATE INDEX "matters_left" ON "app"."matters" USING btree ("channel","left_day","lead_unit_id") WHERE left_day is not null;--> statement-breakpoint
CREATE INDEX "matters_channel_received" ON "app"."matters" USING btree ("channel","received_at") WHERE channel <> 'hotline';--> statement-breakpoint
CREATE INDEX "matters_count" ON "app"."matters" USING btree ("dispatched_day","lead_unit_id","channel","flags","late_from","sign_late_from","lead_late_from","lead_sign_late_from","settled_at","topic");--> statement-breakpoint
-- What stands in the rollup lacks the new counts: none of it holds any more, so it is counted from the matters until it is recounted.
UPDATE "app"."kpi_daily" SET "fresh_until" = '-infinity';
--> statement-breakpoint
-- What every office wants: the month's bulletin in the night after it, the year's report on 1 January.
INSERT INTO "app"."report_schedules" ("id", "kind", "formats", "after_days", "hour", "roles", "enabled", "version", "since", "at") VALUES
	(gen_random_uuid(), 'month', '{docx}', 1, 2, '{leader,statistician}', true, 1, now(), now()),
	(gen_random_uuid(), 'year', '{docx,xlsx,json}', 1, 1, '{leader,statistician}', true, 1, now(), now());
--> statement-breakpoint
-- What was entered stays; a correction is another version.
create trigger declared_reports_append_only before update or delete or truncate on app.declared_reports
  for each statement execute function app.refuse_change();
--> statement-breakpoint
create trigger declared_figures_append_only before update or delete or truncate on app.declared_figures
  for each statement execute function app.refuse_change();
