-- +goose Up
CREATE TABLE complaints (
  plan    TEXT NOT NULL,
  number  BIGINT NOT NULL, -- from 1
  version BIGINT NOT NULL, -- goes up with each act
  state   TEXT NOT NULL, -- received, sorted, merged, closed
  hotline TEXT NOT NULL, -- its number at the hotline; '' where it came another way
  doc     TEXT NOT NULL, -- act.Complaint as JSON, without who complained
  PRIMARY KEY (plan, number)
);
CREATE INDEX complaints_by_hotline ON complaints (plan, hotline);

-- Who complained: here and nowhere else, and erased on demand. No event tells of it.
CREATE TABLE complainants (
  plan    TEXT NOT NULL,
  number  BIGINT NOT NULL, -- of the complaint
  name    TEXT NOT NULL,
  phone   TEXT NOT NULL,
  address TEXT NOT NULL,
  words   TEXT NOT NULL, -- the complaint as it was told, where the row in complaints leaves something out; '' otherwise
  PRIMARY KEY (plan, number)
);
