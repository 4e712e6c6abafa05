CREATE TABLE "app"."inbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"matter_id" uuid NOT NULL,
	"type" text NOT NULL,
	"rule" smallint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone,
	CONSTRAINT "inbox_once" UNIQUE("account_id","event_id")
);
--> statement-breakpoint
CREATE TABLE "app"."sms_batches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"text" text NOT NULL,
	"region_codes" text[] NOT NULL,
	"state" text NOT NULL,
	"recipients" integer NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"asked_by" uuid NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_by" uuid,
	CONSTRAINT "sms_batches_state" CHECK (state in ('asked', 'released', 'cancelled')),
	CONSTRAINT "sms_batches_other_person" CHECK (state <> 'released' or decided_by <> asked_by),
	CONSTRAINT "sms_batches_decided" CHECK ((state = 'asked') = (decided_at is null))
);
--> statement-breakpoint
CREATE TABLE "app"."sms_contacts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"region_code" text NOT NULL,
	"post" text NOT NULL,
	"name" "bytea" NOT NULL,
	"name_masked" text NOT NULL,
	"number" "bytea" NOT NULL,
	"number_bi" "bytea" NOT NULL,
	"number_masked" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"voided_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "app"."sms_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"template" text NOT NULL,
	"template_version" integer NOT NULL,
	"event_id" uuid,
	"matter_id" uuid,
	"batch_id" uuid,
	"number" "bytea" NOT NULL,
	"number_bi" "bytea" NOT NULL,
	"number_masked" text NOT NULL,
	"text" text NOT NULL,
	"state" text NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"queued_at" timestamp with time zone NOT NULL,
	"next_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"tried_day" date,
	"gateway_id" text,
	"sent_at" timestamp with time zone,
	"delivered_at" timestamp with time zone,
	"answered_at" timestamp with time zone,
	"error" text,
	CONSTRAINT "sms_messages_state" CHECK (state in ('queued', 'sending', 'sent', 'delivered', 'failed', 'held'))
);
--> statement-breakpoint
CREATE TABLE "app"."sms_replies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"gateway_id" text NOT NULL,
	"number_masked" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"outcome" text NOT NULL,
	"message_id" uuid,
	CONSTRAINT "sms_replies_once" UNIQUE("gateway_id"),
	CONSTRAINT "sms_replies_outcome" CHECK (outcome in ('rated', 'too-late', 'no-question', 'unclear'))
);
--> statement-breakpoint
CREATE TABLE "app"."sms_templates" (
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"text" text NOT NULL,
	"enabled" boolean NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" uuid NOT NULL,
	CONSTRAINT "sms_templates_key_version_pk" PRIMARY KEY("key","version")
);
--> statement-breakpoint
CREATE INDEX "inbox_of" ON "app"."inbox" USING btree ("account_id","at","id");--> statement-breakpoint
CREATE INDEX "inbox_unread" ON "app"."inbox" USING btree ("account_id") WHERE read_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "sms_contacts_once" ON "app"."sms_contacts" USING btree ("region_code","number_bi") WHERE voided_at is null;--> statement-breakpoint
CREATE INDEX "sms_contacts_list" ON "app"."sms_contacts" USING btree ("region_code","id");--> statement-breakpoint
CREATE UNIQUE INDEX "sms_messages_event" ON "app"."sms_messages" USING btree ("event_id","template") WHERE event_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "sms_messages_batch" ON "app"."sms_messages" USING btree ("batch_id","number_bi") WHERE batch_id is not null;--> statement-breakpoint
CREATE INDEX "sms_messages_due" ON "app"."sms_messages" USING btree ("next_at","id") WHERE state in ('queued', 'sending');--> statement-breakpoint
CREATE INDEX "sms_messages_number" ON "app"."sms_messages" USING btree ("number_bi","tried_day");--> statement-breakpoint
CREATE INDEX "sms_messages_queued" ON "app"."sms_messages" USING btree ("queued_at","id");--> statement-breakpoint
CREATE INDEX "sms_messages_sent" ON "app"."sms_messages" USING btree ("sent_at","id") WHERE sent_at is not null;--> statement-breakpoint
CREATE INDEX "sms_replies_at" ON "app"."sms_replies" USING btree ("received_at");