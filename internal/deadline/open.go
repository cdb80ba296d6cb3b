package deadline

import "strings"

// openWord is a word without a date, its kind and the rule.
type openWord struct {
	word string
	kind Kind
	rule string
	ask  string
	not  []string // what must not follow
	nor  []string // what must not come before
}

var openWords = []openWord{
	{"立行立改", Due, "L1", "deadline.at_once", nil, nil},
	{"立知立改", Due, "L1", "deadline.at_once", nil, nil},
	{"即知即改", Due, "L1", "deadline.at_once", nil, nil},
	{"立查立改", Due, "L1", "deadline.at_once", nil, nil},
	{"即查即改", Due, "L1", "deadline.at_once", nil, nil},
	{"边查边改", None, "A13", "", nil, nil},
	{"按规定时限", Due, "A11", "deadline.reference", nil, nil},
	{"规定时限内", Due, "A11", "deadline.reference", nil, nil},
	{"规定期限内", Due, "A11", "deadline.reference", nil, nil},
	{"规定的期限内", Due, "A11", "deadline.reference", nil, nil},
	{"规定的时限内", Due, "A11", "deadline.reference", nil, nil},
	{"在规定时间内", Due, "A11", "deadline.reference", nil, nil},
	{"规定时间内", Due, "A11", "deadline.reference", nil, nil},
	{"省定时限", Due, "A11", "deadline.reference", nil, nil},
	{"按照时限要求", Due, "A11", "deadline.reference", nil, nil},
	{"按时限要求", Due, "A11", "deadline.reference", nil, nil},
	{"按照时间节点", Due, "A11", "deadline.reference", nil, nil},
	{"按时间节点", Due, "A11", "deadline.reference", nil, nil},
	{"按时序进度", Due, "A11", "deadline.reference", nil, nil},
	{"完成省定目标", Due, "A11", "deadline.reference", nil, nil},
	{"按照上级要求时限", Due, "A11", "deadline.reference", nil, nil},
	{"法定期限", Due, "A11", "deadline.reference", nil, nil},
	{"法定时限", Due, "A11", "deadline.reference", nil, nil},
	{"约定期限", Due, "A11", "deadline.reference", nil, nil},
	{"规定期限", Due, "A11", "deadline.reference", nil, nil},
	{"承诺时限", Due, "A11", "deadline.reference", nil, nil},
	{"统一时间节点", Due, "A11", "deadline.reference", nil, nil},
	{"规定时间节点", Due, "A11", "deadline.reference", nil, nil},
	{"明确的时间节点", Due, "A11", "deadline.reference", nil, nil},
	{"既定时间节点", Due, "A11", "deadline.reference", nil, nil},
	{"确定的时间节点", Due, "A11", "deadline.reference", nil, nil},
	{"要求的时间节点", Due, "A11", "deadline.reference", nil, nil},
	{"规定的时间节点", Due, "A11", "deadline.reference", nil, nil},
	{"要求时限", Due, "A11", "deadline.reference", nil, nil},
	{"按时", Due, "A11", "deadline.reference", []string{"间", "段", "计", "效"}, []string{"未", "未能", "不", "不能", "没有", "无法", "逾期"}},
	{"按期", Due, "A11", "deadline.reference", []string{"间", "货"}, []string{"未", "未能", "不", "不能", "没有", "无法", "逾期"}},
	{"如期", Due, "A11", "deadline.reference", nil, []string{"未", "未能", "不", "不能", "没有", "无法", "逾期"}},
	{"如时", Due, "A11", "deadline.reference", nil, nil},
	{"限期", Relative, "A11", "deadline.limit_unset", nil, []string{"无"}},
	{"限时", Relative, "A11", "deadline.limit_unset", []string{"段"}, nil},
	{"适时", None, "A9", "deadline.period_missing", nil, nil},
	{"近期", None, "N1", "deadline.soon", []string{"目标", "规划", "建设规划", "以来", "印发", "召开的"}, nil},
	{"近日内", None, "N1", "deadline.soon", nil, nil},
	{"短期内", None, "N1", "deadline.soon", nil, nil},
	{"第一时间", None, "A13", "", nil, nil},
	{"及时", None, "A13", "", []string{"性", "率"}, nil},
	{"立即", None, "A13", "", nil, nil},
	{"随时", None, "A13", "", nil, nil},
	{"即时", None, "A13", "", []string{"通讯", "通信", "性"}, nil},
	{"马上", None, "A13", "", []string{"办"}, nil},
	{"尽快", None, "N1", "", nil, nil},
	{"尽早", None, "N1", "", nil, nil},
	{"早日", None, "N1", "", nil, nil},
	{"抓紧", None, "N1", "", nil, nil},
	{"加快", None, "N1", "", nil, nil},
	{"长期坚持", Standing, "A12", "", nil, nil},
	{"常抓不懈", Standing, "A12", "", nil, nil},
	{"久久为功", Standing, "A12", "", nil, nil},
	{"常态化", Standing, "A12", "", nil, nil},
	{"常年", Standing, "A12", "", []string{"份"}, nil},
	{"长期", Standing, "A12", "", []string{"以来", "护理", "规划", "未", "目标", "照护", "性", "租赁"}, []string{"中"}},
	{"持续", Standing, "A12", "", []string{"时间", "性", "增长", "改善", "下降"}, []string{"可"}},
	{"逐步", Standing, "A12", "", nil, nil},
	{"逐年", Standing, "A12", "", nil, nil},
	{"不断", Standing, "A12", "", nil, nil},
	{"坚持", Standing, "A12", "", nil, nil},
	{"始终", Standing, "A12", "", nil, nil},
	{"永久", Standing, "A12", "", []string{"基本农田", "性"}, nil},
	{"深化", Standing, "A12", "", nil, nil},
	{"力争", None, "A5", "", nil, nil},
	{"争取", None, "A5", "", []string{"资金", "上级", "国家", "中央", "省级"}, nil},
}

var openFirst = func() map[rune][]openWord {
	m := map[rune][]openWord{}
	for _, w := range openWords {
		r := []rune(w.word)[0]
		m[r] = append(m[r], w)
	}
	return m
}()

// readOpen reads words without a date (A9, A11, A12, A13): 及时, 持续, 按时, 限期.
// Beside a date in the same sentence they are dropped later.
func (s *scan) readOpen(i int) ([]hit, int) {
	if h, next := s.wholeOfYear(i); next > i {
		return h, next
	}
next:
	for _, w := range openFirst[s.at(i)] {
		if !s.lit(i, w.word) {
			continue
		}
		j := i + runes(w.word)
		for _, n := range w.not {
			if s.lit(j, n) {
				continue next
			}
		}
		for _, n := range w.nor {
			if s.back(i, n) {
				continue next
			}
		}
		return []hit{s.open(w, span{i, j})}, j
	}
	return nil, 0
}

func (s *scan) open(w openWord, at span) hit {
	h := hit{Reading{Kind: w.kind, Rule: w.rule, Sure: Sure}, at}
	if w.ask != "" {
		ask(&h, w.ask)
	}
	switch w.rule {
	case "L1": // evidence within 30 days, by custom
		h.Soft = true
		if !s.ctx.Issued.IsZero() {
			h.Due, h.YearFrom = s.ctx.Issued.AddDays(30), "issued"
		}
	case "A5":
		h.Soft = true
	}
	h.Relative = w.kind == Relative
	return h
}

// counted tells that [from, to) has a number of something: 清淤120公里.
func (s *scan) counted(from, to int) bool {
	for k := from; k < to; k++ {
		if !digit(s.at(k)) || digit(s.at(k-1)) {
			continue
		}
		e := k
		for digit(s.at(e)) || s.at(e) == '.' {
			e++
		}
		if s.one2(s.skip(e, "万", "余", "多"), "公里", "千米", "平方", "立方", "处", "座", "个", "家", "条", "项", "亩", "套", "户", "人", "场", "次", "吨", "株", "所", "批", "期", "台", "辆", "头", "对", "名", "例", "件", "份", "只", "艘", "眼", "盏", "块", "片", "米", "里", "元", "斤", "升", "起", "宗", "度", "本", "册", "支", "间", "栋", "幢", "部", "门", "张", "针", "剂") {
			return true
		}
		k = e
	}
	return false
}

// wholeOfYear reads 全年: the plan's year as a stretch, or its end as a limit.
func (s *scan) wholeOfYear(i int) ([]hit, int) {
	w, j := s.one(i, "全年", "年度内")
	if w == "" && s.lit(i, "年度") && (s.one2(i+2, "完成") || s.one2(i+2, "新增", "新建", "建成") && s.counted(i+2, s.clauseEnd(i))) && !digit(s.at(i-1)) && !numeral(s.at(i-1)) && !strings.ContainsRune("本上下全今去季半月跨前每按各分政当该次", s.at(i-1)) {
		w, j = "年度", i+2 // 年度完成造林3万亩
	}
	if w == "" || s.back(i, "预计") || s.one2(j, "龄", "化", "性", "的", "无休") || s.one2(i-4, "20") {
		return nil, 0
	}
	from, to := s.predicateZone(j)
	if !s.predicate(from, to) && !s.counted(from, to) && !s.ctx.ColumnCell && j != len(s.c) {
		return nil, 0
	}
	y, source := s.yearOf(moment{})
	h := hit{Reading{Kind: Window, Rule: "Y1", Sure: Likely, YearFrom: source}, span{i, j}}
	if y == 0 {
		ask(&h, "deadline.year_missing")
		return []hit{h}, j
	}
	h.Start, h.Due = day(y, 1, 1), day(y, 12, 31)
	return []hit{h}, j
}
