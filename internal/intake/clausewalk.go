package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// makeClauses walks the outline and decides which items are clauses: an item
// whose parts have brackets of their own is a heading, one whose parts share a
// bracket is one clause.
func makeClauses(o outline) []*clause {
	w := &clauseWalk{ids: map[string]int{}}
	chapters := 0
	for _, n := range o.top {
		if n.role == roleTasks && n.annex == "" {
			chapters++
		}
	}
	w.many = chapters > 1
	for _, n := range o.top {
		w.walk(n, nil)
	}
	if len(w.out) == len(o.top) {
		w.spreadLast()
	}
	return w.out
}

// spreadLast gives the chapters of a short notice, none of which names anybody, the
// body that a line of its own behind the last of them names.
func (w *clauseWalk) spreadLast() {
	n := len(w.out)
	if n < 2 {
		return
	}
	last := w.out[n-1]
	if len(last.found) != 1 || len(last.seats) == 0 || len(last.starts) < 2 {
		return
	}
	at := last.f.rawAt(last.found[0].from)
	if line := strings.LastIndexByte(last.text[:at], '\n') + 1; line == 0 || hanIn(last.text[line:at]) > 6 {
		return
	}
	if slices.ContainsFunc(w.out[:n-1], func(c *clause) bool {
		return len(c.found) > 0 || last.limitBeside() && timeWord.MatchString(fold(c.text))
	}) {
		return
	}
	for _, c := range w.out[:n-1] {
		c.inherit(last)
	}
}

type clauseWalk struct {
	out  []*clause
	ids  map[string]int
	many bool // several chapters of tasks: their number begins the clause's id
}

func (w *clauseWalk) walk(n *node, from *clause) {
	if len(n.kids) == 0 || n.collapses() {
		w.add(n, from)
		return
	}
	own := n.clauseOf(n.paras)
	head := from
	if len(own.found) > 0 {
		head = own // a bracket at the heading covers the items below
	}
	if body := ownText(n); utf8.RuneCountInString(body) >= 12 || n.kids[0].mark.box && hanIn(body) >= 4 || headDate.MatchString(fold(n.title)) {
		own.above = true
		w.addClause(n, own, from)
	}
	first := len(w.out)
	if n.mark.box { // a box has bodies of its own, at its end
		for _, k := range n.kids {
			w.walk(k, nil)
		}
		w.spreadBack(n, w.out[first:])
		for _, c := range w.out[first:] {
			if head != nil && c.named() == 0 {
				c.inherit(head)
			}
		}
		return
	}
	for _, k := range n.kids {
		w.walk(k, head)
	}
	w.spreadBack(n, w.out[first:])
}

// spreadBack gives items without a bracket that of the next item beside them:
// one bracket after several items covers them all.
func (w *clauseWalk) spreadBack(n *node, made []*clause) {
	if n.parent == nil && n.mark.style <= styleHan && len(n.kids) > 0 && n.kids[0].mark.style == styleParen && (len(made) == 0 || !aboveWord.MatchString(made[len(made)-1].text)) {
		return // chapters hold different matters
	}
	own := 0
	for _, c := range made {
		if len(c.seats) > 0 && !c.inherited {
			own++
		}
	}
	if own > 1 && own*2 > len(made) {
		return // nearly each has its own: one that has none is asked about
	}
	var next *clause
	for i := len(made) - 1; i >= 0; i-- {
		c := made[i]
		switch {
		case len(c.seats) > 0 && !c.inherited:
			next = c
		case len(c.seats) == 0 && next != nil && !strings.ContainsRune(c.text, utf8.RuneError):
			c.inherit(next)
			c.spread = c.inherited && own > 0 && (!next.bracketAlone() || next.limitBeside() && timeWord.MatchString(fold(c.text))) && !aboveWord.MatchString(next.text)
		}
	}
}

// bracketAlone tells that the clause's first bracket is a line of its own, and so may well be
// for all the items before it.
func (c *clause) bracketAlone() bool {
	if len(c.found) == 0 {
		return false
	}
	at := c.f.rawAt(c.found[0].from)
	line := strings.LastIndexByte(c.text[:at], '\n') + 1
	return line > 0 && hanIn(c.text[line:at]) <= 6
}

// limitBeside tells that a line of the clause's own says by when: 责任单位：县水利局⏎完成时限：4月底前.
func (c *clause) limitBeside() bool {
	for line := range strings.SplitSeq(fold(c.text), "\n") {
		if m := labelRe.FindStringSubmatchIndex(line); m != nil && hanIn(line[:m[0]]) == 0 && limitLabel.MatchString(line[m[2]:m[3]]) {
			return true
		}
	}
	return false
}

// aboveWord says that the last item speaks for those above it too.
var aboveWord = regexp.MustCompile(`(?:以上|上述)(?:各项|几项|所有|全部)?(?:工作|任务|项目|措施|事项)`)
