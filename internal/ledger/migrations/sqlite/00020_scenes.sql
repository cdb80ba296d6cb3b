-- What was true when a stage was decided. Same number, same meaning in the other folder.
-- +goose Up
ALTER TABLE stages ADD COLUMN scene TEXT NOT NULL DEFAULT ''; -- JSON: title, unit, due date, names, rungs; '' of a stage decided before this was kept
