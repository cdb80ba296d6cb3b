// Package script is a year of people's acts as data 剧本: it reads and checks
// the file, and foretells what a plan's year says when the acts are done as it
// tells. It is pure but for reading files: no clock, no database, no Temporal.
package script

import (
	"cmp"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/water"
)

// Script is what people do in one plan's year, in order of time.
type Script struct {
	File    string  `json:"file"`
	Entries []Entry `json:"entries"`
	// Proposals is how the leadership answers what rules of consequences propose,
	// which no script can foresee; nil: it does not.
	Proposals *Proposals `json:"proposals,omitempty"`
}

// Proposals is one leader's answer to all that rules propose.
type Proposals struct {
	By       act.Actor `json:"by"`
	Talk     act.Kind  `json:"talk"`     // act.Approve or act.Decline
	Circular act.Kind  `json:"circular"` // act.Approve or act.Decline
	Reason   string    `json:"reason"`
}

// Decision is the act that answers a proposal of a talk or a circular
// (plan.ProposeTalk, plan.ProposeCircular).
func (p Proposals) Decision(what string) act.Act {
	a := act.Act{ID: "proposal", Kind: p.Talk, By: p.By, Reason: p.Reason}
	if what == plan.ProposeCircular {
		a.Kind = p.Circular
	}
	return a
}

// Sort is what an entry is about.
type Sort string

const (
	OnTask  Sort = "task"     // a task or an occurrence of a duty
	OnDuty  Sort = "duty"     // the duty itself
	OnTalk  Sort = "talk"     // a talk or a circular
	Propose Sort = "propose"  // a talk or a circular by hand: Thing is the task it is about
	Amends  Sort = "amend"    // the plan is amended: Thing is the file
	Notice  Sort = "calendar" // a holiday notice comes: Thing is the file

	Measured    Sort = "readings"  // a table of sections comes in: Thing is the file
	OnComplaint Sort = "complaint" // a complaint: Thing is its number, which it has by the order in which they are taken in
	OnIncident  Sort = "incident"  // an incident: Thing is its number, as of complaints
	Assesses    Sort = "assess"    // something is entered for the assessment, or struck: Thing is the unit's ID
)

// Sorts of entries, as the file names them.
var Sorts = []Sort{OnTask, OnDuty, OnTalk, Propose, Amends, Notice, Measured, OnComplaint, OnIncident, Assesses}

// Entry is one act of a script.
type Entry struct {
	Line  int       `json:"line"`
	At    time.Time `json:"at"` // plan clock, UTC
	Sort  Sort      `json:"sort"`
	Thing string    `json:"thing"` // ID of the task, duty or talk; else the file's path
	// Act is what is done. Its ID is its own in the whole script; At and On are
	// not set. Of an amendment or a notice only ID, By, Reason and Paper are.
	Act act.Act `json:"act"`
	// Refused: the act is to be refused, for the reason Why (a key of the
	// catalogue, act.refused_*) unless that is "".
	Refused bool   `json:"refused,omitempty"`
	Why     string `json:"why,omitempty"`

	Plan *plan.Plan     `json:"-"` // of Amends: the plan as amended
	Year *calendar.Year `json:"-"` // of Notice

	Readings []water.Reading `json:"-"` // of Measured
}

// Task tells that the entry is about tasks, duties and talks, whose answers are foretold, or about
// the plan or the calendar by which they are.
func (e Entry) Task() bool {
	return !slices.Contains([]Sort{Measured, OnComplaint, OnIncident, Assesses}, e.Sort)
}

// Key names what an entry's answer is kept under: the thing and the act.
func (e Entry) Key() string { return e.Thing + "/" + e.Act.ID }

// at is the entry's act as done at an instant.
func (e Entry) at(at time.Time, zone *time.Location) act.Act {
	a := e.Act
	a.At = at.UTC()
	a.On = calendar.DayOf(at.In(zone))
	return a
}

// Until is the script without the entries at or after an instant.
func (s Script) Until(to time.Time) Script {
	s.Entries = slices.DeleteFunc(slices.Clone(s.Entries), func(e Entry) bool { return !e.At.Before(to) })
	return s
}

func (s *Script) sort() {
	slices.SortStableFunc(s.Entries, func(a, b Entry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Line, b.Line)) })
}
