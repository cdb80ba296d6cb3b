-- What was measured of the sections of rivers and lakes, by month and for the year so far. Same number, same meaning in ../sqlite.
-- +goose Up
CREATE TABLE readings (
  office  TEXT NOT NULL, -- unit whose register the section is in
  section TEXT NOT NULL, -- its ID in the register
  month   TEXT NOT NULL, -- 2021-05
  span    TEXT NOT NULL, -- month, or year: from January to the end of the month
  version BIGINT NOT NULL, -- goes up with each thing that is added or corrected; the events have them all
  doc     TEXT NOT NULL, -- water.Reading as JSON: class or state, values, what is over, and where each came from
  PRIMARY KEY (office, section, month, span)
);
