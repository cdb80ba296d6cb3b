package intake

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Recorded figures: an import that finds less, or invents more, fails here.
const (
	recordedPrecision = 1.0
	recordedRecall    = 1.0
)

// passage is a short document of our own with what it commits to.
type passage struct {
	name   string
	Issued string
	Text   string
	Table  *struct {
		Title string
		Rows  [][]string
	}
	Want     []wanted
	Standing []string
	Layouts  []string // readers to go through; none: those that fit
}

type wanted struct {
	Due, Every, Cron string
	Lead, Each       string
	Words            string
	Soft             bool
}

func passages(t testing.TB) []passage {
	files, err := filepath.Glob("testdata/passages/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no passages: %v", err)
	}
	var out []passage
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p := passage{name: strings.TrimSuffix(filepath.Base(f), ".yaml")}
		if err := yaml.Unmarshal(raw, &p); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		out = append(out, p)
	}
	return out
}

// sources are the passage in every layout that suits it.
func (p passage) sources(t testing.TB) map[string]Source {
	out := map[string]Source{}
	layouts := p.Layouts
	if len(layouts) == 0 {
		layouts = []string{"txt", "gbk", "docx", "pdf"}
		if p.Table != nil {
			layouts = []string{"tabs", "docx", "xlsx"}
		}
	}
	for _, l := range layouts {
		out[l] = Source{Name: p.name + "." + l, Data: p.bytes(t, l)}
	}
	return out
}

func (p passage) load(t *testing.T, s Source) (*Draft, *plan.Plan) {
	t.Helper()
	issued, err := calendar.ParseDay(p.Issued)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Import(context.Background(), []Source{s}, Options{Issued: issued, Calendar: holidays(t)})
	if err != nil {
		t.Fatalf("%s: %v", s.Name, err)
	}
	return d, loadDraft(t, d)
}

// found says whether a task is what was wanted.
func (w wanted) found(p *plan.Plan, k plan.Task) bool {
	switch {
	case w.Due != "" && (k.Kind != plan.Dated || k.Due.String() != w.Due):
		return false
	case w.Every != "" && (k.Recur == nil || k.Recur.Every != w.Every):
		return false
	case w.Cron != "" && (k.Recur == nil || k.Recur.Cron != w.Cron):
		return false
	case w.Lead != "" && fold(p.Directory.Name(k.Lead)) != fold(w.Lead):
		return false
	case w.Each != "" && !strings.Contains(fold(p.Directory.Name(k.Lead)), fold(w.Each)):
		return false
	case w.Soft != k.Soft:
		return false
	}
	return strings.Contains(strings.ReplaceAll(tight(fold(k.Source+k.Title)), "|", ""), tight(fold(w.Words)))
}

type score struct{ found, wanted, right, made int }

func (s score) recall() float64    { return ratio(s.found, s.wanted) }
func (s score) precision() float64 { return ratio(s.right, s.made) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

func (p passage) score(t *testing.T, pl *plan.Plan, say func(string, ...any)) score {
	var s score
	taken := map[string]bool{}
	for _, w := range p.Want {
		s.wanted++
		i := slices.IndexFunc(pl.Tasks, func(k plan.Task) bool { return !taken[k.ID] && w.found(pl, k) })
		if i < 0 {
			say("missing %+v", w)
			continue
		}
		s.found++
		taken[pl.Tasks[i].ID] = true
	}
	for _, k := range pl.Tasks {
		if k.Kind == plan.Standing {
			continue
		}
		s.made++
		if taken[k.ID] || slices.ContainsFunc(p.Want, func(w wanted) bool { return w.found(pl, k) }) {
			s.right++
		} else {
			say("invented %s %s due %s %v lead %s soft %v: %s | %s", k.ID, k.Kind, k.Due, k.Recur, pl.Directory.Name(k.Lead), k.Soft, k.Title, k.Source)
		}
	}
	for _, words := range p.Standing {
		s.wanted++
		if slices.ContainsFunc(pl.Tasks, func(k plan.Task) bool {
			return k.Kind == plan.Standing && strings.Contains(tight(fold(k.Source+k.Title)), tight(fold(words)))
		}) {
			s.found++
		} else {
			say("no standing entry for %s", words)
		}
	}
	return s
}

// TestScore imports every passage in every layout and holds precision and
// recall against the recorded figures; make import-score prints them.
func TestScore(t *testing.T) {
	var all score
	for _, p := range passages(t) {
		for layout, src := range p.sources(t) {
			_, pl := p.load(t, src)
			s := p.score(t, pl, func(f string, a ...any) {
				fmt.Printf("%s.%s: %s\n", p.name, layout, fmt.Sprintf(f, a...))
			})
			all.found += s.found
			all.wanted += s.wanted
			all.right += s.right
			all.made += s.made
		}
	}
	fmt.Printf("import score: precision %.4f (%d of %d made), recall %.4f (%d of %d wanted)\n", all.precision(), all.right, all.made, all.recall(), all.found, all.wanted)
	if all.precision() < recordedPrecision || all.recall() < recordedRecall {
		t.Errorf("precision %.4f and recall %.4f, recorded are %.4f and %.4f", all.precision(), all.recall(), recordedPrecision, recordedRecall)
	}
}
