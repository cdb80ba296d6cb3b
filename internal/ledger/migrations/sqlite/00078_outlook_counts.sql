-- +goose Up
-- How many rows of outlook are alike in all that lists are counted by, so that a list of a big plan is counted without
-- its rows being walked.
CREATE TABLE outlook_counts (
  plan   TEXT NOT NULL,
  lamp   TEXT NOT NULL,
  due    TEXT NOT NULL,
  red    TEXT NOT NULL,
  yellow TEXT NOT NULL,
  blue   TEXT NOT NULL,
  kind   TEXT NOT NULL,
  duty   TEXT NOT NULL, -- '' of tasks, '-' of occurrences of duties
  phase  TEXT NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (plan, lamp, due, red, yellow, blue, kind, duty, phase)
) WITHOUT ROWID;
INSERT INTO outlook_counts (plan, lamp, due, red, yellow, blue, kind, duty, phase, n)
  SELECT plan, lamp, due, red, yellow, blue, kind, CASE WHEN duty = '' THEN '' ELSE '-' END, phase, COUNT(*) FROM outlook GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

-- What should have been said and was not tried is listed by message, without the notices being looked up.
CREATE INDEX notices_pending ON notices (plan, digest, unit, role, channel) WHERE state = 'pending';
