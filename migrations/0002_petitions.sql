CREATE TABLE "app"."matter_people" (
	"matter_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	CONSTRAINT "matter_people_matter_id_person_id_pk" PRIMARY KEY("matter_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "app"."opinions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"matter_id" uuid NOT NULL,
	"leg_id" uuid NOT NULL,
	"claim" text NOT NULL,
	"facts" text NOT NULL,
	"basis" text NOT NULL,
	"opinion" text NOT NULL,
	"outcome" text NOT NULL,
	"submitted_at" timestamp with time zone NOT NULL,
	"submitted_by" uuid NOT NULL,
	"reviewed_at" timestamp with time zone,
	"reviewed_by" uuid,
	"accepted" boolean,
	"review_note" text,
	CONSTRAINT "opinions_outcome" CHECK (outcome in ('supported', 'explained', 'not-supported', 'upheld', 'changed', 'revoked')),
	CONSTRAINT "opinions_other_person" CHECK (reviewed_by is null or reviewed_by <> submitted_by)
);
--> statement-breakpoint
CREATE TABLE "app"."petitions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"regime" text NOT NULL,
	"matter_class" text,
	"signatories" integer,
	"anonymous" boolean DEFAULT false NOT NULL,
	"office_first" boolean DEFAULT true NOT NULL,
	"national_first" boolean,
	"repeat_of_id" uuid,
	"upstream_due_at" timestamp with time zone,
	"route" text,
	"reported_to" text,
	"assigned_at" timestamp with time zone,
	"feedback_due_at" timestamp with time zone,
	"fed_back_at" timestamp with time zone,
	"decided_at" timestamp with time zone,
	"accepted_at" timestamp with time zone,
	"decline_ground" text,
	"simple" boolean DEFAULT false NOT NULL,
	"prolonged_days" smallint DEFAULT 0 NOT NULL,
	"hearing_from" date,
	"hearing_days" smallint DEFAULT 0 NOT NULL,
	"opinion_no" text,
	"opinion_outcome" text,
	"issued_at" timestamp with time zone,
	"delivered_at" timestamp with time zone,
	"delivery_way" text,
	"delivery_receipt" text,
	"parent_id" uuid,
	"root_id" uuid,
	"intake" text,
	"review_result" text,
	"final" boolean DEFAULT false NOT NULL,
	CONSTRAINT "petitions_opinion_no" UNIQUE("opinion_no"),
	CONSTRAINT "petitions_regime" CHECK (regime in ('XF2005', 'XF2022')),
	CONSTRAINT "petitions_class" CHECK (matter_class in ('suggestion', 'accusation', 'claim')),
	CONSTRAINT "petitions_outcome" CHECK (opinion_outcome in ('supported', 'explained', 'not-supported')),
	CONSTRAINT "petitions_way" CHECK (delivery_way in ('personal', 'post', 'other')),
	CONSTRAINT "petitions_receipt" CHECK (delivery_receipt in ('signed', 'refused')),
	CONSTRAINT "petitions_intake" CHECK (intake in ('accepted', 'not-accepted', 'coordinated')),
	CONSTRAINT "petitions_result" CHECK (review_result in ('upheld', 'changed', 'revoked')),
	CONSTRAINT "petitions_signatories" CHECK (signatories >= 2),
	CONSTRAINT "petitions_prolonged" CHECK (prolonged_days between 0 and 30),
	CONSTRAINT "petitions_delivered" CHECK (delivered_at is null or issued_at is not null),
	CONSTRAINT "petitions_chain" CHECK ((parent_id is null) = (root_id is null) and parent_id <> id)
);
--> statement-breakpoint
CREATE TABLE "app"."visit_lists" (
	"id" uuid PRIMARY KEY NOT NULL,
	"month" date NOT NULL,
	"level" text NOT NULL,
	"source" text NOT NULL,
	"batches" integer NOT NULL,
	"persons" integer NOT NULL,
	"collective_batches" integer NOT NULL,
	"collective_persons" integer NOT NULL,
	"entered_at" timestamp with time zone NOT NULL,
	"entered_by" uuid NOT NULL,
	"reconciled_at" timestamp with time zone,
	"reconciled_by" uuid,
	"note" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "visit_lists_month" UNIQUE("level","month"),
	CONSTRAINT "visit_lists_level" CHECK (level in ('district', 'city', 'province', 'beijing')),
	CONSTRAINT "visit_lists_month_first" CHECK (extract(day from month) = 1),
	CONSTRAINT "visit_lists_counts" CHECK (persons >= batches and collective_batches between 0 and batches and collective_persons between 0 and persons)
);
--> statement-breakpoint
CREATE TABLE "app"."visits" (
	"id" uuid PRIMARY KEY NOT NULL,
	"day" date NOT NULL,
	"person_count" integer NOT NULL,
	"involved_count" integer,
	"collective" boolean NOT NULL,
	"level" text NOT NULL,
	"competent_level" text NOT NULL,
	"skip_level" boolean NOT NULL,
	"venue" text NOT NULL,
	"mode" text NOT NULL,
	"list_no" text,
	"list_day" date,
	"reception_kind" text,
	"leader_name" text,
	"leader_post" text,
	"leader_opinion" text,
	"place" text,
	CONSTRAINT "visits_list" UNIQUE("level","list_no"),
	CONSTRAINT "visits_level" CHECK (level in ('district', 'city', 'province', 'beijing')),
	CONSTRAINT "visits_competent" CHECK (competent_level in ('township', 'district', 'city', 'province', 'beijing')),
	CONSTRAINT "visits_venue" CHECK (venue in ('reception', 'non-reception')),
	CONSTRAINT "visits_mode" CHECK (mode in ('onsite', 'video')),
	CONSTRAINT "visits_reception" CHECK (reception_kind in ('received', 'field', 'appointed')),
	CONSTRAINT "visits_leader" CHECK ((reception_kind is null) = (leader_name is null)),
	CONSTRAINT "visits_people" CHECK (person_count >= 1 and (involved_count is null or involved_count >= 1)),
	CONSTRAINT "visits_collective" CHECK (not collective or person_count >= 2)
);
--> statement-breakpoint
ALTER TABLE "app"."legs" DROP CONSTRAINT "legs_kind";--> statement-breakpoint
ALTER TABLE "app"."legs" DROP CONSTRAINT "legs_outcome";--> statement-breakpoint
ALTER TABLE "app"."matters" DROP CONSTRAINT "matters_state";--> statement-breakpoint
ALTER TABLE "app"."matters" DROP CONSTRAINT "matters_channel";--> statement-breakpoint
DROP INDEX "app"."matters_open";--> statement-breakpoint
ALTER TABLE "app"."extensions" ALTER COLUMN "workdays" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "app"."extensions" ADD COLUMN "days" smallint;--> statement-breakpoint
CREATE INDEX "matter_people_person" ON "app"."matter_people" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "opinions_matter" ON "app"."opinions" USING btree ("matter_id","submitted_at");--> statement-breakpoint
CREATE UNIQUE INDEX "opinions_pending" ON "app"."opinions" USING btree ("matter_id") WHERE reviewed_at is null;--> statement-breakpoint
CREATE INDEX "petitions_root" ON "app"."petitions" USING btree ("root_id") WHERE root_id is not null;--> statement-breakpoint
CREATE INDEX "petitions_parent" ON "app"."petitions" USING btree ("parent_id") WHERE parent_id is not null;--> statement-breakpoint
CREATE INDEX "petitions_repeat" ON "app"."petitions" USING btree ("repeat_of_id") WHERE repeat_of_id is not null;--> statement-breakpoint
CREATE INDEX "visits_day" ON "app"."visits" USING btree ("day","level");--> statement-breakpoint
CREATE INDEX "matters_open" ON "app"."matters" USING btree ("lead_unit_id","due_at","id") WHERE state in ('assigned', 'returning', 'handling', 'routed', 'objecting');--> statement-breakpoint
ALTER TABLE "app"."extensions" ADD CONSTRAINT "extensions_length" CHECK ((workdays is null) <> (days is null));--> statement-breakpoint
ALTER TABLE "app"."legs" ADD CONSTRAINT "legs_kind" CHECK (kind in ('dispatch', 'redispatch', 'redo', 'co', 'route', 'accept', 'handle', 'feedback', 'review'));--> statement-breakpoint
ALTER TABLE "app"."legs" ADD CONSTRAINT "legs_outcome" CHECK (outcome in ('replied', 'returned', 'redispatched', 'merged', 'terminated', 'routed', 'accepted', 'declined'));--> statement-breakpoint
ALTER TABLE "app"."matters" ADD CONSTRAINT "matters_state" CHECK (state in ('entered', 'requested', 'routed', 'objecting', 'registered', 'assigned', 'returning', 'handling', 'replied', 'reviewed', 'rated', 'issued', 'delivered', 'screening', 'closed', 'archived', 'merged', 'terminated', 'not-accepted', 'no-longer-accepted', 'redirected', 'reported', 'answered', 'coordinated', 'withdrawn'));--> statement-breakpoint
ALTER TABLE "app"."matters" ADD CONSTRAINT "matters_channel" CHECK (channel in ('hotline', 'mailbox', 'letter', 'visit', 'review', 'recheck'));