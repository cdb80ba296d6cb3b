-- What an event changed in the tables stands in the chain. Same number, same meaning in ../sqlite.
-- +goose Up
ALTER TABLE events ADD COLUMN changes TEXT COLLATE "C" NOT NULL DEFAULT ''; -- JSON array of changed rows, or the hash of a document that is one; '' none

CREATE TABLE documents (
  hash TEXT COLLATE "C" PRIMARY KEY, -- hex SHA-256 of doc
  doc  TEXT COLLATE "C" NOT NULL
);

-- +goose StatementBegin
CREATE FUNCTION documents_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'documents are append-only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER documents_fixed BEFORE UPDATE OR DELETE ON documents FOR EACH ROW EXECUTE FUNCTION documents_fixed();
CREATE TRIGGER documents_kept BEFORE TRUNCATE ON documents FOR EACH STATEMENT EXECUTE FUNCTION documents_fixed();
