CREATE TABLE "app"."report_cases" (
	"publication_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"places" smallint[] NOT NULL,
	CONSTRAINT "report_cases_publication_id_subject_subject_id_pk" PRIMARY KEY("publication_id","subject","subject_id")
);
--> statement-breakpoint
CREATE TABLE "app"."report_overrides" (
	"period" text NOT NULL,
	"mark" text NOT NULL,
	"finding" text NOT NULL,
	"explanation" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" uuid NOT NULL,
	CONSTRAINT "report_overrides_period_mark_pk" PRIMARY KEY("period","mark")
);
--> statement-breakpoint
CREATE TABLE "app"."report_paragraphs" (
	"id" uuid NOT NULL,
	"version" integer NOT NULL,
	"period" text NOT NULL,
	"after_section" text NOT NULL,
	"covers" text,
	"text" text NOT NULL,
	"removed" boolean DEFAULT false NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" uuid NOT NULL,
	CONSTRAINT "report_paragraphs_id_version_pk" PRIMARY KEY("id","version")
);
--> statement-breakpoint
CREATE TABLE "app"."report_publications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"period" text NOT NULL,
	"edition" integer NOT NULL,
	"as_of" timestamp with time zone NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	"by_id" uuid NOT NULL,
	"reason" text,
	"hash" text NOT NULL,
	"snapshot" jsonb NOT NULL,
	CONSTRAINT "report_publications_once" UNIQUE("period","edition")
);
--> statement-breakpoint
CREATE TABLE "app"."report_wordings" (
	"kind" text NOT NULL,
	"section" text NOT NULL,
	"version" integer NOT NULL,
	"heading" text NOT NULL,
	"text" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" uuid NOT NULL,
	CONSTRAINT "report_wordings_kind_section_version_pk" PRIMARY KEY("kind","section","version")
);
--> statement-breakpoint
ALTER TABLE "app"."report_cases" ADD CONSTRAINT "report_cases_publication_id_report_publications_id_fk" FOREIGN KEY ("publication_id") REFERENCES "app"."report_publications"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "report_paragraphs_period" ON "app"."report_paragraphs" USING btree ("period");--> statement-breakpoint
-- What was published stays as it was; a correction is another edition.
create trigger report_publications_append_only before update or delete or truncate on app.report_publications
  for each statement execute function app.refuse_change();
--> statement-breakpoint
create trigger report_cases_append_only before update or delete or truncate on app.report_cases
  for each statement execute function app.refuse_change();
