CREATE TABLE "app"."matter_pasts" (
	"matter_id" uuid NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"dispatched_at" timestamp with time zone NOT NULL,
	"lead_unit_id" uuid,
	"category" text NOT NULL,
	"topic" text NOT NULL,
	"signed_at" timestamp with time zone,
	"done_at" timestamp with time zone,
	"first_accepted_at" timestamp with time zone,
	"extended_at" timestamp with time zone,
	"returned_at" timestamp with time zone,
	"redone_at" timestamp with time zone,
	"called_back_at" timestamp with time zone,
	"rated_at" timestamp with time zone,
	"screened_out_at" timestamp with time zone,
	"contacted_at" timestamp with time zone,
	"merged_at" timestamp with time zone,
	"withdrawn_at" timestamp with time zone,
	"lead_signed_at" timestamp with time zone,
	"late_from" timestamp with time zone,
	"sign_late_from" timestamp with time zone,
	"lead_late_from" timestamp with time zone,
	"lead_sign_late_from" timestamp with time zone,
	"first_on_time" boolean,
	"contacted_on_time" boolean,
	"call_result" text,
	"resolved" boolean,
	"rating" text,
	"flags" integer NOT NULL,
	"settled_at" timestamp with time zone NOT NULL,
	"left_day" date,
	"legs" jsonb,
	CONSTRAINT "matter_pasts_matter_id_until_pk" PRIMARY KEY("matter_id","until")
);
--> statement-breakpoint
CREATE INDEX "matter_pasts_until" ON "app"."matter_pasts" USING btree ("until","dispatched_at","matter_id");--> statement-breakpoint
create trigger matter_pasts_append_only before update or delete or truncate on app.matter_pasts
  for each statement execute function app.refuse_change();
