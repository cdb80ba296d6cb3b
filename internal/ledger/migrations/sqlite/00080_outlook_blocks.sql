-- +goose Up
-- The words of neighbouring tasks in one row, so that a word that no task has, or few, is looked for in a tenth of the rows.
-- It is filled as outlooks are worked out: all are, anew, since those of before the table count for no program any more.
CREATE TABLE outlook_blocks (
  plan  TEXT NOT NULL,
  block INTEGER NOT NULL, -- position of the tasks, divided by 8
  leads TEXT NOT NULL, -- the units that lead them, each between slashes
  words TEXT NOT NULL, -- their words in outlook_words, with slashes between
  PRIMARY KEY (plan, block)
) WITHOUT ROWID;
UPDATE outlook_plans SET basis = '';
