-- A talk that has joined another of its unit names it. Same number, same meaning in the other folder.
-- +goose Up
ALTER TABLE talks ADD COLUMN host TEXT NOT NULL DEFAULT ''; -- the talk that it goes on as part of
CREATE INDEX talks_joined ON talks (plan, host) WHERE host <> '';
