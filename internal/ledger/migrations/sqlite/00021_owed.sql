-- Who owes what: one row for each unit of each thing owed about a task or one of its talks (act.Book.Owed, TalkOwed).
-- Worked out with the rest of a task's outlook; nothing here is a record. Same number, same meaning in ../postgres.
-- +goose Up
CREATE TABLE outlook_owed (
  plan  TEXT NOT NULL,
  task  TEXT NOT NULL,
  talk  TEXT NOT NULL, -- '' is the task itself
  id    TEXT NOT NULL, -- act.Owed.ID
  unit  TEXT NOT NULL, -- that owes it
  since TEXT NOT NULL,
  due   TEXT NOT NULL, -- the last day; 'never' has none of its own
  runs  BOOLEAN NOT NULL, -- its clock runs: somebody may be chased for it now
  PRIMARY KEY (plan, task, talk, id, unit)
) WITHOUT ROWID;
CREATE INDEX outlook_owed_by ON outlook_owed (plan, unit, runs, due, task, talk, id);
CREATE INDEX outlook_owed_all ON outlook_owed (plan, runs, due, task, talk, id, unit);
INSERT OR IGNORE INTO outlook_stale (plan, task) SELECT plan, id FROM tasks;

-- What lists ask of a plan is read without its document, which may be long.
CREATE INDEX plans_brief ON plans (id, version, clock, launched_at, grace);
CREATE INDEX plans_order ON plans (launched_at, id);

-- +goose Down
DROP INDEX plans_order;
DROP INDEX plans_brief;
DROP TABLE outlook_owed;
