package intake

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duban/internal/calendar"
	"duban/internal/words"
)

// bySearch is how a person skims for times: no grammar, only the signs.
var bySearch = regexp.MustCompile(`\d+年|\d+月|[一二三四五六七八九十]月|月底|年底|底前|季度|[上中下]旬|[上下]半年|工作日|每[年月季周日旬天]|\d+日前|\p{Han}节前|20\d\d[./-](?:1[0-2]|0?[1-9])(?:[./-]\d{1,2})?$`)

// TestNoTimeIsLost searches every paragraph and cell of the corpus and of the
// founding document for the signs of a time, and holds that each lies in an
// expression that became exactly one thing that is there.
func TestNoTimeIsLost(t *testing.T) {
	t.Parallel()
	s, err := Open(seedDir + "/document.txt")
	if err != nil {
		t.Fatal(err)
	}
	everyTimeAccounted(t, s, "2021-04-08")
	for _, p := range passages(t) {
		for _, src := range p.sources(t) {
			everyTimeAccounted(t, src, p.Issued)
		}
	}
	for _, u := range unseenPassages(t) {
		layout := "txt"
		if u.Table != nil {
			layout = "xlsx"
		}
		p := passage{name: u.Name, Issued: u.Issued, Text: u.Text, Table: u.Table}
		everyTimeAccounted(t, Source{Name: u.Name + "." + layout, Data: p.bytes(t, layout)}, u.Issued)
	}
	raw, err := os.ReadFile("testdata/times.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range strings.Split(string(raw), "====\n") {
		everyTimeAccounted(t, Source{Name: "times.txt", Data: []byte(text)}, "2022-03-01")
	}
}

func everyTimeAccounted(t *testing.T, s Source, issued string) *Draft {
	t.Helper()
	day, err := calendar.ParseDay(issued)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Import(context.Background(), []Source{s}, Options{Issued: day, Calendar: holidays(t)})
	if d == nil {
		t.Fatalf("%s: %v", s.Name, err)
	}
	if n := len(d.Summary(nil).Open); n > 50 {
		t.Errorf("%s: %d questions", s.Name, n)
	}
	there := map[string]bool{}
	for _, e := range d.Entries() {
		there[e.ID] = true
	}
	for _, q := range d.Questions {
		there[q.ID] = true
		for _, i := range q.Items {
			there[i.ID] = true
		}
	}
	zh, en := words.New("zh"), words.New("en")
	byPlace := map[paraKey][]Expression{}
	for _, e := range d.Expressions {
		byPlace[keyOf(e.Place)] = append(byPlace[keyOf(e.Place)], e)
		if e.Became != becameAside && !there[e.Of] {
			t.Errorf("%s: %q became the %s %q, which is not there", s.Name, e.Words, e.Became, e.Of)
		}
		if key := "intake.aside_" + e.Of; e.Became == becameAside && (zh.T(key) == key || en.T(key) == key) {
			t.Errorf("%s: %q was set aside for %q, which has no words", s.Name, e.Words, e.Of)
		}
	}
	look := func(at Place, text string) {
		f := strings.NewReplacer("零", "〇", "工作日程", "日程").Replace(tight(text))
		for _, m := range bySearch.FindAllString(f, -1) {
			if !slices.ContainsFunc(byPlace[keyOf(at)], func(e Expression) bool {
				w := tight(e.Words)
				return strings.Contains(w, m) || strings.Contains(m, w)
			}) {
				t.Errorf("%s: %q in %q became nothing", s.Name, m, text)
			}
		}
	}
	for _, doc := range d.Docs {
		for _, b := range doc.Blocks {
			look(b.Place, b.Text)
			if b.Table == nil {
				continue
			}
			for _, r := range b.Table.Rows {
				for _, c := range r.Cells {
					look(b.Table.at(b.Place, r), c)
				}
			}
		}
	}
	return d
}
