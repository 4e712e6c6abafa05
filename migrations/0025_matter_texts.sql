CREATE TABLE "app"."matter_texts" (
	"matter_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"field" text NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "matter_texts_matter_id_seq_field_pk" PRIMARY KEY("matter_id","seq","field"),
	CONSTRAINT "matter_texts_field" CHECK (field in ('title', 'content', 'reply'))
);
--> statement-breakpoint
create trigger matter_texts_append_only before update or delete or truncate on app.matter_texts
  for each statement execute function app.refuse_change();
