package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
)

// Every kind of event that the ledger or an activity names has words in both languages. The kinds are taken from the
// sources, so that a new one without words fails here.
func TestEveryKindOfEventHasWords(t *testing.T) {
	constant := regexp.MustCompile(`(?m)^\t?(?:const )?\w+ += "((?:plan|calendar|task|occurrence|duty|stage|notice|message|digest|talk|office|course|workflow|audit|water)\.[a-z]+)"`)
	var kinds []string
	for _, pattern := range []string{"../ledger/*.go", "../../activities/*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, m := range constant.FindAllSubmatch(raw, -1) {
				kinds = append(kinds, string(m[1]))
			}
		}
	}
	require.Greater(t, len(kinds), 25, kinds)
	from := act.Elsewhere{Plan: "water-2021", Task: "p14"}
	for _, lang := range []string{"zh", "en"} {
		s := Speak(words.New(lang))
		for _, kind := range kinds {
			for _, data := range []string{`{}`, `{"from": {"plan": "water-2021", "task": "p14"}, "act": "carry-water-2022"}`} {
				c := Case{Task: Row{ID: "p14", Kind: plan.Dated}}
				b := newBinder(ledger.Launched{Plan: plan.Plan{Zone: "Asia/Shanghai"}}, calendar.Day{}, nil)
				c.History = b.history(Records{Task: ledger.Task{ID: "p14"}, Events: []ledger.Event{{Kind: kind, Task: "p14", Data: json.RawMessage(data)}}})
				said := caseWords{s, c}.event(c.History[0])
				require.NotContains(t, said, "act.kind_", kind)
				require.NotEqual(t, kind, said, "a case file names no event by what programs call it")
				if c.History[0].From != nil && (kind == ledger.TaskTaken || kind == ledger.OccurrenceCarried) {
					require.Contains(t, said, from.Plan)
					require.Contains(t, said, from.Task)
				}
			}
			require.NotEqual(t, kind, s.EventName(kind), "%s: event.%s has no words", lang, strings.ReplaceAll(kind, ".", "_"))
		}
	}
}
