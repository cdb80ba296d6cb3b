-- +goose Up
-- What of a plan is made public, and the acts on tasks, are few among its tasks and events.
CREATE INDEX tasks_published ON tasks (plan) WHERE publish = TRUE;
CREATE INDEX events_acts ON events (plan, task, kind, seq) WHERE kind >= 'act.' AND kind < 'act/';
