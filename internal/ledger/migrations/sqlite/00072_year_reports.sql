-- +goose Up
CREATE TABLE year_reports (
  plan    TEXT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL, -- goes up with each act
  doc     TEXT NOT NULL -- act.Reporting as JSON: what the office wrote, and to whom it handed the report in
) WITHOUT ROWID;
