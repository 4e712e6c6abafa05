CREATE TABLE "app"."escalations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"superior" text,
	"document_no" text,
	"ground" text NOT NULL,
	"leader_name" text NOT NULL,
	"leader_post" text NOT NULL,
	"report_day" date,
	"reported_at" timestamp with time zone,
	"report_no" text,
	"outcome" text,
	CONSTRAINT "escalations_ground" CHECK (ground in ('overdue', 'no-feedback', 'procedure', 'evasion', 'not-executed', 'falsified', 'dissatisfied', 'other'))
);
--> statement-breakpoint
ALTER TABLE "app"."supervisions" DROP CONSTRAINT "supervisions_kind";--> statement-breakpoint
ALTER TABLE "app"."matters" DROP CONSTRAINT "matters_state";--> statement-breakpoint
ALTER TABLE "app"."matters" DROP CONSTRAINT "matters_channel";--> statement-breakpoint
ALTER TABLE "app"."supervisions" ADD COLUMN "about" text;--> statement-breakpoint
ALTER TABLE "app"."supervisions" ADD COLUMN "answered_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "app"."supervisions" ADD COLUMN "answered_by" uuid;--> statement-breakpoint
ALTER TABLE "app"."supervisions" ADD COLUMN "answer" text;--> statement-breakpoint
ALTER TABLE "app"."supervisions" ADD CONSTRAINT "supervisions_kind" CHECK (kind in ('urge', 'supervise', 'interview', 'circulate', 'list-publicly', 'rectify'));--> statement-breakpoint
ALTER TABLE "app"."matters" ADD CONSTRAINT "matters_state" CHECK (state in ('entered', 'requested', 'routed', 'objecting', 'registered', 'assigned', 'returning', 'handling', 'replied', 'reviewed', 'rated', 'issued', 'delivered', 'reporting', 'screening', 'closed', 'archived', 'merged', 'terminated', 'not-accepted', 'no-longer-accepted', 'redirected', 'reported', 'answered', 'coordinated', 'withdrawn'));--> statement-breakpoint
ALTER TABLE "app"."matters" ADD CONSTRAINT "matters_channel" CHECK (channel in ('hotline', 'mailbox', 'letter', 'visit', 'review', 'recheck', 'escalation'));