package rehearse_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/rehearse"
	"duban/internal/script"
	"duban/internal/strictyaml"
)

var randomScripts = flag.Int("rehearse.random", 1, "how many random scripts are rehearsed")

// small is a plan of four tasks and a duty.
const small = `id: small
title: 小计划
number: 试〔2021〕1号
issuer: 市政府办
issued: 2021-04-08
year: 2021
zone: Asia/Shanghai
policy: standard
office: shuizhiban
leadership: lingdao
units: units.yaml
policies: policies.yaml
clauses:
  - id: "1"
    chapter: 一
    heading: 一
    title: 一
    place: 一
    text: 建成污水处理厂。
    tasks:
      - {id: a, title: 建成污水处理厂, source: 建成污水处理厂, lead: shuiwu, assist: [nongye], kind: dated, due: 2021-04-30}
      - {id: b, title: 建成管网, source: 建成污水处理厂, lead: zhujian, assist: [nongye], kind: dated, due: 2021-05-20}
      - {id: c, title: 关闭水井, source: 建成污水处理厂, lead: shuiwu, kind: dated, due: 2021-06-10, policy: "13710"}
      - {id: d, title: 清理河道, source: 建成污水处理厂, lead: gongxin, kind: dated, due: 2021-06-30, begin: 2021-05-06}
      - {id: e, title: 公开水质, source: 建成污水处理厂, lead: shengtai, kind: duty, recur: {every: month}}
`

// TestRandomScriptsHappenAsForetold: while people act by a random script, the engine
// does what the preview foretells for that script.
func TestRandomScriptsHappenAsForetold(t *testing.T) {
	t.Parallel()
	cal := options(t).Calendar
	for seed := uint64(1); seed <= uint64(*randomScripts); seed++ {
		o := options(t)
		dir := t.TempDir()
		for _, f := range []string{"jincheng-2021-water/units.yaml", "jincheng-2021-water/accounts.yaml", "policies.yaml"} {
			raw, err := os.ReadFile(filepath.Join("..", "..", "seeds", f))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(f)), raw, 0o600))
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "plan.yaml"), []byte(small), 0o600))
		p, problems := planfile.Load(filepath.Join(dir, "plan.yaml"), cal)
		require.False(t, strictyaml.Failed(problems), "%v", problems)
		w := scriptWriter{t: t, Rand: rand.New(rand.NewPCG(seed, 23)), plan: p, cal: cal, file: filepath.Join(dir, "script.yaml")}
		o.Plan, o.Script, o.To = p, w.write(20), calendar.NewDay(2021, 6, 8)
		r, err := rehearse.Run(t.Context(), o)
		t.Logf("seed %d: %d acts, %d foretold, %d messages, %s\n%s", seed, r.Acts, r.Foretold, r.Messages, r.Took, strings.Join(w.lines, "\n"))
		for _, d := range r.Differences {
			t.Logf("%+v", d)
		}
		require.NoError(t, err, "seed %d", seed)
		require.Len(t, o.Script.Entries, r.Acts)
	}
}

// scriptWriter writes a script line by line: an act that would be refused is left out,
// also when all of them are done three days later, as on a slow machine.
type scriptWriter struct {
	*rand.Rand
	t     *testing.T
	plan  *plan.Plan
	cal   *calendar.Calendar
	file  string
	lines []string
}

func (w *scriptWriter) write(acts int) (s *script.Script) {
	from := calendar.NewDay(2021, 4, 10).At(10, 0, calendar.Beijing)
	last := map[string]time.Time{}
	for try := 0; len(w.lines) < acts && try < 12*acts; try++ {
		thing := []string{"a", "b", "c", "d", "e.2021-05"}[w.IntN(5)]
		at := from
		if before, ok := last[thing]; ok {
			at = before
		}
		at = at.Add(time.Duration(4*24*60+w.IntN(9*24*60)) * time.Minute)
		if thing == "e.2021-05" && at.Before(from.AddDate(0, 0, 26)) {
			at = from.AddDate(0, 0, 26)
		}
		if at.After(from.AddDate(0, 0, 50)) {
			continue
		}
		kept := w.lines
		w.lines = append(kept[:len(kept):len(kept)], w.line(thing, at))
		next := w.load()
		if next == nil || w.refuses(next, 0) || w.refuses(next, 3*24*time.Hour) {
			w.lines = kept
			continue
		}
		s, last[thing] = next, at
	}
	require.Greater(w.t, len(w.lines), acts/4, "hardly any act is possible")
	return s
}

// load is the script of the lines written so far; nil when script.Load refuses it.
func (w *scriptWriter) load() *script.Script {
	text := "plan: small\nacts:\n" + strings.Join(w.lines, "\n") + "\n"
	require.NoError(w.t, os.WriteFile(w.file, []byte(text), 0o600))
	s, problems := script.Load(w.file, w.plan, w.cal)
	if strictyaml.Failed(problems) {
		return nil
	}
	return s
}

func (w *scriptWriter) refuses(s *script.Script, later time.Duration) bool {
	when := script.When{}
	for _, e := range s.Entries {
		when[e.Key()] = e.At.Add(later)
	}
	launched := w.plan.Issued.At(0, 0, calendar.Beijing)
	return len(script.Foretell(w.plan, w.cal, launched, calendar.Day{}, s, when).Refused) > 0
}

// line is one random act on the thing at an instant. Whether it is accepted is found
// out by foretelling.
func (w *scriptWriter) line(thing string, at time.Time) string {
	on := calendar.DayOf(at)
	units := []string{"shuiwu", "zhujian", "gongxin", "shengtai"}
	unit := map[string]string{"a": "shuiwu", "b": "zhujian", "c": "shuiwu", "d": "gongxin", "e.2021-05": "shengtai"}[thing]
	if w.IntN(4) == 0 {
		unit = units[w.IntN(4)] // it may have been given the task meanwhile
	}
	day := func(from, within int) string { return on.AddDays(from + w.IntN(within)).String() }
	const office, leader = "shuizhiban", "fu-shizhang"
	of := [][]string{
		{unit, "acknowledge"}, {unit, "progress", "percent: 40"}, {unit, "complete"}, {unit, "complete"}, {office, "reject"}, {office, "reject"}, {office, "verify"},
		{unit, "extend", "due: " + day(20, 40)}, {office, "grant"}, {office, "refuse"}, {office, "chase"},
		{office, "suspend", "moves: true", "until: " + day(8, 15)}, {office, "suspend"}, {office, "resume"},
		{office, "reassign", "unit: " + units[w.IntN(4)]}, {office, "reassign", "unit: " + units[w.IntN(4)], "due: " + day(20, 30)},
		{office, "assist", "units: [guizi]"}, {office, "set_policy", `policy: "13710"`}, {office, "correct", "due: " + day(10, 30)}, {office, "correct", "due: " + day(-20, 15)},
		{leader, "instruct", "due: " + day(10, 10)}, {unit, "answer", `ref: "1"`}, {unit, "ask_part", "unit: nongye", "due: " + day(10, 10)}, {"nongye", "give_part", `ref: "1"`},
		{office, "cancel", "paper: 一号"}, {unit, "return"}, {office, "uphold"},
	}
	a := of[w.IntN(len(of))]
	line := fmt.Sprintf(`  - {at: "%s", as: %s, task: %s, do: %s, reason: 理由`, at.In(calendar.Beijing).Format("2006-01-02 15:04"), a[0], thing, a[1])
	for _, f := range a[2:] {
		line += ", " + f
	}
	return line + "}"
}
