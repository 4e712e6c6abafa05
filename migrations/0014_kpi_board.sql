ALTER TABLE "app"."kpi_daily" ADD COLUMN "answerable" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "app"."kpi_daily" ADD COLUMN "not_called_back" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "app"."kpi_daily" ADD COLUMN "not_reached" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "app"."kpi_daily" ADD COLUMN "not_rated" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "matters_standing" ON "app"."matters" USING btree ("channel","dispatched_at","lead_unit_id") WHERE dispatched_at is not null and coalesce(done_at, merged_at, withdrawn_at) is null;--> statement-breakpoint
CREATE INDEX "matters_left" ON "app"."matters" USING btree ("channel",greatest(dispatched_at, least(done_at, merged_at, withdrawn_at))) WHERE coalesce(done_at, merged_at, withdrawn_at) is not null;--> statement-breakpoint
-- What stands in the rollup lacks the new counts: none of it holds any more, so it is counted from the matters until it is recounted.
UPDATE "app"."kpi_daily" SET "fresh_until" = '-infinity';
