CREATE SCHEMA IF NOT EXISTS "app";
--> statement-breakpoint
CREATE SEQUENCE "app"."matter_numbers" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "app"."calendar_days" (
	"day" date PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text,
	"source" text NOT NULL,
	"version" integer NOT NULL,
	CONSTRAINT "calendar_days_kind" CHECK (kind in ('workday', 'restday', 'holiday', 'makeup'))
);
--> statement-breakpoint
CREATE TABLE "app"."calendar_years" (
	"year" integer PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"version" integer NOT NULL,
	"source" text NOT NULL,
	"loaded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "calendar_years_year" CHECK (year between 1900 and 2100),
	CONSTRAINT "calendar_years_status" CHECK (status in ('published', 'provisional'))
);
--> statement-breakpoint
CREATE TABLE "app"."import_orders" (
	"matter_id" uuid PRIMARY KEY NOT NULL,
	"import_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"caller" "bytea",
	"person_version" integer,
	"snapshot" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "app"."import_rows" (
	"import_id" uuid NOT NULL,
	"row_no" integer NOT NULL,
	"external_no" text,
	"verdict" text NOT NULL,
	"matter_id" uuid,
	"changes" text[],
	"errors" jsonb,
	"warnings" jsonb,
	CONSTRAINT "import_rows_import_id_row_no_pk" PRIMARY KEY("import_id","row_no"),
	CONSTRAINT "import_rows_verdict" CHECK (verdict in ('new', 'changed', 'unchanged', 'error'))
);
--> statement-breakpoint
CREATE TABLE "app"."imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"file_hash" text NOT NULL,
	"file_name" text NOT NULL,
	"bytes" bigint NOT NULL,
	"status" text NOT NULL,
	"mode" text,
	"sheet" text,
	"about" jsonb,
	"ignored_columns" text[] DEFAULT '{}' NOT NULL,
	"rows" integer DEFAULT 0 NOT NULL,
	"errors" integer DEFAULT 0 NOT NULL,
	"warnings" integer DEFAULT 0 NOT NULL,
	"new_orders" integer DEFAULT 0 NOT NULL,
	"changed" integer DEFAULT 0 NOT NULL,
	"unchanged" integer DEFAULT 0 NOT NULL,
	"problem" jsonb,
	"as_of" timestamp with time zone,
	"created_by" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"checked_at" timestamp with time zone,
	"committed_by" uuid,
	"committed_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "imports_status" CHECK (status in ('uploaded', 'checking', 'checked', 'committing', 'committed', 'failed', 'discarded')),
	CONSTRAINT "imports_mode" CHECK (mode in ('all-or-nothing', 'good-rows-only'))
);
--> statement-breakpoint
CREATE TABLE "app"."kpi_daily" (
	"unit_id" uuid NOT NULL,
	"day" date NOT NULL,
	"channel" text NOT NULL,
	"dispatched" integer DEFAULT 0 NOT NULL,
	"accepted" integer DEFAULT 0 NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"open" integer DEFAULT 0 NOT NULL,
	"signed_in_time" integer DEFAULT 0 NOT NULL,
	"sign_counted" integer DEFAULT 0 NOT NULL,
	"lead_signed_in_time" integer DEFAULT 0 NOT NULL,
	"lead_sign_counted" integer DEFAULT 0 NOT NULL,
	"replied" integer DEFAULT 0 NOT NULL,
	"replied_on_time" integer DEFAULT 0 NOT NULL,
	"replied_or_late" integer DEFAULT 0 NOT NULL,
	"extended" integer DEFAULT 0 NOT NULL,
	"late" integer DEFAULT 0 NOT NULL,
	"late_done" integer DEFAULT 0 NOT NULL,
	"late_open" integer DEFAULT 0 NOT NULL,
	"late_away" integer DEFAULT 0 NOT NULL,
	"unit_late" integer DEFAULT 0 NOT NULL,
	"unit_late_done" integer DEFAULT 0 NOT NULL,
	"unit_late_open" integer DEFAULT 0 NOT NULL,
	"unit_late_away" integer DEFAULT 0 NOT NULL,
	"co_late" integer DEFAULT 0 NOT NULL,
	"unit_co_late" integer DEFAULT 0 NOT NULL,
	"called_back" integer DEFAULT 0 NOT NULL,
	"replied_called_back" integer DEFAULT 0 NOT NULL,
	"called_back_rated" integer DEFAULT 0 NOT NULL,
	"rated" integer DEFAULT 0 NOT NULL,
	"pleased" integer DEFAULT 0 NOT NULL,
	"rated_kept" integer DEFAULT 0 NOT NULL,
	"pleased_kept" integer DEFAULT 0 NOT NULL,
	"screened_out" integer DEFAULT 0 NOT NULL,
	"contacted" integer DEFAULT 0 NOT NULL,
	"reached" integer DEFAULT 0 NOT NULL,
	"resolved" integer DEFAULT 0 NOT NULL,
	"returned" integer DEFAULT 0 NOT NULL,
	"redone" integer DEFAULT 0 NOT NULL,
	"recounted_at" timestamp with time zone NOT NULL,
	"fresh_until" timestamp with time zone DEFAULT 'infinity' NOT NULL,
	CONSTRAINT "kpi_daily_unit_id_day_channel_pk" PRIMARY KEY("unit_id","day","channel")
);
--> statement-breakpoint
CREATE TABLE "app"."call_backs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"matter_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" uuid NOT NULL,
	"result" text NOT NULL,
	"rating" text,
	"resolved" boolean,
	"note" text,
	CONSTRAINT "call_backs_result" CHECK (result in ('reached', 'refused', 'missed')),
	CONSTRAINT "call_backs_rating" CHECK (rating in ('satisfied', 'basic', 'dissatisfied')),
	CONSTRAINT "call_backs_rated" CHECK ((rating is null) or result = 'reached')
);
--> statement-breakpoint
CREATE TABLE "app"."extensions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"matter_id" uuid NOT NULL,
	"leg_id" uuid NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"asked_by" uuid NOT NULL,
	"reason" text NOT NULL,
	"workdays" smallint NOT NULL,
	"old_due_at" timestamp with time zone NOT NULL,
	"new_due_at" timestamp with time zone NOT NULL,
	"caller_told_at" timestamp with time zone,
	"decided_at" timestamp with time zone,
	"decided_by" uuid,
	"granted" boolean,
	"decision_note" text,
	CONSTRAINT "extensions_other_person" CHECK (decided_by is null or decided_by <> asked_by)
);
--> statement-breakpoint
CREATE TABLE "app"."notes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"matter_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" uuid NOT NULL,
	"act" text,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "app"."replies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"matter_id" uuid NOT NULL,
	"leg_id" uuid,
	"submitted_at" timestamp with time zone NOT NULL,
	"submitted_by" uuid NOT NULL,
	"contacted_at" timestamp with time zone,
	"contact_way" text,
	"facts" text NOT NULL,
	"measures" text NOT NULL,
	"result" text NOT NULL,
	"next_step" text,
	"approved_by" text,
	"reviewed_at" timestamp with time zone,
	"reviewed_by" uuid,
	"accepted" boolean,
	"review_note" text
);
--> statement-breakpoint
CREATE TABLE "app"."return_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"matter_id" uuid NOT NULL,
	"leg_id" uuid NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"asked_by" uuid NOT NULL,
	"reason" text NOT NULL,
	"suggested_unit_id" uuid,
	"decided_at" timestamp with time zone,
	"decided_by" uuid,
	"granted" boolean,
	"decision_note" text,
	CONSTRAINT "return_requests_other_person" CHECK (decided_by is null or decided_by <> asked_by)
);
--> statement-breakpoint
CREATE TABLE "app"."screenings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"matter_id" uuid NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"asked_by" uuid NOT NULL,
	"ground" text NOT NULL,
	"evidence" text NOT NULL,
	"first_by" uuid,
	"first_at" timestamp with time zone,
	"first_upheld" boolean,
	"first_note" text,
	"second_by" uuid,
	"second_at" timestamp with time zone,
	"second_upheld" boolean,
	"second_note" text,
	"upheld" boolean,
	CONSTRAINT "screenings_two_people" CHECK (second_by is null or second_by <> first_by),
	CONSTRAINT "screenings_both" CHECK (upheld is null or (second_by is not null and upheld = (first_upheld and second_upheld)))
);
--> statement-breakpoint
CREATE TABLE "app"."supervisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"matter_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" uuid NOT NULL,
	"ground" text,
	"text" text NOT NULL,
	"answer_by" timestamp with time zone,
	CONSTRAINT "supervisions_kind" CHECK (kind in ('urge', 'supervise'))
);
--> statement-breakpoint
CREATE TABLE "app"."legs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"matter_id" uuid NOT NULL,
	"no" smallint NOT NULL,
	"role" text NOT NULL,
	"kind" text NOT NULL,
	"unit_id" uuid NOT NULL,
	"dispatched_at" timestamp with time zone NOT NULL,
	"policy" text NOT NULL,
	"time_limit" jsonb,
	"sign_due_at" timestamp with time zone NOT NULL,
	"signed_at" timestamp with time zone,
	"due_at" timestamp with time zone NOT NULL,
	"effective_due_at" timestamp with time zone NOT NULL,
	"provisional" boolean DEFAULT false NOT NULL,
	"submitted_at" timestamp with time zone,
	"stopped_at" timestamp with time zone,
	"outcome" text,
	"extensions" smallint DEFAULT 0 NOT NULL,
	"warned_at" timestamp with time zone,
	"red_at" timestamp with time zone,
	"overdue_at" timestamp with time zone,
	"imported" boolean DEFAULT false NOT NULL,
	"late_from" timestamp with time zone GENERATED ALWAYS AS ((case when coalesce(stopped_at, submitted_at) <= effective_due_at then null else effective_due_at end)) STORED,
	"sign_late_from" timestamp with time zone GENERATED ALWAYS AS ((case when coalesce(signed_at, stopped_at) <= sign_due_at then null else sign_due_at end)) STORED,
	CONSTRAINT "legs_no" UNIQUE("matter_id","no"),
	CONSTRAINT "legs_role" CHECK (role in ('lead', 'co')),
	CONSTRAINT "legs_kind" CHECK (kind in ('dispatch', 'redispatch', 'redo', 'co')),
	CONSTRAINT "legs_outcome" CHECK (outcome in ('replied', 'returned', 'redispatched', 'merged', 'terminated')),
	CONSTRAINT "legs_closed" CHECK ((outcome is null) = (stopped_at is null))
);
--> statement-breakpoint
CREATE TABLE "app"."matter_search" (
	"matter_id" uuid PRIMARY KEY NOT NULL,
	"grams" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "app"."matters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"no" text NOT NULL,
	"channel" text NOT NULL,
	"source" text NOT NULL,
	"external_no" text,
	"state" text NOT NULL,
	"title" text NOT NULL,
	"content" text NOT NULL,
	"category" text NOT NULL,
	"urgency" text NOT NULL,
	"topic" text NOT NULL,
	"region_code" text,
	"person_id" uuid,
	"confidential" boolean DEFAULT false NOT NULL,
	"accused_unit_ids" uuid[] DEFAULT '{}' NOT NULL,
	"unit_ids" uuid[] DEFAULT '{}' NOT NULL,
	"handler_ids" uuid[] DEFAULT '{}' NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"registered_at" timestamp with time zone NOT NULL,
	"registered_by" uuid NOT NULL,
	"dispatched_at" timestamp with time zone,
	"dispatched_day" date GENERATED ALWAYS AS (((dispatched_at at time zone interval '8 hours')::date)) STORED,
	"lead_unit_id" uuid,
	"lead_leg_id" uuid,
	"binding" boolean DEFAULT false NOT NULL,
	"sign_due_at" timestamp with time zone,
	"signed_at" timestamp with time zone,
	"sign_late_from" timestamp with time zone,
	"due_at" timestamp with time zone,
	"provisional" boolean DEFAULT false NOT NULL,
	"submitted_at" timestamp with time zone,
	"late_from" timestamp with time zone,
	"lead_late_from" timestamp with time zone,
	"lead_signed_at" timestamp with time zone,
	"lead_sign_late_from" timestamp with time zone,
	"done_at" timestamp with time zone,
	"first_replied_at" timestamp with time zone,
	"first_accepted_at" timestamp with time zone,
	"first_on_time" boolean,
	"contacted_at" timestamp with time zone,
	"contacted_on_time" boolean,
	"extended_at" timestamp with time zone,
	"returned_at" timestamp with time zone,
	"returns" smallint DEFAULT 0 NOT NULL,
	"redone_at" timestamp with time zone,
	"missed_calls" smallint DEFAULT 0 NOT NULL,
	"called_back_at" timestamp with time zone,
	"call_result" text,
	"rating" text,
	"rated_at" timestamp with time zone,
	"resolved" boolean,
	"screened_out_at" timestamp with time zone,
	"merged_into_id" uuid,
	"merged_at" timestamp with time zone,
	"withdrawn_at" timestamp with time zone,
	"state_before" text,
	"ended_at" timestamp with time zone,
	"end_reason" text,
	"public_reply" text,
	"import_id" uuid,
	"flags" integer GENERATED ALWAYS AS ((case when dispatched_at is not null then 1 else 0 end + case when signed_at is not null then 2 else 0 end + case when done_at is not null then 4 else 0 end + case when first_accepted_at is not null then 8 else 0 end + case when first_accepted_at is not null and first_on_time then 16 else 0 end + case when extended_at is not null then 32 else 0 end + case when returned_at is not null then 64 else 0 end + case when redone_at is not null then 128 else 0 end + case when called_back_at is not null then 256 else 0 end + case when called_back_at is not null and call_result = 'reached' then 512 else 0 end + case when called_back_at is not null and resolved then 1024 else 0 end + case when rated_at is not null then 2048 else 0 end + case when rated_at is not null and rating in ('satisfied', 'basic') then 4096 else 0 end + case when rated_at is not null and rating = 'satisfied' then 8192 else 0 end + case when screened_out_at is not null then 16384 else 0 end + case when contacted_at is not null and contacted_on_time then 32768 else 0 end + case when merged_at is not null then 65536 else 0 end + case when withdrawn_at is not null then 131072 else 0 end + case when lead_signed_at is not null then 262144 else 0 end)) STORED NOT NULL,
	"version" integer NOT NULL,
	"seq" integer NOT NULL,
	"head" "bytea" NOT NULL,
	CONSTRAINT "matters_no_unique" UNIQUE("no"),
	CONSTRAINT "matters_state" CHECK (state in ('registered', 'assigned', 'returning', 'handling', 'replied', 'reviewed', 'rated', 'screening', 'closed', 'archived', 'merged', 'terminated', 'not-accepted')),
	CONSTRAINT "matters_channel" CHECK (channel in ('hotline')),
	CONSTRAINT "matters_urgency" CHECK (urgency in ('normal', 'urgent', 'critical')),
	CONSTRAINT "matters_rating" CHECK (rating in ('satisfied', 'basic', 'dissatisfied')),
	CONSTRAINT "matters_call_result" CHECK (call_result in ('reached', 'refused', 'missed'))
);
--> statement-breakpoint
CREATE TABLE "app"."accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text DEFAULT 'person' NOT NULL,
	"login" text NOT NULL,
	"name" text NOT NULL,
	"unit_id" uuid NOT NULL,
	"roles" text[] NOT NULL,
	"password_hash" text,
	"password_changed_at" timestamp with time zone,
	"must_change_password" boolean DEFAULT false NOT NULL,
	"password_valid_until" timestamp with time zone,
	"previous_hashes" text[] DEFAULT '{}' NOT NULL,
	"disabled_at" timestamp with time zone,
	"last_seen_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "accounts_login" UNIQUE("login"),
	CONSTRAINT "accounts_login_form" CHECK (login = lower(login) and login <> ''),
	CONSTRAINT "accounts_kind" CHECK (kind in ('person', 'service')),
	CONSTRAINT "accounts_service" CHECK (kind = 'person' or password_hash is null)
);
--> statement-breakpoint
CREATE TABLE "app"."api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"name" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"ips" text[] DEFAULT '{}' NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "app"."regions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"level" text NOT NULL,
	"parent_code" text,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"successor_codes" text[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "regions_code_from" UNIQUE("code","valid_from"),
	CONSTRAINT "regions_level" CHECK (level in ('province', 'city', 'district', 'township', 'village')),
	CONSTRAINT "regions_period" CHECK (valid_to is null or valid_to > valid_from)
);
--> statement-breakpoint
CREATE TABLE "app"."sessions" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"user_agent" text NOT NULL,
	"ip" text NOT NULL,
	CONSTRAINT "sessions_id" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "app"."sign_in_attempts" (
	"bucket" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"locked_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "app"."units" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"short_name" text NOT NULL,
	"kind" text NOT NULL,
	"level" smallint NOT NULL,
	"parent_id" uuid,
	"region_code" text,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"successor_id" uuid,
	"phone" text,
	"sees" uuid[] NOT NULL,
	"path" uuid[] NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "units_kind" CHECK (kind in ('office', 'township', 'department', 'platform')),
	CONSTRAINT "units_level" CHECK (level = case kind when 'platform' then 1 when 'office' then 2 else 3 end),
	CONSTRAINT "units_period" CHECK (valid_to is null or valid_to >= valid_from),
	CONSTRAINT "units_successor" CHECK (successor_id is null or (successor_id <> id and valid_to is not null)),
	CONSTRAINT "units_not_own_parent" CHECK (parent_id <> id)
);
--> statement-breakpoint
CREATE TABLE "app"."people" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sealed" "bytea" NOT NULL,
	"name_masked" text,
	"phone_masked" text,
	"id_masked" text,
	"township" text,
	"name_bi" "bytea",
	"phone_bi" "bytea",
	"phone2_bi" "bytea",
	"id_bi" "bytea",
	"confidential" boolean DEFAULT false NOT NULL,
	"region_code" text,
	"created_at" timestamp with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "app"."person_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_a" uuid NOT NULL,
	"person_b" uuid NOT NULL,
	"status" text DEFAULT 'suggested' NOT NULL,
	"reason" text NOT NULL,
	"suggested_at" timestamp with time zone NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	CONSTRAINT "person_links_order" CHECK (person_a < person_b),
	CONSTRAINT "person_links_status" CHECK (status in ('suggested', 'confirmed', 'rejected')),
	CONSTRAINT "person_links_reason" CHECK (reason in ('idNo', 'phone', 'name')),
	CONSTRAINT "person_links_decided" CHECK ((status = 'suggested') = (decided_by is null and decided_at is null))
);
--> statement-breakpoint
CREATE TABLE "app"."checkpoints" (
	"day" date PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"chains" integer NOT NULL,
	"events" bigint NOT NULL,
	"digest" "bytea" NOT NULL,
	"key_id" smallint NOT NULL,
	"signature" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "app"."events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"subject" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"type" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor_id" uuid NOT NULL,
	"canon" text NOT NULL,
	"hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "app"."files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"bytes" bigint NOT NULL,
	"hash" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"removed_at" timestamp with time zone,
	CONSTRAINT "files_purpose" CHECK (purpose in ('attachment', 'import', 'export'))
);
--> statement-breakpoint
CREATE TABLE "app"."idempotency" (
	"account_id" uuid NOT NULL,
	"key" text NOT NULL,
	"fingerprint" "bytea" NOT NULL,
	"status" smallint NOT NULL,
	"body" text NOT NULL,
	"etag" integer,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_account_id_key_pk" PRIMARY KEY("account_id","key")
);
--> statement-breakpoint
CREATE TABLE "app"."outbox" (
	"event_id" uuid NOT NULL,
	"job" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"handed_at" timestamp with time zone,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"last_error" text,
	"dead_at" timestamp with time zone,
	CONSTRAINT "outbox_event_id_job_pk" PRIMARY KEY("event_id","job")
);
--> statement-breakpoint
CREATE TABLE "app"."scheduled_runs" (
	"job" text NOT NULL,
	"period" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"result" text,
	CONSTRAINT "scheduled_runs_job_period_pk" PRIMARY KEY("job","period")
);
--> statement-breakpoint
CREATE TABLE "app"."sealed_heads" (
	"subject_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"hash" "bytea" NOT NULL,
	"day" date NOT NULL,
	CONSTRAINT "sealed_heads_subject_id_seq_pk" PRIMARY KEY("subject_id","seq")
);
--> statement-breakpoint
CREATE TABLE "app"."vault_keys" (
	"key_id" smallint PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"since" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "app"."accounts" ADD CONSTRAINT "accounts_unit_id_units_id_fk" FOREIGN KEY ("unit_id") REFERENCES "app"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."api_keys" ADD CONSTRAINT "api_keys_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "app"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."sessions" ADD CONSTRAINT "sessions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "app"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."units" ADD CONSTRAINT "units_parent_fk" FOREIGN KEY ("parent_id") REFERENCES "app"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."units" ADD CONSTRAINT "units_successor_fk" FOREIGN KEY ("successor_id") REFERENCES "app"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."person_links" ADD CONSTRAINT "person_links_person_a_people_id_fk" FOREIGN KEY ("person_a") REFERENCES "app"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app"."person_links" ADD CONSTRAINT "person_links_person_b_people_id_fk" FOREIGN KEY ("person_b") REFERENCES "app"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "import_rows_verdicts" ON "app"."import_rows" USING btree ("import_id","verdict","row_no");--> statement-breakpoint
CREATE INDEX "import_rows_warned" ON "app"."import_rows" USING btree ("import_id","row_no") WHERE warnings is not null;--> statement-breakpoint
CREATE INDEX "imports_created" ON "app"."imports" USING btree ("created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "imports_file" ON "app"."imports" USING btree ("file_hash") WHERE status in ('uploaded', 'checking', 'checked', 'committing');--> statement-breakpoint
CREATE INDEX "imports_hash" ON "app"."imports" USING btree ("file_hash","created_at");--> statement-breakpoint
CREATE INDEX "kpi_daily_day" ON "app"."kpi_daily" USING btree ("day");--> statement-breakpoint
CREATE INDEX "kpi_daily_fresh" ON "app"."kpi_daily" USING btree ("fresh_until");--> statement-breakpoint
CREATE INDEX "call_backs_matter" ON "app"."call_backs" USING btree ("matter_id","at");--> statement-breakpoint
CREATE INDEX "extensions_matter" ON "app"."extensions" USING btree ("matter_id");--> statement-breakpoint
CREATE UNIQUE INDEX "extensions_pending" ON "app"."extensions" USING btree ("leg_id") WHERE decided_at is null;--> statement-breakpoint
CREATE INDEX "notes_matter" ON "app"."notes" USING btree ("matter_id");--> statement-breakpoint
CREATE INDEX "replies_matter" ON "app"."replies" USING btree ("matter_id","submitted_at");--> statement-breakpoint
CREATE INDEX "return_requests_matter" ON "app"."return_requests" USING btree ("matter_id");--> statement-breakpoint
CREATE UNIQUE INDEX "return_requests_pending" ON "app"."return_requests" USING btree ("leg_id") WHERE decided_at is null;--> statement-breakpoint
CREATE INDEX "screenings_matter" ON "app"."screenings" USING btree ("matter_id");--> statement-breakpoint
CREATE UNIQUE INDEX "screenings_pending" ON "app"."screenings" USING btree ("matter_id") WHERE upheld is null;--> statement-breakpoint
CREATE INDEX "supervisions_matter" ON "app"."supervisions" USING btree ("matter_id");--> statement-breakpoint
CREATE INDEX "legs_open" ON "app"."legs" USING btree ("unit_id","effective_due_at","matter_id") WHERE outcome is null;--> statement-breakpoint
CREATE INDEX "legs_due" ON "app"."legs" USING btree ("effective_due_at","id") WHERE outcome is null and submitted_at is null;--> statement-breakpoint
CREATE INDEX "legs_late" ON "app"."legs" USING btree ("matter_id","role","unit_id","late_from") WHERE late_from is not null;--> statement-breakpoint
CREATE INDEX "matter_search_grams" ON "app"."matter_search" USING gin ("grams");--> statement-breakpoint
CREATE UNIQUE INDEX "matters_external" ON "app"."matters" USING btree ("source","external_no") WHERE external_no is not null;--> statement-breakpoint
CREATE INDEX "matters_open" ON "app"."matters" USING btree ("lead_unit_id","due_at","id") WHERE state in ('assigned', 'returning', 'handling');--> statement-breakpoint
CREATE INDEX "matters_received" ON "app"."matters" USING btree ("received_at","id");--> statement-breakpoint
CREATE INDEX "matters_state_received" ON "app"."matters" USING btree ("state","received_at","id");--> statement-breakpoint
CREATE INDEX "matters_unit_received" ON "app"."matters" USING btree ("lead_unit_id","received_at","id");--> statement-breakpoint
CREATE INDEX "matters_person" ON "app"."matters" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "matters_units" ON "app"."matters" USING gin ("unit_ids");--> statement-breakpoint
CREATE INDEX "matters_merged" ON "app"."matters" USING btree ("merged_into_id") WHERE merged_into_id is not null;--> statement-breakpoint
CREATE INDEX "matters_count" ON "app"."matters" USING btree ("dispatched_day","lead_unit_id","channel","flags","late_from","sign_late_from","lead_late_from","lead_sign_late_from");--> statement-breakpoint
CREATE INDEX "matters_shared" ON "app"."matters" USING btree ("dispatched_day","late_from","id","lead_unit_id","channel","flags","sign_late_from","lead_late_from","lead_sign_late_from") WHERE cardinality(unit_ids) > 1 or late_from is distinct from lead_late_from;--> statement-breakpoint
CREATE INDEX "matters_accused" ON "app"."matters" USING gin ("accused_unit_ids") WHERE accused_unit_ids <> '{}';--> statement-breakpoint
CREATE INDEX "matters_import" ON "app"."matters" USING btree ("import_id") WHERE import_id is not null;--> statement-breakpoint
CREATE INDEX "accounts_unit" ON "app"."accounts" USING btree ("unit_id");--> statement-breakpoint
CREATE INDEX "api_keys_account" ON "app"."api_keys" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "regions_parent" ON "app"."regions" USING btree ("parent_code");--> statement-breakpoint
CREATE INDEX "sessions_account" ON "app"."sessions" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "sessions_seen" ON "app"."sessions" USING btree ("seen_at");--> statement-breakpoint
CREATE INDEX "sign_in_attempts_last" ON "app"."sign_in_attempts" USING btree ("last_at");--> statement-breakpoint
CREATE UNIQUE INDEX "units_active_name" ON "app"."units" USING btree ("name") WHERE valid_to is null;--> statement-breakpoint
CREATE INDEX "units_parent" ON "app"."units" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "people_name" ON "app"."people" USING btree ("name_bi","township");--> statement-breakpoint
CREATE INDEX "people_phone" ON "app"."people" USING btree ("phone_bi");--> statement-breakpoint
CREATE INDEX "people_phone2" ON "app"."people" USING btree ("phone2_bi") WHERE phone2_bi is not null;--> statement-breakpoint
CREATE INDEX "people_id_no" ON "app"."people" USING btree ("id_bi") WHERE id_bi is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "person_links_pair" ON "app"."person_links" USING btree ("person_a","person_b");--> statement-breakpoint
CREATE INDEX "person_links_b" ON "app"."person_links" USING btree ("person_b");--> statement-breakpoint
CREATE INDEX "person_links_open" ON "app"."person_links" USING btree ("suggested_at","id") WHERE status = 'suggested';--> statement-breakpoint
CREATE UNIQUE INDEX "events_chain" ON "app"."events" USING btree ("subject_id","seq");--> statement-breakpoint
CREATE INDEX "events_actor" ON "app"."events" USING btree ("actor_id","at");--> statement-breakpoint
CREATE INDEX "events_type" ON "app"."events" USING btree ("type","at");--> statement-breakpoint
CREATE INDEX "files_subject" ON "app"."files" USING btree ("subject_id","created_at");--> statement-breakpoint
CREATE INDEX "files_hash" ON "app"."files" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "idempotency_at" ON "app"."idempotency" USING btree ("at");--> statement-breakpoint
CREATE INDEX "outbox_waiting" ON "app"."outbox" USING btree ("at") WHERE handed_at is null and dead_at is null;--> statement-breakpoint
CREATE INDEX "outbox_handed" ON "app"."outbox" USING btree ("handed_at") WHERE dead_at is null;--> statement-breakpoint
CREATE INDEX "sealed_heads_day" ON "app"."sealed_heads" USING btree ("day","subject_id");