ALTER TABLE "app"."joint_meetings" ADD COLUMN "voided_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "app"."relief_programmes" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;