package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// unseen is a passage that was written and keyed without the importer's code in
// view. A want is "due | lead | words": ~ before a soft due, + before
// what may be made as well, "every month" or
// "cron …" for a duty ("cron *" any), ? for a lead that nobody could name.
type unseen struct {
	Name, Layout, Issued, Text string
	Table                      *struct {
		Title string
		Rows  [][]string
	}
	Want, Standing, Layouts []string
}

// figures are the score of unseen passages.
type figures struct {
	plans, wanted, found, asked, made, right int // asked: not found, but a question holds the words
	leads, leadRight, leadAsked, questions   int
	lost, invented, leadWrong                []string // without a question
}

func (f figures) String() string {
	return fmt.Sprintf("%d plans: recall %.3f (%d of %d found; with those asked %.3f), precision %.3f (%d of %d), lead right %.3f, right or asked %.3f (of %d), questions a plan %.1f, in silence: %d lost, %d invented, %d leads wrong",
		f.plans, ratio(f.found, f.wanted), f.found, f.wanted, ratio(f.found+f.asked, f.wanted), ratio(f.right, f.made), f.right, f.made,
		ratio(f.leadRight, f.leads), ratio(f.leadRight+f.leadAsked, f.leads), f.leads, ratio(f.questions, f.plans), len(f.lost), len(f.invented), len(f.leadWrong))
}

func (f figures) precision() float64 { return ratio(f.right, f.made) }

func flat(s string) string {
	return strings.NewReplacer("|", "", "[", "(", "]", ")", "，", ",", "；", ";", "：", ":").Replace(tight(fold(s)))
}

// asksAbout tells that an open question holds all of the words.
func asksAbout(d *Draft, kinds []string, texts ...string) bool {
	return slices.ContainsFunc(d.Questions, func(q Question) bool {
		if len(kinds) > 0 && !slices.Contains(kinds, q.Kind) {
			return false
		}
		holds := func(s string) bool {
			return slices.ContainsFunc(texts, func(t string) bool { return t != "" && (strings.Contains(flat(s), flat(t))) })
		}
		return holds(q.Words) || holds(q.Ask) || slices.ContainsFunc(q.Items, func(i Item) bool { return holds(i.Words) || holds(i.Proposal) })
	})
}

func (w wanted) dated(k plan.Task) bool {
	switch {
	case w.Every != "":
		return k.Recur != nil && k.Recur.Every == w.Every
	case w.Cron == "*":
		return k.Recur != nil
	case w.Cron != "":
		return k.Recur != nil && k.Recur.Cron == w.Cron
	}
	return k.Kind == plan.Dated && k.Due.String() == w.Due && k.Soft == w.Soft
}

func readWanted(s string) wanted {
	part := strings.SplitN(strings.TrimPrefix(s, "+ "), " | ", 3)
	w := wanted{Lead: part[1], Words: part[2]}
	switch {
	case strings.HasPrefix(part[0], "every "):
		w.Every = part[0][6:]
	case strings.HasPrefix(part[0], "cron "):
		w.Cron = part[0][5:]
	default:
		w.Due, w.Soft = strings.TrimPrefix(part[0], "~"), strings.HasPrefix(part[0], "~")
	}
	return w
}

// sameLead takes 各县（市、区） for 各县（市、区）人民政府 and for one of the counties that
// the document names.
func sameLead(want, got string) bool {
	w, g := flat(want), flat(got)
	return w == g || strings.HasPrefix(w, "各") && strings.HasPrefix(g, w) || strings.HasPrefix(w, g) && strings.HasPrefix(g, "各")
}

// printed are the figures of the passages as they are printed, by name and text.
var printed sync.Map

// asPrinted reads a passage once for all tests that compare with it.
func (u unseen) asPrinted(t *testing.T) figures {
	once, _ := printed.LoadOrStore(u.Name+u.Text, sync.OnceValue(func() (f figures) {
		u.score(t, &f)
		return f
	}))
	return once.(func() figures)()
}

func (f *figures) add(g figures) {
	f.plans, f.wanted, f.found, f.asked, f.made, f.right = f.plans+g.plans, f.wanted+g.wanted, f.found+g.found, f.asked+g.asked, f.made+g.made, f.right+g.right
	f.leads, f.leadRight, f.leadAsked, f.questions = f.leads+g.leads, f.leadRight+g.leadRight, f.leadAsked+g.leadAsked, f.questions+g.questions
	f.lost, f.invented, f.leadWrong = append(f.lost, g.lost...), append(f.invented, g.invented...), append(f.leadWrong, g.leadWrong...)
}

func (u unseen) score(t *testing.T, f *figures) {
	p := passage{name: u.Name, Issued: u.Issued, Text: u.Text, Table: u.Table}
	layout := "txt"
	if u.Table != nil {
		layout = "xlsx"
	}
	issued, err := calendar.ParseDay(u.Issued)
	if err != nil {
		t.Fatal(err)
	}
	f.plans++
	f.wanted += len(u.Standing)
	d, err := Import(context.Background(), []Source{{Name: u.Name + "." + layout, Data: p.bytes(t, layout)}}, Options{Issued: issued, Calendar: holidays(t)})
	if errors.Is(err, ErrNothing) && len(u.Want)+len(u.Standing) == 0 {
		return
	}
	nothing := errors.Is(err, ErrNothing) && d.asksOfTimes()
	if nothing {
		err = nil // Run writes a draft of such a paper, of questions alone
	}
	if err != nil {
		t.Logf("%s: %v", u.Name, err)
		f.lost = append(f.lost, u.Name)
		f.wanted += len(slices.DeleteFunc(slices.Clone(u.Want), func(s string) bool { return strings.HasPrefix(s, "+ ") }))
		return
	}
	pl := &plan.Plan{}
	if !nothing {
		pl = loadDraft(t, d)
	}
	for _, q := range d.Questions {
		if !q.done {
			f.questions++
		}
	}
	taken := map[string]bool{}
	for _, s := range u.Want {
		if strings.HasPrefix(s, "+ ") {
			continue
		}
		f.wanted++
		w := readWanted(s)
		is := func(k plan.Task) bool {
			return !taken[k.ID] && w.dated(k) && strings.Contains(flat(k.Source+k.Title), flat(w.Words))
		}
		i := slices.IndexFunc(pl.Tasks, func(k plan.Task) bool { return is(k) && sameLead(w.Lead, pl.Directory.Name(k.Lead)) })
		if i < 0 {
			i = slices.IndexFunc(pl.Tasks, is)
		}
		if i < 0 {
			if asksAbout(d, nil, w.Words) {
				f.asked++
				t.Logf("%s: asked  %s", u.Name, s)
				continue
			}
			f.lost = append(f.lost, u.Name+" "+s)
			t.Logf("%s: LOST   %s", u.Name, s)
			continue
		}
		k := pl.Tasks[i]
		taken[k.ID] = true
		f.found++
		f.leads++
		got := pl.Directory.Name(k.Lead)
		switch asked := asksAbout(d, []string{"lead", "each", "unit", "unknown", "members", "near", "name"}, k.Title, k.Source, w.Words, w.Lead); {
		case sameLead(w.Lead, got):
			f.leadRight++
		case w.Lead == "?" && asked:
			f.leadRight++
		case asked:
			f.leadAsked++
			t.Logf("%s: lead asked %s: %s", u.Name, s, got)
		default:
			f.leadWrong = append(f.leadWrong, u.Name+" "+s+": "+got)
			t.Logf("%s: LEAD   %s: %s", u.Name, s, got)
		}
	}
	for _, words := range u.Standing {
		if slices.ContainsFunc(pl.Tasks, func(k plan.Task) bool {
			return k.Kind == plan.Standing && strings.Contains(flat(k.Source+k.Title), flat(words))
		}) {
			f.found++
			continue
		}
		f.lost = append(f.lost, u.Name+" standing "+words)
		t.Logf("%s: LOST   standing %s", u.Name, words)
	}
	for _, k := range pl.Tasks {
		if k.Kind == plan.Standing {
			continue
		}
		f.made++
		if parts := strings.Split(k.Title, "，"); len(parts) > 1 && strings.HasSuffix(parts[1], parts[0]) {
			t.Errorf("%s: the title says something twice: %s", u.Name, k.Title)
		}
		if taken[k.ID] || slices.ContainsFunc(u.Want, func(s string) bool {
			w := readWanted(s)
			return w.dated(k) && strings.Contains(flat(k.Source+k.Title), flat(w.Words))
		}) {
			f.right++
			continue
		}
		t.Logf("%s: INVENTED %s due %s soft %v %+v lead %s: %s | %s", u.Name, k.ID, k.Due, k.Soft, k.Recur, pl.Directory.Name(k.Lead), k.Title, k.Source)
		if !asksAbout(d, nil, k.Title, k.Source) {
			f.invented = append(f.invented, u.Name+" "+k.ID)
		}
	}
}

// TestTablesSayTheSameInEveryFile imports the tables of those passages as a workbook, as
// a Word table and as text with tabs: the same tasks come of all three.
func TestTablesSayTheSameInEveryFile(t *testing.T) {
	for _, u := range unseenPassages(t) {
		if u.Table == nil {
			continue
		}
		issued, err := calendar.ParseDay(u.Issued)
		if err != nil {
			t.Fatal(err)
		}
		made := map[string]string{}
		for _, layout := range []string{"xlsx", "docx", "tabs"} {
			p := passage{name: u.Name, Issued: u.Issued, Table: u.Table}
			d, err := Import(context.Background(), []Source{{Name: u.Name + "." + layout, Data: p.bytes(t, layout)}}, Options{Issued: issued, Calendar: holidays(t)})
			if err != nil {
				t.Fatalf("%s.%s: %v", u.Name, layout, err)
			}
			pl := loadDraft(t, d)
			for _, k := range pl.Tasks {
				if k.Kind != plan.Standing {
					made[layout] += fmt.Sprintf("%s | %s | %s\n", ruleOf(k), pl.Directory.Name(k.Lead), k.Title)
				}
			}
		}
		for _, layout := range []string{"docx", "tabs"} {
			if made[layout] != made["xlsx"] {
				t.Errorf("%s as %s:\n%sas xlsx:\n%s", u.Name, layout, made[layout], made["xlsx"])
			}
		}
	}
}

// unseenPassages are all of them.
func unseenPassages(t *testing.T) []unseen {
	files, err := filepath.Glob("testdata/unseen/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no passages: %v", err)
	}
	var all []unseen
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var list []unseen
		if err := yaml.Unmarshal(raw, &list); err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
	}
	return all
}

// TestUnseen scores the passages that were written without the code in view.
func TestUnseen(t *testing.T) {
	files, err := filepath.Glob("testdata/unseen/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no passages: %v", err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var list []unseen
		if err := yaml.Unmarshal(raw, &list); err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			var f figures
			for _, u := range list {
				f.add(u.asPrinted(t))
			}
			fmt.Printf("%s: %s\n", filepath.Base(name), f)
			if silent := len(f.lost) + len(f.invented) + len(f.leadWrong); silent > 0 {
				t.Errorf("%d wrong in silence", silent)
			}
			if f.precision() < 0.98 || ratio(f.found+f.asked, f.wanted) < 0.96 || ratio(f.leadRight, f.leads) < 0.9 {
				t.Errorf("less than was reached: %s", f)
			}
		})
	}
}
