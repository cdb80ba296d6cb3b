-- Filters that somebody keeps to look by again. Nothing here stands in the chain, and no report rests on it. Same number,
-- same meaning in ../postgres.
-- +goose Up
CREATE TABLE filters (
  account TEXT NOT NULL, -- whose it is
  name    TEXT NOT NULL,
  query   TEXT NOT NULL, -- of the list of tasks, as in its address
  at      TIMESTAMP NOT NULL, -- real
  PRIMARY KEY (account, name)
) WITHOUT ROWID;
