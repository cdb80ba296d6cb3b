package deadline_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"duban/internal/calendar"
	"duban/internal/deadline"
)

// row is one phrase of the corpus with what it must be read as.
type row struct {
	Text      string `yaml:"text"`
	Issued    string `yaml:"issued"`
	Plan      int    `yaml:"plan"`
	Inherit   int    `yaml:"inherit"`
	Column    bool   `yaml:"column"`
	Exclusive bool   `yaml:"exclusive"`
	Seasons   bool   `yaml:"seasons"` // flood 06-01 to 09-30, heating 11-15 to 03-15
	Want      []want `yaml:"want"`
}

// want is a reading. Kind, dates, recurrence, relative and soft are compared
// always; the rest where the corpus gives it.
type want struct {
	Kind       string          `yaml:"kind"` // due when empty
	Start      string          `yaml:"start"`
	Due        string          `yaml:"due"`
	Until      string          `yaml:"until"`
	Recurrence string          `yaml:"recurrence"`
	Relative   bool            `yaml:"relative"`
	Soft       bool            `yaml:"soft"`
	Milestone  *string         `yaml:"milestone"`
	Rule       string          `yaml:"rule"`
	Words      string          `yaml:"words"`
	Ask        *string         `yaml:"ask"`
	Other      string          `yaml:"other"`
	Event      string          `yaml:"event"`
	Offset     string          `yaml:"offset"`
	Recur      *deadline.Recur `yaml:"recur"`
	Superior   bool            `yaml:"superior"`
	BackRef    bool            `yaml:"backref"`
	Effect     bool            `yaml:"effect"`
	Condition  bool            `yaml:"condition"`
}

func (r row) context(t testing.TB) deadline.Context {
	ctx := deadline.Context{PlanYear: r.Plan, Inherit: r.Inherit, ColumnCell: r.Column, ExclusiveBefore: r.Exclusive, Calendar: holidays(t)}
	if r.Issued != "" {
		d, err := calendar.ParseDay(r.Issued)
		require.NoError(t, err, r.Text)
		ctx.Issued = d
	}
	if r.Seasons {
		ctx.Seasons = deadline.Seasons{Flood: deadline.Period{From: deadline.MonthDay{Month: 6, Day: 1}, To: deadline.MonthDay{Month: 9, Day: 30}},
			Heating: deadline.Period{From: deadline.MonthDay{Month: 11, Day: 15}, To: deadline.MonthDay{Month: 3, Day: 15}}}
	}
	return ctx
}

var notices = sync.OnceValues(func() (*calendar.Calendar, error) { return calendar.Load(os.DirFS("../../seeds/calendar")) })

func holidays(t testing.TB) *calendar.Calendar {
	cal, err := notices()
	require.NoError(t, err)
	require.NotEmpty(t, cal.Years())
	return cal
}

func offset(o deadline.Offset) string {
	if o.Unit == "" {
		return ""
	}
	s := fmt.Sprintf("%d %s", o.N, o.Unit)
	if o.Least > 0 {
		s = fmt.Sprintf("%d-%s", o.Least, s)
	}
	if o.Before {
		s += " before"
	}
	if o.Next {
		s += " next"
	}
	return s
}

// line shows a reading in the fields that w compares.
func line(r deadline.Reading, w want) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s start=%s due=%s %s rel=%v soft=%v", r.Kind, r.Start, r.Due, r.Recurrence, r.Relative, r.Soft)
	if w.Milestone != nil {
		fmt.Fprintf(&b, " milestone=%s", r.Milestone)
	}
	for _, f := range []struct{ given, got string }{{w.Rule, r.Rule}, {w.Words, r.Words}, {w.Until, r.Until.String()}, {w.Other, r.Other.String()}, {w.Event, r.Event}, {w.Offset, offset(r.Offset)}} {
		if f.given != "" {
			fmt.Fprintf(&b, " %s", f.got)
		}
	}
	if w.Ask != nil {
		fmt.Fprintf(&b, " ask=%s", r.Ask)
	}
	if w.Recur != nil {
		fmt.Fprintf(&b, " recur=%+v", r.Recur)
	}
	fmt.Fprintf(&b, " flags=%v%v%v%v", r.Superior, r.BackRef, r.Effect, r.Condition)
	return b.String()
}

func (w want) line() string {
	r := deadline.Reading{Kind: deadline.Kind(w.Kind)}
	if r.Kind == "" {
		r.Kind = deadline.Due
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s start=%s due=%s %s rel=%v soft=%v", r.Kind, w.Start, w.Due, w.Recurrence, w.Relative, w.Soft)
	if w.Milestone != nil {
		fmt.Fprintf(&b, " milestone=%s", *w.Milestone)
	}
	for _, f := range []string{w.Rule, w.Words, w.Until, w.Other, w.Event, w.Offset} {
		if f != "" {
			fmt.Fprintf(&b, " %s", f)
		}
	}
	if w.Ask != nil {
		fmt.Fprintf(&b, " ask=%s", *w.Ask)
	}
	if w.Recur != nil {
		fmt.Fprintf(&b, " recur=%+v", *w.Recur)
	}
	fmt.Fprintf(&b, " flags=%v%v%v%v", w.Superior, w.BackRef, w.Effect, w.Condition)
	return b.String()
}

func corpus(t testing.TB, file string) []row {
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var rows []row
	dec := yaml.NewDecoder(strings.NewReader(string(raw)))
	dec.KnownFields(true)
	require.NoError(t, dec.Decode(&rows))
	require.NotEmpty(t, rows)
	return rows
}

// readAs compares a row's readings with what it wants; Targets are compared only
// where the row wants one.
func readAs(t testing.TB, r row) (want, got []string) {
	wantTarget := false
	for _, w := range r.Want {
		want = append(want, w.line())
		wantTarget = wantTarget || w.Kind == "target"
	}
	k := 0
	for _, reading := range deadline.Read(r.Text, r.context(t)) {
		require.Equal(t, r.Text[reading.Begin:reading.End], reading.Words)
		if reading.Kind == deadline.Target && !wantTarget {
			continue
		}
		w := wanted(r.Want, k)
		k++
		got = append(got, line(reading, w))
	}
	return want, got
}

func wanted(ws []want, k int) want {
	if k < len(ws) {
		return ws[k]
	}
	return want{Words: " ", Rule: " "}
}

// files hold the corpus: the rules' own examples, more by family, and the sets that
// were held out until they had been read once.
var files = []string{"testdata/phrases.yaml", "testdata/more.yaml", "testdata/heldout1.yaml", "testdata/heldout2.yaml", "testdata/heldout3.yaml", "testdata/heldout4.yaml", "testdata/heldout5.yaml"}

func TestPhrasesAreReadAsTheCorpusSays(t *testing.T) {
	t.Parallel()
	for _, file := range files {
		for i, r := range corpus(t, file) {
			t.Run(fmt.Sprintf("%03d_%s", i, r.Text), func(t *testing.T) {
				t.Parallel()
				want, got := readAs(t, r)
				require.Equal(t, want, got, r.Text)
			})
		}
	}
}
