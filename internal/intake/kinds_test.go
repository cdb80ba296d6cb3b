package intake

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"duban/internal/plan"
)

// kindCase is a few lines of a plan with what must come of them: lines of "due or
// rule | lead | words of title or source", and kinds of questions.
type kindCase struct {
	Name   string
	Issued string // 2022-03-01 where empty
	Bare   bool   // without the usual head
	Text   string
	Want   []string // dated tasks and duties, all of them, in any order
	Ask    []string // kinds of questions that must be asked
	Quiet  []string // kinds that must not be
	Title  []string // titles, of dated tasks and duties
	Alone  []string // titles of all tasks without a limit, where given
}

const usualHead = "清源市人民政府办公室关于印发清源市2022年河湖治理工作方案的通知\n各县（市、区）人民政府，市直各有关单位：\n现将《清源市2022年河湖治理工作方案》印发给你们，请认真贯彻执行。\n清源市人民政府办公室\n2022年3月1日\n清源市2022年河湖治理工作方案\n"

// TestKinds imports the cases of testdata/kinds.yaml: each shows a kind of wording
// with its relatives.
func TestKinds(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/kinds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var cases []kindCase
	if err := yaml.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			text := c.Text
			if !c.Bare {
				text = usualHead + text
			}
			d := everyTimeAccounted(t, Source{Name: "x.txt", Data: []byte(text)}, firstNonEmpty(c.Issued, "2022-03-01"))
			if len(d.Entries()) == 0 {
				if len(c.Want) > 0 {
					t.Fatalf("nothing was found, asked %v", asksOfDraft(d))
				}
				c.asked(t, d)
				return
			}
			p := loadDraft(t, d)
			var got []string
			for _, k := range p.Tasks {
				if k.Kind != plan.Standing {
					got = append(got, fmt.Sprintf("%s | %s | %s", ruleOf(k), p.Directory.Name(k.Lead), k.Title))
				}
			}
			taken := map[int]bool{}
			for _, w := range c.Want {
				if i := slices.IndexFunc(p.Tasks, func(k plan.Task) bool {
					return !taken[slices.IndexFunc(p.Tasks, func(o plan.Task) bool { return o.ID == k.ID })] && matchesWant(p, k, w)
				}); i >= 0 {
					taken[i] = true
				} else {
					t.Errorf("no task %q among\n%s", w, strings.Join(got, "\n"))
				}
			}
			if len(got) != len(c.Want) {
				t.Errorf("%d dated tasks and duties, want %d:\n%s", len(got), len(c.Want), strings.Join(got, "\n"))
			}
			if c.Alone != nil {
				alone := []string{}
				for _, k := range p.Tasks {
					if k.Kind == plan.Standing {
						alone = append(alone, k.Title)
					}
				}
				if !slices.Equal(alone, c.Alone) {
					t.Errorf("without a limit: %q, want %q", alone, c.Alone)
				}
			}
			for _, title := range c.Title {
				if !slices.ContainsFunc(p.Tasks, func(k plan.Task) bool { return k.Title == title }) {
					t.Errorf("no title %q among\n%s", title, strings.Join(got, "\n"))
				}
			}
			c.asked(t, d)
		})
	}
}

func (c kindCase) asked(t *testing.T, d *Draft) {
	t.Helper()
	asked := asksOfDraft(d)
	for _, kind := range c.Ask {
		if !slices.Contains(asked, kind) {
			t.Errorf("not asked: %s; asked %v", kind, asked)
		}
	}
	for _, kind := range c.Quiet {
		if slices.Contains(asked, kind) {
			t.Errorf("asked needlessly: %s", kind)
		}
	}
}

func asksOfDraft(d *Draft) []string {
	var out []string
	for _, q := range d.Questions {
		out = append(out, q.Kind)
	}
	return out
}

func ruleOf(k plan.Task) string {
	if k.Recur == nil {
		return k.Due.String()
	}
	end := ""
	if !k.Recur.Until.IsZero() {
		end = " -" + k.Recur.Until.String()
	}
	if k.Recur.Shift != 0 {
		end = fmt.Sprintf("%+d", k.Recur.Shift) + end
	}
	return k.Recur.Every + strings.TrimPrefix(k.Recur.Cron, "0 9 ") + end
}

// matchesWant holds a task against "rule | lead | words"; an empty part fits all.
func matchesWant(p *plan.Plan, k plan.Task, want string) bool {
	part := strings.SplitN(want, "|", 3)
	for i := range part {
		part[i] = strings.TrimSpace(part[i])
	}
	if k.Kind == plan.Standing || part[0] != ruleOf(k) && part[0] != strings.Split(ruleOf(k), " -")[0] {
		return false
	}
	if part[1] != "" && fold(p.Directory.Name(k.Lead)) != fold(part[1]) {
		return false
	}
	return strings.Contains(tight(fold(k.Title+k.Source)), tight(fold(part[2])))
}
