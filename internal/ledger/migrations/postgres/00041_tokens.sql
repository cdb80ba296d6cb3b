-- Tokens of programs and of calendar feeds, which dates a feed has told, and who is known to another sign-in service
-- by what name. Nothing here stands in the chain, and no report rests on it. Same number, same meaning in ../sqlite.
-- +goose Up
CREATE TABLE tokens (
  id       TEXT PRIMARY KEY,
  hash     TEXT NOT NULL, -- SHA-256 of its secret
  account  TEXT NOT NULL, -- that it acts or reads for
  kind     TEXT NOT NULL, -- api, calendar
  scope    TEXT NOT NULL, -- of api: read, act; of calendar: person, unit
  unit     TEXT NOT NULL, -- of a unit's calendar
  name     TEXT NOT NULL, -- what it is for, as its maker says
  by_whom  TEXT NOT NULL, -- account, or '' of the machine's operator
  made_at  TIMESTAMPTZ NOT NULL, -- real, as below
  ends_at  TIMESTAMPTZ, -- none: never
  seen_at  TIMESTAMPTZ, -- its last use
  ended_at TIMESTAMPTZ -- when it was taken back
);
CREATE INDEX tokens_of ON tokens (account);
CREATE TABLE calendar_dates (
  uid        TEXT PRIMARY KEY, -- from plan, task and stage alone
  day        TEXT NOT NULL,
  sequence   INTEGER NOT NULL, -- how often the day has moved
  changed_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE subjects (
  issuer  TEXT NOT NULL,
  subject TEXT NOT NULL,
  account TEXT NOT NULL,
  since   TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (issuer, subject)
);
