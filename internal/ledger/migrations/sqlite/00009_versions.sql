-- A course is written only over the one it was made from: version grows with every write. Same number, same meaning in ../postgres.
-- +goose Up
ALTER TABLE tasks ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE talks ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE calendars ADD COLUMN since TIMESTAMP; -- real clock: when the notice in force came
