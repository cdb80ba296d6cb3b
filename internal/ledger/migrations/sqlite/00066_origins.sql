-- What each task was opened for; see act.Origin. Same number, same meaning in ../postgres.
-- +goose Up
ALTER TABLE tasks ADD COLUMN origin TEXT NOT NULL DEFAULT '';
