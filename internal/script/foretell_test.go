package script_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/script"
	"duban/internal/strictyaml"
	"duban/internal/words"
	"duban/seeds"
)

const folder = "../../seeds/jincheng-2021-water"

func seed(t *testing.T) (*plan.Plan, *calendar.Calendar) {
	t.Helper()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load(filepath.Join(folder, "plan.yaml"), cal)
	require.False(t, strictyaml.Failed(problems))
	return p, cal
}

// read is a script for the seed's plan, from its text.
func read(t *testing.T, p *plan.Plan, cal *calendar.Calendar, text string) *script.Script {
	t.Helper()
	s, problems := load(t, p, cal, text)
	for _, p := range problems {
		t.Error(p.Text(words.New("en")))
	}
	require.NotNil(t, s)
	return s
}

func load(t *testing.T, p *plan.Plan, cal *calendar.Calendar, text string) (*script.Script, []strictyaml.Problem) {
	t.Helper()
	dir := t.TempDir()
	raw, err := os.ReadFile(filepath.Join(folder, "accounts.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "accounts.yaml"), raw, 0o600))
	file := filepath.Join(dir, "script.yaml")
	require.NoError(t, os.WriteFile(file, []byte("plan: jincheng-2021-water\nacts:\n"+text), 0o600))
	return script.Load(file, p, cal)
}

// cal0 is no day: the whole year.
var cal0 calendar.Day

func launched(p *plan.Plan) time.Time { return p.Issued.At(0, 0, calendar.Beijing) }

func TestWithoutActsTheForesightIsThePreview(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	want := act.Preview(p, cal, launched(p), calendar.Day{})
	require.True(t, reflect.DeepEqual(script.Foresight{Stages: want}, script.Foretell(p, cal, launched(p), calendar.Day{}, nil, nil)))
	require.Equal(t, want, script.Foretell(p, cal, launched(p), calendar.Day{}, &script.Script{}, nil).Stages)

	// what lives all the lives gives the same when no act changes anything
	s := read(t, p, cal, `
  - {at: 2021-04-12, as: zezhou, task: p14, do: grant, reason: 不该由责任单位批, expect: refused, why: seat}
`)
	for _, until := range []calendar.Day{{}, calendar.NewDay(2021, 9, 30), calendar.NewDay(2022, 9, 30)} {
		got := script.Foretell(p, cal, launched(p), until, s, nil)
		want := act.Preview(p, cal, launched(p), until)
		require.Len(t, got.Stages, len(want))
		for i := range want {
			require.Equal(t, want[i], got.Stages[i])
		}
		require.Equal(t, map[string]string{"p14/script-1": "act.refused_seat"}, got.Refused)
		require.Empty(t, got.Astray(s))
	}
}

// lines are what is foretold of one task: day, time, stage, number of readers.
func lines(f script.Foresight, task string) (out []string) {
	for _, s := range f.Stages {
		if s.Task == task {
			var to []string
			for _, r := range s.To {
				to = append(to, r.String())
			}
			out = append(out, s.At.In(calendar.Beijing).Format("01-02 15:04")+" "+s.Stage.ID+" → "+strings.Join(to, " "))
		}
	}
	return out
}

func TestATaskThatIsActedOn(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	s := read(t, p, cal, `
  - {at: 2021-04-09, as: gaoping, task: 2.4-survey.gaoping, do: acknowledge}
  - {at: "2021-04-14 14:30", as: gaoping, task: 2.4-survey.gaoping, do: complete, reason: 排查完成}
  - {at: 2021-04-16, as: shuizhiban, task: 2.4-survey.gaoping, do: verify, reason: 现场核查属实}
`)
	got := script.Foretell(p, cal, launched(p), calendar.Day{}, s, nil)
	require.Empty(t, got.Refused)
	require.Equal(t, []string{
		"04-08 00:00 act-0-order → gaoping/liaison gaoping/deputy zhujian/liaison jiance/liaison",
		"04-08 09:00 catch-up → gaoping/liaison",
		"04-09 09:00 study-1 → gaoping/liaison",
		"04-14 14:30 act-2-complete → shuizhiban/office",
		"04-16 10:30 act-3-verify → gaoping/liaison",
	}, lines(got, "2.4-survey.gaoping"))
}

// TestWhatFollowsInTheWatersYear: tables of sections open what the rules call for and close the
// month's duty to hand in data; a complaint and an incident open their tasks, once, and end them.
func TestWhatFollowsInTheWatersYear(t *testing.T) {
	t.Parallel()
	_, cal := seed(t)
	dir := t.TempDir()
	out, err := exec.Command("sh", filepath.Join(folder, "made", "switch.sh"), dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
	p, problems := planfile.Load(filepath.Join(dir, "jincheng-2021-water", "plan.yaml"), cal)
	require.False(t, strictyaml.Failed(problems), "%+v", problems)
	for _, name := range []string{"script-water.yaml", "script-all.yaml"} {
		s, problems := script.Load(filepath.Join(dir, "jincheng-2021-water", name), p, cal)
		require.Empty(t, problems)
		f := script.Foretell(p, cal, launched(p), calendar.NewDay(2021, 8, 31), s, nil)
		require.Empty(t, f.Astray(s), name)
		said := map[string][]string{}
		for _, st := range f.Stages {
			said[st.Task] = append(said[st.Task], st.Stage.At.In(calendar.Beijing).Format("01-02 ")+st.Stage.ID)
		}
		require.Equal(t, "06-15 "+act.OrderID, said["section-s09.2021-05.over"][0])
		i := slices.IndexFunc(f.Stages, func(st plan.Foretold) bool { return st.Task == "section-s09.2021-05.over" })
		require.Equal(t, "2021-07-15", f.Stages[i].Due.String(), "thirty days after the table came in")
		require.Contains(t, said, "section-s02.2021-07.over")
		require.Contains(t, said, "section-s02.2021-07.worsened-1")
		require.Contains(t, said, "complaint-3")
		require.NotContains(t, said, "complaint-2", "it joined another one before it was sorted")
		for task, ends := range map[string]string{"readings.jiance.2021-05": "06-15 ", "complaint-1": "06-08 ", "incident-1.2": "06-22 ", "incident-1.3.eg-02": "07-10 "} {
			require.NotEmpty(t, said[task], task)
			require.Equal(t, ends, said[task][len(said[task])-1][:6], "%s: %s", task, said[task])
		}
	}
}
