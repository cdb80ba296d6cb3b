package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/internal/people"
)

var zoneShared = regexp.MustCompile(`^[\p{Han}]{2,4}?((?:经济(?:技术)?|高新(?:技术产业)?|工业)?(?:开发区|园区|高新区|经开区)(?:管委会|管理委员会))$`)

// resolveClauses makes the brackets of all clauses, single units first, so that
// a collective name finds the counties that the document names.
func (k *committer) resolveClauses(cs []*clause) {
	var before []named
	for _, c := range cs {
		for i, s := range c.seats {
			if len(s) == 1 && asAbove.MatchString(tight(fold(s[0].name))) && len(before) > 0 { // 责任单位：同上
				c.seats[i] = slices.Clone(before)
			} else if len(s) > 0 {
				before = s
			}
		}
	}
	for _, c := range cs {
		for i := range c.seats {
			c.seats[i] = k.inheritPrefix(splitShared(c.seats[i]))
			for _, n := range c.seats[i] {
				if !isCollective(n.name) {
					k.reg.resolve(n.name, c.place)
				}
			}
		}
	}
	for _, c := range cs {
		c.brackets = nil
		for i := range c.seats {
			var names []string
			for _, n := range order(c.seats[i]) {
				k.reg.resolve(n.name, c.place)
				if !slices.ContainsFunc(names, func(s string) bool { return people.Fold(s) == people.Fold(n.name) }) {
					names = append(names, k.printed(n.name))
				}
			}
			c.brackets = append(c.brackets, names)
		}
	}
}

// order puts who leads first, as the plan's default reads a bracket.
func order(ns []named) []named {
	var out []named
	for _, s := range []seat{seatLead, seatOwner, seatAssist} {
		for _, n := range ns {
			if n.seat == s {
				out = append(out, n)
			}
		}
	}
	return out
}

// splitShared gives 泽州县、阳城县人民政府 its two governments.
func splitShared(ns []named) []named {
	out := slices.Clone(ns)
	for i := len(out) - 2; i >= 0; i-- {
		if countyName.MatchString(tight(fold(out[i].name))) && strings.HasSuffix(out[i+1].name, "人民政府") && !isCollective(out[i+1].name) && utf8.RuneCountInString(out[i].name) <= 8 {
			out[i].name += "人民政府"
		}
		if m := zoneShared.FindStringSubmatch(tight(fold(out[i+1].name))); m != nil && !looksUnit(out[i].name) && utf8.RuneCountInString(out[i].name) <= 4 {
			out[i].name += m[1]
		}
	}
	return out
}

// inheritPrefix reads 市行政审批局、住建局 as two units of the city.
func (k *committer) inheritPrefix(ns []named) []named {
	prefix := ""
	for i, n := range ns {
		f := tight(fold(n.name))
		if k.reg.byKey[k.reg.key(f)] != nil || isCollective(f) {
			if m := levelOf(f); m != "" {
				prefix = m
			}
			continue
		}
		if m := levelOf(f); m != "" {
			prefix = m
			continue
		}
		if prefix == "" || prefixed.MatchString(f) || !deptTail.MatchString(f) || strings.HasPrefix(f, "国") || utf8.RuneCountInString(f) > 14 || strings.Contains(f, "银行") {
			continue
		}
		full := prefix + n.name
		u, _ := k.reg.resolve(full, "")
		if len(u) == 1 {
			k.reg.claim(n.name, u[0])
			k.reg.alias(u[0], tight(n.name))
		}
		ns[i].name = full
	}
	return ns
}

func levelOf(f string) string {
	for _, p := range []string{"市", "省", "县", "区", "州", "旗", "镇", "乡"} {
		if strings.HasPrefix(f, p) && utf8.RuneCountInString(f) > 2 && !noLevel.MatchString(f) {
			return p
		}
	}
	return ""
}

// noLevel are words that begin like the name of a level's body and are none.
var noLevel = regexp.MustCompile(`^(?:市场|区域|镇区|镇村|乡村|乡镇|乡土|乡贤|乡情)`)
