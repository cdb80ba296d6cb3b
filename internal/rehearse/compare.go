package rehearse

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Difference is one stage and recipient where foretold and held are not equal.
type Difference struct {
	What      string       `json:"what"` // missing, unexpected, moved, kind, unsaid, twice
	Task      string       `json:"task"`
	Stage     string       `json:"stage"`
	Recipient string       `json:"recipient,omitempty"`
	Day       calendar.Day `json:"day"`
	Detail    string       `json:"detail,omitempty"`
}

// What a Difference says.
const (
	Missing    = "missing"    // foretold, not in the ledger
	Unexpected = "unexpected" // in the ledger, not foretold
	Moved      = "moved"      // at another instant
	Kind       = "kind"       // of another kind
	Unsaid     = "unsaid"     // decided, but the message did not go out
	Twice      = "twice"      // one recipient was told twice over one channel
)

type said struct {
	task, stage, recipient string
}

type fact struct {
	at   time.Time
	kind plan.StageKind
}

func recipients(foretold []plan.Foretold) int {
	n := 0
	for _, f := range foretold {
		n += len(f.To)
	}
	return n
}

// compare lists every difference, in order of time.
func (y *year) compare(ctx context.Context) (Result, error) {
	notices, err := y.store.Notices(ctx, ledger.NoticeFilter{Plan: y.Plan.ID})
	if err != nil {
		return Result{}, err
	}
	stages, err := y.store.Stages(ctx, y.Plan.ID, "")
	if err != nil {
		return Result{}, err
	}
	result := Result{Differences: []Difference{}, Kills: y.kills, Took: y.took, Foretold: recipients(y.foretold)}
	result.Differences = append(result.Differences, Compare(y.foretold, stages, notices, y.to)...)
	messages := map[string]bool{}
	for _, n := range notices {
		if n.SpeakAt.Before(y.to) && n.State == ledger.Sent {
			messages[n.Message] = true
		}
	}
	result.Messages = len(messages)
	for _, s := range stages {
		if s.State == ledger.Decided && s.At.Before(y.to) {
			result.Stages++
		}
	}
	if result.Events, err = y.store.Verify(ctx); err != nil {
		return result, err
	}
	if n := len(result.Differences); n > 0 {
		return result, fmt.Errorf("%w in %d places", ErrDiffers, n)
	}
	return result, nil
}

// Compare holds the preview against the ledger, for all that speaks before to.
func Compare(foretold []plan.Foretold, stages []ledger.Stage, notices []ledger.Notice, to time.Time) []Difference {
	expected := map[said]fact{}
	for _, f := range foretold {
		for _, r := range f.To {
			expected[said{f.Task, f.Stage.ID, r.String()}] = fact{f.At.UTC(), f.Kind}
		}
	}
	var diffs []Difference
	add := func(what string, s said, at time.Time, detail string) {
		diffs = append(diffs, Difference{what, s.task, s.stage, s.recipient, calendar.DayOf(at.In(calendar.Beijing)), detail})
	}
	held, carried := map[said]bool{}, map[ledger.Effect]bool{}
	for _, n := range notices {
		if !n.SpeakAt.Before(to) {
			continue
		}
		s := said{n.Task, n.Stage, n.Recipient.String()}
		want, ok := expected[s]
		switch {
		case !ok:
			add(Unexpected, s, n.SpeakAt, "")
		case carried[n.Effect]:
			add(Twice, s, n.SpeakAt, n.Channel)
		case !want.at.Equal(n.SpeakAt):
			add(Moved, s, want.at, n.SpeakAt.In(calendar.Beijing).Format(time.DateTime))
		case want.kind != n.Kind:
			add(Kind, s, want.at, string(n.Kind))
		case n.State != ledger.Sent:
			add(Unsaid, s, n.SpeakAt, n.State+" "+n.Error)
		}
		held[s], carried[n.Effect] = true, true
	}
	for s, want := range expected {
		if !held[s] {
			add(Missing, s, want.at, "")
		}
	}
	spoken := map[[2]string]bool{}
	for _, f := range foretold {
		spoken[[2]string{f.Task, f.Stage.ID}] = true
	}
	for _, st := range stages {
		if st.State == ledger.Decided && st.At.Before(to) && !spoken[[2]string{st.Task, st.ID}] {
			add(Unexpected, said{st.Task, st.ID, ""}, st.At, "stage")
		}
	}
	slices.SortFunc(diffs, func(a, b Difference) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Task, b.Task), cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.What, b.What))
	})
	return diffs
}
