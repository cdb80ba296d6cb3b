package script_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/script"
	"duban/seeds"
)

// ids are the names of what is foretold of a task, in order.
func ids(f script.Foresight, task string) string {
	var out []string
	for _, s := range f.Stages {
		if s.Task == task {
			out = append(out, s.Stage.ID)
		}
	}
	return strings.Join(out, " ")
}

func TestADutyThatIsActedOn(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	s := read(t, p, cal, `
  - {at: 2021-05-04, as: shuizhiban, duty: 4.2-monitor, do: reassign, unit: shuiwu, reason: 划转}
  - {at: 2021-07-08, as: shuizhiban, duty: 4.2-monitor, do: end, reason: 省里统一监测}
  - {at: 2021-05-25, as: shuizhiban, duty: 2.4-monitor, do: suspend, reason: 汛期, until: 2021-11-10}
  - {at: 2021-06-15, as: zhujian, task: 2.4-monitor.2021Q2, do: acknowledge, expect: refused}
  - {at: 2021-07-10, as: shuizhiban, duty: 5.1-publish, do: rule, rule: quarter, reason: 按季公开}
`)
	f := script.Foretell(p, cal, launched(p), cal0, s, nil)
	require.Equal(t, map[string]string{"2.4-monitor.2021Q2/script-4": script.NoThing}, f.Refused)
	require.Empty(t, f.Astray(s))
	opened := map[string][]string{}
	for task := range f.Opened {
		duty := task[:strings.LastIndex(task, ".")]
		opened[duty] = append(opened[duty], strings.TrimPrefix(task, duty+"."))
	}
	require.ElementsMatch(t, []string{"2021Q2"}, opened["4.2-monitor"], "ended before the third quarter's opens")
	require.ElementsMatch(t, []string{"2021Q4"}, opened["2.4-monitor"], "what fell due in the pause is left out")
	require.Equal(t, time.Date(2021, 11, 27, 16, 0, 0, 0, time.UTC), f.Opened["2.4-monitor.2021Q4"])
	require.ElementsMatch(t, []string{"2021-04", "2021-05", "2021-06", "2021-07", "2021Q3", "2021Q4"}, opened["5.1-publish"])
	for _, st := range f.Stages {
		if st.Task == "4.2-monitor.2021Q2" {
			require.Equal(t, "shuiwu", st.Unit)
		}
	}
}

func TestTalksThatAreActedOn(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	nobody := ids(script.Foretell(p, cal, launched(p), cal0, nil, nil), "p12")
	require.Contains(t, nobody, " talk talk-served-remind talk-served-missed")
	s := read(t, p, cal, `
  - {at: 2021-04-20, as: shuizhiban, propose: p12, reason: 久拖不决, facts: {what: circular}}
  - {at: 2021-04-21, as: shizhang, talk: "p12#1", do: approve}
  - {at: 2021-05-06, as: shuizhiban, talk: "p12#2", do: serve, facts: {number: 约1号, time: "2021-05-10 15:00", place: 301, called: [主任]}}
  - {at: 2021-05-07, as: shizhang, talk: "p12#2", do: close_talk, reason: 已整改}
  - {at: 2021-05-08, as: shizhang, talk: "p12#3", do: approve, expect: refused}
`)
	f := script.Foretell(p, cal, launched(p), cal0, s, nil)
	require.Equal(t, map[string]string{"p12#3/script-5": script.NoThing}, f.Refused)
	require.Equal(t, "act-0-order catch-up due study-1 unacknowledged-3 urge warn act-1-propose act-2-approve "+
		"talk talk-served-remind talk-served-missed talk-answer-remind act-1-serve act-2-close_talk talk-answer-missed", ids(f, "p12"))
}

func TestAnAmendmentAndANotice(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	dir, err := filepath.Abs(folder)
	require.NoError(t, err)
	s := read(t, p, cal, `
  - {at: 2021-08-05, as: shuizhiban, amend: `+rel(t, dir, "amended-2021-08.yaml")+`, paper: 31号, reason: 中期调整}
  - {at: 2021-09-06, as: shuizhiban, calendar: `+rel(t, dir, "notice-2021-09.json")+`, reason: 防汛}
  - {at: 2021-08-06, as: qinshui, task: p33, do: acknowledge}
`)
	f := script.Foretell(p, cal, launched(p), cal0, s, nil)
	require.Empty(t, f.Refused)
	require.Equal(t, "act-0-order study-1 unacknowledged-3 act-1-cancel", ids(f, "p29"), "it is removed")
	require.True(t, strings.HasPrefix(ids(f, "p33"), "act-0-order study-1 silent-2021-08-06 remind-30 "), "it is new, and acknowledged a day later")
	require.Equal(t, []string{
		"04-08 00:00 act-0-order → gaoping/liaison gaoping/deputy",
		"04-09 09:00 study-1 → gaoping/liaison",
		"04-12 09:00 unacknowledged-3 → gaoping/liaison gaoping/deputy",
		"08-05 10:30 act-1-correct → gaoping/liaison gaoping/deputy",
		"10-29 09:00 remind-30 → gaoping/liaison",
		"11-15 09:00 remind-15 → gaoping/liaison",
	}, lines(f, "p17")[:6], "it is due a month later")
	before, after := lines(script.Foretell(p, cal, launched(p), cal0, nil, nil), "p18"), lines(f, "p18")
	require.Contains(t, before, "10-15 09:00 remind-15 → zezhou/liaison")
	require.Contains(t, after, "10-14 09:00 remind-15 → zezhou/liaison", "the fifteenth has become a day of rest")
	require.Contains(t, ids(f, "p16"), "urge", "its urging moves to the sixth, which has become a working day")
	require.Contains(t, lines(f, "p16"), "10-06 09:00 urge → zezhou/liaison zezhou/deputy")
}

// rel is a seed's file as a script in a test's folder names it.
func rel(t *testing.T, dir, file string) string {
	t.Helper()
	here, err := filepath.Rel(t.TempDir(), filepath.Join(dir, file))
	require.NoError(t, err)
	return here
}

// TestActsThatCameLate: what is foretold rests on when acts were done, and what
// was never done changes nothing.
func TestActsThatCameLate(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	s := read(t, p, cal, `
  - {at: 2021-04-09, as: zezhou, task: p14, do: acknowledge}
  - {at: 2021-04-12, as: zezhou, task: p14, do: complete, reason: 完成}
`)
	late := time.Date(2021, 4, 30, 3, 0, 0, 0, time.UTC)
	got := script.Foretell(p, cal, launched(p), cal0, s, script.When{"p14/script-1": late})
	require.Equal(t, map[string]string{"p14/script-2": script.NoThing}, got.Refused)
	require.Contains(t, ids(got, "p14"), "study-1 unacknowledged-3", "it was not acknowledged yet")
	nobody := script.Foretell(p, cal, launched(p), cal0, s, script.When{})
	require.Equal(t, ids(script.Foresight{Stages: act.Preview(p, cal, launched(p), calendar.Day{})}, "p14"), ids(nobody, "p14"))
}

// The due column is the date that counts when a line is said, also of a talk's
// lines, and after a pause that ends by itself.
func TestTheDueColumnIsTheDateThatCounts(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	for name, c := range map[string]struct{ act, from, due string }{
		"corrected":                    {"{at: 2021-05-20, as: shuizhiban, task: p12, do: correct, due: 2021-09-30, reason: 误录}", "2021-05-20", "2021-09-30"},
		"moved by a pause that ended":  {"{at: 2021-05-19, as: shuizhiban, task: p12, do: suspend, until: 2021-08-19, moves: true, reason: 顺延}", "2021-08-19", "2021-07-11"},
		"before the pause's end comes": {"{at: 2021-04-19, as: shuizhiban, task: p12, do: suspend, until: 2021-08-19, moves: true, reason: 顺延}", "2021-08-19", "2021-08-10"},
	} {
		f := script.Foretell(p, cal, launched(p), cal0, read(t, p, cal, "  - "+c.act+"\n"), nil)
		n := 0
		for _, s := range f.Stages {
			if s.Task == "p12" && calendar.DayOf(s.At.In(calendar.Beijing)).String() >= c.from {
				n++
				require.Equal(t, c.due, s.Due.String(), "%s: %s", name, s.Stage.ID)
			}
		}
		require.Positive(t, n, name)
	}
}

// TestWhatAnAmendmentOwesIsAskedAgain: the unit of a reported task is another by an
// amendment. It is refused while the report waits; the office returns the report, and the
// audit of the next morning gives the task to the new unit, as the engine does.
func TestWhatAnAmendmentOwesIsAskedAgain(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	dir := filepath.Join(t.TempDir(), "plan")
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "..", "policies.yaml"), seeds.Policies, 0o600))
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	require.NoError(t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		text := string(raw)
		if filepath.Base(file) == "plan.yaml" {
			_, row, ok := strings.Cut(text, "  - id: p18\n")
			require.True(t, ok)
			row, _, _ = strings.Cut(row, "  - id: p19\n")
			require.Contains(t, row, "units: [泽州县政府]")
			text = strings.Replace(text, row, strings.Replace(row, "[泽州县政府]", "[高平市政府]", 1), 1)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(file)), []byte(text), 0o600))
	}
	s := read(t, p, cal, `
  - {at: 2021-07-05, as: zezhou, task: p18, do: acknowledge}
  - {at: 2021-07-06, as: zezhou, task: p18, do: complete, reason: 已建成}
  - {at: 2021-07-08, as: shuizhiban, amend: `+rel(t, dir, "plan.yaml")+`, paper: 31号, reason: 中期调整}
  - {at: 2021-07-09 15:00, as: shuizhiban, task: p18, do: reject, reason: 管网未接通}
  - {at: 2021-07-20, as: gaoping, task: p18, do: acknowledge}
`)
	f := script.Foretell(p, cal, launched(p), cal0, s, nil)
	require.Empty(t, f.Refused, "the new unit has it and receives it")
	given := slices.DeleteFunc(lines(f, "p18"), func(line string) bool { return !strings.Contains(line, "reassign") })
	require.Len(t, given, 1)
	require.True(t, strings.HasPrefix(given[0], "07-10 09:30 "), given[0])
}
