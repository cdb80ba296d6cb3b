-- The first shape of the ledger. Same number, same meaning in ../postgres.
-- +goose Up
CREATE TABLE chain (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  seq  INTEGER NOT NULL, -- how many events there are
  hash TEXT    NOT NULL  -- hash of the last one
);
INSERT INTO chain (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE events (
  seq     INTEGER   PRIMARY KEY,
  key     TEXT      NOT NULL UNIQUE,
  plan    TEXT      NOT NULL,
  task    TEXT      NOT NULL,
  kind    TEXT      NOT NULL,
  actor   TEXT      NOT NULL,
  real_at TIMESTAMP NOT NULL,
  plan_at TIMESTAMP NOT NULL,
  data    TEXT      NOT NULL, -- JSON, byte for byte as hashed
  prev    TEXT      NOT NULL,
  hash    TEXT      NOT NULL
);
CREATE INDEX events_of ON events (plan, task, seq);

-- +goose StatementBegin
CREATE TRIGGER events_fixed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_kept BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
-- +goose StatementEnd

CREATE TABLE calendars (
  year    INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  doc     TEXT    NOT NULL
);

CREATE TABLE plans (
  id          TEXT      PRIMARY KEY,
  title       TEXT      NOT NULL,
  hash        TEXT      NOT NULL,
  zone        TEXT      NOT NULL,
  doc         TEXT      NOT NULL,
  clock       TEXT      NOT NULL,
  launched_at TIMESTAMP NOT NULL
);

CREATE TABLE tasks (
  plan        TEXT      NOT NULL REFERENCES plans (id),
  id          TEXT      NOT NULL,
  position    INTEGER   NOT NULL, -- place in the document; an occurrence stands with its duty
  duty        TEXT      NOT NULL,
  period      TEXT      NOT NULL,
  kind        TEXT      NOT NULL,
  title       TEXT      NOT NULL,
  clause      TEXT      NOT NULL,
  lead        TEXT      NOT NULL,
  assist      TEXT      NOT NULL, -- JSON array of unit ids
  due         TEXT      NOT NULL, -- YYYY-MM-DD, '' without one
  first_due   TEXT      NOT NULL,
  policy      TEXT      NOT NULL,
  soft        BOOLEAN   NOT NULL,
  priority    BOOLEAN   NOT NULL,
  revision    INTEGER   NOT NULL,
  state       TEXT      NOT NULL,
  light       TEXT      NOT NULL,
  last_stage  TEXT      NOT NULL,
  armed       BOOLEAN   NOT NULL,
  assigned_at TIMESTAMP NOT NULL,
  closed_at   TIMESTAMP,
  PRIMARY KEY (plan, id)
);
CREATE INDEX tasks_unarmed ON tasks (plan) WHERE NOT armed;

CREATE TABLE stages (
  plan       TEXT      NOT NULL,
  task       TEXT      NOT NULL,
  revision   INTEGER   NOT NULL,
  talk       TEXT      NOT NULL, -- '' for a rung of the task's own ladder
  id         TEXT      NOT NULL,
  kind       TEXT      NOT NULL,
  at         TIMESTAMP NOT NULL,
  moved_from TEXT      NOT NULL,
  recipients TEXT      NOT NULL, -- JSON array of unit/role
  light      TEXT      NOT NULL,
  merged     TEXT      NOT NULL, -- JSON array of stage ids
  state      TEXT      NOT NULL,
  decided_at TIMESTAMP,
  PRIMARY KEY (plan, task, revision, talk, id),
  FOREIGN KEY (plan, task) REFERENCES tasks (plan, id)
) WITHOUT ROWID;

CREATE TABLE talks (
  plan      TEXT      NOT NULL,
  id        TEXT      NOT NULL,
  task      TEXT      NOT NULL,
  revision  INTEGER   NOT NULL,
  number    INTEGER   NOT NULL,
  lead      TEXT      NOT NULL,
  state     TEXT      NOT NULL,
  opens_at  TIMESTAMP NOT NULL,
  taken     TEXT      NOT NULL, -- JSON object: step id to day
  approver  TEXT      NOT NULL,
  opened_by TEXT      NOT NULL, -- key of the event whose stage called for it
  PRIMARY KEY (plan, id),
  FOREIGN KEY (plan, task) REFERENCES tasks (plan, id)
);
CREATE INDEX talks_of ON talks (plan, task, number);

CREATE TABLE digests (
  key         TEXT      PRIMARY KEY,
  plan        TEXT      NOT NULL,
  unit        TEXT      NOT NULL,
  role        TEXT      NOT NULL,
  speak_at    TIMESTAMP NOT NULL,
  number      INTEGER   NOT NULL,
  started     BOOLEAN   NOT NULL,
  gathered_at TIMESTAMP, -- plan clock; from then on it takes no more notices
  UNIQUE (plan, unit, role, speak_at, number)
);

CREATE TABLE notices (
  key      TEXT      PRIMARY KEY, -- the effect: plan/task/rREV/stage/unit/role/channel
  plan     TEXT      NOT NULL,
  task     TEXT      NOT NULL,
  revision INTEGER   NOT NULL,
  talk     TEXT      NOT NULL,
  stage    TEXT      NOT NULL,
  unit     TEXT      NOT NULL,
  role     TEXT      NOT NULL,
  channel  TEXT      NOT NULL,
  kind     TEXT      NOT NULL,
  light    TEXT      NOT NULL,
  speak_at TIMESTAMP NOT NULL,
  digest   TEXT      NOT NULL REFERENCES digests (key),
  state    TEXT      NOT NULL,
  message  TEXT      NOT NULL,
  error    TEXT      NOT NULL,
  sent_at  TIMESTAMP,
  reported BOOLEAN   NOT NULL -- the audit has cried out about it
) WITHOUT ROWID;
CREATE INDEX notices_of ON notices (plan, task);
CREATE INDEX notices_in ON notices (digest);
CREATE INDEX notices_waiting ON notices (plan, speak_at) WHERE state IN ('pending', 'sending', 'failed', 'unknown');

CREATE TABLE messages (
  id       TEXT    PRIMARY KEY, -- left part of the Message-ID
  plan     TEXT    NOT NULL,
  digest   TEXT    NOT NULL REFERENCES digests (key),
  channel  TEXT    NOT NULL,
  state    TEXT    NOT NULL, -- sending, undelivered, sent, failed, unknown
  attempt  INTEGER NOT NULL,
  error    TEXT    NOT NULL,
  UNIQUE (digest, channel)
);
