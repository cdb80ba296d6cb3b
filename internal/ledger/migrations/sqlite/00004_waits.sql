-- What a workflow cannot get done at present. Same number, same meaning in ../postgres.
-- +goose Up
CREATE TABLE waits (
  workflow TEXT      NOT NULL, -- workflow ID
  what     TEXT      NOT NULL, -- stage remind-7, act progress ID, …
  plan     TEXT      NOT NULL,
  thing    TEXT      NOT NULL, -- ID of the task, duty or talk; '' of the plan itself
  since    TIMESTAMP NOT NULL, -- real: of the first round that failed
  tried_at TIMESTAMP NOT NULL, -- real: of the last
  rounds   INTEGER   NOT NULL,
  error    TEXT      NOT NULL,
  PRIMARY KEY (workflow, what)
) WITHOUT ROWID;
