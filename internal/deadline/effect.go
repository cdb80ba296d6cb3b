package deadline

import "strings"

// readEffect reads 即日起 and 自印发之日起施行: a start. 之日起 with a term behind it
// is left to readTerm.
func (s *scan) readEffect(i int) ([]hit, int) {
	if w, j := s.one(i, "从即日起", "自即日起", "即日起", "自今日起", "从今日起"); w != "" {
		if s.at(j) == '至' || s.at(j) == '到' {
			return nil, 0
		}
		h := hit{Reading{Kind: Start, Rule: "E1", Start: s.ctx.Issued, Sure: Sure, YearFrom: "issued"}, span{i, j}}
		if s.ctx.Issued.IsZero() {
			ask(&h, "deadline.year_missing")
		}
		return []hit{h}, j
	}
	w, j := s.one(i, "次月起", "下月起", "次年起", "次日起", "之日起")
	if w == "" || s.lit(j, "草") {
		return nil, 0
	}
	k := j
	for s.one2(k, "，", ",", "的", "算", "计算", "在", "应", "须", "于", "被督查对象", "内") && k-j < 8 {
		k = s.skip(k, "，", ",", "的", "算", "计算", "在", "应", "须", "于", "被督查对象", "内")
	}
	if t, ok := s.term(k); ok && t.closed {
		return nil, 0
	}
	if w == "之日起" && (s.at(j) == '至' || s.at(j) == '到') {
		return nil, 0
	}
	from := s.eventStart(i)
	event := strings.TrimRight(s.str(s.skip(from, "自", "从", "在", "于"), i), "的之")
	if event == "" && w != "之日起" {
		return nil, 0
	}
	h := hit{Reading{Kind: Relative, Relative: true, Rule: "A17", Event: event, Sure: Sure}, span{from, j}}
	if w != "之日起" {
		unit := map[string]string{"次月起": "months", "下月起": "months", "次年起": "years", "次日起": "days"}[w]
		h.Offset = Offset{N: 1, Unit: unit, Next: true}
		return []hit{h}, j
	}
	if s.isIssue(event) {
		h.Relative, h.Kind, h.Rule, h.Start, h.Effect, h.YearFrom = false, Start, "E1", s.ctx.Issued, true, "issued"
		if s.ctx.Issued.IsZero() {
			ask(&h, "deadline.year_missing")
		}
	}
	return []hit{h}, j
}

// readFiveYears reads “十四五”末 and “十四五”期间: the five-year plans run from a
// year ending in 1 or 6. Plain “十四五”规划 is a name.
func (s *scan) readFiveYears(i int) ([]hit, int) {
	j := s.skip(i, "\"")
	n := 0
	if !s.fiveYears(j, min(j+3, len(s.c))) || s.at(j+2) != '五' {
		return nil, 0
	}
	n = 10 + hanDigit(s.at(j+1))
	j = s.skip(j+3, "\"")
	first := 1951 + n*5 // the tenth plan is 2001–2005
	h := hit{Reading{Kind: Window, Rule: "F1", Sure: Sure, YearFrom: "written"}, span{i, j}}
	h.Start, h.Due = day(first, 1, 1), day(first+4, 12, 31)
	w, e := s.one(j, "期末", "时期末", "期间末", "末期", "末", "期间", "时期", "规划期内", "规划期", "期内", "以来", "前三年", "后两年", "中期", "初期", "前期")
	switch {
	case w == "":
		return nil, j
	case w == "以来" || w == "前三年" || w == "后两年" || s.lit(e, "以来"):
		h.Kind, h.Rule = Target, "T2"
		h.Start, h.Due = noDay, noDay
		e = s.skip(e, "以来")
	case w == "中期" || w == "初期" || w == "前期":
		return nil, e
	case strings.HasSuffix(w, "末") || w == "末期":
		h.Kind, h.Start = Due, noDay
		e = s.skip(e, "前")
	case s.one2(e, "末"):
		h.Kind, h.Start = Due, noDay
		e = s.skip(e, "末前", "末")
	default:
		e = s.skip(e, "内")
	}
	h.to = e
	if h.Kind != Target && !s.ctx.Issued.IsZero() && h.Due.Before(s.ctx.Issued) {
		ask(&h, "deadline.before_issue")
	}
	return []hit{h}, e
}

// readVision reads 本世纪中叶: a vision, no limit (A15).
func (s *scan) readVision(i int) ([]hit, int) {
	w, j := s.one(i, "到本世纪中叶", "本世纪中叶", "到21世纪中叶", "21世纪中叶", "到二十一世纪中叶", "到本世纪末")
	if w == "" {
		return nil, 0
	}
	return []hit{{Reading{Kind: None, Rule: "A15"}, span{i, j}}}, j
}
