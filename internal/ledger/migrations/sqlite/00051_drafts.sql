-- What an office prepares and has not put in force: a plan from its document, an amendment, a notice of holidays. Nothing
-- here stands in the chain, and no report rests on it. Same number, same meaning in ../postgres.
-- +goose Up
CREATE TABLE drafts (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL, -- plan, amendment, holidays, policy
  unit       TEXT NOT NULL, -- the office whose it is
  plan       TEXT NOT NULL, -- plan that it is about; '' none yet
  title      TEXT NOT NULL,
  state      TEXT NOT NULL, -- open, done, dropped
  by_whom    TEXT NOT NULL, -- account that began it
  made_at    TIMESTAMP NOT NULL, -- real, as below
  changed_at TIMESTAMP NOT NULL,
  version    BIGINT NOT NULL -- goes up with each change of what it is made of
) WITHOUT ROWID;
CREATE INDEX drafts_of ON drafts (unit, changed_at);
CREATE TABLE draft_files (
  draft  TEXT NOT NULL,
  name   TEXT NOT NULL,
  part   TEXT NOT NULL, -- document: what was issued; edited: what a person wrote in place of what is made of it
  size   BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  body   BLOB NOT NULL,
  PRIMARY KEY (draft, name)
) WITHOUT ROWID;
CREATE TABLE draft_fields (
  draft   TEXT NOT NULL,
  name    TEXT NOT NULL, -- a question's ID, or a field of a form
  value   TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at      TIMESTAMP NOT NULL,
  PRIMARY KEY (draft, name)
) WITHOUT ROWID;
