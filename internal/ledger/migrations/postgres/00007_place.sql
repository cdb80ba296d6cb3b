-- Where the ledger belongs. Same number, same meaning in ../sqlite.
-- +goose Up
ALTER TABLE identity ADD COLUMN place TEXT NOT NULL DEFAULT ''; -- the folder that it worked in first; '' before that, and in a database server
