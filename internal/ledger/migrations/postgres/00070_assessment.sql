-- +goose Up
CREATE TABLE assessments (
  plan    TEXT NOT NULL,
  period  TEXT NOT NULL, -- 2021, 2021H1, 2021Q3, 2021-06
  version BIGINT NOT NULL, -- goes up with each act
  state   TEXT NOT NULL, -- sent, issued
  sheet   TEXT NOT NULL, -- the preliminary sheet that was sent last: assessment.Sheet as JSON
  result  TEXT NOT NULL, -- the sheet that was issued; '' until then
  doc     TEXT NOT NULL, -- act.Assessing as JSON: limits, objections and what was decided of them
  PRIMARY KEY (plan, period)
);

CREATE TABLE merits (
  plan   TEXT NOT NULL,
  number BIGINT NOT NULL, -- from 1
  doc    TEXT NOT NULL, -- act.Entry as JSON: what was entered for a unit, with its paper, and whether it was struck
  PRIMARY KEY (plan, number)
);
