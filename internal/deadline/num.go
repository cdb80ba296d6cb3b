package deadline

// num is a number at a place: its value, how many digits it was written with
// (0 when in 十百 style), and where it ends.
type num struct {
	v, digits, end int
	han            bool
}

// num reads the number that begins at i: ASCII digits or Chinese numerals. A
// number is not begun in the middle of another, and one with a decimal point,
// more than four digits or no sensible value is none.
func (s *scan) num(i int) (num, bool) {
	if i >= len(s.c) {
		return num{}, false
	}
	switch r := s.c[i].r; {
	case digit(r):
		return s.digits(i)
	case numeral(r):
		return s.hanNum(i)
	}
	return num{}, false
}

func (s *scan) digits(i int) (num, bool) {
	if i > 0 && digit(s.c[i-1].r) {
		return num{}, false
	}
	n := num{}
	j := i
	for ; j < len(s.c) && digit(s.c[j].r); j++ {
		if j-i < 4 {
			n.v = n.v*10 + int(s.c[j].r-'0')
		}
	}
	n.digits, n.end = j-i, j
	if n.digits > 4 || s.at(j) == '.' && digit(s.at(j+1)) {
		return num{}, false
	}
	if i > 1 && s.c[i-1].r == '.' && digit(s.c[i-2].r) { // 2.5年 is a decimal; 1.2021年 and 1.6月底 follow an item's number
		return n, s.at(j) == '年' && n.digits == 4 || s.at(j) == '月'
	}
	return n, true
}

func hanDigit(r rune) int {
	for k, c := range []rune("〇一二三四五六七八九") {
		if r == c {
			return k
		}
	}
	if r == '两' {
		return 2
	}
	return -1
}

// hanNum reads 二〇二一, 十, 二十一, 廿五, 百, 一百八十, 四十八, 两. A run that is no
// number (十四五, 三五) is refused.
func (s *scan) hanNum(i int) (num, bool) {
	if i > 0 && numeral(s.c[i-1].r) {
		return num{}, false
	}
	j := i
	plain := true
	for j < len(s.c) && numeral(s.c[j].r) && j-i < 8 {
		plain = plain && hanDigit(s.c[j].r) >= 0
		j++
	}
	n := num{end: j, han: true}
	if plain {
		for k := i; k < j; k++ {
			n.v = n.v*10 + hanDigit(s.c[k].r)
		}
		n.digits = j - i
		return n, n.digits == 1 || n.digits == 4
	}
	v, ok := s.grouped(i, j)
	n.v = v
	return n, ok
}

// grouped reads numerals with 十 and 百 between i and j.
func (s *scan) grouped(i, j int) (int, bool) {
	total, pending, last := 0, -1, 1000
	for k := i; k < j; k++ {
		r := s.c[k].r
		unit := map[rune]int{'百': 100, '十': 10, '廿': 10, '卅': 10}[r]
		switch {
		case unit == 0:
			if pending >= 0 && pending != 0 {
				return 0, false
			}
			pending = hanDigit(r)
			if k > i && last == 1 {
				return 0, false
			}
		case unit >= last:
			return 0, false
		case r == '廿':
			total, last, pending = total+20, 10, -1
		case r == '卅':
			total, last, pending = total+30, 10, -1
		default:
			if pending < 0 {
				pending = 1
			}
			total, last, pending = total+pending*unit, unit, -1
		}
	}
	if pending > 0 {
		total += pending
	}
	if total == 0 || total > 999 {
		return 0, false
	}
	return total, !s.fiveYears(i, j)
}

// fiveYears tells that the numerals name a five-year plan, 十二五 or 十四五: 十,
// a digit and a second digit.
func (s *scan) fiveYears(i, j int) bool {
	return j-i == 3 && s.c[i].r == '十' && hanDigit(s.c[i+1].r) > 0 && hanDigit(s.c[i+2].r) > 0
}
