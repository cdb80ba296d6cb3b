-- When each plan was audited last, for those who watch the machine. Nothing here stands in the chain, and no report
-- rests on it. Same number, same meaning in ../sqlite.
-- +goose Up
CREATE TABLE audits (
  plan    TEXT PRIMARY KEY,
  at      TIMESTAMPTZ NOT NULL, -- real: when it ended
  missing INTEGER NOT NULL -- stages that left no trace, when it looked
);
