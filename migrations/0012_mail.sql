CREATE TABLE "app"."mail_rows" (
	"mark" "bytea" PRIMARY KEY NOT NULL,
	"content_mark" "bytea" NOT NULL,
	"matter_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "app"."matters" ADD COLUMN "upstream_due_at" timestamp with time zone;