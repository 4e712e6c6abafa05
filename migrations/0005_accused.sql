CREATE TABLE "app"."matter_accused" (
	"id" uuid PRIMARY KEY NOT NULL,
	"matter_id" uuid NOT NULL,
	"name" "bytea" NOT NULL,
	"name_masked" text NOT NULL,
	"name_bi" "bytea" NOT NULL,
	"post" text,
	"account_id" uuid,
	"named_at" timestamp with time zone NOT NULL,
	CONSTRAINT "matter_accused_once" UNIQUE("matter_id","name_bi")
);
--> statement-breakpoint
ALTER TABLE "app"."matters" ADD COLUMN "barred_ids" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
CREATE INDEX "matters_barred" ON "app"."matters" USING gin ("barred_ids") WHERE barred_ids <> '{}';