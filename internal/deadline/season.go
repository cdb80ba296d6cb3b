package deadline

import (
	"strings"

	"duban/internal/calendar"
)

// seasonWord is a season's name, the setting it reads, and whether the word alone
// (without 前, 期间) is a season in a plan and not part of a name.
type seasonWord struct {
	word  string
	of    func(Seasons) Period
	alone bool
}

func flood(z Seasons) Period { return z.Flood }
func mainFlood(z Seasons) Period {
	if z.MainFlood.IsZero() {
		return z.Flood
	}
	return z.MainFlood
}
func heating(z Seasons) Period    { return z.Heating }
func irrigation(z Seasons) Period { return z.Irrigation }
func fire(z Seasons) Period       { return z.Fire }
func unset(Seasons) Period        { return Period{} }

// nonFlood is its own setting, or what the flood season leaves over.
func nonFlood(z Seasons) Period {
	if !z.NonFlood.IsZero() || z.Flood.IsZero() {
		return z.NonFlood
	}
	after := periodDay(z.Flood.To, 2021).AddDays(1)
	before := periodDay(z.Flood.From, 2021).AddDays(-1)
	return Period{MonthDay{after.Month, after.Date}, MonthDay{before.Month, before.Date}}
}

var seasonWords = []seasonWord{
	{"非汛期", nonFlood, true}, {"伏秋汛期", flood, true}, {"伏秋汛", flood, true}, {"凌汛期", unset, true}, {"凌汛", unset, true},
	{"主汛期", mainFlood, true}, {"防汛期", flood, true}, {"汛期", flood, true}, {"枯水期", nonFlood, true}, {"丰水期", flood, true}, {"平水期", unset, true},
	{"冬春浇期间", irrigation, true}, {"冬春浇", irrigation, true}, {"春灌", irrigation, true}, {"冬灌", irrigation, true}, {"灌溉期", irrigation, true}, {"灌溉季", irrigation, true},
	{"采暖季", heating, true}, {"采暖期", heating, true}, {"供暖季", heating, true}, {"供暖期", heating, true}, {"供热季", heating, true}, {"供热期", heating, true}, {"取暖季", heating, true}, {"取暖期", heating, true},
	{"森林防火期", fire, true}, {"防火期", fire, true}, {"春季防火", fire, false},
	{"秋季学期开学", unset, false}, {"春季学期开学", unset, false}, {"秋季开学", unset, false}, {"春季开学", unset, false}, {"新学期开学", unset, false},
	{"秋季学期", unset, false}, {"春季学期", unset, false},
	{"秋冬季", unset, false}, {"冬春季", unset, false}, {"今冬明春", unset, true}, {"春耕", unset, false}, {"春播", unset, false}, {"秋播", unset, false},
	{"雨季", unset, false}, {"台风季", unset, false}, {"梅雨季", unset, false}, {"旱季", unset, false}, {"迎峰度夏", unset, false}, {"迎峰度冬", unset, false}, {"旅游旺季", unset, false}, {"用水高峰期", unset, false},
	{"三夏", unset, false}, {"三秋", unset, false}, {"夏收", unset, false}, {"秋收", unset, false}, {"春季", unset, false}, {"夏季", unset, false},
	{"秋季", unset, false}, {"冬季", unset, false}, {"入冬", unset, false}, {"封冻", unset, false}, {"上冻", unset, false}, {"入夏", unset, false},
	{"暑期", unset, false}, {"暑假", unset, false}, {"寒假", unset, false}, {"春运", unset, false}, {"开学", unset, false},
}

// readSeason reads 汛前, 入汛前, 主汛期, 非汛期, 采暖季前, 秋冬季期间 (A10), and a
// season's own definition (汛期为每年的6月1日至9月15日). Dates come from the
// region's setting; unset, the reading asks.
func (s *scan) readSeason(i int) ([]hit, int) {
	m := moment{}
	from, j := i, s.yearPart(i, &m)
	if m.year == 0 && m.yearWord == "" {
		j = i
	}
	every := 0
	if w, e := s.one(i, "每年的", "每年"); w != "" {
		every, j = 1, e
	}
	k := s.skip(j, "的", "在", "于")
	w, e := s.one(k, "入汛前", "汛前", "入汛之前", "汛后", "入汛后", "入汛")
	if w != "" {
		return s.inSeason(span{from, e}, m, flood, map[string]string{"汛后": "after", "入汛后": "begin", "入汛": "begin"}[w], every)
	}
	for _, sw := range seasonWords {
		if !s.lit(k, sw.word) {
			continue
		}
		e := k + runes(sw.word)
		if h, next := s.seasonDef(from, e); next > 0 {
			return h, next
		}
		x := s.skip(e, "来临", "到来", "开始", "开学", "高峰来临")
		y := s.skip(e, "结束", "过后")
		switch {
		case s.one2(x, "之前", "以前", "前") && !s.one2(x, "前后", "前期"):
			return s.inSeason(span{from, s.skip(x, "之前", "以前", "前")}, m, sw.of, "", every)
		case s.one2(y, "前") && y > e:
			return s.inSeason(span{from, y + 1}, m, sw.of, "last", every)
		case y > e:
			return s.inSeason(span{from, s.skip(y, "之后", "以后", "后")}, m, sw.of, "after", every)
		case s.one2(x, "起", "后") && !s.one2(x, "起草", "起步", "后续", "后期"):
			return s.inSeason(span{from, x + 1}, m, sw.of, "begin", every)
		case sw.alone || s.one2(e, "期间", "之间"):
			return s.inSeason(span{from, s.skip(e, "期间", "内")}, m, sw.of, "during", every)
		}
		return nil, 0
	}
	return nil, 0
}

// occasions are times of a year that no setting holds.
var occasions = []string{"高考", "中考", "全国两会", "省两会", "市两会", "春运", "暑运", "汛期", "主汛期", "采暖季", "供暖季", "采暖期", "供暖期", "防火期", "春耕", "春灌", "冬灌", "三夏", "三秋", "暑期", "暑假", "寒假", "秋季开学", "春季开学", "秋季学期开学", "春季学期开学"}

// occasion is where the name of a time of year ends that is behind a year; i for
// none, and for what is of a name: 2022年春运工作方案.
func (s *scan) occasion(i int) int {
	for _, w := range occasions {
		if !s.lit(i, w) {
			continue
		}
		e := s.skip(i+runes(w), "期间", "前", "之前")
		if s.named(e, min(s.clauseEnd(e), e+12)) {
			return i
		}
		return e
	}
	return i
}

// inSeason dates a season phrase. where: "" before it begins, last before it
// ends, begin, during, after.
func (s *scan) inSeason(at span, m moment, of func(Seasons) Period, where string, every int) ([]hit, int) {
	h := hit{Reading{Kind: Season, Rule: "A10", Sure: Likely}, at}
	if every > 0 {
		h.Recurrence = Yearly
	}
	p := of(s.ctx.Seasons)
	y, from := s.yearOf(m)
	if p.IsZero() || y == 0 {
		ask(&h, "deadline.season_unset")
		return []hit{h}, at.to
	}
	h.YearFrom = from
	first, last := periodDay(p.From, y), periodDay(p.To, y)
	if last.Before(first) {
		last = periodDay(p.To, y+1)
	}
	switch where {
	case "":
		h.Due = first.AddDays(-1)
		if from != "written" && !s.ctx.Issued.IsZero() && h.Due.Before(s.ctx.Issued) {
			ask(&h, "deadline.before_issue")
			h.Other = periodDay(p.From, y+1).AddDays(-1)
		}
	case "last":
		h.Due = last
	case "after":
		h.Start = last.AddDays(1)
	case "begin":
		h.Start = first
	default:
		h.Start, h.Until = first, last
	}
	return []hit{h}, at.to
}

// periodDay is a day of the year y; 31 of a shorter month is its last day.
func periodDay(d MonthDay, y int) calendar.Day {
	first := calendar.NewDay(y, d.Month, 1)
	return first.AddDays(min(d.Day, first.MonthEnd().Date) - 1)
}

// seasonDef reads 汛期为每年的7月1日至10月31日.
func (s *scan) seasonDef(from, e int) ([]hit, int) {
	k := s.skip(e, "为", "是", ":", "指")
	if k == e {
		return nil, 0
	}
	k = s.skip(k, "每年的", "每年")
	a, j, ok := s.spanHead(k)
	if !ok {
		return nil, 0
	}
	j = s.skip(j, "次年的", "次年", "翌年")
	b, ok := s.spanEnd(j, a)
	if !ok {
		return nil, 0
	}
	h := s.window(a, b, bare, "", from, b.to)
	h.Kind, h.Rule, h.Ask, h.Sure, h.Recurrence = Season, "A10", "", Sure, Yearly
	return []hit{h}, b.to
}

// festivals and the names that holiday notices give them.
var festivals = []struct {
	word, name string
	month, day int // fixed day; 0 when the notice alone knows
}{
	{"元旦", "元旦", 1, 1}, {"春节", "春节", 0, 0}, {"清明", "清明", 0, 0}, {"五一", "劳动节", 5, 1}, {"劳动节", "劳动节", 5, 1},
	{"国家宪法日", "宪法日", 12, 4}, {"宪法日", "宪法日", 12, 4},
	{"植树节", "植树节", 3, 12}, {"三八妇女节", "妇女节", 3, 8}, {"妇女节", "妇女节", 3, 8}, {"世界水日", "世界水日", 3, 22}, {"五四青年节", "青年节", 5, 4}, {"青年节", "青年节", 5, 4},
	{"六一", "儿童节", 6, 1}, {"儿童节", "儿童节", 6, 1}, {"世界环境日", "环境日", 6, 5}, {"六五环境日", "环境日", 6, 5}, {"七一", "七一", 7, 1}, {"八一", "八一", 8, 1},
	{"教师节", "教师节", 9, 10}, {"国家公祭日", "公祭日", 12, 13},
	{"端午", "端午", 0, 0}, {"中秋", "中秋", 0, 0}, {"国庆", "国庆", 10, 1}, {"十一假期", "国庆", 10, 1},
}

// readFestival reads 春节前, 国庆节前, 元旦、春节前: the last working day before the
// festival's first day off, by the notice of that year.
func (s *scan) readFestival(i int) ([]hit, int) {
	if w, j := s.one(i, "重大节假日前", "法定节假日前", "节假日前", "重要节日前", "重大节日前", "节前"); w != "" && (w != "节前" || s.at(i-1) != '春' && s.at(i-1) != '季') {
		h := hit{Reading{Kind: Recurring, Rule: "F2"}, span{i, j}}
		ask(&h, "deadline.holidays")
		return []hit{h}, j
	}
	m := moment{}
	j := s.yearPart(i, &m)
	if m.year == 0 && m.yearWord == "" {
		j = i
	}
	q := s.skip(j, "\"", "的\"")
	for _, f := range festivals {
		if !s.lit(q, f.word) {
			continue
		}
		e := s.skip(s.skip(s.skip(q+runes(f.word), "\""), "国际劳动节", "儿童节", "建党节", "建军节", "黄金周", "节假期", "节假日", "节", "假期"), "\"", "来临", "到来", "放假", "来临之")
		w, to := s.one(e, "之前", "以前", "前夕", "前", "之后", "以后", "后", "期间")
		if s.one2(e, "前后") {
			h := hit{Reading{Kind: Due, Rule: "D4", Soft: true}, span{i, e + 2}}
			ask(&h, "deadline.approximate")
			return []hit{h}, e + 2
		}
		if w == "" && s.festivalList(e) { // 元旦、春节前
			return s.byFestival(span{i, e}, m, f.name, f.month, f.day, "前")
		}
		if w == "" || w != "前" && w != "之前" && w != "以前" && w != "前夕" && strings.HasSuffix(f.name, "日") { // 世界环境日期间 is a day's doings
			return nil, e
		}
		if t, ok := s.term(s.skip(to, "的", "，", ",")); ok && t.closed { // 春节后一周内 is counted from it
			return nil, e
		}
		return s.byFestival(span{i, to}, m, f.name, f.month, f.day, w)
	}
	return nil, 0
}

// festivalWord reads a festival's name at k; k where there is none.
func (s *scan) festivalWord(k int) int {
	for _, f := range festivals {
		if s.lit(k, f.word) {
			return s.skip(k+runes(f.word), "儿童节", "建党节", "建军节", "节假期", "节假日", "节", "假期", "黄金周")
		}
	}
	return k
}

// festivalList tells that another festival follows at e that ends in 前.
func (s *scan) festivalList(e int) bool {
	for range 4 {
		k := s.skip(e, "、", "和", "及")
		if k == e {
			return false
		}
		k = s.skip(k, "\"")
		found := false
		for _, f := range festivals {
			if s.lit(k, f.word) {
				e, found = s.skip(s.skip(s.skip(k+runes(f.word), "\""), "节", "假期", "节假期"), "\""), true
				break
			}
		}
		if !found {
			return false
		}
		if s.one2(e, "前", "之前", "以前") {
			return !s.one2(e, "前后")
		}
	}
	return false
}

// byFestival dates 前; 后 and 期间 are windows that the notice would have to give,
// and only ask.
func (s *scan) byFestival(at span, m moment, name string, month, date int, w string) ([]hit, int) {
	h := hit{Reading{Kind: Due, Rule: "F2", Sure: Sure}, at}
	if w == "之后" || w == "以后" || w == "后" || w == "期间" {
		h.Kind = Relative
		h.Relative, h.Event = true, name
		return []hit{h}, at.to
	}
	y, from := s.yearOf(m)
	if y == 0 {
		ask(&h, "deadline.year_missing")
		return []hit{h}, at.to
	}
	h.YearFrom = from
	d, known := s.eve(y, name, month, date)
	if from != "written" && from != "word" && !s.ctx.Issued.IsZero() && !d.IsZero() && d.Before(s.ctx.Issued) {
		d, known = s.eve(y+1, name, month, date)
		h.Sure = Likely
	}
	h.Due = d
	if !known {
		ask(&h, "deadline.festival_unknown")
	}
	return []hit{h}, at.to
}

// eve is the last working day before a festival; known is false when no notice gives
// the festival's days (the law's are then used, or a fixed day, or none).
func (s *scan) eve(y int, name string, month, date int) (d calendar.Day, known bool) {
	for _, full := range []string{name, name + "节", "国庆节、中秋节", "中秋节、国庆节"} {
		if full == "国庆节、中秋节" && name != "国庆" && name != "中秋" {
			break
		}
		if d, known = s.cal.BeforeFestival(y, full); !d.IsZero() {
			return d, known
		}
	}
	if month == 0 {
		return noDay, false
	}
	return s.cal.OnOrBefore(day(y, month, date).AddDays(-1)), false
}

// eventWords are events with a date of their own that plans work towards.
var eventWords = []string{"高考", "中考", "全国两会", "省两会", "市两会", "两会", "换届", "会议召开", "大会召开", "召开", "开幕", "来临", "到来", "开始", "届满", "期满", "到期",
	"开工", "施工", "投产", "投运", "竣工", "验收", "入住", "启用", "上岗", "使用", "移交", "通车"}

// eventAhead tells that an event to work towards is right behind i: the year
// before it is the event's (2022年大会召开前).
func (s *scan) eventAhead(i int) bool {
	for k := i; k < min(i+10, s.clauseEnd(i)); k++ {
		if w, j := s.one(k, eventWords...); w != "" && s.skip(j, "之前", "以前", "前夕", "前") > j {
			return true
		}
	}
	return false
}

// readEventBefore reads 高考前, 大会召开前: before an event whose date is not in the
// text.
func (s *scan) readEventBefore(i int) ([]hit, int) {
	w, j := s.one(i, eventWords...)
	if w == "" {
		return nil, 0
	}
	k := s.skip(j, "之前", "以前", "前夕", "前")
	if k == j || !s.endsBefore("前", k) || s.one2(j, "前后") {
		return nil, 0
	}
	from := s.eventStart(i)
	h := hit{Reading{Kind: Relative, Relative: true, Rule: "F3", Offset: Offset{Before: true}}, span{from, k}}
	h.Event = s.str(s.skip(from, "自", "从", "在", "于"), j)
	return []hit{h}, k
}
