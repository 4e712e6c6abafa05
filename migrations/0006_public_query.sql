CREATE TABLE "app"."query_codes" (
	"matter_id" uuid PRIMARY KEY NOT NULL,
	"code_bi" "bytea" NOT NULL,
	"fails" smallint DEFAULT 0 NOT NULL,
	"locked_until" timestamp with time zone,
	CONSTRAINT "query_codes_code" UNIQUE("code_bi")
);
--> statement-breakpoint
ALTER TABLE "app"."call_backs" ADD COLUMN "way" text;--> statement-breakpoint
ALTER TABLE "app"."call_backs" ADD CONSTRAINT "call_backs_way" CHECK (way in ('phone', 'sms', 'web', 'counter'));