package intake

import (
	"duban/internal/deadline"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// headClauses are the paragraphs before the first item: those with a bracket, or
// that begin with who acts, are clauses; the rest is the letter, of which only
// dated demands count. Of a text without items every dated paragraph is a clause.
func (k *committer) headClauses(o outline) []*clause {
	var out []*clause
	letter := &clause{id: "0", role: roleHead, title: "印发通知", place: "印发通知"}
	for i := 0; i < len(o.head); i++ {
		p := o.head[i]
		paras := []para{p}
		for i+1 < len(o.head) && isLabel(o.head[i+1].text) {
			i++
			paras = append(paras, o.head[i])
		}
		c := &clause{role: roleTasks, paras: paras}
		c.fill()
		t := tight(fold(p.text))
		dated := k.dates(p.text) && !ownTitle.MatchString(t) && !issueWords.MatchString(t) && t != tight(fold(k.facts.Title)) && !(planTitle.MatchString(t) && !strings.ContainsAny(t, "。;,"))
		during := !dated && k.during(p.text)
		own := len(c.found) > 0 && hanIn(c.text) > 12 && !isLabel(p.text)
		if _, names := titleAndBody(p.text); len(names) > 0 {
			continue
		}
		if !own && (dated || during || len(o.top) == 0 && dayLabel.MatchString(t)) && !docNumber.MatchString(t) {
			names, _ := k.subject(p.text, &entry{})
			own = len(o.top) == 0 && (dated || dayLabel.MatchString(t)) || len(names) > 0 || leadIn.MatchString(t) && strings.Contains(t, "是")
		}
		if own {
			no := len(out) + 1
			c.id, c.place = fmt.Sprintf("0.%d", no), fmt.Sprintf("正文第%d段", p.place.Para)
			c.title, c.untitled = shorten(firstSentence(p.text), 30), true
			for _, r := range c.found {
				c.seats = append(c.seats, r.names)
			}
			out = append(out, c)
			continue
		}
		if dated || utf8.RuneCountInString(t) >= 15 && strings.Contains(t, "。") && !dayLine.MatchString(t) && headDemand.MatchString(t) {
			letter.paras = append(letter.paras, p)
		}
	}
	if len(letter.paras) > 0 {
		letter.fill()
		letter.found = nil
		out = append([]*clause{letter}, out...)
	}
	return out
}

// dayLabel begins the line of a day or days in a calendar of work: 5月10日：发布公告.
var dayLabel = regexp.MustCompile(`^(?:(?:19|20)\d\d年)?\d{1,2}月(?:\d{1,2}日|[上中下]旬|底|初)?(?:(?:至|到|-|—)(?:\d{1,2}月)?(?:\d{1,2}日|[上中下]旬|底)?)?(?:前|之前)?[:,]`)

// ownTitle is the title of a letter on a line of its own.
var ownTitle = regexp.MustCompile(`^[\p{Han}]{0,20}关于[^。;,]{4,60}的[\p{Han}]{0,4}(?:通知|通知书|通知单|通报|函|公告|通告|意见|意见书|建议书|决定|请示|报告|批复)$`)

// dates tells that a paragraph lays down a limit that has not passed.
func (k *committer) dates(text string) bool {
	if len(text) > 20_000 {
		text = text[:20_000]
	}
	return slices.ContainsFunc(k.countedOn(&clause{text: text}, deadline.Read(text, k.ctx)), func(r deadline.Reading) bool {
		return !r.Superior && !r.Condition && !r.Effect && (r.Kind == deadline.Recurring && r.Recurrence != "" ||
			r.Kind == deadline.Due && headDated.MatchString(fold(r.Words)) && !r.Due.Before(k.facts.Issued) && !k.vision(r))
	})
}

// during tells that a paragraph names the time in which something goes on.
func (k *committer) during(text string) bool {
	return len(text) < 3000 && slices.ContainsFunc(deadline.Read(text, k.ctx), func(r deadline.Reading) bool {
		return r.Kind == deadline.Window && !bareYear.MatchString(tight(fold(r.Words))) && !r.Superior && !r.Condition && !r.Due.Before(k.facts.Issued) && !k.vision(r)
	})
}

// headDemand is what a letter's paragraph must say to be read for dates: who
// does what, or that something is handed in.
var headDemand = regexp.MustCompile(`报送|上报|报市|报省|报县|报区|备案|制定.{0,20}(方案|计划)|请各|各(县|区|单位|部门|责任|牵头|有关|地|镇|乡)`)

// spreadHead gives the items of a paper that names one responsible body in a line before
// them, and nobody after it, to that body: 目标责任书⏎责任单位：高新区管委会.
func spreadHead(o outline, cs []*clause) {
	var of *clause
	led := 0
	for _, p := range o.head[:min(len(o.head), 12)] {
		if _, names := titleAndBody(p.text); len(names) == 0 && !isLabel(p.text) {
			continue
		}
		c := &clause{paras: []para{p}}
		c.fill()
		if !c.namesWho() {
			continue
		}
		if slices.ContainsFunc(c.found, func(r responsibility) bool {
			return slices.ContainsFunc(r.names, func(n named) bool { return n.seat != seatAssist })
		}) {
			if led++; led > 1 {
				return
			}
		}
		if of != nil { // 承办单位：…⏎协办单位：…
			c = &clause{paras: append(of.paras[:len(of.paras):len(of.paras)], p)}
			c.fill()
		}
		of = c
	}
	if of == nil || slices.ContainsFunc(cs, func(c *clause) bool { return c.id != "" && c.namesWho() && !strings.HasPrefix(c.id, "0") }) {
		return
	}
	for _, c := range cs {
		if c.role != roleHead && c.named() == 0 {
			c.inherit(of)
		}
	}
}

// spreadEverywhere adds who 以下均需…落实 names to every later bracket.
func spreadEverywhere(cs []*clause) {
	var extra []named
	for _, c := range cs {
		for i := range c.seats {
			for _, n := range extra {
				if len(c.seats[i]) > 0 {
					c.seats[i] = append(c.seats[i][:len(c.seats[i]):len(c.seats[i])], n)
				}
			}
		}
		for _, r := range c.found {
			if r.also != "" {
				names, _, _ := readUnits(r.also, seatAssist)
				extra = names
			}
		}
	}
}
