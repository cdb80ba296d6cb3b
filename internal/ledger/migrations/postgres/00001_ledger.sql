-- The first shape of the ledger. Same number, same meaning in ../sqlite.
-- Names are compared and sorted by their bytes (COLLATE "C"), as SQLite does.
-- +goose Up
CREATE TABLE chain (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  seq  BIGINT NOT NULL, -- how many events there are
  hash TEXT COLLATE "C"    NOT NULL  -- hash of the last one
);
INSERT INTO chain (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE events (
  seq     BIGINT   PRIMARY KEY,
  key     TEXT COLLATE "C"      NOT NULL UNIQUE,
  plan    TEXT COLLATE "C"      NOT NULL,
  task    TEXT COLLATE "C"      NOT NULL,
  kind    TEXT COLLATE "C"      NOT NULL,
  actor   TEXT COLLATE "C"      NOT NULL,
  real_at TIMESTAMPTZ NOT NULL,
  plan_at TIMESTAMPTZ NOT NULL,
  data    TEXT COLLATE "C"      NOT NULL, -- JSON, byte for byte as hashed
  prev    TEXT COLLATE "C"      NOT NULL,
  hash    TEXT COLLATE "C"      NOT NULL
);
CREATE INDEX events_of ON events (plan, task, seq);

-- +goose StatementBegin
CREATE FUNCTION events_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events are append-only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER events_fixed BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION events_fixed();
CREATE TRIGGER events_kept BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION events_fixed();

CREATE TABLE calendars (
  year    INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  doc     TEXT COLLATE "C"    NOT NULL
);

CREATE TABLE plans (
  id          TEXT COLLATE "C"      PRIMARY KEY,
  title       TEXT COLLATE "C"      NOT NULL,
  hash        TEXT COLLATE "C"      NOT NULL,
  zone        TEXT COLLATE "C"      NOT NULL,
  doc         TEXT COLLATE "C"      NOT NULL,
  clock       TEXT COLLATE "C"      NOT NULL,
  launched_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE tasks (
  plan        TEXT COLLATE "C"      NOT NULL REFERENCES plans (id),
  id          TEXT COLLATE "C"      NOT NULL,
  position    INTEGER   NOT NULL, -- place in the document; an occurrence stands with its duty
  duty        TEXT COLLATE "C"      NOT NULL,
  period      TEXT COLLATE "C"      NOT NULL,
  kind        TEXT COLLATE "C"      NOT NULL,
  title       TEXT COLLATE "C"      NOT NULL,
  clause      TEXT COLLATE "C"      NOT NULL,
  lead        TEXT COLLATE "C"      NOT NULL,
  assist      TEXT COLLATE "C"      NOT NULL, -- JSON array of unit ids
  due         TEXT COLLATE "C"      NOT NULL, -- YYYY-MM-DD, '' without one
  first_due   TEXT COLLATE "C"      NOT NULL,
  policy      TEXT COLLATE "C"      NOT NULL,
  soft        BOOLEAN   NOT NULL,
  priority    BOOLEAN   NOT NULL,
  revision    INTEGER   NOT NULL,
  state       TEXT COLLATE "C"      NOT NULL,
  light       TEXT COLLATE "C"      NOT NULL,
  last_stage  TEXT COLLATE "C"      NOT NULL,
  armed       BOOLEAN   NOT NULL,
  assigned_at TIMESTAMPTZ NOT NULL,
  closed_at   TIMESTAMPTZ,
  PRIMARY KEY (plan, id)
);
CREATE INDEX tasks_unarmed ON tasks (plan) WHERE NOT armed;

CREATE TABLE stages (
  plan       TEXT COLLATE "C"      NOT NULL,
  task       TEXT COLLATE "C"      NOT NULL,
  revision   INTEGER   NOT NULL,
  talk       TEXT COLLATE "C"      NOT NULL, -- '' for a rung of the task's own ladder
  id         TEXT COLLATE "C"      NOT NULL,
  kind       TEXT COLLATE "C"      NOT NULL,
  at         TIMESTAMPTZ NOT NULL,
  moved_from TEXT COLLATE "C"      NOT NULL,
  recipients TEXT COLLATE "C"      NOT NULL, -- JSON array of unit/role
  light      TEXT COLLATE "C"      NOT NULL,
  merged     TEXT COLLATE "C"      NOT NULL, -- JSON array of stage ids
  state      TEXT COLLATE "C"      NOT NULL,
  decided_at TIMESTAMPTZ,
  PRIMARY KEY (plan, task, revision, talk, id),
  FOREIGN KEY (plan, task) REFERENCES tasks (plan, id)
);

CREATE TABLE talks (
  plan      TEXT COLLATE "C"      NOT NULL,
  id        TEXT COLLATE "C"      NOT NULL,
  task      TEXT COLLATE "C"      NOT NULL,
  revision  INTEGER   NOT NULL,
  number    INTEGER   NOT NULL,
  lead      TEXT COLLATE "C"      NOT NULL,
  state     TEXT COLLATE "C"      NOT NULL,
  opens_at  TIMESTAMPTZ NOT NULL,
  taken     TEXT COLLATE "C"      NOT NULL, -- JSON object: step id to day
  approver  TEXT COLLATE "C"      NOT NULL,
  opened_by TEXT COLLATE "C"      NOT NULL, -- key of the event whose stage called for it
  PRIMARY KEY (plan, id),
  FOREIGN KEY (plan, task) REFERENCES tasks (plan, id)
);
CREATE INDEX talks_of ON talks (plan, task, number);

CREATE TABLE digests (
  key         TEXT COLLATE "C"      PRIMARY KEY,
  plan        TEXT COLLATE "C"      NOT NULL,
  unit        TEXT COLLATE "C"      NOT NULL,
  role        TEXT COLLATE "C"      NOT NULL,
  speak_at    TIMESTAMPTZ NOT NULL,
  number      INTEGER   NOT NULL,
  started     BOOLEAN   NOT NULL,
  gathered_at TIMESTAMPTZ, -- plan clock; from then on it takes no more notices
  UNIQUE (plan, unit, role, speak_at, number)
);

CREATE TABLE notices (
  key      TEXT COLLATE "C"      PRIMARY KEY, -- the effect: plan/task/rREV/stage/unit/role/channel
  plan     TEXT COLLATE "C"      NOT NULL,
  task     TEXT COLLATE "C"      NOT NULL,
  revision INTEGER   NOT NULL,
  talk     TEXT COLLATE "C"      NOT NULL,
  stage    TEXT COLLATE "C"      NOT NULL,
  unit     TEXT COLLATE "C"      NOT NULL,
  role     TEXT COLLATE "C"      NOT NULL,
  channel  TEXT COLLATE "C"      NOT NULL,
  kind     TEXT COLLATE "C"      NOT NULL,
  light    TEXT COLLATE "C"      NOT NULL,
  speak_at TIMESTAMPTZ NOT NULL,
  digest   TEXT COLLATE "C"      NOT NULL REFERENCES digests (key),
  state    TEXT COLLATE "C"      NOT NULL,
  message  TEXT COLLATE "C"      NOT NULL,
  error    TEXT COLLATE "C"      NOT NULL,
  sent_at  TIMESTAMPTZ,
  reported BOOLEAN   NOT NULL -- the audit has cried out about it
);
CREATE INDEX notices_of ON notices (plan, task);
CREATE INDEX notices_in ON notices (digest);
CREATE INDEX notices_waiting ON notices (plan, speak_at) WHERE state IN ('pending', 'sending', 'failed', 'unknown');

CREATE TABLE messages (
  id       TEXT COLLATE "C"    PRIMARY KEY, -- left part of the Message-ID
  plan     TEXT COLLATE "C"    NOT NULL,
  digest   TEXT COLLATE "C"    NOT NULL REFERENCES digests (key),
  channel  TEXT COLLATE "C"    NOT NULL,
  state    TEXT COLLATE "C"    NOT NULL, -- sending, undelivered, sent, failed, unknown
  attempt  INTEGER NOT NULL,
  error    TEXT COLLATE "C"    NOT NULL,
  UNIQUE (digest, channel)
);
