-- Who owes what: one row for each unit of each thing owed about a task or one of its talks (act.Book.Owed, TalkOwed).
-- Worked out with the rest of a task's outlook; nothing here is a record. Same number, same meaning in ../sqlite.
-- +goose Up
CREATE TABLE outlook_owed (
  plan  TEXT COLLATE "C" NOT NULL,
  task  TEXT COLLATE "C" NOT NULL,
  talk  TEXT COLLATE "C" NOT NULL, -- '' is the task itself
  id    TEXT COLLATE "C" NOT NULL, -- act.Owed.ID
  unit  TEXT COLLATE "C" NOT NULL, -- that owes it
  since TEXT COLLATE "C" NOT NULL,
  due   TEXT COLLATE "C" NOT NULL, -- the last day; 'never' has none of its own
  runs  BOOLEAN NOT NULL, -- its clock runs: somebody may be chased for it now
  PRIMARY KEY (plan, task, talk, id, unit)
);
CREATE INDEX outlook_owed_by ON outlook_owed (plan, unit, runs, due, task, talk, id);
CREATE INDEX outlook_owed_all ON outlook_owed (plan, runs, due, task, talk, id, unit);
INSERT INTO outlook_stale (plan, task) SELECT plan, id FROM tasks ON CONFLICT DO NOTHING;

-- What lists ask of a plan is read without its document, which may be long.
CREATE INDEX plans_brief ON plans (id, version, clock, launched_at, grace);
CREATE INDEX plans_order ON plans (launched_at, id);

-- +goose Down
DROP INDEX plans_order;
DROP INDEX plans_brief;
DROP TABLE outlook_owed;
