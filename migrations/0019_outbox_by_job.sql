ALTER TABLE "app"."outbox" DROP CONSTRAINT "outbox_event_id_job_pk";--> statement-breakpoint
ALTER TABLE "app"."outbox" ADD CONSTRAINT "outbox_job_event_id_pk" PRIMARY KEY("job","event_id");