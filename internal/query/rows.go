package query

import (
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/report"
)

// StatusTable is what `plan status PLAN -o json` prints: fields are only added.
type StatusTable struct {
	Plan   report.Head   `json:"plan"`
	AsOf   calendar.Day  `json:"as_of"`
	Counts report.Counts `json:"counts"`
	Tasks  []report.Row  `json:"tasks"`
}

// Rows is a plan's status with its tasks, the gravest first.
func (s PlanStatus) Rows() StatusTable {
	return StatusTable{s.Plan, s.AsOf, s.Counts, report.ByGravity(s.Tasks)}
}

// ContactRow is a line of `office contacts -o json`: fields are only added.
type ContactRow struct {
	UnitID string      `json:"unit_id"`
	Unit   string      `json:"unit"`
	Role   people.Role `json:"role"`
	Name   string      `json:"name"`
	Email  string      `json:"email"`
	Post   string      `json:"post,omitempty"`
	Phone  string      `json:"phone,omitempty"`
	Beside string      `json:"beside,omitempty"` // others who get the seat's messages, one a line
}

// ContactRows are the seats of units, in their order.
func ContactRows(units []people.Unit) []ContactRow {
	rows := []ContactRow{}
	for _, u := range units {
		for _, c := range u.Contacts {
			rows = append(rows, ContactRow{u.ID, u.Name, c.Role, c.Name, c.Email, c.Post, c.Phone, c.Beside})
		}
	}
	return rows
}

// Page is a part of a list of lines.
type Page[Line any] struct {
	Lines []Line
	Total int    // number of the chosen lines on all pages
	For   string // name of the unit to whose lines the list is narrowed; "" when it is not
}

// Listing is the list's lines alone, for JSON output.
func (p Page[Line]) Listing() any { return p.Lines }

// Listing is a plan's status for JSON output.
func (s PlanStatus) Listing() any { return s.Rows() }
