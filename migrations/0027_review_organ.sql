ALTER TABLE "app"."petitions" ADD COLUMN "organ" text;--> statement-breakpoint
ALTER TABLE "app"."petitions" ADD CONSTRAINT "petitions_organ" CHECK (organ is null or parent_id is not null);