package intake

import (
	"regexp"
	"slices"
	"strings"

	"duban/internal/deadline"
	"duban/internal/plan"
)

var (
	// itemRefs are items by their numbers: 第1项、第3项; 1至5项.
	itemRefs = regexp.MustCompile(`^(?:上述|以上|前述|任务|清单)?(?:中?的?)((?:第?\d{1,2}(?:项|条|号)?(?:、|和|及|至|-|—|~)?)+)(?:项|条|号)?(?:任务|工作|事项|问题|内容)?$`)
	itemRef  = regexp.MustCompile(`第?(\d{1,2})(?:项|条|号)?(?:(至|-|—|~)第?(\d{1,2}))?`)
	restRefs = regexp.MustCompile(`^(?:其余|其他|其它|剩余)(?:各项|各条|项目|任务|事项|工作|问题)(?:任务|工作)?$`)
)

// byItems gives the limits that a later sentence sets for items by their numbers (第1项、
// 第3项于4月底前完成，其余各项于6月底前完成) to the undated entries of those items, and takes
// the sentence's own entries away. Where a number is none or several, they stay, and are
// asked about as they are.
func (k *committer) byItems(cs []*clause) {
	for i, c := range cs {
		named := map[*clause]bool{}
		for _, e := range slices.Clone(c.entries) {
			if e.Kind != plan.Dated || e.reading.Kind != deadline.Due || e.phrase.from <= e.span.from || e.phrase.from > len(c.text) {
				continue
			}
			what := mustBy.ReplaceAllString(tight(fold(c.text[e.span.from:e.phrase.from])), "")
			var of []*clause
			if m := itemRefs.FindStringSubmatch(what); m != nil && strings.Contains(what, "项") {
				of = numbered(cs[:i], m[1])
			} else if restRefs.MatchString(what) && len(named) > 0 {
				for _, o := range cs[:i] {
					if isItem(o) && !named[o] && undatedOnly(o) {
						of = append(of, o)
					}
				}
			}
			if len(of) == 0 || !slices.ContainsFunc(of, undatedOnly) {
				continue
			}
			for _, o := range of {
				named[o] = true
				k.dateBack(o, e.reading, len(o.text))
			}
			k.asker.forget("lead", c.place, e.Source)
			k.aside = append(k.aside, Aside{Place: c.place, Words: e.words, Why: "stage", at: e.phrase, c: c})
			c.entries = slices.DeleteFunc(c.entries, func(o *entry) bool { return o == e })
		}
	}
}

func isItem(c *clause) bool {
	m, ok := readMark(c.text)
	return ok && m.style == styleDigit
}

// undatedOnly tells that an item has work, and no time of its own for any of it.
func undatedOnly(c *clause) bool {
	return len(c.entries) > 0 && !slices.ContainsFunc(c.entries, func(e *entry) bool { return e.Kind != plan.Standing })
}

// numbered are the items of the numbers that a text names, nil where one of them is no
// item or several.
func numbered(cs []*clause, said string) []*clause {
	var out []*clause
	for _, m := range itemRef.FindAllStringSubmatch(said, -1) {
		from := number(m[1])
		to := from
		if m[2] != "" {
			to = number(m[3])
		}
		for n := from; n <= to && to-from < 100; n++ {
			var of []*clause
			for _, c := range cs {
				if mk, ok := readMark(c.text); ok && mk.style == styleDigit && mk.num == n {
					of = append(of, c)
				}
			}
			if len(of) != 1 {
				return nil
			}
			out = append(out, of[0])
		}
	}
	return out
}
