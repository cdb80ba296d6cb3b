-- What a workflow cannot get done at present. Same number, same meaning in ../sqlite.
-- +goose Up
CREATE TABLE waits (
  workflow TEXT        NOT NULL, -- workflow ID
  what     TEXT        NOT NULL, -- stage remind-7, act progress ID, …
  plan     TEXT        NOT NULL,
  thing    TEXT        NOT NULL, -- ID of the task, duty or talk; '' of the plan itself
  since    TIMESTAMPTZ NOT NULL, -- real: of the first round that failed
  tried_at TIMESTAMPTZ NOT NULL, -- real: of the last
  rounds   INTEGER     NOT NULL,
  error    TEXT        NOT NULL,
  PRIMARY KEY (workflow, what)
);
