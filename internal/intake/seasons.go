package intake

import (
	"regexp"
	"strings"
	"time"

	"duban/internal/deadline"
	"duban/internal/words"
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

// season notes a local season and asks once for its days; for another such
// stretch, as a school's term, the day itself is asked for.
func (k *committer) season(place string, e *entry, r deadline.Reading) {
	if !r.Start.IsZero() || !r.Until.IsZero() {
		return // the paper, or the region's setting, says when it is
	}
	name := seasonName(r.Words)
	switch own := ofRegion(name); {
	case own && (r.Sure == deadline.Ask || r.Ask != ""):
		k.asker.ask("season", weightCycle, "", name, "", nil, words.Data{"Phrase": name})
	case !own && !strings.HasSuffix(strings.TrimSpace(r.Words), "起") && k.askDate(place, e, r, "date"):
		return
	}
	k.note(e, "note_season", r.Words)
}

// regionsSeasons are the seasons that a region sets, by what their names have in them.
var regionsSeasons = []struct{ has, name string }{{"主汛", "主汛期"}, {"汛", "汛期"}, {"浇", "冬春灌溉期"}, {"灌", "冬春灌溉期"}, {"暖", "采暖期"}, {"供热", "采暖期"}, {"火", "防火期"}}

// seasonName is the region's season of which words speak, or the words.
func seasonName(w string) string {
	for _, s := range regionsSeasons {
		if strings.Contains(w, s.has) {
			return s.name
		}
	}
	return w
}

func ofRegion(name string) bool {
	for _, s := range regionsSeasons {
		if s.name == name {
			return true
		}
	}
	return false
}

var seasonDays = regexp.MustCompile(`^(?:每年)?(\d{1,2})[-月./](\d{1,2})日?(?:-|至|~|到)+(?:次年)?(\d{1,2})[-月./](\d{1,2})日?$`)

// answeredSeasons are the seasons whose days a person gave: 06-01至09-30.
func answeredSeasons(a *asker, s deadline.Seasons) deadline.Seasons {
	for _, season := range []struct {
		name string
		p    *deadline.Period
	}{{"汛期", &s.Flood}, {"主汛期", &s.MainFlood}, {"冬春灌溉期", &s.Irrigation}, {"采暖期", &s.Heating}, {"防火期", &s.Fire}} {
		name, p := season.name, season.p
		m := seasonDays.FindStringSubmatch(tight(fold(a.answers[questionID("season", "", name)])))
		if m == nil || !p.IsZero() {
			continue
		}
		n := func(i int) int { return number(m[i]) }
		if n(1) >= 1 && n(1) <= 12 && n(3) >= 1 && n(3) <= 12 && n(2) >= 1 && n(2) <= 31 && n(4) >= 1 && n(4) <= 31 {
			a.ask("season", weightCycle, "", name, "", nil, words.Data{"Phrase": name}) // keeps it among the answered
			*p = deadline.Period{From: deadline.MonthDay{Month: time.Month(n(1)), Day: n(2)}, To: deadline.MonthDay{Month: time.Month(n(3)), Day: n(4)}}
		}
	}
	return s
}
