package activities_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/script"
	"duban/internal/strictyaml"
)

var update = flag.Bool("update", false, "write the mails anew")

// The week from weekFrom on is one of the scripted year in which the leadership, the office,
// a unit's head and a liaison all get mail. It is before the script's amendment, which needs
// an engine.
var (
	weekFrom = calendar.NewDay(2021, 7, 13)
	weekTo   = calendar.NewDay(2021, 7, 20) // exclusive
	readers  = map[string]people.Recipient{
		"leader":  {Unit: "lingdao", Role: people.Leader},
		"office":  {Unit: "shuizhiban", Role: people.Office},
		"head":    {Unit: "yangcheng", Role: people.Head},
		"liaison": {Unit: "yangcheng", Role: people.Liaison},
	}
)

// The mails that four readers get in one week are kept in testdata as plain text, in both
// languages, so that a change of wording, rhythm or recipients shows in the repository.
// `make mails` writes them anew.
func TestTheMailsOfAWeekAreThoseInTheRepository(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			y := newYear(t, lang)
			s, problems := script.Load("../seeds/jincheng-2021-water/script-2021.yaml", y.plan, y.cal)
			require.False(t, strictyaml.Failed(problems), "%v", problems)
			y.until(weekTo.At(0, 0, calendar.Beijing), s)
			notices, err := y.store.Notices(t.Context(), ledger.NoticeFilter{Plan: y.plan.ID})
			require.NoError(t, err)
			require.Empty(t, saidTwice(notices), "the same to the same seat, as grave, twice in a week")
			for _, m := range y.letters { // both proposals were decided on the holiday before: nobody is asked for what is decided
				if m.at.Equal(calendar.NewDay(2021, 5, 6).At(9, 0, calendar.Beijing)) && m.Recipient.Role == people.Leader {
					require.NotContains(t, m.Text, y.acts.Words.T("matter.name_told_propose"))
				}
			}
			gets := map[string]int{}
			for _, m := range y.letters {
				if !calendar.DayOf(m.at.In(calendar.Beijing)).Before(weekFrom) {
					gets[m.Recipient.String()]++
				}
			}
			for name, to := range readers {
				var text strings.Builder
				for _, m := range y.letters {
					if on := calendar.DayOf(m.at.In(calendar.Beijing)); m.Recipient == to && !on.Before(weekFrom) {
						fmt.Fprintf(&text, "%s\nTo: %s <%s>\nSubject: %s\n\n%s\n%s\n\n", m.at.In(calendar.Beijing).Format("2006-01-02 15:04"), m.To.Name, m.To.Email, m.Subject, m.Text, strings.Repeat("=", 78))
					}
				}
				file := filepath.Join("testdata", "mails", lang, name+".txt")
				if *update {
					require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
					require.NoError(t, os.WriteFile(file, []byte(text.String()), 0o644))
				}
				want, err := os.ReadFile(file)
				require.NoError(t, err)
				require.Equal(t, string(want), text.String(), "%s: make mails", file)
				require.NotEmpty(t, text.String(), "%s: those who get mail in that week: %v", file, gets)
			}
		})
	}
}
