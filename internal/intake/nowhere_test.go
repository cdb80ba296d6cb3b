package intake

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"duban/internal/calendar"
)

// limitWords are how a person would see a limit without any grammar.
var limitWords = regexp.MustCompile(`(?:(?:2022年|2023年)?(?:1[0-2]|[4-9])月(?:底|末|[1-3]?\d日)?|年底|20221130)前`)

// limits of 2022 and 2023, in a paper of 1 March 2022.
var (
	someLimits = []string{"6月底前", "2022年9月30日前", "年底前", "11月15日前", "2023年4月底前", "10月末前", "5月前", "20221130前"}
	someBodies = []string{"市水务局", "各县（市、区）政府", "市住建局、市财政局", "责任单位", "该工程", "对1000户", "上述事项"}
	// @ is a limit, # a body.
	someSentences = []string{
		"#@完成清淤", "#要于@报送方案", "@，#完成绿化，确保达标", "力争@建成泵站3座（#）", "对@未通过验收的，#一律停业整顿", "#纳入@应完成的考核内容",
		"按照@完成、全年巩固的要求推进", "#把@到位的资金用好", "已于2021年12月底前完成的，@前再查一遍", "项目@竣工投用，@验收", "政策执行至@", "经批准可延长至@",
		"申报截止到@，逾期不受理", "每月5日前报送，@为止", "补贴对象为@登记的农户", "（@）", "注：以上任务均须在@通过验收", "原定@完成，现调整为@完成", "省厅将于@组织验收",
		"《关于@完成任务的通知》要求不变", "截至@累计完成80%", "@—", "整改时限：@", "完成率@达到90%", "#@", "@", "①@；②@",
	}
	someHeads = []string{"序号", "工作任务", "责任单位", "完成时限", "备注", "进展情况", "年度目标", "类别", "联系人", "一季度", "措施", "验收标准", "甲", "进场", "河段"}
	// someDays are cells that are a time and no more, in words that do not say by when.
	someDays = []string{"3月15日", "6月", "2022/6/30", "2022年9月", "11月上旬", "2023年4月1日", "2022-07-15"}
)

func drawSentence(t *rapid.T) string {
	s := rapid.SampledFrom(someSentences).Draw(t, "sentence")
	for strings.Contains(s, "@") {
		s = strings.Replace(s, "@", rapid.SampledFrom(someLimits).Draw(t, "limit"), 1)
	}
	return strings.ReplaceAll(s, "#", rapid.SampledFrom(someBodies).Draw(t, "body"))
}

// TestNoLimitIsSetAsideInSilence draws papers of sentences and tables that fit no rule, and
// holds that each limit in them becomes a task, a duty or a question: none is set aside
// without being asked about, save what the words themselves say is none.
func TestNoLimitIsSetAsideInSilence(t *testing.T) {
	t.Parallel()
	cal := holidays(t)
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString("清源市2022年河湖治理工作方案\n")
		for i := range rapid.IntRange(1, 6).Draw(t, "paragraphs") {
			switch rapid.IntRange(0, 4).Draw(t, "form") {
			case 0:
				fmt.Fprintf(&b, "%s、%s\n", chinese(i+1), drawSentence(t))
			case 1:
				fmt.Fprintf(&b, "（%s）整治工作。%s。%s。\n", chinese(i+1), drawSentence(t), drawSentence(t))
			case 2:
				fmt.Fprintf(&b, "%d.%s；\n", i+1, drawSentence(t))
			default:
				fmt.Fprintf(&b, "%s。\n", drawSentence(t))
			}
		}
		var rows [][]string
		if cols := rapid.IntRange(0, 5).Draw(t, "columns"); cols > 1 {
			head := rapid.Permutation(someHeads).Draw(t, "heads")[:cols]
			rows = append(rows, head)
			for range rapid.IntRange(1, 4).Draw(t, "rows") {
				var r []string
				for range cols {
					cell := ""
					switch rapid.IntRange(0, 4).Draw(t, "cell") {
					case 0:
						cell = drawSentence(t)
					case 1:
						cell = rapid.SampledFrom(someLimits).Draw(t, "limit")
					case 2:
						cell = rapid.SampledFrom(someDays).Draw(t, "day")
					case 3:
						cell = rapid.SampledFrom([]string{"市水务局", "新建泵站3座", "3", "张三"}).Draw(t, "words")
					}
					r = append(r, cell)
				}
				rows = append(rows, r)
			}
			for _, r := range rows {
				b.WriteString(strings.Join(r, "\t") + "\n")
			}
		}
		noneIsLost(t, cal, b.String())
	})
}

// headed is a line that heads others.
var headed = regexp.MustCompile(`^[一二三四五六]、`)

// sayNone are words that say themselves that a limit is none of this paper's: a title's,
// until when something was counted.
var sayNone = []string{"name", "head", "answered"}

func noneIsLost(t *rapid.T, cal *calendar.Calendar, text string) {
	d, err := Import(context.Background(), []Source{{Name: "x.txt", Data: []byte(text)}}, Options{Issued: calendar.NewDay(2022, 3, 1), Calendar: cal})
	if d == nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	byPlace := map[paraKey][]Expression{}
	for _, e := range d.Expressions {
		byPlace[keyOf(e.Place)] = append(byPlace[keyOf(e.Place)], e)
	}
	whole := text
	look := func(at Place, text string) {
		for _, m := range limitWords.FindAllStringIndex(text, -1) {
			w := text[m[0]:m[1]]
			if strings.Contains(text, "截至"+w) || strings.Contains(text, "2021年12月底前") && w == "12月底前" {
				continue
			}
			if !slices.ContainsFunc(byPlace[keyOf(at)], func(e Expression) bool {
				return strings.Contains(tight(e.Words), w) || strings.Contains(w, tight(e.Words))
			}) {
				t.Fatalf("%q in %q became nothing", w, text)
			}
		}
		for _, e := range byPlace[keyOf(at)] {
			if e.Of == "stage" && headed.MatchString(text) {
				continue // the time of a heading, which its items have
			}
			if e.Became == becameAside && limitWords.MatchString(tight(e.Words)) && !slices.Contains(sayNone, e.Of) && !strings.Contains(tight(e.Words), "2021") && !strings.HasPrefix(e.Words, "截至") {
				t.Fatalf("%q in %q was set aside for %q, and nobody was asked:\n%s", e.Words, text, e.Of, whole)
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
				at := b.Place
				at.Row = r.No
				for i, c := range r.Cells {
					look(at, c)
					if !slices.Contains(someDays, tight(c)) {
						continue
					}
					said := func(e Expression) bool { return strings.Contains(tight(c), tight(e.Words)) }
					if !slices.ContainsFunc(byPlace[keyOf(at)], said) {
						t.Fatalf("the cell %q of %q became nothing:\n%s", c, r.Cells, text)
					}
					if !slices.ContainsFunc(byPlace[keyOf(at)], func(e Expression) bool { // of a time that stands twice in a row one is enough
						return said(e) && (e.Became != becameAside || slices.Contains(sayNone, e.Of) || e.Of == "column" && saysNone(b.Table, i))
					}) {
						t.Fatalf("the cell %q of %q was set aside, and nobody was asked:\n%s", c, r.Cells, text)
					}
				}
			}
		}
	}
}

// saysNone tells that the head of a column says that what is under it is no limit.
func saysNone(t *Table, i int) bool {
	for _, r := range t.Rows {
		if i < len(r.Cells) {
			if c := columnOf(r.Cells[i]); c == colPast || c == colPerson {
				return true
			}
		}
	}
	return false
}
