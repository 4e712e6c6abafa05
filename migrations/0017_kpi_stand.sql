CREATE TABLE "app"."kpi_stand" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"changes" bigint NOT NULL,
	CONSTRAINT "kpi_stand_one" CHECK ("app"."kpi_stand"."one")
);
--> statement-breakpoint
DROP SEQUENCE "app"."kpi_changes";