CREATE TABLE "app"."duty_shifts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"registered_by" uuid NOT NULL,
	"voided_at" timestamp with time zone,
	"mission" text NOT NULL,
	"person" text NOT NULL,
	"from_day" date NOT NULL,
	"to_day" date NOT NULL,
	"note" text,
	CONSTRAINT "duty_shifts_mission" CHECK (mission in ('two-sessions', 'beijing', 'province', 'epidemic', 'routine')),
	CONSTRAINT "duty_shifts_period" CHECK (to_day >= from_day)
);
--> statement-breakpoint
CREATE TABLE "app"."external_figures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"registered_by" uuid NOT NULL,
	"voided_at" timestamp with time zone,
	"name" text NOT NULL,
	"value" bigint NOT NULL,
	"unit" text NOT NULL,
	"from_day" date NOT NULL,
	"to_day" date NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "external_figures_period" CHECK (to_day >= from_day)
);
--> statement-breakpoint
CREATE TABLE "app"."indicators" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"registered_by" uuid NOT NULL,
	"voided_at" timestamp with time zone,
	"project_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"expected" text NOT NULL,
	"metric" text,
	"actual" text,
	"source" text,
	CONSTRAINT "indicators_kind" CHECK (kind in ('quantity', 'quality', 'timeliness', 'cost', 'benefit', 'satisfaction')),
	CONSTRAINT "indicators_measured" CHECK (metric is null or actual is null),
	CONSTRAINT "indicators_declared" CHECK ((actual is null) = (source is null))
);
--> statement-breakpoint
CREATE TABLE "app"."knowledge_articles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"registered_by" uuid NOT NULL,
	"voided_at" timestamp with time zone,
	"owner_unit_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"question" text NOT NULL,
	"answer" text NOT NULL,
	"basis" text,
	"from_day" date NOT NULL,
	"to_day" date,
	"review_day" date NOT NULL,
	"approved_at" timestamp with time zone,
	"approved_by" uuid,
	CONSTRAINT "knowledge_articles_period" CHECK (to_day is null or to_day >= from_day),
	CONSTRAINT "knowledge_articles_other" CHECK (approved_by is null or approved_by <> registered_by)
);
--> statement-breakpoint
CREATE TABLE "app"."projects" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"registered_by" uuid NOT NULL,
	"voided_at" timestamp with time zone,
	"year" smallint NOT NULL,
	"name" text NOT NULL,
	"aliases" text,
	"budget_fen" bigint NOT NULL,
	"executed_fen" bigint NOT NULL,
	"fiscal_fen" bigint NOT NULL,
	"goal" text,
	"actual" text,
	CONSTRAINT "projects_amounts" CHECK (budget_fen > 0 and executed_fen >= 0 and fiscal_fen between 0 and budget_fen)
);
--> statement-breakpoint
CREATE TABLE "app"."register_files" (
	"register" text NOT NULL,
	"hash" text NOT NULL,
	"rows" integer NOT NULL,
	"taken_at" timestamp with time zone NOT NULL,
	"taken_by" uuid NOT NULL,
	CONSTRAINT "register_files_register_hash_pk" PRIMARY KEY("register","hash")
);
--> statement-breakpoint
CREATE TABLE "app"."register_versions" (
	"row_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"register" text NOT NULL,
	"row" jsonb NOT NULL,
	"ended_at" timestamp with time zone NOT NULL,
	"ended_by" uuid NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "register_versions_row_id_version_pk" PRIMARY KEY("row_id","version")
);
--> statement-breakpoint
CREATE TABLE "app"."sms_volumes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"registered_by" uuid NOT NULL,
	"voided_at" timestamp with time zone,
	"month" date NOT NULL,
	"source" text NOT NULL,
	"sent" integer NOT NULL,
	"delivered" integer NOT NULL,
	CONSTRAINT "sms_volumes_source" CHECK (source in ('own', 'reported')),
	CONSTRAINT "sms_volumes_month" CHECK (extract(day from month) = 1),
	CONSTRAINT "sms_volumes_counts" CHECK (sent >= 0 and delivered between 0 and sent)
);
--> statement-breakpoint
CREATE TABLE "app"."staffing" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"registered_by" uuid NOT NULL,
	"voided_at" timestamp with time zone,
	"year" smallint NOT NULL,
	"kind" text NOT NULL,
	"established" integer NOT NULL,
	"in_post" integer NOT NULL,
	CONSTRAINT "staffing_kind" CHECK (kind in ('administrative', 'institution', 'worker')),
	CONSTRAINT "staffing_counts" CHECK (established >= 0 and in_post >= 0)
);
--> statement-breakpoint
CREATE TABLE "app"."trainings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"registered_by" uuid NOT NULL,
	"voided_at" timestamp with time zone,
	"topic" text NOT NULL,
	"from_day" date NOT NULL,
	"sessions" integer NOT NULL,
	"attendees" integer NOT NULL,
	"accounts" integer NOT NULL,
	"note" text,
	CONSTRAINT "trainings_counts" CHECK (sessions >= 1 and attendees >= 1 and accounts >= 0)
);
--> statement-breakpoint
ALTER TABLE "app"."indicators" ADD CONSTRAINT "indicators_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "app"."projects"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "duty_shifts_page" ON "app"."duty_shifts" USING btree ("from_day","id");--> statement-breakpoint
CREATE UNIQUE INDEX "external_figures_once" ON "app"."external_figures" USING btree ("name","from_day","to_day") WHERE voided_at is null;--> statement-breakpoint
CREATE INDEX "indicators_project" ON "app"."indicators" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "knowledge_articles_page" ON "app"."knowledge_articles" USING btree ("from_day","id");--> statement-breakpoint
CREATE UNIQUE INDEX "projects_once" ON "app"."projects" USING btree ("year","name") WHERE voided_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "sms_volumes_once" ON "app"."sms_volumes" USING btree ("month","source") WHERE voided_at is null;--> statement-breakpoint
CREATE INDEX "sms_volumes_page" ON "app"."sms_volumes" USING btree ("month","id");--> statement-breakpoint
CREATE UNIQUE INDEX "staffing_once" ON "app"."staffing" USING btree ("year","kind") WHERE voided_at is null;--> statement-breakpoint
CREATE INDEX "trainings_page" ON "app"."trainings" USING btree ("from_day","id");