package script_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"duban/internal/act"
	"duban/internal/script"
	"duban/internal/words"
)

var faults = map[string]struct{ text, want string }{
	"everything at once": {`
  - {at: 2021-13-01, as: nobody, task: p14, do: acknowlege, due: soon, percent: -1, moves: maybe, units: {a: b}, evidence: [x]}
  - {as: zezhou, task: nothing, duty: p14, do: verify, why: seat}
  - {at: 2021-05-01, as: zezhou, task: nothing, do: verify, id: a b, expect: yes, why: seat}
  - {at: 2021-05-01, as: zezhou, duty: p14, do: end, id: x, unit: nobody, policy: hard, facts: 1}
  - {at: 2021-05-01, as: zezhou, talk: "p14#1", do: propose, id: x, expect: refused, why: nonsense}
  - {at: 2021-05-01, as: zezhou, amend: none.yaml, do: verify}
  - {at: 2021-05-01, as: zezhou, calendar: none.json, reason: [a], reasn: b}
  - {at: 2021-05-01, as: zezhou, calendar: script.yaml}
  - 5
`, `
4:10 acts[0].at instant
4:26 acts[0].as unknown_account
4:49 acts[0].do unknown_kind
4:66 acts[0].due bad_date
4:81 acts[0].percent number_range
4:92 acts[0].moves not_flag
4:106 acts[0].units not_list
4:125 acts[0].evidence[0] not_mapping
5:5 acts[1].at missing
5:48 acts[1].do one_thing
5:61 acts[1].why why_alone
6:40 acts[2].task unknown_thing
6:65 acts[2].id bad_id
6:78 acts[2].expect not_one_of
6:88 acts[2].why why_alone
7:40 acts[3].duty unknown_thing
7:67 acts[3].unit not_taken
7:67 acts[3].unit unknown_unit
7:83 acts[3].policy not_taken
7:83 acts[3].policy unknown_policy
7:96 acts[3].facts not_mapping
7:96 acts[3].facts not_taken
8:53 acts[4].do unknown_kind
8:66 acts[4].id id_twice
8:91 acts[4].why bad_why
9:56 acts[5].do no_do
0:0  no_file
10:44 acts[6].calendar no_file
10:63 acts[6].reason not_text
10:68 acts[6].reasn unknown_field
11:44 acts[7].calendar bad_notice
12:5 acts[8] not_mapping
`},
	"what comes in": {`
  - {at: 2021-05-01, as: jiance, readings: none.csv, do: verify}
  - {at: 2021-05-01, as: jiance, readings: script.yaml}
  - {at: 2021-05-01, as: shuizhiban, complaint: one, do: acknowledge}
  - {at: 2021-05-01, as: shuizhiban, incident: "1", do: sample, facts: {item: 油墨, limit: hard}}
  - {at: 2021-05-01, as: shuizhiban, assess: nobody, do: send_sheet}
`, `
4:44 acts[0].readings no_file
4:58 acts[0].do no_do
5:44 acts[1].readings bad_readings
6:49 acts[2].complaint bad_number
6:58 acts[2].do unknown_kind
7:79 acts[3].facts.item bad_item
7:90 acts[3].facts.limit not_taken
8:46 acts[4].assess unknown_unit
8:58 acts[4].do unknown_kind
`},
	"no acts":                {"  []\n", "\n3:3 acts empty\n"},
	"a field twice, no YAML": {"  - {at: 2021-05-01, as: zezhou, task: p14, do: acknowledge, as: gaoping}\n", "\n3:62 acts[0].as field_twice\n"},
	"syntax":                 {"  - {at: 2021\nb: c\n", "\n3:1  syntax\n"},
	"documents":              {"  - {at: 2021-05-01, as: zezhou, task: p14, do: acknowledge}\n---\nx\n", "\n4:1  documents\n"},
}

func TestEveryFault(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	for name, c := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, problems := load(t, p, cal, c.text)
			require.Nil(t, s)
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%d:%d %s %s", p.Line, p.Column, p.Field, p.Key[strings.Index(p.Key, ".")+1:]))
				for _, lang := range []string{"zh", "en"} {
					text := p.Text(words.New(lang))
					require.NotContains(t, text, "<no value>")
					require.NotContains(t, text, p.Key, "the key has words")
				}
			}
			require.ElementsMatch(t, strings.Split(strings.Trim(c.want, "\n"), "\n"), got)
		})
	}
}

// A clerk's own form of a day, an hour and a share is read like the standard one.
func TestDaysAndSharesAreTakenAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	want := time.Date(2021, 5, 1, 6, 30, 0, 0, time.UTC)
	for _, c := range [][2]string{{`"2021-05-01 14:30"`, "60"}, {"2021年5月1日14时30分", "60%"}, {"2021/5/1 14:30", "６０％"}} {
		s, problems := load(t, p, cal, fmt.Sprintf("\n  - {at: %s, as: zezhou, task: p14, do: progress, percent: %s}\n", c[0], c[1]))
		require.Empty(t, problems, c)
		require.Equal(t, want, s.Entries[0].At, c)
		require.Equal(t, 60, s.Entries[0].Act.Percent, c)
	}
	s, problems := load(t, p, cal, "\n  - {at: 2021年5月1日, as: zezhou, task: p14, do: progress, percent: 6O%}\n")
	require.Nil(t, s)
	require.Equal(t, "file.number_range", problems[0].Key, "a letter is no digit")
}

func TestFilesThatAreNoScripts(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, want string }{
		"other.yaml": {"plan: other\nacts: [{at: 2021-05-01, as: a, task: p14, do: verify}]\naccounts: none.yaml\nproposals: {as: a, talk: maybe}\n", "file.no_file script.other_plan file.missing file.missing file.not_one_of"},
		"empty.yaml": {"# nothing\n", "file.empty_file"},
	} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(c.text), 0o600))
		s, problems := script.Load(file, p, cal)
		require.Nil(t, s)
		var keys []string
		for _, p := range problems {
			keys = append(keys, p.Key)
		}
		require.ElementsMatch(t, strings.Fields(c.want), keys, name)
	}
	_, problems := script.Load(filepath.Join(dir, "none.yaml"), p, cal)
	require.Equal(t, "file.no_file", problems[0].Key)
}

// TestTheShippedScriptUsesEveryAct: every act of every table, by each sort of thing.
func TestTheShippedScriptUsesEveryAct(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	s, problems := script.Load(filepath.Join(folder, "script-2021.yaml"), p, cal)
	require.Empty(t, problems)
	used := map[script.Sort]map[act.Kind]bool{}
	for _, e := range s.Entries {
		if used[e.Sort] == nil {
			used[e.Sort] = map[act.Kind]bool{}
		}
		if !e.Refused {
			used[e.Sort][e.Act.Kind] = true
		}
	}
	apart := map[act.Kind]bool{act.Reinstate: true, act.TakeOver: true} // amendments of their own are tested with them
	for _, row := range act.On(act.OnTask) {
		require.True(t, apart[row.Kind] || used[script.OnTask][row.Kind], "task %s", row.Kind)
	}
	for _, row := range act.On(act.OnDuty) {
		require.True(t, apart[row.Kind] || used[script.OnDuty][row.Kind], "duty %s", row.Kind)
	}
	for _, row := range act.On(act.OnTalk) {
		require.True(t, apart[row.Kind] || used[script.OnTalk][row.Kind] || used[script.Propose][row.Kind], "talk %s", row.Kind)
	}
	require.Len(t, used[script.Notice], 1, "a notice moves what runs")
	require.Len(t, used[script.Amends], 1)
}

// TestTheShippedScriptIsAnsweredAsItExpects: by its own instants every act that
// is to succeed does, and every other is refused for the reason named.
func TestTheShippedScriptIsAnsweredAsItExpects(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	s, problems := script.Load(filepath.Join(folder, "script-2021.yaml"), p, cal)
	require.Empty(t, problems)
	f := script.Foretell(p, cal, launched(p), cal0, s, nil)
	require.Empty(t, f.Astray(s))
	refused := 0
	for _, e := range s.Entries {
		if e.Refused {
			refused++
			require.NotEmpty(t, e.Why, "line %d", e.Line)
		}
	}
	require.Len(t, f.Refused, refused)
	require.Greater(t, refused, 6)
}

// TestTheShippedScriptIsAnsweredThoughEveryActIsLate: for half a month the script's limits
// leave time, but that of a return, which is seven days; within a month no act is on what
// does not exist yet, for which a rehearsal would wait for ever.
func TestTheShippedScriptIsAnsweredThoughEveryActIsLate(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	s, problems := script.Load(filepath.Join(folder, "script-2021.yaml"), p, cal)
	require.Empty(t, problems)
	for days, want := range map[int][]act.Kind{7: nil, 15: {act.Return, act.Return, act.Uphold, act.Return}, 30: nil} {
		when := script.When{}
		for _, e := range s.Entries {
			when[e.Key()] = e.At.AddDate(0, 0, days)
		}
		f := script.Foretell(p, cal, launched(p), cal0, s, when)
		var astray []act.Kind
		for _, e := range f.Astray(s) {
			require.NotEqual(t, script.NoThing, f.Refused[e.Key()], "%d days: %s", days, e.Key())
			astray = append(astray, e.Act.Kind)
		}
		if days < 30 {
			require.Equal(t, want, astray, "%d days", days)
		}
	}
}

var update = flag.Bool("update", false, "write the acts into seeds/schema/script.schema.json")

// actsIn are the parts of the schema that the table of acts says: which acts there are on
// each thing, and what an entry cannot say of each.
func actsIn() (kinds, takes string) {
	var names, rules []string
	for _, on := range []script.Sort{script.OnTask, script.OnDuty, script.OnTalk, script.OnComplaint, script.OnIncident, script.Assesses} {
		for _, row := range script.Acts(on) {
			if name := strconv.Quote(string(row.Kind)); !row.Opens() && !slices.Contains(names, name) {
				names = append(names, name)
			}
			var no []string
			for _, f := range act.Fields {
				name := fmt.Sprintf("%q: false", script.Written(f.Field))
				if !slices.Contains(script.Takes(row), script.Written(f.Field)) && !slices.Contains(no, name) {
					no = append(no, name)
				}
			}
			is := fmt.Sprintf(`"properties": {"do": {"const": %q}}, "required": [%q, "do"]`, row.Kind, on)
			if row.Opens() {
				is = `"required": ["propose"]`
			}
			rules = append(rules, fmt.Sprintf(`{"if": {%s}, "then": {"properties": {%s}}}`, is, strings.Join(no, ", ")))
		}
	}
	return strings.Join(names, ", "), "\n        " + strings.Join(rules, ",\n        ") + "\n      "
}

// TestTheSchemaKnowsTheActs: the schema has the acts of the table, and of each what an
// entry may say; -update writes them.
func TestTheSchemaKnowsTheActs(t *testing.T) {
	t.Parallel()
	const file = "../../seeds/schema/script.schema.json"
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	kinds, takes := actsIn()
	want := regexp.MustCompile(`(?s)("do": \{[^}]*"enum": \[)[^\]]*\]`).ReplaceAllString(string(raw), "${1}"+kinds+"]")
	want = regexp.MustCompile(`(?s)("allOf": \[).*?\n      \]`).ReplaceAllString(want, "${1}"+strings.TrimSuffix(takes, "\n      ")+"\n      ]")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
	}
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, want, string(written), "go test ./internal/script -run SchemaKnowsTheActs -update")
	require.Contains(t, want, `"const": "progress"`)
}

func TestSchemaAndLoaderKnowTheSameFields(t *testing.T) {
	t.Parallel()
	const file = "../../seeds/schema/script.schema.json"
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	type schema struct {
		Properties map[string]struct {
			Description string `json:"description"`
		} `json:"properties"`
		Additional *bool             `json:"additionalProperties"`
		Defs       map[string]schema `json:"$defs"`
	}
	var s schema
	require.NoError(t, json.Unmarshal(raw, &s))
	for name, fields := range script.Known {
		of := s
		if name != "script" {
			of = s.Defs[name]
		}
		require.Equal(t, slices.Sorted(slices.Values(fields)), slices.Sorted(maps.Keys(of.Properties)), name)
		require.NotNil(t, of.Additional, name)
		require.False(t, *of.Additional)
		for field, p := range of.Properties {
			require.NotEmpty(t, p.Description, field)
		}
	}
	compiled, err := jsonschema.NewCompiler().Compile(file)
	require.NoError(t, err)
	var shipped []byte
	for _, name := range []string{"made/script-water.yaml", "script-2021.yaml"} {
		shipped, err = os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		var root any
		require.NoError(t, yaml.Unmarshal(shipped, &root))
		require.NoError(t, compiled.Validate(plain(root)), name)
	}
	for name, spoil := range map[string]func(a map[string]any){
		"unknown field": func(a map[string]any) { a["whom"] = "x" },
		"no account":    func(a map[string]any) { delete(a, "as") },
		"a kind":        func(a map[string]any) { a["do"] = "dance" },
		"two things":    func(a map[string]any) { a["duty"] = "2.4-monitor" },
		"not its field": func(a map[string]any) { a["title"] = "另一名称" },
	} {
		var root any
		require.NoError(t, yaml.Unmarshal(shipped, &root))
		root = plain(root)
		spoil(root.(map[string]any)["acts"].([]any)[0].(map[string]any))
		require.Error(t, compiled.Validate(root), name)
	}
}

// plain is a YAML value with its dates as the texts they were typed as.
func plain(v any) any {
	raw, err := yaml.Marshal(v)
	if err != nil {
		return v
	}
	var n yaml.Node
	if err := yaml.Unmarshal(raw, &n); err != nil {
		return v
	}
	retag(&n)
	var out any
	if err := n.Decode(&out); err != nil {
		return v
	}
	return out
}

func retag(n *yaml.Node) {
	if n.Tag == "!!timestamp" {
		n.Tag, n.Value = "!!str", strings.TrimSuffix(n.Value, "T00:00:00Z")
	}
	for _, c := range n.Content {
		retag(c)
	}
}

// TestWholePaths: a file that a script names by its whole path is that file, wherever the script is.
func TestWholePaths(t *testing.T) {
	t.Parallel()
	p, cal := seed(t)
	seeds, err := filepath.Abs(filepath.Join("..", "..", "seeds", "jincheng-2021-water"))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "script.yaml")
	require.NoError(t, os.WriteFile(file, []byte(fmt.Sprintf("plan: %s\naccounts: %s/accounts.yaml\nacts:\n"+
		"  - {at: 2021-08-02, as: shuizhiban, amend: %s/amended-2021-08.yaml, paper: 晋市政办〔2021〕30号, reason: 调整}\n"+
		"  - {at: 2021-08-03, as: shuizhiban, calendar: %s/notice-2021-09.json, reason: 通知}\n", p.ID, seeds, seeds, seeds)), 0o600))
	s, problems := script.Load(file, p, cal)
	require.Empty(t, problems)
	require.Equal(t, seeds+"/amended-2021-08.yaml", s.Entries[0].Thing)
	require.Equal(t, seeds+"/notice-2021-09.json", s.Entries[1].Thing)
}
