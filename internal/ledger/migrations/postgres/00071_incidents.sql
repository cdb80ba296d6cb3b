-- +goose Up
CREATE TABLE incidents (
  plan    TEXT NOT NULL,
  number  BIGINT NOT NULL, -- from 1
  version BIGINT NOT NULL, -- goes up with each act
  state   TEXT NOT NULL, -- handling, handled, withdrawn
  section TEXT NOT NULL, -- ID in the register of sections
  doc     TEXT NOT NULL, -- act.Incident as JSON: orders, reports, values, outlets that are looked at, how it ended
  PRIMARY KEY (plan, number)
);
