CREATE TABLE "app"."merge_holds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"matter_id" uuid NOT NULL,
	"from_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"leg_id" uuid,
	"due_at" timestamp with time zone,
	"own_due_at" timestamp with time zone,
	"own_limit" jsonb,
	"upstream_due_at" timestamp with time zone,
	"own_upstream_due_at" timestamp with time zone,
	"undone_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "merge_holds_matter" ON "app"."merge_holds" USING btree ("matter_id") WHERE undone_at is null;