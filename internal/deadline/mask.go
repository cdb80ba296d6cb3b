package deadline

// masked marks the cells in which nothing is read: titles in 《》, document
// numbers 国发〔2018〕42号, telephone numbers and other long figures, slogans.
func (s *scan) masked() []bool {
	m := make([]bool, len(s.c))
	set := func(from, to int) {
		for k := from; k < to; k++ {
			m[k] = true
		}
	}
	for i := 0; i < len(s.c); i++ {
		if j := s.title(i); j > i {
			set(i, j)
			i = j - 1
		} else if j := s.docNumber(i); j > i {
			set(i, j)
			i = j - 1
		} else if j := s.slogan(i); j > i {
			set(i, j)
			i = j - 1
		} else if j := s.figure(i); j > i {
			set(i, j)
			i = j - 1
		}
	}
	return m
}

// title is the end of 《…》 that opens at i. A title left open ends nothing.
func (s *scan) title(i int) int {
	if s.at(i) != '《' {
		return 0
	}
	depth := 0
	for k := i; k < len(s.c) && k-i < 120 && s.c[k].r != hard; k++ {
		switch s.c[k].r {
		case '《':
			depth++
		case '》':
			if depth--; depth == 0 {
				return k + 1
			}
		}
	}
	return 0
}

// docNumber is the end of 〔2018〕42号, [2018]42号, (2018)第42号 that opens at i.
func (s *scan) docNumber(i int) int {
	open := s.at(i)
	if open != '〔' && open != '[' && open != '(' {
		return 0
	}
	k := i + 1
	for digit(s.at(k)) {
		k++
	}
	if k-i != 5 {
		return 0
	}
	if c := s.at(k); c != '〕' && c != ']' && c != ')' {
		return 0
	}
	k = s.skip(k+1, "第")
	from := k
	for digit(s.at(k)) {
		k++
	}
	if k == from || s.at(k) != '号' {
		return 0
	}
	return k + 1
}

// figure is the end of a run that is surely no date: five digits and more, a
// telephone 0355-2180001, a decimal or a percentage, an outline number 1.2.3.
func (s *scan) figure(i int) int {
	if !digit(s.at(i)) || digit(s.at(i-1)) {
		return 0
	}
	k, longest, groups, dashes := i, 0, 1, 0
	run := 0
	for ; k < len(s.c); k++ {
		r := s.c[k].r
		if digit(r) {
			run++
			longest = max(longest, run)
			continue
		}
		if (r == '-' || r == '.' || r == ',') && digit(s.at(k+1)) && run > 0 {
			if r == '-' {
				dashes++
			}
			groups, run = groups+1, 0
			continue
		}
		break
	}
	switch {
	case s.at(k) == '%', s.at(k) == '‰', longest >= 5:
		return k
	case s.before(i, "电话", "电话:", "传真", "传真:", "手机", "手机:", "邮编", "邮编:") != "":
		return k
	}
	return 0
}

// slogan is the end of 年初建账、年中检查、年底兑现: a way of working, no dates.
func (s *scan) slogan(i int) int {
	if !s.lit(i, "年初") || digit(s.at(i-1)) {
		return 0
	}
	for k := i + 2; k < i+20 && k < len(s.c); k++ {
		if s.at(k) == '、' && s.one2(k+1, "年底", "年末", "年终") {
			return k + 3
		}
		if s.one2(k, "。", "，", ",", "；") {
			return 0
		}
	}
	return 0
}
