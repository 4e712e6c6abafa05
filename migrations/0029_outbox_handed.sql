DROP INDEX "app"."outbox_handed";--> statement-breakpoint
CREATE INDEX "outbox_handed" ON "app"."outbox" USING btree ("handed_at") WHERE handed_at is not null and dead_at is null;