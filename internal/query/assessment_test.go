package query_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/assessment"
	"duban/internal/ledger"
	"duban/internal/query"
	quality "duban/internal/water"
)

// said is a sheet in one text: each unit's rank and score, and its facts by rule.
func said(s assessment.Sheet) string {
	var lines []string
	for _, u := range s.Units {
		line := fmt.Sprint(u.Rank, " ", u.Unit, " ", u.Score)
		for _, l := range u.Lines {
			line += " " + l.Rule + " " + l.Count.String()
			for _, f := range l.Facts {
				line += fmt.Sprintf(" [%s %s %s %d %s]", f.Where, f.ID, f.On, f.Amount, f.Points)
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// A fact of a task counts for the lead, and half for a unit that assists; a missing report of
// a quarter, a talk and a section count for their own unit only.
func TestHowUnitsStand(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			_, err := w.store.PutReadings(t.Context(), ledger.ReadingsBy{Plan: "water", Office: "office", Actor: "wang"}, []quality.Reading{
				{Section: "s01", Month: quality.Month{Year: 2021, Month: 5}, Span: quality.OfYear, Class: quality.IV, Sources: map[string]string{"class": "5月.xlsx C2"}},
			}, when(at(6, 10, 9)))
			require.NoError(t, err)
			r := w.reader()
			assisting := "gaoping 93.5 late -1 [task over 2021-06-15 14 -1] warned -0.5 [task over 2021-06-22 0 -0.5] missed -5 [section s01 2021-05-31 0 -5]"
			a, err := r.Assess(t.Context(), person("zhao", "office"), "", "")
			require.NoError(t, err)
			require.Equal(t, "1 shuiwu 94 late -2 [task over 2021-06-15 14 -2] warned -1 [task over 2021-06-22 0 -1] talked -3 [talk over#1 2021-06-29 0 -3]\n2 "+assisting, said(a.Sheet))
			doc, _ := a.Sheet.Document()
			for range 3 {
				again, err := w.reader().Assess(t.Context(), query.Operator(), "water", "2021")
				require.NoError(t, err)
				same, _ := again.Sheet.Document()
				require.Equal(t, doc, same)
			}
			own, err := r.Assess(t.Context(), person("li", "gaoping"), "", "")
			require.NoError(t, err)
			require.True(t, own.Own)
			require.Equal(t, "0 "+assisting, said(own.Sheet), "of others it sees nothing, and not its rank")
			_, err = r.Assess(t.Context(), query.Operator(), "air", "")
			require.ErrorIs(t, err, query.ErrNoRules)
			may, err := r.Assess(t.Context(), query.Operator(), "", "2021-05")
			require.NoError(t, err)
			require.Equal(t, "1 shuiwu 100\n2 gaoping 95 missed -5 [section s01 2021-05-31 0 -5]", said(may.Sheet))
		})
	}
}
