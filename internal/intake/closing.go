package intake

import "regexp"

// closing is a paragraph that speaks to all who are responsible, or of all the tasks.
var closing = regexp.MustCompile(`^请?各(?:责任|牵头|承办|主办|实施|有关|相关|成员|配合|督办|督导|监管|整改|包保|帮扶)(?:单位|部门)[^。:]{0,12}(?:\d|每|按|于|在)|^请?各(?:单位|部门|科室|股室|处室|学校|校|园|镇|乡镇|街道|县区|社区|村)[^。:,]{0,12}?(?:要|应|须)?(?:\d|每[月周季半年旬日]|于\d|在\d)|^(?:以上|上述)(?:各项)?(?:任务|工作|事项)(?:的)?(?:完成|落实|进展|办理|推进)情况`)

// closes tells that a paragraph behind the last of several items, which has said who is
// responsible for it, is none of its words: 完成时限：长期⏎各责任单位请于2月28日前报送方案。
func (b *outliner) closes(p para) bool {
	last := b.open[len(b.open)-1]
	if m, ok := readMark(b.next); noteRow.MatchString(fold(p.text)) && (limitLike.MatchString(fold(p.text)) || closing.MatchString(tight(noteRow.ReplaceAllString(fold(p.text), "")))) && len(last.kids) == 0 && !(ok && m.style == last.mark.style) {
		return len(b.o.top) > 1 && len((&node{}).clauseOf(last.paras).found) > 0 // 备注：各责任单位每周一报送数据
	}
	if last.mark.style < styleParen || last.parent == nil || len(last.parent.kids) < 2 && len(b.o.top) < 2 || !closing.MatchString(tight(fold(p.text))) {
		return false
	}
	if m, ok := readMark(b.next); ok && m.style == last.mark.style && m.num == last.mark.num+1 {
		return false
	}
	heads := last.parent.mark.style == styleMonth // bodies head the items
	return heads || len((&node{}).clauseOf(last.paras).found) > 0
}

// blockLine is a line that opens a part of what is said of a problem or a matter.
var blockLine = regexp.MustCompile(`^(?:有关|相关|整改|治理|修复|改造|建设|整治|实施|项目|服务|工作|办理|督办|议定|交办|批示|建议|承诺|具体|主要|重点|推进|落实|任务|问题|存在的?|反馈)?(?:目标|措施|任务|举措|内容|要求|问题|表现|情况)[:：]`)

// endBlock goes back from the numbered measures of a problem to the problem where a line
// speaks of that again: 整改措施：⏎1.…⏎2.…⏎整改时限：2022年3月底.
func (b *outliner) endBlock(p para) {
	if !isLabel(p.text) && !blockLine.MatchString(fold(p.text)) {
		return
	}
	for i := len(b.open) - 2; i >= 0; i-- {
		n := b.open[i]
		last := n.paras[len(n.paras)-1]
		if len(n.paras) > 1 && blockLine.MatchString(fold(last.text)) && hanIn(last.text) <= 8 && b.open[i+1].mark.style >= styleDigit {
			b.open = b.open[:i+1]
			return
		}
	}
}
