package intake

import (
	"regexp"
	"slices"
	"strings"

	"duban/internal/words"
)

// notSpread asks whether the bracket in the words of an item below is for this one too. True
// where the answer names another.
func (k *committer) notSpread(c *clause, e *entry, br []named) bool {
	own := k.doubtLead(c.place, e.Source, order(br)[0].name)
	if len(own) == 0 {
		return false
	}
	e.Lead, e.Assist, e.SetAssist = own[0], append(e.Assist, own[1:]...), true
	return true
}

// doubtLead asks whether proposal leads what words say, where the reading is weak. It gives who does by
// the answer, the lead first; nobody where that is proposal or there is no answer.
func (k *committer) doubtLead(place, said, proposal string) (names []string) {
	answer := k.asker.ask("lead", weightEach, place, said, proposal, nil, words.Data{"Doubt": "doubt"})
	own, _, _ := readUnits(fold(answer), seatOwner)
	if len(own) == 0 || k.sameUnit(own[0].name, proposal) {
		return nil
	}
	for _, n := range own {
		k.reg.resolve(n.name, place)
		names = append(names, n.name)
	}
	return names
}

// maybeActor is what a part of a sentence begins with where it may be a body of its own that
// the reader of subjects does not know: 承建商6月底前….
var maybeActor = regexp.MustCompile(`^([\p{Han}()“”]{2,14}?(?:局|委|办|厅|部|处|科|股|中心|站|所|队|院|社|公司|集团|组|专班|会|商|方|员|长|户|校|园|馆|村|镇|乡|街道|企业|单位|机构|银行|支行|行|厂|店|市场|场|政府|人))(?:要|应|须|需|将|于|在|每|\d|负责|牵头|分别|完成|开展|组织|[年月]底|[上下]半年)`)

// noActor begins what is no body before a verb: 与商户签订.
var noActor = regexp.MustCompile(`^(?:与|同|和|给|每|逐|不|未|其|由|凡|\(|“)`)

// surelyEnd ends names of bodies that begin like a verb: 养护队, 承建商.
var surelyEnd = regexp.MustCompile(`(?:商|队|员|站|所|方|公司|集团|局|办公室|专班|组|单位|企业|机构)$`)

// orOwn asks whether who was named before goes on in a part of a sentence that begins with
// what may be another body. Without an answer the one named before does.
func (k *committer) orOwn(c *clause, e *entry, text string, names []string, several bool) ([]string, bool) {
	if !slices.ContainsFunc(starts(text, e), func(t string) bool {
		m := maybeActor.FindStringSubmatch(strings.TrimLeft(linkHead.ReplaceAllString(t, ""), ",、:前"))
		return m != nil && !noActor.MatchString(m[1]) && !notActor.MatchString(m[1]) && (!actsVerb.MatchString(m[1]) || surelyEnd.MatchString(m[1])) && !zeroSubject.MatchString(m[1]) && !actsNow.MatchString(m[1])
	}) {
		return names, several
	}
	own := k.doubtLead(c.place, e.Source, names[0])
	if len(own) == 0 {
		return names, several
	}
	for i, name := range own {
		own[i] = k.printed(name)
	}
	return own, isCollective(own[0])
}
