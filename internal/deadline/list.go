package deadline

// moments reads the list at i: whole moments parted by 、和及与, or numbers that
// share their 月 (6、9、12月底前) or 日.
func (s *scan) moments(i int) []moment {
	if ms := s.sharedMonths(i); len(ms) > 0 {
		return s.sharedDay(ms)
	}
	if ms := s.sharedYears(i); len(ms) > 0 {
		return ms
	}
	m, ok := s.moment(i)
	if !ok {
		if m, ok = s.bareDay(i); !ok {
			return nil
		}
	}
	ms := []moment{m}
	for len(ms) < 16 {
		last := ms[len(ms)-1]
		if t, _, _ := s.suffix(last.to); t != bare {
			break
		}
		sep := s.skip(last.to, "、", "和", "及", "与", "以及", ",", "，")
		if sep == last.to {
			break
		}
		comma := s.at(last.to) == ',' || s.at(last.to) == '，'
		next, ok := s.moment(sep)
		if !ok && last.grain == ofDay {
			next, ok = s.dayOnly(sep, last)
		}
		if !ok || comma && (next.grain != last.grain || !s.sameTail(next)) || next.grain < last.grain && next.year == 0 && next.yearWord == "" {
			break
		}
		ms = append(ms, next)
	}
	return s.sharedDay(ms)
}

// sharedDay reads the day that several months share: 7月、8月、9月的25日前.
func (s *scan) sharedDay(ms []moment) []moment {
	last := ms[len(ms)-1]
	if len(ms) > 1 && last.grain == ofDay && s.has(last.from, last.to, "的") { // the day is read with the last month
		for i := range ms[:len(ms)-1] {
			if ms[i].grain == ofMonth && ms[i].edge == 0 {
				ms[i].grain, ms[i].day = ofDay, last.day
			}
		}
		return ms
	}
	k := s.skip(last.to, "的", "各")
	if k == last.to {
		return ms
	}
	n, ok := s.num(k)
	if !ok || n.v < 1 || n.v > 31 || n.digits > 2 {
		return ms
	}
	e := s.dayUnit(n.end)
	if e == 0 {
		return ms
	}
	for _, m := range ms {
		if m.grain != ofMonth || m.edge != 0 {
			return ms
		}
	}
	for i := range ms {
		ms[i].grain, ms[i].day = ofDay, n.v
	}
	ms[len(ms)-1].to = e
	return ms
}

// sameTail tells that a comma list really is one: 6月,9月,12月底前.
func (s *scan) sameTail(m moment) bool {
	t, _, _ := s.suffix(m.to)
	return t == before && m.grain == ofMonth && m.year == 0
}

// dayOnly is the 25日 of 4月15日、25日前.
func (s *scan) dayOnly(i int, last moment) (moment, bool) {
	n, ok := s.num(i)
	if !ok || n.v < 1 || n.v > 31 || n.digits > 2 {
		return moment{}, false
	}
	e := s.dayUnit(n.end)
	if e == 0 {
		return moment{}, false
	}
	m := last
	m.span, m.day, m.lastDay = span{i, e}, n.v, false
	return m, true
}

// sharedMonths reads 6、9、12月底 (and 2021年6、12月).
func (s *scan) sharedMonths(i int) []moment {
	head := moment{}
	j := s.yearPart(i, &head)
	var ns []num
	k := j
	for len(ns) < 12 {
		n, ok := s.num(k)
		if !ok || n.v < 1 || n.v > 12 || n.digits > 2 || len(ns) > 0 && n.han != ns[0].han { // 李四，9月底前
			return nil
		}
		ns = append(ns, n)
		if s.at(n.end) == '月' && len(ns) > 1 {
			break
		}
		sep := s.skip(n.end, "、", "和", "及", ",")
		if sep == n.end {
			return nil
		}
		k = sep
	}
	last := ns[len(ns)-1]
	if s.at(last.end) != '月' {
		return nil
	}
	tail := head
	tail.grain, tail.month = ofMonth, last.v
	end := s.belowMonth(s.skip(last.end+1, "份"), &tail)
	var ms []moment
	from := i
	for x, n := range ns {
		m := tail
		m.month, m.span = n.v, span{from, n.end}
		if x == len(ns)-1 {
			m.to = end
		}
		ms = append(ms, m)
		from = s.skip(n.end, "、", "和", "及", ",")
	}
	return ms
}

// sharedYears reads 2022、2023、2024年.
func (s *scan) sharedYears(i int) []moment {
	var ms []moment
	for k := i; len(ms) < 12; {
		n, ok := s.num(k)
		if !ok || n.digits != 4 || n.v < 1900 || n.v > 2100 {
			return nil
		}
		m := moment{span: span{k, n.end}, grain: ofYear, year: n.v}
		if s.at(n.end) == '年' {
			m.to++
			if len(ms) == 0 {
				return nil
			}
			m.to = max(m.to, s.yearEdge(m.to, &m))
			for x := range ms {
				ms[x].edge = m.edge
			}
			return append(ms, m)
		}
		ms = append(ms, m)
		if k = s.skip(n.end, "、", "和", "及"); k == n.end {
			return nil
		}
	}
	return nil
}

// bareDay reads 25日前 and 周五前, whose month or week is not written.
func (s *scan) bareDay(i int) (moment, bool) {
	m := moment{span: span{i, i}, grain: ofDay, rel: "日"}
	if w, j := s.one(i, "周", "星期"); w != "" && s.at(i-1) != '每' && s.at(i-1) != '一' {
		if d, e := s.weekday(j); e > j && s.tailIs(e, before) {
			m.weekRel, m.weekday, m.to = "这", d, e
			return m, true
		}
	}
	n, ok := s.num(i)
	if !ok || n.v < 1 || n.v > 31 || n.digits > 2 || s.eventBefore(i) != "" {
		return m, false
	}
	e := s.dayUnit(n.end)
	if e == 0 || !s.tailIs(e, before) && !s.tailIs(e, until) {
		return m, false
	}
	m.day, m.to = n.v, e
	return m, true
}

func (s *scan) tailIs(j int, want tail) bool { t, _, _ := s.suffix(j); return t == want }
