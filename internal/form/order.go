package form

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/query"
)

// Order is an act ready to be sent.
type Order struct {
	query.Subject
	Row  act.Row
	Act  act.Act
	Name string // of the thing, as people read it
	Done bool   // the ledger has the act already
}

// Thing is the ID of what the act is done to.
func (o Order) Thing() string {
	if o.Talk.ID != "" {
		return o.Talk.ID
	}
	return o.Task.ID
}

// Shown is the ID of what the act is done to, as people see it.
func (o Order) Shown() string {
	if o.Talk.ID != "" {
		return o.Task.ShownTalk(o.Talk.ID)
	}
	return o.Task.Shown()
}

// Course is the case of the task as it is now.
func (o Order) Course() act.Case { return caseOf(o.Subject) }

// Allowed tells whether somebody may do this act at all.
func (o Order) Allowed(by act.Actor) bool {
	return act.Allowed(Judged(o.Subject, o.Row), by, o.Row.Kind) == nil
}

// Undone tells that the effect of the same act before is over, so that the act can be done
// anew: a report was rejected, a pause ended, another extension was asked for.
func (o Order) Undone() bool {
	c := o.Course()
	switch {
	case o.Row.On == act.OnTalk:
		return false
	case slices.Contains(o.Row.Settles, act.TopicExtension):
		return c.Extension != nil
	}
	return o.Row.To != "" && o.Row.To != c.State && slices.Contains(o.Row.From, c.State)
}

// Lead is the unit that a thing is about.
func (o Order) Lead() string {
	if o.Talk.ID != "" {
		return o.Talk.Lead
	}
	return o.Task.Lead
}

// ID is the ID of the act: the same for the same command on the same day of the plan,
// whoever types it and however often.
func (o Order) ID(said act.Act, today calendar.Day) string {
	raw, err := json.Marshal([]any{o.Task.Plan, o.Thing(), said, today})
	if err != nil {
		panic(err) // unreachable: texts, numbers and lists of them can always be written
	}
	sum := sha256.Sum256(raw)
	return "cli-" + hex.EncodeToString(sum[:12])
}
