-- The ledger as release 0.2.0 has it. Same number, same meaning in ../sqlite.
-- +goose Up
CREATE TABLE chain (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  seq  BIGINT NOT NULL, -- how many events there are
  hash TEXT COLLATE "C" NOT NULL -- hash of the last one
);
INSERT INTO chain (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE events (
  seq     BIGINT PRIMARY KEY,
  key     TEXT COLLATE "C" NOT NULL UNIQUE,
  plan    TEXT COLLATE "C" NOT NULL,
  task    TEXT COLLATE "C" NOT NULL,
  kind    TEXT COLLATE "C" NOT NULL,
  actor   TEXT COLLATE "C" NOT NULL,
  real_at TIMESTAMPTZ NOT NULL,
  plan_at TIMESTAMPTZ NOT NULL,
  data    TEXT COLLATE "C" NOT NULL, -- JSON, byte for byte as hashed
  prev    TEXT COLLATE "C" NOT NULL,
  hash    TEXT COLLATE "C" NOT NULL,
  changes TEXT COLLATE "C" NOT NULL DEFAULT '' -- JSON array of changed rows, or the hash of a document that is one; '' none
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
  doc     TEXT COLLATE "C" NOT NULL,
  since   TIMESTAMPTZ, -- real clock: when the notice in force came
  undone  TEXT NOT NULL DEFAULT '' -- JSON array of from and to, real clock: of all years so far, in the year written last; '' none
);

CREATE TABLE plans (
  id          TEXT COLLATE "C" PRIMARY KEY,
  title       TEXT COLLATE "C" NOT NULL,
  hash        TEXT COLLATE "C" NOT NULL,
  zone        TEXT COLLATE "C" NOT NULL,
  doc         TEXT COLLATE "C" NOT NULL,
  clock       TEXT COLLATE "C" NOT NULL,
  launched_at TIMESTAMPTZ NOT NULL,
  version     INTEGER NOT NULL DEFAULT 1, -- grows with each amendment and each policy added
  grace       BIGINT NOT NULL DEFAULT 0, -- nanoseconds on the plan's clock before its audit cries; 0: 20 minutes
  ended_at    TIMESTAMPTZ -- plan clock; null while it goes on
);

CREATE TABLE tasks (
  plan        TEXT COLLATE "C" NOT NULL REFERENCES plans (id),
  id          TEXT COLLATE "C" NOT NULL,
  position    INTEGER NOT NULL, -- place in the document; an occurrence stands with its duty
  duty        TEXT COLLATE "C" NOT NULL,
  period      TEXT COLLATE "C" NOT NULL,
  kind        TEXT COLLATE "C" NOT NULL,
  title       TEXT COLLATE "C" NOT NULL,
  clause      TEXT COLLATE "C" NOT NULL,
  lead        TEXT COLLATE "C" NOT NULL,
  assist      TEXT COLLATE "C" NOT NULL, -- JSON array of unit ids
  due         TEXT COLLATE "C" NOT NULL, -- YYYY-MM-DD, '' without one
  first_due   TEXT COLLATE "C" NOT NULL,
  policy      TEXT COLLATE "C" NOT NULL,
  soft        BOOLEAN NOT NULL,
  priority    BOOLEAN NOT NULL,
  revision    INTEGER NOT NULL,
  state       TEXT COLLATE "C" NOT NULL,
  light       TEXT COLLATE "C" NOT NULL,
  last_stage  TEXT COLLATE "C" NOT NULL,
  armed       BOOLEAN NOT NULL,
  assigned_at TIMESTAMPTZ NOT NULL,
  closed_at   TIMESTAMPTZ,
  publish     BOOLEAN NOT NULL DEFAULT FALSE,
  course      TEXT NOT NULL DEFAULT '', -- JSON of the course after the last act; '' before the first
  version     INTEGER NOT NULL DEFAULT 1,
  label       TEXT NOT NULL DEFAULT '', -- what its plan calls it by now, where that is not its ID
  origin      TEXT NOT NULL DEFAULT '', -- what it was opened for: see act.Origin
  PRIMARY KEY (plan, id)
);
CREATE INDEX tasks_unarmed ON tasks (plan) WHERE NOT armed;

CREATE TABLE stages (
  plan       TEXT COLLATE "C" NOT NULL,
  task       TEXT COLLATE "C" NOT NULL,
  revision   INTEGER NOT NULL,
  talk       TEXT COLLATE "C" NOT NULL, -- '' for a rung of the task's own ladder
  id         TEXT COLLATE "C" NOT NULL,
  kind       TEXT COLLATE "C" NOT NULL,
  at         TIMESTAMPTZ NOT NULL,
  moved_from TEXT COLLATE "C" NOT NULL,
  recipients TEXT COLLATE "C" NOT NULL, -- JSON array of unit/role
  light      TEXT COLLATE "C" NOT NULL,
  merged     TEXT COLLATE "C" NOT NULL, -- JSON array of stage ids
  state      TEXT COLLATE "C" NOT NULL,
  decided_at TIMESTAMPTZ,
  matter     TEXT NOT NULL DEFAULT '', -- JSON: what it speaks of when not of the task's limit
  scene      TEXT NOT NULL DEFAULT '', -- JSON: title, unit, due date, names, rungs; '' of a stage decided before this was kept
  PRIMARY KEY (plan, task, revision, talk, id),
  FOREIGN KEY (plan, task) REFERENCES tasks (plan, id)
);

CREATE TABLE talks (
  plan      TEXT COLLATE "C" NOT NULL,
  id        TEXT COLLATE "C" NOT NULL,
  task      TEXT COLLATE "C" NOT NULL,
  revision  INTEGER NOT NULL,
  number    INTEGER NOT NULL,
  lead      TEXT COLLATE "C" NOT NULL,
  state     TEXT COLLATE "C" NOT NULL,
  opens_at  TIMESTAMPTZ NOT NULL,
  taken     TEXT COLLATE "C" NOT NULL, -- JSON object: step id to day
  approver  TEXT COLLATE "C" NOT NULL,
  opened_by TEXT COLLATE "C" NOT NULL, -- key of the event whose stage called for it
  what      TEXT NOT NULL DEFAULT 'talk', -- talk, circular
  origin    TEXT NOT NULL DEFAULT 'stage', -- see act.Origin
  course    TEXT NOT NULL DEFAULT '', -- JSON of the talk's course after the last act
  version   INTEGER NOT NULL DEFAULT 1,
  host      TEXT NOT NULL DEFAULT '', -- the talk that it goes on as part of
  PRIMARY KEY (plan, id),
  FOREIGN KEY (plan, task) REFERENCES tasks (plan, id)
);
CREATE INDEX talks_of ON talks (plan, task, number);

CREATE TABLE digests (
  key         TEXT COLLATE "C" PRIMARY KEY,
  plan        TEXT COLLATE "C" NOT NULL,
  unit        TEXT COLLATE "C" NOT NULL,
  role        TEXT COLLATE "C" NOT NULL,
  speak_at    TIMESTAMPTZ NOT NULL,
  number      INTEGER NOT NULL,
  started     BOOLEAN NOT NULL,
  gathered_at TIMESTAMPTZ, -- plan clock; from then on it takes no more notices
  words       TEXT NOT NULL DEFAULT '', -- JSON of a digest that says these words instead of notices
  channels    TEXT NOT NULL DEFAULT '', -- JSON array: over what those words go
  morning     TEXT COLLATE "C" NOT NULL DEFAULT '', -- '' is spoken by a workflow of its own
  UNIQUE (plan, unit, role, speak_at, number)
);

CREATE TABLE notices (
  key      TEXT COLLATE "C" PRIMARY KEY, -- the effect: plan/task/rREV/stage/unit/role/channel
  plan     TEXT COLLATE "C" NOT NULL,
  task     TEXT COLLATE "C" NOT NULL,
  revision INTEGER NOT NULL,
  talk     TEXT COLLATE "C" NOT NULL,
  stage    TEXT COLLATE "C" NOT NULL,
  unit     TEXT COLLATE "C" NOT NULL,
  role     TEXT COLLATE "C" NOT NULL,
  channel  TEXT COLLATE "C" NOT NULL,
  kind     TEXT COLLATE "C" NOT NULL,
  light    TEXT COLLATE "C" NOT NULL,
  speak_at TIMESTAMPTZ NOT NULL,
  digest   TEXT COLLATE "C" NOT NULL REFERENCES digests (key),
  state    TEXT COLLATE "C" NOT NULL,
  message  TEXT COLLATE "C" NOT NULL,
  error    TEXT COLLATE "C" NOT NULL,
  sent_at  TIMESTAMPTZ,
  reported BOOLEAN NOT NULL, -- the audit has cried out about it
  twice    BOOLEAN NOT NULL DEFAULT FALSE -- sent, and may have arrived twice
);
CREATE INDEX notices_of ON notices (plan, task);
CREATE INDEX notices_in ON notices (digest);
CREATE INDEX notices_waiting ON notices (plan, speak_at) WHERE state IN ('pending', 'sending', 'failed', 'unknown');

CREATE TABLE messages (
  id      TEXT COLLATE "C" PRIMARY KEY, -- left part of the Message-ID
  plan    TEXT COLLATE "C" NOT NULL,
  digest  TEXT COLLATE "C" NOT NULL REFERENCES digests (key),
  channel TEXT COLLATE "C" NOT NULL,
  state   TEXT COLLATE "C" NOT NULL, -- see ledger.NoticeState
  attempt INTEGER NOT NULL,
  error   TEXT COLLATE "C" NOT NULL,
  doubts  INTEGER NOT NULL DEFAULT 0, -- how many tries may have arrived without our knowing it
  via     TEXT NOT NULL DEFAULT '', -- what carried it in the end; '' its own channel
  UNIQUE (digest, channel)
);

-- Which ledger this is.
CREATE TABLE identity (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  id    TEXT NOT NULL, -- 128 random bits in hex, written once when the ledger is made
  place TEXT NOT NULL DEFAULT '' -- the folder that it worked in first; '' before that, and in a database server
);

-- What a workflow cannot get done at present.
CREATE TABLE waits (
  workflow TEXT NOT NULL, -- workflow ID
  what     TEXT NOT NULL, -- stage remind-7, act progress ID, …
  plan     TEXT NOT NULL,
  thing    TEXT NOT NULL, -- ID of the task, duty or talk; '' of the plan itself
  since    TIMESTAMPTZ NOT NULL, -- real: of the first round that failed
  tried_at TIMESTAMPTZ NOT NULL, -- real: of the last
  rounds   INTEGER NOT NULL,
  error    TEXT NOT NULL,
  PRIMARY KEY (workflow, what)
);

-- What the office has decided for all.
CREATE TABLE office (
  name  TEXT PRIMARY KEY, -- channels, sender, language
  value TEXT NOT NULL
);

CREATE INDEX messages_waiting ON messages (plan) WHERE state IN ('sending', 'leaving', 'undelivered', 'failed', 'unknown');

-- How often workflows of a plan were mended of late is asked by every comparison.
CREATE INDEX events_mended ON events (plan, real_at) WHERE kind = 'workflow.mended';

-- Texts that events name by their hash.
CREATE TABLE documents (
  hash TEXT COLLATE "C" PRIMARY KEY, -- hex SHA-256 of doc
  doc  TEXT COLLATE "C" NOT NULL
);
-- +goose StatementBegin
CREATE FUNCTION documents_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'documents are append-only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER documents_fixed BEFORE UPDATE OR DELETE ON documents FOR EACH ROW EXECUTE FUNCTION documents_fixed();
CREATE TRIGGER documents_kept BEFORE TRUNCATE ON documents FOR EACH STATEMENT EXECUTE FUNCTION documents_fixed();

-- What lists are chosen and counted by, so that a page costs its own rows. Nothing here is a record: it is worked
-- out from tasks, talks and plans by act.Rules.Outlook, and may be emptied at any time. A task in outlook_stale has
-- been written since: it is read from its own row.
CREATE TABLE outlook_plans (
  plan    TEXT COLLATE "C" PRIMARY KEY,
  basis   TEXT COLLATE "C" NOT NULL, -- what its rows were worked out by: policies, calendar, rules
  version INTEGER NOT NULL, -- of the plan
  frame   TEXT COLLATE "C" NOT NULL -- the plan's document without its tasks
);

CREATE TABLE outlook_stale (
  plan TEXT COLLATE "C" NOT NULL,
  task TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (plan, task)
);

CREATE TABLE outlook (
  plan      TEXT COLLATE "C" NOT NULL,
  task      TEXT COLLATE "C" NOT NULL,
  position  INTEGER NOT NULL,
  duty      TEXT COLLATE "C" NOT NULL,
  due       TEXT COLLATE "C" NOT NULL,
  kind      TEXT COLLATE "C" NOT NULL,
  phase     TEXT COLLATE "C" NOT NULL, -- state as acts left it
  lamp      TEXT COLLATE "C" NOT NULL, -- open, done, done_late; '' has no light
  blue      TEXT COLLATE "C" NOT NULL, -- the day from which an open one shows it; 'never'
  yellow    TEXT COLLATE "C" NOT NULL,
  red       TEXT COLLATE "C" NOT NULL,
  runs      BOOLEAN NOT NULL, -- it is the unit's to do: overdue when red
  next_at   TIMESTAMPTZ, -- its next word, or one of its talks
  written   TEXT COLLATE "C" NOT NULL, -- JSON of what only the plan's document says of it
  lead      TEXT NOT NULL DEFAULT '',
  clause    TEXT NOT NULL DEFAULT '',
  inherited BOOLEAN NOT NULL DEFAULT FALSE, -- late already when its unit was given it
  missed    TEXT NOT NULL DEFAULT '', -- JSON: units that missed its date before it was given to another; '' is none
  PRIMARY KEY (plan, task)
);
CREATE INDEX outlook_order ON outlook (plan, lamp, due, position, duty, task, red, yellow, blue, kind, phase, runs);
CREATE INDEX outlook_next ON outlook (plan, next_at, position, duty, due, task) WHERE next_at IS NOT NULL;

CREATE TABLE outlook_units (
  plan TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  task TEXT COLLATE "C" NOT NULL,
  part TEXT COLLATE "C" NOT NULL, -- lead, assist, owes: was asked for a part
  PRIMARY KEY (plan, unit, task, part)
);
CREATE INDEX outlook_units_of ON outlook_units (plan, task);
-- +goose StatementBegin
CREATE FUNCTION outlook_of_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outlook_stale (plan, task) VALUES (NEW.plan, NEW.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION outlook_of_lost_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outlook_stale (plan, task) VALUES (OLD.plan, OLD.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION outlook_of_talk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outlook_stale (plan, task) VALUES (NEW.plan, NEW.task) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION outlook_of_lost_talk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outlook_stale (plan, task) VALUES (OLD.plan, OLD.task) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER outlook_task_new AFTER INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION outlook_of_task();
CREATE TRIGGER outlook_task_moved AFTER UPDATE OF position, kind, lead, assist, due, first_due, policy, state, course, publish ON tasks FOR EACH ROW EXECUTE FUNCTION outlook_of_task();
CREATE TRIGGER outlook_task_gone AFTER DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION outlook_of_lost_task();
CREATE TRIGGER outlook_talk_new AFTER INSERT ON talks FOR EACH ROW EXECUTE FUNCTION outlook_of_talk();
CREATE TRIGGER outlook_talk_moved AFTER UPDATE OF state, opens_at, lead, course ON talks FOR EACH ROW EXECUTE FUNCTION outlook_of_talk();
CREATE TRIGGER outlook_talk_gone AFTER DELETE ON talks FOR EACH ROW EXECUTE FUNCTION outlook_of_lost_talk();
CREATE INDEX tasks_kinds ON tasks (plan, kind, state, armed);
CREATE INDEX tasks_of_duty ON tasks (plan, duty) WHERE duty <> '';
CREATE INDEX tasks_order ON tasks (plan, position, duty, due, id);
CREATE INDEX talks_in ON talks (plan, state);
CREATE INDEX talks_called ON talks (plan, opened_by);
CREATE INDEX events_in ON events (plan, seq);
CREATE INDEX events_amended ON events (plan) WHERE kind = 'plan.amended';

-- A morning is up to fifty recipients' digests of one instant, spoken by one workflow. One that is closed takes no more
-- of them: the next digest of that instant opens the next morning.
CREATE TABLE mornings (
  key        TEXT COLLATE "C" PRIMARY KEY,
  plan       TEXT COLLATE "C" NOT NULL,
  speak_at   TIMESTAMPTZ NOT NULL,
  number     INTEGER NOT NULL,
  recipients INTEGER NOT NULL,
  started    BOOLEAN NOT NULL,
  closed_at  TIMESTAMPTZ, -- plan clock
  UNIQUE (plan, speak_at, number)
);
CREATE INDEX digests_in ON digests (morning) WHERE morning <> '';

-- One directory: units and who sits in them are the office's, whatever number of plans names them.
CREATE TABLE units (
  id      TEXT COLLATE "C" PRIMARY KEY,
  version INTEGER NOT NULL, -- grows over the whole table with every unit written: the greatest names the directory
  doc     TEXT COLLATE "C" NOT NULL -- JSON: name, kind, aliases, contacts
);
CREATE INDEX units_newest ON units (version);

-- One message a morning: a digest takes with it what others of the same person and instant have to say.
CREATE INDEX digests_gathering ON digests (speak_at, unit) WHERE gathered_at IS NULL;

-- Who owes what: one row for each unit of each thing owed about a task or one of its talks (act.Rules.Owed, TalkOwed).
-- Worked out with the rest of a task's outlook; nothing here is a record.
CREATE TABLE outlook_owed (
  plan  TEXT COLLATE "C" NOT NULL,
  task  TEXT COLLATE "C" NOT NULL,
  talk  TEXT COLLATE "C" NOT NULL, -- '' is the task itself
  id    TEXT COLLATE "C" NOT NULL, -- act.Owed.ID
  unit  TEXT COLLATE "C" NOT NULL, -- that owes it
  since TEXT COLLATE "C" NOT NULL,
  due   TEXT COLLATE "C" NOT NULL, -- the last day; 'never' has none of its own
  runs  BOOLEAN NOT NULL, -- its clock runs: somebody may be chased for it now
  PRIMARY KEY (plan, task, talk, id, unit)
);
CREATE INDEX outlook_owed_by ON outlook_owed (plan, unit, runs, due, task, talk, id);
CREATE INDEX outlook_owed_all ON outlook_owed (plan, runs, due, task, talk, id, unit);

-- What lists ask of a plan is read without its document, which may be long.
CREATE INDEX plans_brief ON plans (id, version, clock, launched_at, grace);
CREATE INDEX plans_order ON plans (launched_at, id);

-- A message takes with it what earlier ones could not say to the same person, and what
-- is never said alone.
CREATE INDEX digests_open ON digests (unit, speak_at) WHERE gathered_at IS NULL;
CREATE INDEX notices_riding ON notices (plan, unit) WHERE state = 'rides';
CREATE INDEX messages_undelivered ON messages (digest) WHERE state = 'undelivered';

-- What people sign in with. Nothing here stands in the chain, and no report rests on it.
CREATE TABLE signins (
  account  TEXT PRIMARY KEY, -- of the accounts file
  password TEXT NOT NULL, -- argon2id with its salt and figures; '' none
  set_at   TIMESTAMPTZ NOT NULL, -- real
  factor   TEXT NOT NULL, -- secret of the second factor (TOTP, base32); '' none
  step     BIGINT NOT NULL -- the time step of the last code that was taken: no code is taken twice
);

CREATE TABLE invitations (
  hash    TEXT PRIMARY KEY, -- SHA-256 of the secret in the link
  account TEXT NOT NULL,
  by_whom TEXT NOT NULL, -- account, or '' of the machine's operator
  made_at TIMESTAMPTZ NOT NULL, -- real, as below
  ends_at TIMESTAMPTZ NOT NULL,
  used_at TIMESTAMPTZ
);
CREATE INDEX invitations_of ON invitations (account);

CREATE TABLE sessions (
  id       TEXT PRIMARY KEY,
  hash     TEXT NOT NULL, -- SHA-256 of the secret in the cookie
  account  TEXT NOT NULL,
  step     TEXT NOT NULL, -- what is still asked for: code, factor; '' signed in
  factor   TEXT NOT NULL, -- secret of a second factor that is being set up
  way      TEXT NOT NULL, -- password, oidc
  begun_at TIMESTAMPTZ NOT NULL,
  seen_at  TIMESTAMPTZ NOT NULL,
  ends_at  TIMESTAMPTZ NOT NULL,
  address  TEXT NOT NULL,
  agent    TEXT NOT NULL -- the browser, as it says
);
CREATE INDEX sessions_of ON sessions (account);
CREATE INDEX sessions_end ON sessions (ends_at);

CREATE TABLE throttles (
  who      TEXT PRIMARY KEY, -- SHA-256 of an account or an address
  failures INTEGER NOT NULL,
  last_at  TIMESTAMPTZ NOT NULL,
  until    TIMESTAMPTZ NOT NULL -- no try is taken before
);

CREATE TABLE signin_log (
  id      TEXT PRIMARY KEY,
  at      TIMESTAMPTZ NOT NULL,
  account TEXT NOT NULL, -- '' one that nobody has
  what    TEXT NOT NULL,
  by_whom TEXT NOT NULL, -- who did it to the account, when another
  address TEXT NOT NULL,
  detail  TEXT NOT NULL
);
CREATE INDEX signin_log_at ON signin_log (at, id);
CREATE INDEX signin_log_of ON signin_log (account, at);

CREATE TABLE standins (
  id       TEXT PRIMARY KEY,
  account  TEXT NOT NULL, -- who is away
  other    TEXT NOT NULL, -- account that acts meanwhile
  from_at  TIMESTAMPTZ NOT NULL, -- real
  until_at TIMESTAMPTZ NOT NULL, -- the first instant after it
  by_whom  TEXT NOT NULL,
  ended_at TIMESTAMPTZ
);
CREATE INDEX standins_of ON standins (account, until_at);
CREATE INDEX standins_by ON standins (other, until_at);

-- Tokens of programs and of calendar feeds, which dates a feed has told, and who is known to another sign-in service
-- by what name. Nothing here stands in the chain, and no report rests on it.
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

-- When each plan was audited last, for those who watch the machine. Nothing here stands in the chain, and no report
-- rests on it.
CREATE TABLE audits (
  plan    TEXT PRIMARY KEY,
  at      TIMESTAMPTZ NOT NULL, -- real: when it ended
  missing INTEGER NOT NULL -- stages that left no trace, when it looked
);

-- What an office prepares and has not put in force: a plan from its document, an amendment, a notice of holidays. Nothing
-- here stands in the chain, and no report rests on it.
CREATE TABLE drafts (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL, -- plan, amendment, holidays, policy
  unit       TEXT NOT NULL, -- the office whose it is
  plan       TEXT NOT NULL, -- plan that it is about; '' none yet
  title      TEXT NOT NULL,
  state      TEXT NOT NULL, -- open, done, dropped
  by_whom    TEXT NOT NULL, -- account that began it
  made_at    TIMESTAMPTZ NOT NULL, -- real, as below
  changed_at TIMESTAMPTZ NOT NULL,
  version    BIGINT NOT NULL -- goes up with each change of what it is made of
);
CREATE INDEX drafts_of ON drafts (unit, changed_at);

CREATE TABLE draft_files (
  draft  TEXT NOT NULL,
  name   TEXT NOT NULL,
  part   TEXT NOT NULL, -- document: what was issued; edited: what a person wrote in place of what is made of it
  size   BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  body   BYTEA NOT NULL,
  PRIMARY KEY (draft, name)
);

CREATE TABLE draft_fields (
  draft   TEXT NOT NULL,
  name    TEXT NOT NULL, -- a question's ID, or a field of a form
  value   TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at      TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (draft, name)
);

-- A talk that has joined another of its unit names it.
CREATE INDEX talks_joined ON talks (plan, host) WHERE host <> '';

-- Filters that somebody keeps to look by again. Nothing here stands in the chain, and no report rests on it.
CREATE TABLE filters (
  account TEXT NOT NULL, -- whose it is
  name    TEXT NOT NULL,
  query   TEXT NOT NULL, -- of the list of tasks, as in its address
  at      TIMESTAMPTZ NOT NULL, -- real
  PRIMARY KEY (account, name)
);

-- What a plan's counts and its light board are summed up by, and what is searched, beside what lists are read by, and
-- worked out with it; tasks are found by their labels.
CREATE INDEX outlook_sums ON outlook (plan, lead, clause, due, kind, duty, phase, lamp, blue, yellow, red, runs, inherited, position);
CREATE INDEX outlook_clauses ON outlook (plan, clause, task);
CREATE INDEX outlook_missed ON outlook (plan) WHERE missed <> '';

CREATE TABLE outlook_words (
  plan     TEXT NOT NULL,
  position BIGINT NOT NULL,
  duty     TEXT NOT NULL,
  due      TEXT NOT NULL,
  task     TEXT NOT NULL,
  lead     TEXT NOT NULL,
  words    TEXT NOT NULL, -- title, clause and IDs, a line each, in small letters and half width
  PRIMARY KEY (plan, position, duty, due, task)
);
CREATE INDEX outlook_words_of ON outlook_words (plan, task);
CREATE INDEX tasks_labels ON tasks (plan, label) WHERE label <> '';

-- What was measured of the sections of rivers and lakes, by month and for the year so far.
CREATE TABLE readings (
  office  TEXT NOT NULL, -- unit whose register the section is in
  section TEXT NOT NULL, -- its ID in the register
  month   TEXT NOT NULL, -- 2021-05
  span    TEXT NOT NULL, -- month, or year: from January to the end of the month
  version BIGINT NOT NULL, -- goes up with each thing that is added or corrected; the events have them all
  doc     TEXT NOT NULL, -- water.Reading as JSON: class or state, values, what is over, and where each came from
  PRIMARY KEY (office, section, month, span)
);
