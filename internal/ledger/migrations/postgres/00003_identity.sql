-- Which ledger this is. Same number, same meaning in ../sqlite.
-- +goose Up
CREATE TABLE identity (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id  TEXT    NOT NULL -- 128 random bits in hex, written once when the ledger is made
);
