-- +goose Up
ALTER TABLE messages ADD COLUMN missed TEXT NOT NULL DEFAULT ''; -- copies that were not taken, ledger.MissedCopy as JSON; '' without
CREATE INDEX messages_missed ON messages (plan) WHERE missed <> '';
