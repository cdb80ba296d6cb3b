-- What people's acts need. Same number, same meaning in ../sqlite.
-- +goose Up
ALTER TABLE tasks ADD COLUMN publish BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE tasks ADD COLUMN course TEXT NOT NULL DEFAULT ''; -- JSON of the course after the last act; '' before the first
ALTER TABLE stages ADD COLUMN matter TEXT NOT NULL DEFAULT ''; -- JSON: what it speaks of when not of the task's limit
ALTER TABLE talks ADD COLUMN what TEXT NOT NULL DEFAULT 'talk'; -- talk, circular
ALTER TABLE talks ADD COLUMN origin TEXT NOT NULL DEFAULT 'stage'; -- stage, hand, or a rule's id
ALTER TABLE talks ADD COLUMN course TEXT NOT NULL DEFAULT ''; -- JSON of the talk's course after the last act
ALTER TABLE plans ADD COLUMN version INTEGER NOT NULL DEFAULT 1; -- grows with each amendment and each policy added
