ALTER TABLE "app"."kpi_daily" ADD COLUMN "fresh_from" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
-- A key whose counts were all zero had no row; as of an earlier instant they may not have been.
INSERT INTO "app"."kpi_daily" ("unit_id", "day", "channel", "recounted_at")
SELECT DISTINCT coalesce("lead_unit_id", '00000000-0000-0000-0000-000000000000'::uuid), "dispatched_day", "channel", now()
FROM "app"."matters" WHERE "dispatched_day" IS NOT NULL
ON CONFLICT DO NOTHING;
