CREATE TABLE "app"."alarms" (
	"id" uuid PRIMARY KEY NOT NULL,
	"matter_id" uuid NOT NULL,
	"raised_at" timestamp with time zone NOT NULL,
	"raised_by" uuid NOT NULL,
	"reason" text NOT NULL,
	"reported_at" timestamp with time zone,
	"reported_by" uuid,
	"reported_to" text[],
	"report_text" text,
	"off_asked_at" timestamp with time zone,
	"off_asked_by" uuid,
	"off_reason" text,
	"off_at" timestamp with time zone,
	"off_by" uuid,
	CONSTRAINT "alarms_second_person" CHECK (off_by is null or off_by <> off_asked_by),
	CONSTRAINT "alarms_off_asked" CHECK (off_at is null or off_asked_at is not null),
	CONSTRAINT "alarms_reported" CHECK ((reported_at is null) = (reported_to is null))
);
--> statement-breakpoint
CREATE TABLE "app"."confidants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"granted_at" timestamp with time zone NOT NULL,
	"granted_by" uuid NOT NULL,
	"ended_at" timestamp with time zone,
	"ended_by" uuid,
	CONSTRAINT "confidants_other_person" CHECK (granted_by <> account_id),
	CONSTRAINT "confidants_ended" CHECK ((ended_at is null) = (ended_by is null))
);
--> statement-breakpoint
ALTER TABLE "app"."confidants" ADD CONSTRAINT "confidants_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "app"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alarms_matter" ON "app"."alarms" USING btree ("matter_id");--> statement-breakpoint
CREATE UNIQUE INDEX "alarms_standing" ON "app"."alarms" USING btree ("matter_id") WHERE off_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "confidants_standing" ON "app"."confidants" USING btree ("person_id","account_id") WHERE ended_at is null;