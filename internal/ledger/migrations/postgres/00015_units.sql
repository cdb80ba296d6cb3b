-- One directory: units and who sits in them are the office's, whatever number of plans names them. Same number, same
-- meaning in ../sqlite.
-- +goose Up
CREATE TABLE units (
  id      TEXT COLLATE "C" PRIMARY KEY,
  version INTEGER NOT NULL, -- grows over the whole table with every unit written: the greatest names the directory
  doc     TEXT COLLATE "C" NOT NULL -- JSON: name, kind, aliases, contacts
);
CREATE INDEX units_newest ON units (version);

-- One message a morning: a digest takes with it what others of the same person and instant have to say.
CREATE INDEX digests_gathering ON digests (speak_at, unit) WHERE gathered_at IS NULL;
