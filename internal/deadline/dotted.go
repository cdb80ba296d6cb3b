package deadline

// dottedDate reads 2021.6.30, 2021/6/30, 2021-06-30, 2021.6, 6.30前, 6/30前.
func (s *scan) dottedDate(i int) (moment, bool) {
	m := moment{span: span{i, i}, dotted: true}
	if !digit(s.at(i)) || digit(s.at(i-1)) || s.at(i-1) == '.' {
		return m, false
	}
	var v [3]int
	var width [3]int
	k, n, sep := i, 0, rune(0)
	for n < 3 {
		from := k
		for digit(s.at(k)) && k-from < 5 {
			v[n] = v[n]*10 + int(s.at(k)-'0')
			k++
		}
		width[n] = k - from
		if width[n] == 0 {
			return m, false
		}
		n++
		r := s.at(k)
		if n == 3 || r != '.' && r != '/' && r != '-' || sep != 0 && r != sep || !digit(s.at(k+1)) {
			break
		}
		sep = r
		k++
	}
	return s.dotted(m, v, width, n, k, sep)
}

// dotted decides what the groups of a dotted date are.
func (s *scan) dotted(m moment, v, width [3]int, n, k int, sep rune) (moment, bool) {
	real := func(month, day int) bool { return month >= 1 && month <= 12 && day >= 1 && day <= 31 }
	if s.at(k) == '-' && digit(s.at(k+1)) && sep == '-' && n == 3 && !s.fullDate(k+1) { // 2021-06-30-7 is a code
		return m, false
	}
	switch {
	case n == 3 && width[0] == 4 && v[0] >= 1900 && v[0] <= 2100 && real(v[1], v[2]) && width[1] <= 2 && width[2] <= 2:
		m.year, m.month, m.day, m.grain = v[0], v[1], v[2], ofDay
		m.to = s.skip(k, "日")
		return m, true
	case n == 2 && width[0] == 4 && sep != '/' && v[0] >= 1990 && v[0] <= 2100 && real(v[1], 1) && width[1] <= 2 && (sep == '.' || width[1] == 2):
		if s.at(k) == '年' || s.at(k) == '日' {
			return m, false
		}
		m.year, m.month, m.grain = v[0], v[1], ofMonth
		m.to = s.belowMonth(s.skip(k, "月份", "月"), &m)
		return m, true
	case n == 2 && width[0] <= 2 && real(v[0], v[1]) && width[1] <= 2:
		if !s.one2(k, "前", "之前", "以前", "日前", "日之前", "日") && !(s.ctx.ColumnCell && k == len(s.c) && m.from == 0) {
			return m, false
		}
		if sep == '-' && s.lit(k, "日") { // 5-10日内: a span of days
			return m, false
		}
		m.month, m.day, m.grain = v[0], v[1], ofDay
		m.to = s.skip(k, "日")
		return m, true
	}
	return m, false
}

// fullDate tells that 2021-06-30 is at k: a second date after a dash.
func (s *scan) fullDate(k int) bool {
	n, ok := s.num(k)
	return ok && n.digits == 4 && s.at(n.end) == '-'
}
