-- What lists are chosen and counted by, so that a page costs its own rows. Nothing here is a record: it is worked
-- out from tasks, talks and plans by act.Book.Outlook, and may be emptied at any time. A task in outlook_stale has
-- been written since: it is read from its own row. Same number, same meaning in ../postgres.
-- +goose Up
CREATE TABLE outlook_plans (
  plan    TEXT PRIMARY KEY,
  basis   TEXT NOT NULL, -- what its rows were worked out by: policies, calendar, rules
  version INTEGER NOT NULL, -- of the plan
  frame   TEXT NOT NULL -- the plan's document without its tasks
);
CREATE TABLE outlook_stale (
  plan TEXT NOT NULL,
  task TEXT NOT NULL,
  PRIMARY KEY (plan, task)
) WITHOUT ROWID;
CREATE TABLE outlook (
  plan     TEXT NOT NULL,
  task     TEXT NOT NULL,
  position INTEGER NOT NULL,
  duty     TEXT NOT NULL,
  due      TEXT NOT NULL,
  kind     TEXT NOT NULL,
  phase    TEXT NOT NULL, -- state as acts left it
  lamp     TEXT NOT NULL, -- open, done, done_late; '' has no light
  blue     TEXT NOT NULL, -- the day from which an open one shows it; 'never'
  yellow   TEXT NOT NULL,
  red      TEXT NOT NULL,
  runs     BOOLEAN NOT NULL, -- it is the unit's to do: overdue when red
  next_at  TIMESTAMP, -- its next word, or one of its talks
  written  TEXT NOT NULL, -- JSON of what only the plan's document says of it
  PRIMARY KEY (plan, task)
) WITHOUT ROWID;
CREATE INDEX outlook_order ON outlook (plan, lamp, due, position, duty, task, red, yellow, blue, kind, phase, runs);
CREATE INDEX outlook_next ON outlook (plan, next_at, position, duty, due, task) WHERE next_at IS NOT NULL;
CREATE TABLE outlook_units (
  plan TEXT NOT NULL,
  unit TEXT NOT NULL,
  task TEXT NOT NULL,
  part TEXT NOT NULL, -- lead, assist, owes: was asked for a part
  PRIMARY KEY (plan, unit, task, part)
) WITHOUT ROWID;
CREATE INDEX outlook_units_of ON outlook_units (plan, task);

-- +goose StatementBegin
CREATE TRIGGER outlook_task_new AFTER INSERT ON tasks
BEGIN INSERT OR IGNORE INTO outlook_stale (plan, task) VALUES (NEW.plan, NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outlook_task_moved AFTER UPDATE OF position, kind, lead, assist, due, first_due, policy, state, course, publish ON tasks
BEGIN INSERT OR IGNORE INTO outlook_stale (plan, task) VALUES (NEW.plan, NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outlook_task_gone AFTER DELETE ON tasks
BEGIN INSERT OR IGNORE INTO outlook_stale (plan, task) VALUES (OLD.plan, OLD.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outlook_talk_new AFTER INSERT ON talks
BEGIN INSERT OR IGNORE INTO outlook_stale (plan, task) VALUES (NEW.plan, NEW.task); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outlook_talk_moved AFTER UPDATE OF state, opens_at, lead, course ON talks
BEGIN INSERT OR IGNORE INTO outlook_stale (plan, task) VALUES (NEW.plan, NEW.task); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outlook_talk_gone AFTER DELETE ON talks
BEGIN INSERT OR IGNORE INTO outlook_stale (plan, task) VALUES (OLD.plan, OLD.task); END;
-- +goose StatementEnd
INSERT INTO outlook_stale (plan, task) SELECT plan, id FROM tasks;

CREATE INDEX tasks_kinds ON tasks (plan, kind, state, armed);
CREATE INDEX tasks_of_duty ON tasks (plan, duty) WHERE duty <> '';
CREATE INDEX tasks_order ON tasks (plan, position, duty, due, id);
CREATE INDEX talks_in ON talks (plan, state);
CREATE INDEX talks_called ON talks (plan, opened_by);
CREATE INDEX events_in ON events (plan, seq);
CREATE INDEX events_amended ON events (plan) WHERE kind = 'plan.amended';

-- A morning is up to fifty recipients' digests of one instant, spoken by one workflow. One that is closed takes no more
-- of them: the next digest of that instant opens the next morning.
CREATE TABLE mornings (
  key        TEXT PRIMARY KEY,
  plan       TEXT NOT NULL,
  speak_at   TIMESTAMP NOT NULL,
  number     INTEGER NOT NULL,
  recipients INTEGER NOT NULL,
  started    BOOLEAN NOT NULL,
  closed_at  TIMESTAMP, -- plan clock
  UNIQUE (plan, speak_at, number)
);
ALTER TABLE digests ADD COLUMN morning TEXT NOT NULL DEFAULT ''; -- '' is spoken by a workflow of its own
CREATE INDEX digests_in ON digests (morning) WHERE morning <> '';
