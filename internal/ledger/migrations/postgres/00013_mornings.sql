-- What lists are chosen and counted by, so that a page costs its own rows. Nothing here is a record: it is worked
-- out from tasks, talks and plans by act.Book.Outlook, and may be emptied at any time. A task in outlook_stale has
-- been written since: it is read from its own row. Same number, same meaning in ../sqlite.
-- +goose Up
CREATE TABLE outlook_plans (
  plan    TEXT COLLATE "C" PRIMARY KEY,
  basis   TEXT COLLATE "C" NOT NULL, -- what its rows were worked out by: policies, calendar, rules
  version INTEGER NOT NULL, -- of the plan
  frame   TEXT COLLATE "C" NOT NULL -- the plan's document without its tasks
);
CREATE TABLE outlook_stale (
  plan TEXT COLLATE "C" NOT NULL,
  task TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (plan, task)
);
CREATE TABLE outlook (
  plan     TEXT COLLATE "C" NOT NULL,
  task     TEXT COLLATE "C" NOT NULL,
  position INTEGER NOT NULL,
  duty     TEXT COLLATE "C" NOT NULL,
  due      TEXT COLLATE "C" NOT NULL,
  kind     TEXT COLLATE "C" NOT NULL,
  phase    TEXT COLLATE "C" NOT NULL, -- state as acts left it
  lamp     TEXT COLLATE "C" NOT NULL, -- open, done, done_late; '' has no light
  blue     TEXT COLLATE "C" NOT NULL, -- the day from which an open one shows it; 'never'
  yellow   TEXT COLLATE "C" NOT NULL,
  red      TEXT COLLATE "C" NOT NULL,
  runs     BOOLEAN NOT NULL, -- it is the unit's to do: overdue when red
  next_at  TIMESTAMPTZ, -- its next word, or one of its talks
  written  TEXT COLLATE "C" NOT NULL, -- JSON of what only the plan's document says of it
  PRIMARY KEY (plan, task)
);
CREATE INDEX outlook_order ON outlook (plan, lamp, due, position, duty, task, red, yellow, blue, kind, phase, runs);
CREATE INDEX outlook_next ON outlook (plan, next_at, position, duty, due, task) WHERE next_at IS NOT NULL;
CREATE TABLE outlook_units (
  plan TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  task TEXT COLLATE "C" NOT NULL,
  part TEXT COLLATE "C" NOT NULL, -- lead, assist, owes: was asked for a part
  PRIMARY KEY (plan, unit, task, part)
);
CREATE INDEX outlook_units_of ON outlook_units (plan, task);

-- +goose StatementBegin
CREATE FUNCTION outlook_of_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outlook_stale (plan, task) VALUES (NEW.plan, NEW.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION outlook_of_lost_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outlook_stale (plan, task) VALUES (OLD.plan, OLD.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION outlook_of_talk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outlook_stale (plan, task) VALUES (NEW.plan, NEW.task) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION outlook_of_lost_talk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outlook_stale (plan, task) VALUES (OLD.plan, OLD.task) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER outlook_task_new AFTER INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION outlook_of_task();
CREATE TRIGGER outlook_task_moved AFTER UPDATE OF position, kind, lead, assist, due, first_due, policy, state, course, publish ON tasks FOR EACH ROW EXECUTE FUNCTION outlook_of_task();
CREATE TRIGGER outlook_task_gone AFTER DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION outlook_of_lost_task();
CREATE TRIGGER outlook_talk_new AFTER INSERT ON talks FOR EACH ROW EXECUTE FUNCTION outlook_of_talk();
CREATE TRIGGER outlook_talk_moved AFTER UPDATE OF state, opens_at, lead, course ON talks FOR EACH ROW EXECUTE FUNCTION outlook_of_talk();
CREATE TRIGGER outlook_talk_gone AFTER DELETE ON talks FOR EACH ROW EXECUTE FUNCTION outlook_of_lost_talk();
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
  key        TEXT COLLATE "C" PRIMARY KEY,
  plan       TEXT COLLATE "C" NOT NULL,
  speak_at   TIMESTAMPTZ NOT NULL,
  number     INTEGER NOT NULL,
  recipients INTEGER NOT NULL,
  started    BOOLEAN NOT NULL,
  closed_at  TIMESTAMPTZ, -- plan clock
  UNIQUE (plan, speak_at, number)
);
ALTER TABLE digests ADD COLUMN morning TEXT COLLATE "C" NOT NULL DEFAULT ''; -- '' is spoken by a workflow of its own
CREATE INDEX digests_in ON digests (morning) WHERE morning <> '';
