package intake

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/seeds"
)

const seedDir = "../../seeds/jincheng-2021-water"

// importSeed imports the founding document alone, without answers, and loads
// what was written as any plan is loaded.
func importSeed(t *testing.T) (*Draft, *plan.Plan) {
	t.Helper()
	s, err := Open(filepath.Join(seedDir, "document.txt"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := Import(context.Background(), []Source{s}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d, loadDraft(t, d)
}

func loadDraft(t *testing.T, d *Draft) *plan.Plan {
	t.Helper()
	dir := t.TempDir()
	for name, make := range map[string]func() ([]byte, error){"plan.yaml": d.PlanYAML, "units.yaml": d.UnitsYAML} {
		raw, err := make()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, problems := planfile.Load(filepath.Join(dir, "plan.yaml"), holidays(t))
	for _, pr := range problems {
		if !pr.Warning {
			t.Errorf("planfile.Load: %s:%d %s %s %v", filepath.Base(pr.File), pr.Line, pr.Field, pr.Key, pr.Data)
		}
	}
	if p == nil {
		t.FailNow()
	}
	return p
}

func holidays(t *testing.T) *calendar.Calendar {
	t.Helper()
	c, err := notices()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var notices = sync.OnceValues(func() (*calendar.Calendar, error) { return calendar.Load(seeds.Calendar()) })

func reference(t *testing.T) *plan.Plan {
	t.Helper()
	p, problems := planfile.Load(filepath.Join(seedDir, "plan.yaml"), holidays(t))
	if p == nil {
		t.Fatalf("the reference does not load: %v", problems)
	}
	return p
}

// who is a unit by a name that both directories understand.
func who(p *plan.Plan, id string) string {
	u, _ := p.Directory.Unit(id)
	n := fold(u.Name)
	n = strings.TrimSuffix(strings.ReplaceAll(n, "人民政府", "政府"), "政府")
	return strings.TrimSuffix(strings.TrimSuffix(n, "管委会"), "管理委员会")
}

// same says whether two commitments speak of the same words of the document.
func sameWords(a, b string) bool {
	a, b = strings.ReplaceAll(tight(fold(a)), "|", ""), strings.ReplaceAll(tight(fold(b)), "|", "")
	return strings.Contains(a, b) || strings.Contains(b, a)
}

func TestFoundingDocumentAlone(t *testing.T) {
	t.Parallel()
	d, got := importSeed(t)
	want := reference(t)
	if d.Title != want.Title || d.Number != want.Number || d.Issuer != want.Issuer || d.Issued != want.Issued || d.Year != want.Year {
		t.Errorf("head: %q %q %q %s %d, want %q %q %q %s %d", d.Title, d.Number, d.Issuer, d.Issued, d.Year, want.Title, want.Number, want.Issuer, want.Issued, want.Year)
	}
	compareClauses(t, got, want)
	compareSections(t, got, want)
	for _, diff := range compareDated(got, want) {
		t.Error(diff)
	}
	compareDuties(t, got, want)
	compareMentions(t, got, want)
	conflicts := 0
	for _, q := range d.Questions {
		if q.Kind == "conflict" {
			conflicts++
			if !strings.Contains(q.Ask, "三（二）1") || !strings.Contains(q.Ask, "附件2第14行") || !strings.Contains(q.Ask, "2021-10-31") || !strings.Contains(q.Ask, "2021-06-30") {
				t.Errorf("the contradiction is reported as %q", q.Ask)
			}
		}
	}
	raw, err := d.PlanYAML()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), planfile.Todo) || !strings.Contains(string(raw), "ruling: 待确认：") {
		t.Errorf("what is open is asked in answers.yaml: the draft's ruling only says so, and bears no %s", planfile.Todo)
	}
	if conflicts != 1 {
		t.Errorf("%d contradictions reported, want the one of 周村 and 犁川", conflicts)
	}
}

func compareClauses(t *testing.T, got, want *plan.Plan) {
	t.Helper()
	find := func(id string) *plan.Clause {
		for i := range got.Clauses {
			if got.Clauses[i].ID == id {
				return &got.Clauses[i]
			}
		}
		return nil
	}
	for _, w := range want.Clauses {
		g := find(w.ID)
		if g == nil {
			t.Errorf("clause %s is missing", w.ID)
			continue
		}
		if tight(fold(g.Text)) != tight(fold(w.Text)) {
			t.Errorf("clause %s reads\n%s\nwant\n%s", w.ID, g.Text, w.Text)
		}
		if fold(g.Title) != fold(w.Title) && !strings.HasPrefix(w.ID, "4s") || fold(g.Heading) != fold(w.Heading) || fold(g.Chapter) != fold(w.Chapter) {
			t.Errorf("clause %s stands under %q %q %q, want %q %q %q", w.ID, g.Chapter, g.Heading, g.Title, w.Chapter, w.Heading, w.Title)
		}
		if f := fold(fmt.Sprint(g.Brackets)); f != fold(fmt.Sprint(w.Brackets)) {
			t.Errorf("clause %s has brackets %v, want %v", w.ID, g.Brackets, w.Brackets)
		}
	}
	if len(got.Clauses) != len(want.Clauses) {
		t.Errorf("%d clauses, want %d", len(got.Clauses), len(want.Clauses))
	}
}

func compareSections(t *testing.T, got, want *plan.Plan) {
	t.Helper()
	line := func(p *plan.Plan, s plan.Section) string {
		return fmt.Sprint(s.No, who(p, s.County), s.Name, s.Target, s.Level)
	}
	if len(got.Sections) != len(want.Sections) {
		t.Errorf("%d sections, want %d", len(got.Sections), len(want.Sections))
		return
	}
	for i := range want.Sections {
		if g, w := line(got, got.Sections[i]), line(want, want.Sections[i]); fold(g) != fold(w) {
			t.Errorf("section %s, want %s", g, w)
		}
	}
}

// compareDated says how the dated tasks of two plans differ: every one of want
// must be in got with its day, its lead and words of the same sentence, and got
// must have none that no task of want explains.
func compareDated(got, want *plan.Plan) []string {
	var diffs []string
	used := map[string]bool{}
	for _, w := range want.Tasks {
		if w.Kind != plan.Dated {
			continue
		}
		same := func(g plan.Task) bool {
			return g.Kind == plan.Dated && g.Due == w.Due && g.Clause == w.Clause && who(got, g.Lead) == who(want, w.Lead) && sameWords(g.Source, w.Source)
		}
		i := slices.IndexFunc(got.Tasks, func(g plan.Task) bool { return same(g) && g.Soft == w.Soft })
		if i < 0 {
			i = slices.IndexFunc(got.Tasks, same)
		}
		if i < 0 {
			diffs = append(diffs, fmt.Sprintf("missing %s %s %s due %s lead %s: %s", w.ID, w.Clause, w.Title, w.Due, who(want, w.Lead), w.Source))
			continue
		}
		used[got.Tasks[i].ID] = true
		if g := got.Tasks[i]; g.Soft != w.Soft {
			diffs = append(diffs, fmt.Sprintf("%s (%s) soft=%v, want %v", g.ID, w.ID, g.Soft, w.Soft))
		} else if g.Priority != w.Priority {
			diffs = append(diffs, fmt.Sprintf("%s (%s) priority=%v, want %v", g.ID, w.ID, g.Priority, w.Priority))
		}
	}
	for _, g := range got.Tasks {
		if g.Kind == plan.Dated && !used[g.ID] {
			diffs = append(diffs, fmt.Sprintf("invented %s %s %s due %s lead %s: %s", g.ID, g.Clause, g.Title, g.Due, who(got, g.Lead), g.Source))
		}
	}
	return diffs
}

func compareDuties(t *testing.T, got, want *plan.Plan) {
	t.Helper()
	lines := func(p *plan.Plan) []string {
		var out []string
		for _, k := range p.Tasks {
			if k.Kind == plan.Duty {
				out = append(out, fmt.Sprint(k.Clause, " ", who(p, k.Lead), " ", *k.Recur, " ", k.Publish))
			}
		}
		return out
	}
	if g, w := lines(got), lines(want); !slices.Equal(g, w) {
		t.Errorf("duties %v\nwant %v", g, w)
	}
}

func compareMentions(t *testing.T, got, want *plan.Plan) {
	t.Helper()
	lines := func(p *plan.Plan) []string {
		var out []string
		for _, k := range p.Tasks {
			for _, m := range k.Also {
				out = append(out, fmt.Sprint(k.ID, " ", k.Due, " = ", m.Clause, " ", m.Due, " ruled ", m.Ruling != ""))
			}
		}
		slices.Sort(out)
		return out
	}
	if g, w := lines(got), lines(want); !slices.Equal(g, w) {
		t.Errorf("mentions\n%s\nwant\n%s", strings.Join(g, "\n"), strings.Join(w, "\n"))
	}
}
