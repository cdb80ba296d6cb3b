-- By which family of programs the ledger was made. Same number, same meaning in the other folder.
-- +goose Up
ALTER TABLE identity ADD COLUMN made TEXT NOT NULL DEFAULT ''; -- '': before the first release
