-- The ledger as release 0.2.0 has it. Same number, same meaning in ../postgres.
-- +goose Up
CREATE TABLE chain (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  seq  INTEGER NOT NULL, -- how many events there are
  hash TEXT NOT NULL -- hash of the last one
);
INSERT INTO chain (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE events (
  seq     INTEGER PRIMARY KEY,
  key     TEXT NOT NULL UNIQUE,
  plan    TEXT NOT NULL,
  task    TEXT NOT NULL,
  kind    TEXT NOT NULL,
  actor   TEXT NOT NULL,
  real_at TIMESTAMP NOT NULL,
  plan_at TIMESTAMP NOT NULL,
  data    TEXT NOT NULL, -- JSON, byte for byte as hashed
  prev    TEXT NOT NULL,
  hash    TEXT NOT NULL,
  changes TEXT NOT NULL DEFAULT '' -- JSON array of changed rows, or the hash of a document that is one; '' none
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
  doc     TEXT NOT NULL,
  since   TIMESTAMP, -- real clock: when the notice in force came
  undone  TEXT NOT NULL DEFAULT '' -- JSON array of from and to, real clock: of all years so far, in the year written last; '' none
);

CREATE TABLE plans (
  id          TEXT PRIMARY KEY,
  title       TEXT NOT NULL,
  hash        TEXT NOT NULL,
  zone        TEXT NOT NULL,
  doc         TEXT NOT NULL,
  clock       TEXT NOT NULL,
  launched_at TIMESTAMP NOT NULL,
  version     INTEGER NOT NULL DEFAULT 1, -- grows with each amendment and each policy added
  grace       INTEGER NOT NULL DEFAULT 0, -- nanoseconds on the plan's clock before its audit cries; 0: 20 minutes
  ended_at    TIMESTAMP -- plan clock; null while it goes on
);

CREATE TABLE tasks (
  plan        TEXT NOT NULL REFERENCES plans (id),
  id          TEXT NOT NULL,
  position    INTEGER NOT NULL, -- place in the document; an occurrence stands with its duty
  duty        TEXT NOT NULL,
  period      TEXT NOT NULL,
  kind        TEXT NOT NULL,
  title       TEXT NOT NULL,
  clause      TEXT NOT NULL,
  lead        TEXT NOT NULL,
  assist      TEXT NOT NULL, -- JSON array of unit ids
  due         TEXT NOT NULL, -- YYYY-MM-DD, '' without one
  first_due   TEXT NOT NULL,
  policy      TEXT NOT NULL,
  soft        BOOLEAN NOT NULL,
  priority    BOOLEAN NOT NULL,
  revision    INTEGER NOT NULL,
  state       TEXT NOT NULL,
  light       TEXT NOT NULL,
  last_stage  TEXT NOT NULL,
  armed       BOOLEAN NOT NULL,
  assigned_at TIMESTAMP NOT NULL,
  closed_at   TIMESTAMP,
  publish     BOOLEAN NOT NULL DEFAULT 0,
  course      TEXT NOT NULL DEFAULT '', -- JSON of the course after the last act; '' before the first
  version     INTEGER NOT NULL DEFAULT 1,
  label       TEXT NOT NULL DEFAULT '', -- what its plan calls it by now, where that is not its ID
  origin      TEXT NOT NULL DEFAULT '', -- what it was opened for: see act.Origin
  PRIMARY KEY (plan, id)
);
CREATE INDEX tasks_unarmed ON tasks (plan) WHERE NOT armed;

CREATE TABLE stages (
  plan       TEXT NOT NULL,
  task       TEXT NOT NULL,
  revision   INTEGER NOT NULL,
  talk       TEXT NOT NULL, -- '' for a rung of the task's own ladder
  id         TEXT NOT NULL,
  kind       TEXT NOT NULL,
  at         TIMESTAMP NOT NULL,
  moved_from TEXT NOT NULL,
  recipients TEXT NOT NULL, -- JSON array of unit/role
  light      TEXT NOT NULL,
  merged     TEXT NOT NULL, -- JSON array of stage ids
  state      TEXT NOT NULL,
  decided_at TIMESTAMP,
  matter     TEXT NOT NULL DEFAULT '', -- JSON: what it speaks of when not of the task's limit
  scene      TEXT NOT NULL DEFAULT '', -- JSON: title, unit, due date, names, rungs; '' of a stage decided before this was kept
  PRIMARY KEY (plan, task, revision, talk, id),
  FOREIGN KEY (plan, task) REFERENCES tasks (plan, id)
) WITHOUT ROWID;

CREATE TABLE talks (
  plan      TEXT NOT NULL,
  id        TEXT NOT NULL,
  task      TEXT NOT NULL,
  revision  INTEGER NOT NULL,
  number    INTEGER NOT NULL,
  lead      TEXT NOT NULL,
  state     TEXT NOT NULL,
  opens_at  TIMESTAMP NOT NULL,
  taken     TEXT NOT NULL, -- JSON object: step id to day
  approver  TEXT NOT NULL,
  opened_by TEXT NOT NULL, -- key of the event whose stage called for it
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
  key         TEXT PRIMARY KEY,
  plan        TEXT NOT NULL,
  unit        TEXT NOT NULL,
  role        TEXT NOT NULL,
  speak_at    TIMESTAMP NOT NULL,
  number      INTEGER NOT NULL,
  started     BOOLEAN NOT NULL,
  gathered_at TIMESTAMP, -- plan clock; from then on it takes no more notices
  words       TEXT NOT NULL DEFAULT '', -- JSON of a digest that says these words instead of notices
  channels    TEXT NOT NULL DEFAULT '', -- JSON array: over what those words go
  morning     TEXT NOT NULL DEFAULT '', -- '' is spoken by a workflow of its own
  UNIQUE (plan, unit, role, speak_at, number)
);

CREATE TABLE notices (
  key      TEXT PRIMARY KEY, -- the effect: plan/task/rREV/stage/unit/role/channel
  plan     TEXT NOT NULL,
  task     TEXT NOT NULL,
  revision INTEGER NOT NULL,
  talk     TEXT NOT NULL,
  stage    TEXT NOT NULL,
  unit     TEXT NOT NULL,
  role     TEXT NOT NULL,
  channel  TEXT NOT NULL,
  kind     TEXT NOT NULL,
  light    TEXT NOT NULL,
  speak_at TIMESTAMP NOT NULL,
  digest   TEXT NOT NULL REFERENCES digests (key),
  state    TEXT NOT NULL,
  message  TEXT NOT NULL,
  error    TEXT NOT NULL,
  sent_at  TIMESTAMP,
  reported BOOLEAN NOT NULL, -- the audit has cried out about it
  twice    BOOLEAN NOT NULL DEFAULT 0 -- sent, and may have arrived twice
) WITHOUT ROWID;
CREATE INDEX notices_of ON notices (plan, task);
CREATE INDEX notices_in ON notices (digest);
CREATE INDEX notices_waiting ON notices (plan, speak_at) WHERE state IN ('pending', 'sending', 'failed', 'unknown');

CREATE TABLE messages (
  id      TEXT PRIMARY KEY, -- left part of the Message-ID
  plan    TEXT NOT NULL,
  digest  TEXT NOT NULL REFERENCES digests (key),
  channel TEXT NOT NULL,
  state   TEXT NOT NULL, -- see ledger.NoticeState
  attempt INTEGER NOT NULL,
  error   TEXT NOT NULL,
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
  since    TIMESTAMP NOT NULL, -- real: of the first round that failed
  tried_at TIMESTAMP NOT NULL, -- real: of the last
  rounds   INTEGER NOT NULL,
  error    TEXT NOT NULL,
  PRIMARY KEY (workflow, what)
) WITHOUT ROWID;

-- What the office has decided for all.
CREATE TABLE office (
  name  TEXT PRIMARY KEY, -- channels, sender, language
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX messages_waiting ON messages (plan) WHERE state IN ('sending', 'leaving', 'undelivered', 'failed', 'unknown');

-- How often workflows of a plan were mended of late is asked by every comparison.
CREATE INDEX events_mended ON events (plan, real_at) WHERE kind = 'workflow.mended';

-- Texts that events name by their hash.
CREATE TABLE documents (
  hash TEXT PRIMARY KEY, -- hex SHA-256 of doc
  doc  TEXT NOT NULL
) WITHOUT ROWID;
-- +goose StatementBegin
CREATE TRIGGER documents_fixed BEFORE UPDATE ON documents
BEGIN SELECT RAISE(ABORT, 'documents are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER documents_kept BEFORE DELETE ON documents
BEGIN SELECT RAISE(ABORT, 'documents are append-only'); END;
-- +goose StatementEnd

-- What lists are chosen and counted by, so that a page costs its own rows. Nothing here is a record: it is worked
-- out from tasks, talks and plans by act.Rules.Outlook, and may be emptied at any time. A task in outlook_stale has
-- been written since: it is read from its own row.
CREATE TABLE outlook_plans (
  plan    TEXT PRIMARY KEY,
  basis   TEXT NOT NULL, -- what its rows were worked out by: policies, calendar, rules
  version INTEGER NOT NULL, -- of the plan
  frame   TEXT NOT NULL -- the plan's document without its tasks
);

CREATE TABLE outlook_stale (
  plan TEXT NOT NULL,
  task TEXT NOT NULL,
  PRIMARY KEY (plan, task)
) WITHOUT ROWID;

CREATE TABLE outlook (
  plan      TEXT NOT NULL,
  task      TEXT NOT NULL,
  position  INTEGER NOT NULL,
  duty      TEXT NOT NULL,
  due       TEXT NOT NULL,
  kind      TEXT NOT NULL,
  phase     TEXT NOT NULL, -- state as acts left it
  lamp      TEXT NOT NULL, -- open, done, done_late; '' has no light
  blue      TEXT NOT NULL, -- the day from which an open one shows it; 'never'
  yellow    TEXT NOT NULL,
  red       TEXT NOT NULL,
  runs      BOOLEAN NOT NULL, -- it is the unit's to do: overdue when red
  next_at   TIMESTAMP, -- its next word, or one of its talks
  written   TEXT NOT NULL, -- JSON of what only the plan's document says of it
  lead      TEXT NOT NULL DEFAULT '',
  clause    TEXT NOT NULL DEFAULT '',
  inherited BOOLEAN NOT NULL DEFAULT 0, -- late already when its unit was given it
  missed    TEXT NOT NULL DEFAULT '', -- JSON: units that missed its date before it was given to another; '' is none
  PRIMARY KEY (plan, task)
) WITHOUT ROWID;
CREATE INDEX outlook_order ON outlook (plan, lamp, due, position, duty, task, red, yellow, blue, kind, phase, runs);
CREATE INDEX outlook_next ON outlook (plan, next_at, position, duty, due, task) WHERE next_at IS NOT NULL;

CREATE TABLE outlook_units (
  plan TEXT NOT NULL,
  unit TEXT NOT NULL,
  task TEXT NOT NULL,
  part TEXT NOT NULL, -- lead, assist, owes: was asked for a part
  PRIMARY KEY (plan, unit, task, part)
) WITHOUT ROWID;
CREATE INDEX outlook_units_of ON outlook_units (plan, task);
-- +goose StatementBegin
CREATE TRIGGER outlook_task_new AFTER INSERT ON tasks
BEGIN INSERT OR IGNORE INTO outlook_stale (plan, task) VALUES (NEW.plan, NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outlook_task_moved AFTER UPDATE OF position, kind, lead, assist, due, first_due, policy, state, course, publish ON tasks
BEGIN INSERT OR IGNORE INTO outlook_stale (plan, task) VALUES (NEW.plan, NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outlook_task_gone AFTER DELETE ON tasks
BEGIN INSERT OR IGNORE INTO outlook_stale (plan, task) VALUES (OLD.plan, OLD.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outlook_talk_new AFTER INSERT ON talks
BEGIN INSERT OR IGNORE INTO outlook_stale (plan, task) VALUES (NEW.plan, NEW.task); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outlook_talk_moved AFTER UPDATE OF state, opens_at, lead, course ON talks
BEGIN INSERT OR IGNORE INTO outlook_stale (plan, task) VALUES (NEW.plan, NEW.task); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER outlook_talk_gone AFTER DELETE ON talks
BEGIN INSERT OR IGNORE INTO outlook_stale (plan, task) VALUES (OLD.plan, OLD.task); END;
-- +goose StatementEnd
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
  key        TEXT PRIMARY KEY,
  plan       TEXT NOT NULL,
  speak_at   TIMESTAMP NOT NULL,
  number     INTEGER NOT NULL,
  recipients INTEGER NOT NULL,
  started    BOOLEAN NOT NULL,
  closed_at  TIMESTAMP, -- plan clock
  UNIQUE (plan, speak_at, number)
);
CREATE INDEX digests_in ON digests (morning) WHERE morning <> '';

-- One directory: units and who sits in them are the office's, whatever number of plans names them.
CREATE TABLE units (
  id      TEXT PRIMARY KEY,
  version INTEGER NOT NULL, -- grows over the whole table with every unit written: the greatest names the directory
  doc     TEXT NOT NULL -- JSON: name, kind, aliases, contacts
) WITHOUT ROWID;
CREATE INDEX units_newest ON units (version);

-- One message a morning: a digest takes with it what others of the same person and instant have to say.
CREATE INDEX digests_gathering ON digests (speak_at, unit) WHERE gathered_at IS NULL;

-- Who owes what: one row for each unit of each thing owed about a task or one of its talks (act.Rules.Owed, TalkOwed).
-- Worked out with the rest of a task's outlook; nothing here is a record.
CREATE TABLE outlook_owed (
  plan  TEXT NOT NULL,
  task  TEXT NOT NULL,
  talk  TEXT NOT NULL, -- '' is the task itself
  id    TEXT NOT NULL, -- act.Owed.ID
  unit  TEXT NOT NULL, -- that owes it
  since TEXT NOT NULL,
  due   TEXT NOT NULL, -- the last day; 'never' has none of its own
  runs  BOOLEAN NOT NULL, -- its clock runs: somebody may be chased for it now
  PRIMARY KEY (plan, task, talk, id, unit)
) WITHOUT ROWID;
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
  set_at   TIMESTAMP NOT NULL, -- real
  factor   TEXT NOT NULL, -- secret of the second factor (TOTP, base32); '' none
  step     BIGINT NOT NULL -- the time step of the last code that was taken: no code is taken twice
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
  made_at  TIMESTAMP NOT NULL, -- real, as below
  ends_at  TIMESTAMP, -- none: never
  seen_at  TIMESTAMP, -- its last use
  ended_at TIMESTAMP -- when it was taken back
) WITHOUT ROWID;
CREATE INDEX tokens_of ON tokens (account);

CREATE TABLE calendar_dates (
  uid        TEXT PRIMARY KEY, -- from plan, task and stage alone
  day        TEXT NOT NULL,
  sequence   INTEGER NOT NULL, -- how often the day has moved
  changed_at TIMESTAMP NOT NULL
) WITHOUT ROWID;

CREATE TABLE subjects (
  issuer  TEXT NOT NULL,
  subject TEXT NOT NULL,
  account TEXT NOT NULL,
  since   TIMESTAMP NOT NULL,
  PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;

-- When each plan was audited last, for those who watch the machine. Nothing here stands in the chain, and no report
-- rests on it.
CREATE TABLE audits (
  plan    TEXT PRIMARY KEY,
  at      TIMESTAMP NOT NULL, -- real: when it ended
  missing INTEGER NOT NULL -- stages that left no trace, when it looked
) WITHOUT ROWID;

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

-- A talk that has joined another of its unit names it.
CREATE INDEX talks_joined ON talks (plan, host) WHERE host <> '';

-- Filters that somebody keeps to look by again. Nothing here stands in the chain, and no report rests on it.
CREATE TABLE filters (
  account TEXT NOT NULL, -- whose it is
  name    TEXT NOT NULL,
  query   TEXT NOT NULL, -- of the list of tasks, as in its address
  at      TIMESTAMP NOT NULL, -- real
  PRIMARY KEY (account, name)
) WITHOUT ROWID;

-- What a plan's counts and its light board are summed up by, and what is searched, beside what lists are read by, and
-- worked out with it; tasks are found by their labels.
CREATE INDEX outlook_sums ON outlook (plan, lead, clause, due, kind, duty, phase, lamp, blue, yellow, red, runs, inherited, position);
CREATE INDEX outlook_clauses ON outlook (plan, clause, task);
CREATE INDEX outlook_missed ON outlook (plan) WHERE missed <> '';

CREATE TABLE outlook_words (
  plan     TEXT NOT NULL,
  position INTEGER NOT NULL,
  duty     TEXT NOT NULL,
  due      TEXT NOT NULL,
  task     TEXT NOT NULL,
  lead     TEXT NOT NULL,
  words    TEXT NOT NULL, -- title, clause and IDs, a line each, in small letters and half width
  PRIMARY KEY (plan, position, duty, due, task)
) WITHOUT ROWID;
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
) WITHOUT ROWID;
