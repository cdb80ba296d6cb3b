-- What a plan's counts and its light board are summed up by, and what is searched, beside what lists are read by, and
-- worked out with it; tasks are found by their labels. Same number, same meaning in ../sqlite.
-- +goose Up
ALTER TABLE outlook ADD COLUMN lead TEXT NOT NULL DEFAULT '';
ALTER TABLE outlook ADD COLUMN clause TEXT NOT NULL DEFAULT '';
ALTER TABLE outlook ADD COLUMN inherited BOOLEAN NOT NULL DEFAULT FALSE; -- late already when its unit was given it
ALTER TABLE outlook ADD COLUMN missed TEXT NOT NULL DEFAULT ''; -- JSON: units that missed its date before it was given to another; '' is none
CREATE INDEX outlook_sums ON outlook (plan, lead, clause, due, kind, duty, phase, lamp, blue, yellow, red, runs, inherited, position);
CREATE INDEX outlook_clauses ON outlook (plan, clause, task);
CREATE INDEX outlook_missed ON outlook (plan) WHERE missed <> '';
CREATE TABLE outlook_words (
  plan     TEXT NOT NULL,
  position BIGINT NOT NULL,
  duty     TEXT NOT NULL,
  due      TEXT NOT NULL,
  task     TEXT NOT NULL,
  lead     TEXT NOT NULL,
  words    TEXT NOT NULL, -- title, clause and IDs, a line each, in small letters and half width
  PRIMARY KEY (plan, position, duty, due, task)
);
CREATE INDEX outlook_words_of ON outlook_words (plan, task);
CREATE INDEX tasks_labels ON tasks (plan, label) WHERE label <> '';
UPDATE outlook_plans SET basis = ''; -- so that all of it is worked out

-- +goose Down
DROP INDEX tasks_labels;
DROP TABLE outlook_words;
DROP INDEX outlook_missed;
DROP INDEX outlook_clauses;
DROP INDEX outlook_sums;
ALTER TABLE outlook DROP COLUMN missed;
ALTER TABLE outlook DROP COLUMN inherited;
ALTER TABLE outlook DROP COLUMN clause;
ALTER TABLE outlook DROP COLUMN lead;
