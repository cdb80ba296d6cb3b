package intake

import (
	"regexp"
	"time"

	"duban/internal/deadline"
)

var seasonStated = regexp.MustCompile(`(主汛期|非汛期|汛期|采暖[期季]|供暖[期季]|(?:森林)?防火[期季]|冬春灌溉期)(?:\(|,?即|,?[为是]|:)+(?:每年的?|今年的?|(?:19|20)\d\d年)?(\d{1,2})月(\d{1,2})日?(?:至|-|~|到)+(?:次年|翌年|第二年|(?:19|20)\d\d年)?(\d{1,2})月(\d{1,2})日`)

// statedSeasons are the region's seasons, and where it set none those that the
// document itself gives: 汛期（5月15日至9月30日）.
func statedSeasons(ps []para, s deadline.Seasons) deadline.Seasons {
	for _, p := range ps {
		for _, m := range seasonStated.FindAllStringSubmatch(tight(fold(p.text)), 4) {
			to := map[rune]*deadline.Period{'主': &s.MainFlood, '非': &s.NonFlood, '汛': &s.Flood, '采': &s.Heating, '供': &s.Heating, '森': &s.Fire, '防': &s.Fire, '冬': &s.Irrigation}[[]rune(m[1])[0]]
			n := func(i int) int { return number(m[i]) }
			if !to.IsZero() || n(2) < 1 || n(2) > 12 || n(4) < 1 || n(4) > 12 || n(3) < 1 || n(3) > 31 || n(5) < 1 || n(5) > 31 {
				continue
			}
			*to = deadline.Period{From: deadline.MonthDay{Month: time.Month(n(2)), Day: n(3)}, To: deadline.MonthDay{Month: time.Month(n(4)), Day: n(5)}}
		}
	}
	return s
}
