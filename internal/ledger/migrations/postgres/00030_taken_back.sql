-- Between which instants notices were in force that were taken back. Same number, same meaning in the other folder.
-- +goose Up
ALTER TABLE calendars ADD COLUMN undone TEXT NOT NULL DEFAULT ''; -- JSON array of from and to, real clock: of all years so far, in the year written last; '' none
