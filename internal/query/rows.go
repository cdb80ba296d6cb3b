package query

import (
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/report"
)

// StatusBook is what `plan status PLAN -o json` prints: fields are only added.
type StatusBook struct {
	Plan   report.Head   `json:"plan"`
	AsOf   calendar.Day  `json:"as_of"`
	Counts report.Counts `json:"counts"`
	Tasks  []report.Row  `json:"tasks"`
}

// Rows is a plan's status with its tasks, the gravest first.
func (s PlanStatus) Rows() StatusBook {
	return StatusBook{s.Plan, s.AsOf, s.Counts, report.ByGravity(s.Tasks)}
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
}

// ContactRows are the seats of units, in their order.
func ContactRows(units []people.Unit) []ContactRow {
	rows := []ContactRow{}
	for _, u := range units {
		for _, c := range u.Contacts {
			rows = append(rows, ContactRow{u.ID, u.Name, c.Role, c.Name, c.Email, c.Post, c.Phone})
		}
	}
	return rows
}

// Page is a part of a list of lines.
type Page[Line any] struct {
	Lines []Line
	Total int    // chosen, on whatever page
	For   string // name of the unit to whose lines the list is narrowed; "" when it is not
}

// Listing is a list for a program: its lines alone.
func (p Page[Line]) Listing() any { return p.Lines }

// Listing is a plan's status for a program.
func (s PlanStatus) Listing() any { return s.Rows() }
