CREATE SEQUENCE "app"."ledger_numbers" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "app"."campaigns" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"from_day" date NOT NULL,
	"to_day" date,
	"discipline" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "campaigns_name" UNIQUE("name"),
	CONSTRAINT "campaigns_period" CHECK (to_day is null or to_day >= from_day)
);
--> statement-breakpoint
CREATE TABLE "app"."case_leaders" (
	"id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"name" text NOT NULL,
	"post" text NOT NULL,
	"from_at" timestamp with time zone NOT NULL,
	"to_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "app"."joint_meetings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"no" text NOT NULL,
	"day" date NOT NULL,
	"kind" text NOT NULL,
	"convenor" text NOT NULL,
	"convenor_rank" text NOT NULL,
	"place" text,
	"attendees" text[] DEFAULT '{}' NOT NULL,
	"minutes" text,
	"issued_at" timestamp with time zone,
	"issued_by" uuid,
	"registered_at" timestamp with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "joint_meetings_no" UNIQUE("no"),
	CONSTRAINT "joint_meetings_kind" CHECK (kind in ('plenary', 'working', 'special')),
	CONSTRAINT "joint_meetings_rank" CHECK (convenor_rank in ('district-leader', 'bureau', 'department', 'township')),
	CONSTRAINT "joint_meetings_issued" CHECK (issued_at is null or minutes is not null)
);
--> statement-breakpoint
CREATE TABLE "app"."ledger_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"no" text NOT NULL,
	"campaign_id" uuid,
	"found_day" date NOT NULL,
	"found_by_unit_id" uuid NOT NULL,
	"region_code" text,
	"title" text NOT NULL,
	"demand" text NOT NULL,
	"involved" integer NOT NULL,
	"group_tag" text NOT NULL,
	"topic" text NOT NULL,
	"level" text NOT NULL,
	"status" text NOT NULL,
	"lead_unit_id" uuid NOT NULL,
	"territorial_unit_id" uuid NOT NULL,
	"plan" text,
	"plan_due" date,
	"review_day" date,
	"registered_at" timestamp with time zone NOT NULL,
	"registered_by" uuid NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "ledger_items_no" UNIQUE("no"),
	CONSTRAINT "ledger_items_status" CHECK (status in ('needs-study', 'plan-advancing', 'watch', 'territorial', 'resolved')),
	CONSTRAINT "ledger_items_level" CHECK (level in ('local', 'district-plus')),
	CONSTRAINT "ledger_items_involved" CHECK (involved >= 1),
	CONSTRAINT "ledger_items_plan" CHECK (status <> 'plan-advancing' or plan is not null),
	CONSTRAINT "ledger_items_review" CHECK (status not in ('watch', 'territorial') or review_day is not null)
);
--> statement-breakpoint
CREATE TABLE "app"."ledger_matters" (
	"item_id" uuid NOT NULL,
	"matter_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"linked_at" timestamp with time zone NOT NULL,
	"linked_by" uuid NOT NULL,
	CONSTRAINT "ledger_matters_item_id_matter_id_pk" PRIMARY KEY("item_id","matter_id")
);
--> statement-breakpoint
CREATE TABLE "app"."ledger_progress" (
	"id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"day" date NOT NULL,
	"text" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "app"."ledger_statuses" (
	"item_id" uuid NOT NULL,
	"n" smallint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"status" text NOT NULL,
	"level" text NOT NULL,
	CONSTRAINT "ledger_statuses_item_id_n_pk" PRIMARY KEY("item_id","n"),
	CONSTRAINT "ledger_statuses_status" CHECK (status in ('needs-study', 'plan-advancing', 'watch', 'territorial', 'resolved')),
	CONSTRAINT "ledger_statuses_level" CHECK (level in ('local', 'district-plus'))
);
--> statement-breakpoint
CREATE TABLE "app"."meeting_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"meeting_id" uuid NOT NULL,
	"n" smallint NOT NULL,
	"matter_id" uuid,
	"ledger_item_id" uuid,
	"decision" text NOT NULL,
	"lead_unit_id" uuid NOT NULL,
	"due_day" date NOT NULL,
	"done_day" date,
	"result" text,
	CONSTRAINT "meeting_items_n" UNIQUE("meeting_id","n"),
	CONSTRAINT "meeting_items_about" CHECK ((matter_id is null) <> (ledger_item_id is null)),
	CONSTRAINT "meeting_items_done" CHECK ((done_day is null) = (result is null))
);
--> statement-breakpoint
CREATE TABLE "app"."relief_grants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"programme_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"grade" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"basis" text NOT NULL,
	"state" text NOT NULL,
	"account" "bytea",
	"account_masked" text,
	"asked_at" timestamp with time zone NOT NULL,
	"asked_by" uuid NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_by" uuid,
	"note" text,
	"paid_day" date,
	"receipt" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "relief_grants_state" CHECK (state in ('asked', 'approved', 'refused', 'paid', 'cancelled')),
	CONSTRAINT "relief_grants_amount" CHECK (amount_fen > 0),
	CONSTRAINT "relief_grants_other_person" CHECK (decided_by is null or decided_by <> asked_by),
	CONSTRAINT "relief_grants_paid" CHECK ((state = 'paid') = (paid_day is not null and receipt is not null))
);
--> statement-breakpoint
CREATE TABLE "app"."relief_programmes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"basis" text NOT NULL,
	"group_tag" text NOT NULL,
	"min_fen" bigint NOT NULL,
	"max_fen" bigint NOT NULL,
	"step_fen" bigint NOT NULL,
	"from_day" date NOT NULL,
	"to_day" date,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "relief_programmes_name" UNIQUE("name"),
	CONSTRAINT "relief_programmes_bounds" CHECK (min_fen > 0 and max_fen >= min_fen and step_fen > 0),
	CONSTRAINT "relief_programmes_period" CHECK (to_day is null or to_day >= from_day)
);
--> statement-breakpoint
CREATE TABLE "app"."strike_offs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"evidence" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"asked_by" uuid NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_by" uuid,
	"granted" boolean,
	"note" text,
	"undone_at" timestamp with time zone,
	"undone_by" uuid,
	"undone_reason" text,
	CONSTRAINT "strike_offs_kind" CHECK (kind in ('agreement', 'pledge', 'recheck-opinion', 'other')),
	CONSTRAINT "strike_offs_other_person" CHECK (decided_by is null or decided_by <> asked_by),
	CONSTRAINT "strike_offs_decided" CHECK ((decided_at is null) = (granted is null))
);
--> statement-breakpoint
ALTER TABLE "app"."case_leaders" ADD CONSTRAINT "case_leaders_item_id_ledger_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "app"."ledger_items"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."ledger_items" ADD CONSTRAINT "ledger_items_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "app"."campaigns"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."ledger_matters" ADD CONSTRAINT "ledger_matters_item_id_ledger_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "app"."ledger_items"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."ledger_progress" ADD CONSTRAINT "ledger_progress_item_id_ledger_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "app"."ledger_items"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."ledger_statuses" ADD CONSTRAINT "ledger_statuses_item_id_ledger_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "app"."ledger_items"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."meeting_items" ADD CONSTRAINT "meeting_items_meeting_id_joint_meetings_id_fk" FOREIGN KEY ("meeting_id") REFERENCES "app"."joint_meetings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."meeting_items" ADD CONSTRAINT "meeting_items_ledger_item_id_ledger_items_id_fk" FOREIGN KEY ("ledger_item_id") REFERENCES "app"."ledger_items"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."relief_grants" ADD CONSTRAINT "relief_grants_programme_id_relief_programmes_id_fk" FOREIGN KEY ("programme_id") REFERENCES "app"."relief_programmes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."strike_offs" ADD CONSTRAINT "strike_offs_item_id_ledger_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "app"."ledger_items"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "case_leaders_item" ON "app"."case_leaders" USING btree ("item_id");--> statement-breakpoint
CREATE UNIQUE INDEX "case_leaders_present" ON "app"."case_leaders" USING btree ("item_id") WHERE to_at is null;--> statement-breakpoint
CREATE INDEX "joint_meetings_day" ON "app"."joint_meetings" USING btree ("day","id");--> statement-breakpoint
CREATE INDEX "ledger_items_page" ON "app"."ledger_items" USING btree ("found_day","id");--> statement-breakpoint
CREATE INDEX "ledger_items_lead" ON "app"."ledger_items" USING btree ("lead_unit_id");--> statement-breakpoint
CREATE INDEX "ledger_items_territory" ON "app"."ledger_items" USING btree ("territorial_unit_id");--> statement-breakpoint
CREATE INDEX "ledger_matters_matter" ON "app"."ledger_matters" USING btree ("matter_id");--> statement-breakpoint
CREATE INDEX "ledger_progress_item" ON "app"."ledger_progress" USING btree ("item_id","day");--> statement-breakpoint
CREATE INDEX "meeting_items_open" ON "app"."meeting_items" USING btree ("due_day") WHERE done_day is null;--> statement-breakpoint
CREATE UNIQUE INDEX "relief_grants_once" ON "app"."relief_grants" USING btree ("programme_id","person_id") WHERE state not in ('refused', 'cancelled');--> statement-breakpoint
CREATE INDEX "relief_grants_page" ON "app"."relief_grants" USING btree ("asked_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "strike_offs_pending" ON "app"."strike_offs" USING btree ("item_id") WHERE decided_at is null;--> statement-breakpoint
CREATE INDEX "strike_offs_item" ON "app"."strike_offs" USING btree ("item_id");