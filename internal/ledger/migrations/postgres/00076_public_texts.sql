-- +goose Up
CREATE TABLE public_texts (
  plan    TEXT NOT NULL,
  number  BIGINT NOT NULL, -- from 1
  version BIGINT NOT NULL, -- goes up with each act
  state   TEXT NOT NULL, -- written, returned, approved, down
  task    TEXT NOT NULL, -- ID of the task that publishes it; '' of a positive example
  since   TEXT NOT NULL, -- UTC: when the version that is public was approved; '' while none is
  doc     TEXT NOT NULL, -- act.PublicText as JSON: its versions, and what was decided on each
  PRIMARY KEY (plan, number)
);
CREATE INDEX public_texts_by_since ON public_texts (since);
