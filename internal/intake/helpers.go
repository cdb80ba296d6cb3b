package intake

import (
	"regexp"
	"slices"
	"strings"
)

// takesPart is a comma part that says only who takes part.
var takesPart = regexp.MustCompile(`^([\p{Han}()、]{2,80}?)(?:积极|密切|全力|主动|予以|给予|做好)?(?:配合|协助|参与|协同|协办|支持|参加)(?:工作|落实|实施|做好|抓好|推进)?$`)

// withoutHelpers is the text of an entry without the comma parts at its beginning that only say who
// takes part, where its sentence has said before who acts; and those who do.
func (k *committer) withoutHelpers(c *clause, e *entry, text string) (string, []string) {
	if e.sentence.to <= 0 || e.sentence.from >= e.span.from || hanIn(c.text[e.sentence.from:e.span.from]) < 4 {
		return text, nil
	}
	var helpers []string
	for {
		i := max(0, strings.IndexAny(text, "，,"))
		names := k.helpers(text[:i])
		if len(names) == 0 {
			return text, helpers
		}
		helpers = append(helpers, names...)
		text = strings.TrimLeft(text[i:], "，, ")
	}
}

// helpers are the bodies of a comma part that says only who takes part, none for others.
func (k *committer) helpers(part string) (all []string) {
	m := takesPart.FindStringSubmatch(tight(fold(part)))
	if m == nil {
		return nil
	}
	for n := range strings.FieldsFuncSeq(m[1], func(r rune) bool { return r == '、' || r == '和' || r == '及' }) {
		if known := k.reg.prefixName(n); known != n && !looksUnit(n) && !isPlace(n) && !isCollective(n) {
			return nil
		}
		all = append(all, k.printed(n))
	}
	return all
}

// beside parts those who act from those whom they take along: 各乡镇会同市公安局.
func beside(text string, names []string) (act, with []string) {
	t := tight(text)
	i := slices.IndexFunc(names[1:], func(n string) bool {
		return strings.Contains(t, "会同"+tight(n)) || strings.Contains(t, "联合"+tight(n))
	})
	if i < 0 {
		return names, nil
	}
	return names[:i+1], names[i+1:]
}

// assisted adds bodies to those who assist, where no bracket says who does.
func (k *committer) assisted(c *clause, e *entry, br []named, names []string) {
	for _, n := range names {
		if len(br) > 0 && !e.SetAssist || k.sameUnit(n, e.Lead) || slices.ContainsFunc(slices.Concat(e.Assist, e.Each), func(o string) bool { return k.sameUnit(o, n) }) {
			continue
		}
		k.reg.resolve(n, c.place)
		e.Assist, e.SetAssist = append(e.Assist, n), true
	}
}
