package intake

import (
	"duban/internal/deadline"
	"regexp"
	"strings"
)

// issueWords are the lines of a letter: who signs, when, that it is made public.
var issueWords = regexp.MustCompile(`^[\p{Han}]{0,24}(?:19|20)\d\d年\d{1,2}月\d{1,2}日(?:印发|发布)?$|^\(?(?:19|20)\d\d年\d{1,2}月\d{1,2}日.{0,30}(?:通过|批准|印发|公布)\)?$|印发$`)

// kindOf says why no time of a paragraph can be a limit, "" where it can.
func (a *accountant) kindOf(p para) string {
	if len(p.text) > 600 {
		return ""
	}
	title, _ := titleAndBody(p.text)
	f := tight(fold(title))
	switch {
	case issueWords.MatchString(f), endMatter.MatchString(fold(p.text)):
		return "issue"
	case f == tight(fold(a.d.Title)) && !strings.Contains(f, "。") || planTitle.MatchString(f) && !strings.ContainsAny(f, "。;") || isAnnexHead(p.text) || annexList.MatchString(fold(p.text)):
		return "name"
	}
	return ""
}

// outside is the fate of a reading in a paragraph of no clause.
func (a *accountant) outside(p para, kind string, r deadline.Reading) fate {
	if kind != "" {
		return aside(kind)
	}
	c := &clause{place: shortPlace(p.place), role: roleTasks, text: p.text, at: p.place}
	if f, ok := a.undated(c, r); ok {
		return f
	}
	switch {
	case r.Kind == deadline.Start:
		return aside("start")
	case r.Kind == deadline.Window && isStageTime(p.text): // 行动时间为6月20日至9月30日
		return aside("stage")
	case a.k.vision(r):
		return aside("vision")
	case r.Superior:
		return aside("superior")
	case r.Condition:
		return aside("condition")
	case !r.Due.IsZero() && r.Due.Year < a.k.facts.Issued.Year || a.gone(r):
		return aside("past")
	case bareYear.MatchString(tight(fold(r.Words))) && !says(p.text, r):
		return aside("target")
	}
	if f, ok := a.ofHeading(p.place); ok {
		return f
	}
	return a.lost(nil, p, p.text, r)
}

// ofHeading is the fate of a time in a heading: its items took it, or have times
// of their own.
func (a *accountant) ofHeading(at Place) (fate, bool) {
	for _, e := range a.headed {
		if e.from.place == at {
			return a.ofEntry(e, ""), true
		}
	}
	return aside("stage"), a.k.stageUsed(at)
}

// gone is true of a day before the issue that no word makes a limit: 6月28日，市委督查
// 室开展了督查.
func (a *accountant) gone(r deadline.Reading) bool {
	return !r.Due.IsZero() && r.Due.Before(a.k.facts.Issued) && !strings.ContainsAny(r.Words, "前底末内止")
}
