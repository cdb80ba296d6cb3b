package seed_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/seeds"
)

func load(t *testing.T) (*plan.Plan, []strictyaml.Problem) {
	t.Helper()
	cal, err := calendar.Load(seeds.Calendar())
	if err != nil {
		t.Fatal(err)
	}
	p, problems := planfile.Load("plan.yaml", cal)
	for _, problem := range problems {
		if !problem.Warning {
			t.Errorf("%+v", problem)
		}
	}
	if p == nil {
		t.Fatal("the plan does not check")
	}
	return p, problems
}

// squeezed is s without white space: the document's extraction scatters it.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func document(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("document.txt")
	if err != nil {
		t.Fatal(err)
	}
	return squeezed(string(raw))
}

// The document is evidence: it is never edited.
func TestDocumentUntouched(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("document.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(raw)); got != "97e052d5a6b1599ff8cb4e76c503394e2a5c689c12e94ad5a4e91a26ae2bb06f" {
		t.Errorf("document.txt has changed: SHA-256 %s", got)
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	got := fmt.Sprint(p.ID, p.Title, p.Number, p.Issuer, p.Issued, p.Year, p.Zone, p.Policy, p.Directory.Office, p.Directory.Leadership)
	want := fmt.Sprint("jincheng-2021-water", "晋城市2021年水生态环境保护行动计划", "晋市政办〔2021〕9号", "晋城市人民政府办公室",
		calendar.NewDay(2021, 4, 8), 2021, "Asia/Shanghai", "standard", "shuizhiban", "lingdao")
	if got != want {
		t.Errorf("head:\n got %s\nwant %s", got, want)
	}
	doc := document(t)
	for _, s := range []string{p.Title, p.Number, p.Issuer} {
		if !strings.Contains(doc, s) {
			t.Errorf("not in the document: %s", s)
		}
	}
}

// The document contradicts itself once, and the plan says so.
func TestWarnings(t *testing.T) {
	t.Parallel()
	_, problems := load(t)
	var got []string
	for _, p := range problems {
		got = append(got, p.Key+" "+p.Field)
	}
	if diff := cmp.Diff(wantWarnings, got); diff != "" {
		t.Error(diff)
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	got := map[string]int{}
	for _, c := range p.Clauses {
		got[c.Chapter]++
		got["brackets"] += len(c.Brackets)
	}
	for _, task := range p.Tasks {
		got[string(task.Kind)]++
		got["mentions"] += len(task.Also)
		switch {
		case isProject(task):
			got["projects"]++
		case isSection(task):
			got["sections as tasks"]++
		}
	}
	got["sections"] = len(p.Sections)
	got["tasks"] = len(p.Tasks)
	if diff := cmp.Diff(wantCounts, got); diff != "" {
		t.Error(diff)
	}
}

var (
	projectID = regexp.MustCompile(`^p\d\d$`)
	sectionID = regexp.MustCompile(`^s\d\d$`)
)

func isProject(t plan.Task) bool { return projectID.MatchString(t.ID) }
func isSection(t plan.Task) bool { return sectionID.MatchString(t.ID) }

// Every commitment with a date: id, due, lead, milestone, and the words soft
// and priority where they apply.
func TestDated(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	var got []string
	for _, task := range p.Tasks {
		if task.Kind != plan.Dated {
			continue
		}
		line := fmt.Sprint(task.ID, " ", task.Due, " ", task.Lead, " ", task.Milestone)
		policy := "standard"
		if task.Soft {
			line += " soft"
			policy = "soft"
		}
		if task.Priority {
			line += " priority"
		}
		if task.Policy != policy {
			t.Errorf("%s: policy %s, want %s", task.ID, task.Policy, policy)
		}
		got = append(got, line)
	}
	if diff := cmp.Diff(lines(wantDated), got); diff != "" {
		t.Error(diff)
	}
}

func TestDuties(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	var got []string
	for _, task := range p.Tasks {
		if r := task.Recur; r != nil {
			got = append(got, fmt.Sprint(task.ID, " ", task.Lead, " ", r.Every, "+", r.Shift, r.Cron, " ", r.From, " ", r.Until, " publish=", task.Publish))
		}
	}
	if diff := cmp.Diff(lines(wantDuties), got); diff != "" {
		t.Error(diff)
	}
}

// What has a start, a publication duty or no interval is standing, and says so.
func TestStanding(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	begins, noted := map[string]string{}, map[string][]string{}
	for _, task := range p.Tasks {
		if task.Kind != plan.Standing {
			continue
		}
		if !task.Due.IsZero() || task.Recur != nil {
			t.Errorf("%s is standing and has a date", task.ID)
		}
		if !task.Begin.IsZero() {
			begins[task.ID] = task.Begin.String()
		}
		for _, words := range []string{"周期未载明，由协调办设定", "由协调办按省、市规定设定", "冬春浇期起止未载明", "时限待补录"} {
			if strings.Contains(task.Note, words) {
				noted[words] = append(noted[words], task.ID)
			}
		}
	}
	if diff := cmp.Diff(map[string]string{"1.1-emergency": "2021-01-01", "5.3-compensation": "2021-05-01"}, begins); diff != "" {
		t.Error(diff)
	}
	want := map[string][]string{
		"周期未载明，由协调办设定": {"2.3-dredging", "5.2-consult", "5.4-bulletin"},
		"由协调办按省、市规定设定": {"2.3-mbr", "2.3-overflow", "2.5-outlets", "2.7-preflood", "2.8-drainage", "4.3-supervision"},
		"冬春浇期起止未载明":    {"1.2-intake"},
		"时限待补录":        {"4.1-assessment"},
	}
	if diff := cmp.Diff(want, noted); diff != "" {
		t.Error(diff)
	}
}

// Body commitments that name an annex project are chased with it.
func TestLinks(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	var got []string
	for _, task := range p.Tasks {
		for _, m := range task.Also {
			got = append(got, fmt.Sprint(task.ID, " ", task.Due, " = ", m.ID, " ", m.Clause, " ", m.Due))
			if ruled := m.Ruling != ""; ruled != (m.Due != task.Due) {
				t.Errorf("%s: due %s and %s, ruling %q", m.ID, task.Due, m.Due, m.Ruling)
			}
		}
	}
	if diff := cmp.Diff(lines(wantLinks), got); diff != "" {
		t.Error(diff)
	}
}

// Every word quoted is in the document.
func TestWordForWord(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	doc := document(t)
	clauses := map[string]string{} // id → text
	for _, c := range p.Clauses {
		clauses[c.ID] = squeezed(c.Text)
		if !strings.Contains(doc, clauses[c.ID]) {
			t.Errorf("clause %s is not in the document word for word", c.ID)
		}
		if !strings.Contains(people.Fold(doc), people.Fold(c.Heading)) || !strings.Contains(people.Fold(doc), people.Fold(c.Title)) {
			t.Errorf("clause %s: heading or title is not in the document", c.ID)
		}
	}
	check := func(id, source string) {
		if s := squeezed(source); s == "" || !strings.Contains(doc, s) {
			t.Errorf("%s: source is not in the document: %q", id, source)
		}
		if clause, _, ok := strings.Cut(id, "-"); ok && !strings.Contains(clauses[clause], squeezed(source)) {
			t.Errorf("%s: source is not in clause %s", id, clause)
		}
	}
	for _, task := range p.Tasks {
		if !isSection(task) {
			check(task.ID, task.Source)
		}
		for _, m := range task.Also {
			check(m.ID, m.Source)
		}
	}
	for _, s := range p.Sections {
		level := map[string]string{"national": "国考", "provincial": "省考", "municipal": "市考"}[s.Level]
		unit, _ := p.Directory.Unit(s.County)
		if !slices.ContainsFunc(unit.Aliases, func(short string) bool {
			return strings.Contains(doc, fmt.Sprint(s.No)+short+s.Name+s.Target+level)
		}) {
			t.Errorf("section %s: no such row in annex 1", s.ID)
		}
	}
}

// No paragraph of chapters three and four is left out: the clauses' texts one
// after the other are those chapters, headings apart.
func TestNothingLeftOut(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	doc := document(t)
	_, doc, _ = strings.Cut(doc, "三、重点任务")
	doc, _, _ = strings.Cut(doc, "-附件：")
	for _, c := range p.Clauses {
		before, after, ok := strings.Cut(doc, squeezed(c.Text))
		if !ok {
			t.Fatalf("clause %s is out of order", c.ID)
		}
		if rest := strings.NewReplacer("四、保障措施", "").Replace(before); rest != "" && people.Fold(rest) != people.Fold(c.Heading) {
			t.Errorf("before clause %s the plan leaves out %q", c.ID, rest)
		}
		doc = after
	}
	if doc != "" {
		t.Errorf("after the last clause the plan leaves out %q", doc)
	}
}

// Brackets are kept as printed, and the first unit named leads, unless each of
// several must do it itself.
func TestBrackets(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	bracket := regexp.MustCompile(`〔责任单位[:：]([^〕]*)〕`)
	leads := map[string][]string{} // clause → first unit of each bracket
	for _, c := range p.Clauses {
		printed := bracket.FindAllStringSubmatch(squeezed(c.Text), -1)
		if len(printed) != len(c.Brackets) {
			t.Errorf("clause %s: %d brackets, printed %d", c.ID, len(c.Brackets), len(printed))
			continue
		}
		for i, b := range c.Brackets {
			want := people.Fold(printed[i][1])
			want = strings.Replace(want, "泽州县,阳城县人民政府", "泽州县人民政府,阳城县人民政府", 1) // one word for two units
			if got := people.Fold(strings.Join(b, "、")); got != want {
				t.Errorf("clause %s: bracket %s, printed %s", c.ID, got, want)
			}
			ids, _, ok := p.Directory.Resolve(b[0])
			if !ok || len(ids) != 1 {
				t.Errorf("clause %s: %s does not name one unit", c.ID, b[0])
				continue
			}
			leads[c.ID] = append(leads[c.ID], ids[0])
		}
	}
	for _, task := range p.Tasks {
		clause, rest, ok := strings.Cut(task.ID, "-")
		if !ok || strings.HasPrefix(clause, "4s.") || strings.Contains(rest, ".") {
			continue
		}
		if !slices.Contains(leads[clause], task.Lead) {
			t.Errorf("%s: led by %s, first named are %v", task.ID, task.Lead, leads[clause])
		}
	}
}

// What each must do itself is led by each, helped by departments only.
func TestEach(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	leads, helpers := map[string][]string{}, map[string][]string{}
	for _, task := range p.Tasks {
		id, unit, ok := strings.Cut(task.ID, "."+task.Lead)
		if !ok || unit != "" {
			continue
		}
		leads[id] = append(leads[id], task.Lead)
		if first, seen := helpers[id]; seen && !slices.Equal(first, task.Assist) {
			t.Errorf("%s: helped by %v, others by %v", task.ID, task.Assist, first)
		}
		helpers[id] = task.Assist
	}
	var got []string
	for _, id := range slices.Sorted(maps.Keys(leads)) {
		got = append(got, fmt.Sprint(id, " ", leads[id], " ", helpers[id]))
	}
	if diff := cmp.Diff(lines(wantEach), got); diff != "" {
		t.Error(diff)
	}
}

// Annex 2 row by row: the responsible body leads, the flag is the remark.
func TestProjects(t *testing.T) {
	t.Parallel()
	p, _ := load(t)
	n := 0
	for _, task := range p.Tasks {
		if !isProject(task) {
			continue
		}
		n++
		if task.ID != fmt.Sprintf("p%02d", n) || !strings.Contains(task.Clause, fmt.Sprint("附件2第", n, "行")) {
			t.Errorf("row %d: %s %s", n, task.ID, task.Clause)
		}
		if task.Priority != strings.HasSuffix(task.Source, "省重点") {
			t.Errorf("%s: priority %v, row %q", task.ID, task.Priority, task.Source)
		}
		if strings.Contains(squeezed(task.Source), "年6月底投入运行") && task.Milestone != "投运" {
			t.Errorf("%s: milestone %s", task.ID, task.Milestone)
		}
		lead, _ := p.Directory.Unit(task.Lead)
		if !slices.ContainsFunc(append(lead.Aliases, lead.Name), func(name string) bool { return strings.Contains(task.Source, " "+name+" ") }) {
			t.Errorf("%s: led by %s, row %q", task.ID, lead.Name, task.Source)
		}
	}
}

func lines(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") }
