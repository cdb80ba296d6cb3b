package rehearse

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/script"
	"duban/internal/strictyaml"
	"duban/seeds"
)

// TestALateActIsJudgedByItsOwnDay: a return that comes eight days late is refused, and what
// builds on it too; that is as foretold for that day, and no difference. An answer that is not
// as foretold is one at any day, and so is one that is not the script's where all acts came in time.
func TestALateActIsJudgedByItsOwnDay(t *testing.T) {
	t.Parallel()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	folder := filepath.Join("..", "..", "seeds", "jincheng-2021-water")
	p, problems := planfile.Load(filepath.Join(folder, "plan.yaml"), cal)
	require.False(t, strictyaml.Failed(problems))
	s, problems := script.Load(filepath.Join(folder, "script-2021.yaml"), p, cal)
	require.Empty(t, problems)
	const returned = "2.4-survey.kaifaqu/script-11"
	from := p.Issued.At(0, 0, calendar.Beijing)
	for name, c := range map[string]struct {
		expects     bool   // whether the script expects the return to be refused
		days        int    // by which every act is late
		refused     string // what the return is answered instead; "as foretold"
		late        int
		differences []string
	}{
		"in time":                          {false, 0, "as foretold", 0, nil},
		"in time, answered otherwise":      {false, 0, "act.refused_seat", 0, []string{"return: act.refused_seat, foretold accepted"}},
		"in time, not as the script has":   {true, 0, "as foretold", 0, []string{"return: accepted"}},
		"late":                             {false, 8, "as foretold", 4, nil},
		"late, and accepted all the same":  {false, 8, "", 3, []string{"return: accepted, foretold act.refused_return_late"}},
		"late, refused for another reason": {false, 8, "act.refused_seat", 3, []string{"return: act.refused_seat, foretold act.refused_return_late"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script.Script{Proposals: s.Proposals, Entries: slices.Clone(s.Entries)}
			i := slices.IndexFunc(s.Entries, func(e script.Entry) bool { return e.Key() == returned })
			s.Entries[i].Refused = c.expects
			y := &year{rehearsal: &rehearsal{Options: Options{Plan: p, Calendar: cal, Script: s}, lad: plan.Ladderer{Zone: calendar.Beijing}, from: from, to: calendar.NewDay(2022, 2, 1).At(0, 0, calendar.Beijing)}}
			y.driver = &driver{year: y, answers: map[string]answer{}}
			when := script.When{}
			for _, e := range s.Entries {
				when[e.Key()] = e.At.AddDate(0, 0, c.days)
			}
			f := script.Foretell(p, cal, from, calendar.Day{}, s, when)
			for key, at := range when {
				y.driver.answers[key] = answer{at: at, refused: f.Refused[key]}
			}
			if c.refused != "as foretold" {
				y.driver.answers[returned] = answer{at: when[returned], refused: c.refused}
			}
			_, late, diffs := y.asActed(Chain{})
			var got []string
			for _, d := range diffs {
				got = append(got, d.Detail)
			}
			require.Equal(t, c.differences, got)
			require.Equal(t, c.late, late)
		})
	}
}

// TestAFaultWaitsForActsThatAreHeldUp: an act that has waited for its answer for more than a plan
// day holds the next fault up, until it is answered; one of today does not.
func TestAFaultWaitsForActsThatAreHeldUp(t *testing.T) {
	t.Parallel()
	now := time.Now()
	clock := calendar.Clock{Epoch: now, Start: calendar.NewDay(2021, 4, 8).At(0, 0, calendar.Beijing), Rate: 1}
	d := &driver{year: &year{clock: clock}, doing: map[string]time.Time{}}
	require.False(t, d.heldUp(now))
	d.doing["today"] = clock.Start.Add(-23 * time.Hour)
	require.False(t, d.heldUp(now))
	d.doing["late"] = clock.Start.Add(-25 * time.Hour)
	require.True(t, d.heldUp(now))
	delete(d.doing, "late")
	require.False(t, d.heldUp(now))
}
