package deadline

// tail is what is behind a moment and turns it into a limit or a start.
type tail int

const (
	bare   tail = iota
	before      // 前, 之前, 以前
	around      // 前后
	start       // 起, 开始
	since       // 以来
	after       // 以后, 之后, 后
	until       // 止, 为止
	within      // 内, 以内
	during      // 期间
	about       // 左右
)

// suffix reads the tail at j with a time of day before it; end is the place after.
func (s *scan) suffix(j int) (t tail, clock string, end int) {
	k, clock := s.clock(j)
	if s.at(k) == '(' { // (含当日), (含)
		if _, e := s.one(k, "(含当日)", "(含当天)", "(含)", "(含本日)"); e > 0 {
			k = e
		} else if w, e := s.one(k+1, "周", "星期", "农历"); w != "" { // 6月15日（周三）前
			for f := e; f < e+7; f++ {
				if s.at(f) == ')' {
					k = f + 1
					break
				}
			}
		}
	}
	t, end = s.tailWord(k)
	if t == bare {
		if clock != "" {
			return bare, clock, k
		}
		return bare, "", j
	}
	return t, clock, end
}

func (s *scan) tailWord(k int) (tail, int) {
	if _, e := s.one(k, "-", "至", "到"); e > 0 && (e == len(s.c) || s.one2(e, ")", "〕", "长期", "今后", "永久", "永远", "以后长期")) { // 2024年12月1日—）
		return start, s.skip(e, "长期", "今后", "永久")
	}
	if w, e := s.one(k, "前后"); w != "" {
		return around, e
	}
	if _, e := s.one(k, "结束之前", "结束以前", "结束前", "终了前"); e > 0 { // before its end, not before it begins
		return within, e
	}
	if w, e := s.one(k, "之前", "以前", "前夕", "下班前", "前"); w != "" && s.endsBefore(w, e) {
		return before, e
	}
	if w, e := s.one(k, "之日起", "日起", "起始", "开始", "起"); w != "" && s.begins(w, e) {
		return start, e
	}
	if w, e := s.one(k, "以来"); w != "" {
		return since, e
	}
	if w, e := s.one(k, "以后", "之后", "后"); w != "" && (w != "后" || !s.one2(k, "后续", "后期", "后勤", "后备", "后评", "后半", "后方", "后进")) {
		return after, e
	}
	if w, e := s.one(k, "为止", "止"); w != "" {
		return until, e
	}
	if w, e := s.one(k, "期间", "时期", "间"); w != "" && (w != "间" || !s.one2(k, "间接", "间隔", "间歇", "间断")) {
		return during, e
	}
	if w, e := s.one(k, "以内", "之内", "内"); w != "" && !s.one2(k, "内部", "内蒙", "内外", "内容", "内河", "内涝", "内控", "内设") {
		return within, e
	}
	if w, e := s.one(k, "左右"); w != "" {
		return about, e
	}
	return bare, k
}

// endsBefore guards 前: 前期, 前列 and 前三 are other words.
func (s *scan) endsBefore(w string, e int) bool {
	if w != "前" {
		return true
	}
	if s.one2(e, "提交", "提供", "提出", "提请", "提报", "提升", "提高") { // 5月15日前提交, not 前提
		return true
	}
	return !s.one2(e, "期准", "期工", "期手", "列", "置", "端", "沿", "瞻", "述", "提", "三季", "茅", "景", "往", "来", "台", "门", "身")
}

// begins guards 起: 起草, 起步 and 起点 are other words.
func (s *scan) begins(w string, e int) bool {
	switch w {
	case "起":
		return !s.one2(e, "草", "步", "点", "重", "诉", "源", "到", "来", "底", "降", "居", "薪")
	case "开始":
		return true
	}
	return true
}

// clock reads a time of day at j: 17:00, 下午5时, 18点30分, 下班; it returns the
// place after it and its words, j and "" when there is none.
func (s *scan) clock(j int) (int, string) {
	if _, e := s.one(j, "上午下班", "下午下班"); e > 0 && s.at(e) == '前' {
		return e, s.str(j, e)
	}
	if _, e := s.one(j, "下班"); e > 0 && s.at(e) == '前' {
		return e, s.str(j, e)
	}
	k := s.skip(s.skip(j, " "), "上午", "下午", "中午", "晚上", "早上", "凌晨", "晚")
	n, ok := s.num(k)
	if !ok || n.v > 24 || n.digits > 2 {
		return j, ""
	}
	e := n.end
	switch s.at(e) {
	case ':':
		m, ok := s.num(e + 1)
		if !ok || m.v > 59 || m.digits != 2 {
			return j, ""
		}
		e = m.end
	case '时', '点':
		if s.lit(e, "时间") || s.lit(e, "点位") {
			return j, ""
		}
		e = s.skip(e+1, "整", "钟")
		if m, ok := s.num(e); ok && m.v < 60 && s.at(m.end) == '分' {
			e = m.end + 1
		}
		e = s.skip(e, "半")
	default:
		return j, ""
	}
	from := j
	if s.at(j) == ' ' {
		from++
	}
	return e, s.str(from, e)
}
