-- What a plan calls a task by now, where that is not its ID. Same number, same meaning in ../sqlite.
-- +goose Up
ALTER TABLE tasks ADD COLUMN label TEXT NOT NULL DEFAULT '';
