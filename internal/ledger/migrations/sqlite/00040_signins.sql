-- What people sign in with. Nothing here stands in the chain, and no report rests on it. Same number, same meaning in
-- ../postgres.
-- +goose Up
CREATE TABLE signins (
  account  TEXT    PRIMARY KEY, -- of the accounts file
  password TEXT    NOT NULL, -- argon2id with its salt and figures; '' none
  set_at   TIMESTAMP NOT NULL, -- real
  factor   TEXT    NOT NULL, -- secret of the second factor (TOTP, base32); '' none
  step     BIGINT  NOT NULL -- the time step of the last code that was taken: no code is taken twice
) WITHOUT ROWID;
CREATE TABLE invitations (
  hash    TEXT PRIMARY KEY, -- SHA-256 of the secret in the link
  account TEXT NOT NULL,
  by_whom TEXT NOT NULL, -- account, or '' of the machine's operator
  made_at TIMESTAMP NOT NULL, -- real, as below
  ends_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP
) WITHOUT ROWID;
CREATE INDEX invitations_of ON invitations (account);
CREATE TABLE sessions (
  id       TEXT PRIMARY KEY,
  hash     TEXT NOT NULL, -- SHA-256 of the secret in the cookie
  account  TEXT NOT NULL,
  step     TEXT NOT NULL, -- what is still asked for: code, factor; '' signed in
  factor   TEXT NOT NULL, -- secret of a second factor that is being set up
  way      TEXT NOT NULL, -- password, oidc
  begun_at TIMESTAMP NOT NULL,
  seen_at  TIMESTAMP NOT NULL,
  ends_at  TIMESTAMP NOT NULL,
  address  TEXT NOT NULL,
  agent    TEXT NOT NULL -- the browser, as it says
) WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions (account);
CREATE INDEX sessions_end ON sessions (ends_at);
CREATE TABLE throttles (
  who      TEXT PRIMARY KEY, -- SHA-256 of an account or an address
  failures INTEGER NOT NULL,
  last_at  TIMESTAMP NOT NULL,
  until    TIMESTAMP NOT NULL -- no try is taken before
) WITHOUT ROWID;
CREATE TABLE signin_log (
  id      TEXT PRIMARY KEY,
  at      TIMESTAMP NOT NULL,
  account TEXT NOT NULL, -- '' one that nobody has
  what    TEXT NOT NULL,
  by_whom TEXT NOT NULL, -- who did it to the account, when another
  address TEXT NOT NULL,
  detail  TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX signin_log_at ON signin_log (at, id);
CREATE INDEX signin_log_of ON signin_log (account, at);
CREATE TABLE standins (
  id       TEXT PRIMARY KEY,
  account  TEXT NOT NULL, -- who is away
  other    TEXT NOT NULL, -- account that acts meanwhile
  from_at  TIMESTAMP NOT NULL, -- real
  until_at TIMESTAMP NOT NULL, -- the first instant after it
  by_whom  TEXT NOT NULL,
  ended_at TIMESTAMP
) WITHOUT ROWID;
CREATE INDEX standins_of ON standins (account, until_at);
CREATE INDEX standins_by ON standins (other, until_at);
