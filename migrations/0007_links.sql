CREATE TABLE "app"."matter_cases" (
	"matter_id" uuid PRIMARY KEY NOT NULL,
	"case_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "app"."matter_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"a_id" uuid NOT NULL,
	"b_id" uuid NOT NULL,
	"state" text NOT NULL,
	"reasons" text[] NOT NULL,
	"note" text,
	"decided_at" timestamp with time zone NOT NULL,
	"decided_by" uuid NOT NULL,
	"ended_at" timestamp with time zone,
	"ended_by" uuid,
	"end_reason" text,
	CONSTRAINT "matter_links_state" CHECK (state in ('confirmed', 'rejected', 'undone')),
	CONSTRAINT "matter_links_order" CHECK (a_id < b_id),
	CONSTRAINT "matter_links_ended" CHECK ((state = 'undone') = (ended_at is not null))
);
--> statement-breakpoint
CREATE INDEX "matter_cases_case" ON "app"."matter_cases" USING btree ("case_id");--> statement-breakpoint
CREATE UNIQUE INDEX "matter_links_pair" ON "app"."matter_links" USING btree ("a_id","b_id") WHERE state <> 'undone';--> statement-breakpoint
CREATE INDEX "matter_links_b" ON "app"."matter_links" USING btree ("b_id");