-- What sending needs. Same number, same meaning in ../postgres.
-- +goose Up
CREATE TABLE office (
  name  TEXT PRIMARY KEY, -- channels, sender, language
  value TEXT NOT NULL
) WITHOUT ROWID;
-- How many tries of the message may have arrived without our knowing it; what
-- carried it in the end, '' when that is its own channel.
ALTER TABLE messages ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN via TEXT NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN twice BOOLEAN NOT NULL DEFAULT 0; -- sent, and may have arrived twice
ALTER TABLE digests ADD COLUMN words TEXT NOT NULL DEFAULT ''; -- JSON of a digest that says these words instead of notices
ALTER TABLE digests ADD COLUMN channels TEXT NOT NULL DEFAULT ''; -- JSON array: over what those words go
CREATE INDEX messages_waiting ON messages (plan) WHERE state IN ('sending', 'leaving', 'undelivered', 'failed', 'unknown');
