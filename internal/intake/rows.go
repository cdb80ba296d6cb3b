package intake

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/internal/deadline"
	"duban/internal/plan"
	"duban/internal/words"
)

// project is a row of an annex with its entries: one, or one for each time that
// its limit names.
type project struct {
	row
	entries []*entry
	names   []string // units in the order in which they answer
	extra   []string // who leads where the body names the same work, and so assists
}

// projects makes the entries of rows. ids are p01 for the only annex of tasks,
// p2-01 for those of a second.
func (k *committer) projects(tables [][]row) []*project {
	var out []*project
	used := map[string]bool{}
	for t, rows := range tables {
		width := 2
		if len(rows) > 99 {
			width = 3
		}
		seen := map[int]int{}
		for _, r := range rows {
			prefix := "p"
			if t > 0 {
				prefix = fmt.Sprintf("p%d-", t+1)
			}
			id := fmt.Sprintf("%s%0*d", prefix, width, r.no)
			if seen[r.no]++; seen[r.no] > 1 {
				id += fmt.Sprintf("-%d", seen[r.no])
			}
			p := k.project(id, r)
			for n := seen[r.no]; p.clashes(used); n++ { // a second row 3 beside the second time of the first
				p.rename(fmt.Sprintf("%s%0*d-%d", prefix, width, r.no, n+1))
			}
			for _, e := range p.entries {
				used[e.ID] = true
			}
			out = append(out, p)
		}
	}
	return out
}

// clashes tells that an entry of the row has an ID that another has.
func (p *project) clashes(used map[string]bool) bool {
	return slices.ContainsFunc(p.entries, func(e *entry) bool { return used[e.ID] })
}

// rename gives the row's entries other IDs.
func (p *project) rename(id string) {
	for i, e := range p.entries {
		e.ID = id
		if len(p.entries) > 1 {
			e.ID = fmt.Sprintf("%s-%d", id, i+1)
		}
	}
}

func (k *committer) project(id string, r row) *project {
	if r.year > 0 { // times without a year are of the row's own
		ctx := k.ctx
		k.ctx.PlanYear, k.ctx.Inherit = r.year, r.year
		defer func() { k.ctx = ctx }()
	}
	if r.untitled {
		answer := k.asker.ask("title", weightLead+5, rowPlace(r.annex, r.no), r.raw, "", nil, nil)
		r.title = firstNonEmpty(answer, k.asker.words.T("intake.untitled", words.Data{"Row": r.line}))
	}
	p := &project{row: r}
	r.units = k.inheritPrefix(splitShared(r.units))
	p.units = r.units
	for _, n := range order(r.units) {
		p.names = append(p.names, n.name)
	}
	place := rowPlace(r.annex, r.no)
	entries := k.rowEntries(place, &p.row)
	p.entries = entries
	p.rename(id)
	for _, e := range entries {
		e.At, e.row, e.Bracket = r.place, &p.row, -1
		e.Priority = strings.Contains(r.remark, "省重点") || strings.Contains(r.remark, "重点项目") || strings.Contains(r.remark, "重点工程") || r.remark == "重点"
		k.rowOwner(place, p, e)
	}
	return p
}

// rowEntries reads the limit cell; a row without one is read in its words.
func (k *committer) rowEntries(place string, r *row) []*entry {
	var out []*entry
	c := &clause{place: place, role: roleTasks, at: r.place}
	if len(r.when) > 0 {
		out = k.stageEntries(place, r)
		out = append(k.wordEntries(place, r, out), out...)
	} else if r.limit != "" {
		ctx := k.ctx
		ctx.ColumnCell = true
		if e, ok := k.numberDate(place, r); ok {
			return append(k.wordEntries(place, r, []*entry{e}), e)
		}
		c.text = r.limit
		reads := k.inSeason(c, deadline.Read(r.limit, ctx))
		var kept []deadline.Reading
		for _, rd := range reads {
			if isTerm(rd) && (rd.Event == "" || told(rd)) {
				rd = k.fromIssue(rd)
			}
			if !atOnce(rd, reads) && k.counts(c, rd, span{0, len(r.limit)}, true) {
				kept = append(kept, rd)
			}
		}
		step := k.remarkStep(place, r, kept)
		if said, ok := k.remarkLimit(c, r, kept); ok { // 立行立改, and 9月15日前移交 beside it
			kept = said
		}
		for i, rd := range kept {
			s := span{0, len(c.text)}
			if len(kept) > 1 {
				if i > 0 { // 春季5月底前完成一轮，秋季10月底前完成一轮
					s.from = cutBefore(c.text, kept[i-1].End, rd.Begin)
				}
				if i+1 < len(kept) {
					s.to = max(rd.End, cutBefore(c.text, rd.End, kept[i+1].Begin))
				}
				s.from, s.to = trimSpan(c.text, s.from, s.to)
			}
			e := k.dated(c, rd, s, -1)
			if e == nil {
				continue
			}
			e.Source = r.raw
			e.Title = r.title
			if len(kept) > 1 {
				step := tidyTitle(strings.Replace(c.text[s.from:s.to], rd.Words, "", 1))
				e.Title = shorten(r.title, 40) + "：" + shorten(firstNonEmpty(step, rd.Words), 30)
			}
			out = append(out, e)
		}
		if len(out) == 0 && !openLimit(reads) {
			e := &entry{Kind: plan.Standing, Title: r.matter(), Source: r.raw}
			answer := k.asker.ask("limit", weightDate, place, r.title+" "+r.limit, "", nil, words.Data{"Title": r.title, "Limit": r.limit})
			if d, ok := parseAnswerDay(answer); ok {
				e.Kind, e.Due = plan.Dated, d
			} else {
				k.note(e, "note_limit", r.limit)
			}
			return append(k.wordEntries(place, r, nil), e)
		}
		if made := k.wordEntries(place, r, out); k.allDuty(r, kept, made) {
			out = made
			for _, e := range made {
				if w := kept[0]; w.Kind == deadline.Window && !w.Due.IsZero() && !w.Due.Before(e.Recur.From) {
					e.Recur.Until = w.Due
					if w.Start.After(e.Recur.From) {
						e.Recur.From = w.Start
					}
				}
			}
		} else {
			out = append(made, out...)
		}
		out = append(step, out...)
	} else {
		text := r.said
		c.text = text
		all := slices.DeleteFunc(k.countedOn(c, k.inSeason(c, deadline.Read(text, k.ctx))), func(rd deadline.Reading) bool {
			return !k.counts(c, rd, span{0, len(text)}, true)
		})
		for i, rd := range all {
			s := lineOf(text, rd.Begin)
			if i > 0 && all[i-1].End > s.from { // 6月底前开工，年底前完成路基工程
				s.from = cutBefore(text, all[i-1].End, rd.Begin)
			}
			if i+1 < len(all) && all[i+1].Begin < s.to {
				s.to = max(rd.End, cutBefore(text, rd.End, all[i+1].Begin))
			}
			s.from, s.to = trimSpan(text, s.from, s.to)
			e := k.dated(c, rd, s, -1)
			if e == nil {
				continue
			}
			e.Source = r.raw
			e.Title = shorten(r.title, 40)
			if s.from > 0 || len(out) > 0 {
				e.Title += "：" + shorten(tidyTitle(text[s.from:s.to]), 40)
			}
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		e := &entry{Kind: plan.Standing, Title: r.matter(), Source: r.raw}
		if r.limit != "" {
			k.note(e, "note_open", r.limit)
		}
		return []*entry{e}
	}
	for _, e := range out {
		if e.Milestone == "" && e.Kind == plan.Dated {
			e.Milestone = "完成"
		}
		if e.Title == r.title {
			e.Title = firstNonEmpty(k.stepBy(r.title, e), r.matter())
		}
	}
	return out
}

// stepBy is the one of a title's steps that is done by an entry's day, "" where the title names
// no other day: 6月底前关闭采石点，12月底前完成修复.
func (k *committer) stepBy(title string, e *entry) string {
	if e.Due.IsZero() || len(timeWord.FindAllString(fold(title), 2)) < 2 {
		return ""
	}
	for _, rd := range deadline.Read(title, k.ctx) {
		if rd.Due == e.Due && rd.Kind == deadline.Due {
			p := partHolding(title, rd, span{0, len(title)})
			if step := tidyTitle(strings.Replace(title[p.from:p.to], rd.Words, "", 1)); hanIn(step) >= 4 {
				return shorten(step, 40)
			}
		}
	}
	return ""
}

// remarkLimit are the limits that a row's remark sets where its own cell sets no day; the
// clause's text is then the remark.
func (k *committer) remarkLimit(c *clause, r *row, kept []deadline.Reading) ([]deadline.Reading, bool) {
	if len(kept) == 1 && kept[0].Rule != "L1" {
		return k.remarkDay(c, r, kept[0])
	}
	if slices.ContainsFunc(kept, func(rd deadline.Reading) bool { return rd.Rule != "L1" }) {
		return nil, false
	}
	var out []deadline.Reading
	for _, rd := range deadline.Read(r.remark, k.ctx) {
		if rd.Kind == deadline.Due && !rd.Due.IsZero() && strings.Contains(rd.Words, "前") && !rd.Condition && !rd.Effect {
			out = append(out, rd)
		}
	}
	if len(out) == 0 {
		return nil, false
	}
	c.text = r.remark
	return out, true
}

// partYear is a limit that is a part of the year and no more.
var partYear = regexp.MustCompile(`^(?:(?:19|20)\d\d年)?(?:第?[一二三四1-4]季度|[上下]半年|全年|年内)$`)

// remarkDay is the day that a remark sets within the part of the year that the row's limit
// is: 一季度, and 2月20日前召开 beside it. A remark that says how much is a step of the work.
func (k *committer) remarkDay(c *clause, r *row, of deadline.Reading) ([]deadline.Reading, bool) {
	if !partYear.MatchString(tight(fold(r.limit))) || r.remark == "" {
		return nil, false
	}
	ctx := k.ctx
	ctx.ColumnCell = true
	read := deadline.Read(r.remark, ctx)
	if len(read) != 1 || read[0].Kind != deadline.Due || read[0].Due.IsZero() || read[0].Due.After(of.Due) || !strings.Contains(read[0].Words, "前") || read[0].Condition || read[0].Effect {
		return nil, false
	}
	rest := strings.Trim(tight(fold(strings.Replace(r.remark, read[0].Words, "", 1))), "。;,前")
	if hanIn(rest) > 4 || strings.ContainsAny(rest, "0123456789%") {
		return nil, false
	}
	c.text = r.remark
	return read, true
}

// remarkStep is how much of a row's work its remark wants by a day within the part of the year
// that the limit is: 二季度, and 5月底前开业3个 beside it.
func (k *committer) remarkStep(place string, r *row, kept []deadline.Reading) []*entry {
	if len(kept) != 1 || !partYear.MatchString(tight(fold(r.limit))) || r.remark == "" {
		return nil
	}
	ctx := k.ctx
	ctx.ColumnCell = true
	read := deadline.Read(r.remark, ctx)
	if len(read) != 1 || read[0].Kind != deadline.Due || read[0].Due.IsZero() || !read[0].Due.Before(kept[0].Due) || !strings.Contains(read[0].Words, "前") || read[0].Condition || read[0].Effect {
		return nil
	}
	rest := strings.Trim(tight(strings.Replace(r.remark, read[0].Words, "", 1)), "。；，前")
	if hanIn(rest) > 12 || !strings.ContainsAny(fold(rest), "0123456789%") {
		return nil
	}
	e := k.dated(&clause{place: place, role: roleTasks, text: r.remark, at: r.place}, read[0], span{0, len(r.remark)}, -1)
	if e == nil {
		return nil
	}
	e.Source, e.Title = r.raw, shorten(r.title, 40)+"："+shorten(rest, 30)
	return []*entry{e}
}

// allDuty tells that a row's words are one duty and nothing else, so that a limit of the whole
// year or of a stretch of it only says how long it goes on.
func (k *committer) allDuty(r *row, kept []deadline.Reading, made []*entry) bool {
	if len(kept) != 1 || len(made) == 0 || slices.ContainsFunc(made, func(e *entry) bool { return e.Recur == nil }) {
		return false
	}
	if l := tight(fold(r.limit)); !(kept[0].Kind == deadline.Window && !kept[0].Start.IsZero() || wholeYear.MatchString(l) || strings.HasPrefix(l, "贯穿全")) {
		return false
	}
	said := strings.Trim(tight(fold(firstNonEmpty(r.content, r.title))), "。;")
	return !strings.ContainsAny(said, "。;") && dutyHead.MatchString(said)
}

// dutyHead begins words that say how often at once.
var dutyHead = regexp.MustCompile(`^(?:[^,;。]{0,30}?)(?:每[年季月周日半旬两逢学\d]|按[月季周])`)

var matterVerb = regexp.MustCompile(`^(?:推出|推行|上线|出台|制定|编制|印发|建立|培育|引进|招引|扩建|续建|加固|疏浚|清理|清淤|配备|配置|资助|救助|补助|帮扶|慰问|筹集|新增|新建|改建|扩建|建设|建成|改造|完成|开展|实施|更新|购置|培训|发放|安装|铺设|整治|治理|修复|提升|打造|创建|为|对|免费|组织|举办|推进|启动|投放|增设|优化|设立|种植|栽植|拆除|维修|加装|检查|抽查|抽检|巡查|排查|监测|督查|改扩建|迁建|重建|修建|公布|发布|公开|梳理|选派|选聘|招聘|征集|评选|认定|收储|签约|兑付|清偿|压减|降低|关停|淘汰|置换|补植|绿化|硬化|亮化|布设|敷设|打通|拓宽|整修|翻修|修缮|搬迁|安置|疏通|清运|拓展|推广|普及|接种|筛查|签订|归集|开通|开发|研发)`)

// saysDone tells that words begin with what is done.
func saysDone(s string) bool {
	return matterVerb.MatchString(s) || actsVerb.MatchString(fold(s)) || doneThere.MatchString(s)
}

// doneThere begins with where something is done.
var doneThere = regexp.MustCompile(`^(?:送|在[^，。]{2,24}?(?:新增|新建|增设|建设|安装|设置|设立|布设|铺设|打造|开通|开设|推广|推行|试行|公示|公布|更新|推送|投放|张贴|开展|实施|改造|配备|举办|组织)|将[^，。]{2,30}(?:压减|压缩|缩短|提高|提升|降低|控制|纳入|扩大|增加|接入|延伸))`)

// matter is what a row is about: the sentence that says what is done, where the
// column of names only names a thing (公共停车位: 新增城区公共停车位300个).
func (r *row) matter() string {
	content := tidyTitle(unmarked(oneLine(r.content)))
	if hanIn(r.title) > 10 || matterVerb.MatchString(r.title) || strings.ContainsAny(r.content, "\n") || len(timeWord.FindAllString(fold(content), 2)) > 1 || !saysDone(content) {
		return r.title
	}
	if i := strings.IndexAny(content, "。；;"); i > 0 && i < len(content)-3 || hanIn(content) > 36 {
		return r.title + "：" + shorten(firstSentence(content), 36)
	}
	return content
}

// wordEntries are the steps that a row's words date beside its limit: 3月底前完成
// 修订 in a row due in December. A step on the very day of a limit is that limit.
func (k *committer) wordEntries(place string, r *row, limits []*entry) []*entry {
	text := r.said
	c := &clause{place: place, role: roleTasks, text: text, title: shorten(r.title, 30), at: r.place}
	ctx := k.ctx
	taken, again := map[string]bool{}, false
	for _, e := range limits {
		again = again || e.Recur != nil
		if !e.Due.IsZero() {
			taken[e.Due.String()] = true
			if fourDigits.MatchString(r.limit) {
				ctx.Inherit = e.Due.Year
			}
		}
	}
	readings := k.countedOn(c, deadline.Read(text, ctx))
	var out []*entry
	for _, s := range cutSentences(text, 0, len(text), -1) {
		parts := commaSpans(text, s.span)
		var marks []marked
		for _, rd := range readings {
			if rd.Begin < s.from || rd.Begin >= s.to || wholeYear.MatchString(tight(fold(rd.Words))) {
				continue
			}
			if k.counts(c, rd, s.span, false) && !attached(rd) && (rd.Kind == deadline.Recurring && rd.Recurrence != "" || !rd.Due.IsZero()) {
				marks = append(marks, marked{rd, partOf(parts, rd.Begin)})
			}
		}
		for _, g := range segments(text, parts, marks) {
			if g.reading == nil {
				continue
			}
			e := k.dated(c, *g.reading, g.span, -1)
			if e == nil || e.Kind == plan.Standing {
				continue
			}
			if e.Kind == plan.Dated && taken[e.Due.String()] || e.Recur != nil && again {
				continue
			}
			e.Title = shorten(k.title(c, g), 60)
			e.Source = r.raw
			out = append(out, e)
		}
	}
	return out
}

// numberDate reads a limit that is a bare number: a day that Excel stored and shows
// unformatted (44377), 20210630, or 6/30. The likely reading is asked about.
func (k *committer) numberDate(place string, r *row) (*entry, bool) {
	day := k.figureDay(r.limit)
	if day.IsZero() {
		return nil, false
	}
	rd := deadline.Reading{Kind: deadline.Due, Due: day, Words: r.limit, Rule: "D2", Sure: deadline.Ask, Ask: "intake.why_number", End: len(r.limit)}
	e := &entry{Kind: plan.Dated, Bracket: -1, Source: r.raw, Title: r.title, Milestone: "完成", words: r.limit, reading: rd, rule: rd.Rule, sure: rd.Sure}
	k.timed(place, e, rd)
	return e, true
}

var fourDigits = regexp.MustCompile(`(?:19|20)\d\d`)

// lineOf is the sentence of text around byte at.
func lineOf(text string, at int) span {
	from, to := 0, len(text)
	if i := strings.LastIndexAny(text[:at], "\n。；;"); i >= 0 {
		_, n := utf8.DecodeRuneInString(text[i:])
		from = i + n
	}
	if i := strings.IndexAny(text[at:], "\n。；;"); i >= 0 {
		to = at + i
	}
	from, to = trimSpan(text, from, to)
	return span{from, to}
}

// openLimit is true of a limit that says there is none: 长期, 持续推进.
func openLimit(reads []deadline.Reading) bool {
	for _, r := range reads {
		if r.Kind == deadline.Standing || r.Kind == deadline.None || r.Kind == deadline.Relative {
			return true
		}
	}
	return false
}

// rowOwner finds who answers for a row.
func (k *committer) rowOwner(place string, p *project, e *entry) {
	if !slices.ContainsFunc(p.units, func(n named) bool { return n.seat != seatAssist }) { // nobody, or only those who take part
		if names, several := k.subjectAt(tight(fold(p.title))); len(names) > 0 && len(p.units) == 0 { // 各牵头单位于每月28日前报送进展, in a note's row
			if members, _ := k.reg.resolve(names[0], place); several && len(members) > 0 && !members[0].dummy {
				e.Each = names
			}
			p.names = names
			if t, ok := k.withoutActor(e.Title, names[0]); ok {
				e.Title = strings.Trim(t, "。")
			}
			return
		}
		answer := k.asker.ask("lead", weightLead, place, p.title, k.reg.officeName, nil, words.Data{"Words": p.title})
		names, _, _ := readUnits(fold(answer), seatOwner)
		if answer == "" || len(names) == 0 {
			p.names = append([]string{k.reg.officeName}, p.names...)
			k.note(e, "note_lead", "")
			return
		}
		p.names = slices.DeleteFunc(p.names, func(a string) bool {
			return slices.ContainsFunc(names, func(n named) bool { return k.sameUnit(a, n.name) })
		})
		rest := p.names
		p.names = nil
		defer func() { p.names = append(p.names, rest...) }()
		for _, n := range names {
			k.reg.resolve(n.name, place)
			p.names = append(p.names, n.name)
		}
		return
	}
	if p.rival != "" && len(p.names) > 0 && !k.sameUnit(p.rival, p.names[0]) && e.Kind != plan.Standing {
		if own := k.doubtLead(place, p.title, p.names[0]); len(own) > 0 {
			e.Lead, e.Assist, e.SetAssist = own[0], append(e.Assist, own[1:]...), true
			return
		}
	}
	var each []string
	for _, n := range order(p.units) {
		m, several := k.reg.resolve(n.name, place)
		if several && len(m) > 0 && !(len(m) == 1 && m[0].dummy) && n.seat != seatAssist {
			each = append(each, n.name)
		}
	}
	first := p.names[0]
	if m, several := k.reg.resolve(first, place); several && !(len(m) == 1 && m[0].dummy) {
		e.Each = each
		if answer := k.asker.ask("each", weightEach, place, p.title, "each", []string{"each", "joint"}, words.Data{"Units": strings.Join(each, "、")}); answer == "joint" {
			e.Each = nil
			for _, n := range p.names {
				if _, s := k.reg.resolve(n, place); !s {
					e.Lead = n
					return
				}
			}
			e.Lead = k.reg.officeName
		}
	}
}
