-- What an event changed in the tables stands in the chain. Same number, same meaning in ../postgres.
-- +goose Up
ALTER TABLE events ADD COLUMN changes TEXT NOT NULL DEFAULT ''; -- JSON array of changed rows, or the hash of a document that is one; '' none

CREATE TABLE documents (
  hash TEXT PRIMARY KEY, -- hex SHA-256 of doc
  doc  TEXT NOT NULL
) WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER documents_fixed BEFORE UPDATE ON documents
BEGIN SELECT RAISE(ABORT, 'documents are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER documents_kept BEFORE DELETE ON documents
BEGIN SELECT RAISE(ABORT, 'documents are append-only'); END;
-- +goose StatementEnd
