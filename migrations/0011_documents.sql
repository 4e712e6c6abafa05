CREATE TABLE "app"."document_wordings" (
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"text" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by_id" uuid NOT NULL,
	CONSTRAINT "document_wordings_key_version_pk" PRIMARY KEY("key","version")
);
