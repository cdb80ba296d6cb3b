package deadline

import "strings"

// strength ranks readings in a sentence: an open word beside a date says nothing.
func strength(r Reading) int {
	switch r.Rule {
	case "A11":
		return 2
	case "A9":
		return 3
	}
	if folded(r.Words) == "全年" { // however it is spaced
		return 2
	}
	switch r.Kind {
	case Target:
		return 0
	case Standing, None:
		return 1
	}
	return 3
}

// strengthAt is the strength of the i-th reading. 全年清淤120公里，其中上半年50公里: what
// is said of the whole year is not what is said of a part of it.
func (s *scan) strengthAt(i int) int {
	if i+1 < len(s.out) && folded(s.out[i].Words) == "全年" && s.has(s.spans[i].to, s.spans[i+1].from, "其中") {
		return 3
	}
	if i+1 < len(s.out) && folded(s.out[i].Words) == "全年" && s.out[i+1].Kind == Recurring && s.amountAhead(s.spans[i].to) && s.onlyRhythms(i+1) { // 全年婚检1.2万对，每月通报进度
		return 3
	}
	if i > 0 && folded(s.out[i].Words) == "全年" && s.partHead(s.spans[i].from) && s.amountAhead(s.spans[i].to) { // 上半年上线10个，全年上线25个
		return 3
	}
	return strength(s.out[i])
}

// onlyRhythms tells that the readings of a sentence from the i-th on are rhythms.
func (s *scan) onlyRhythms(i int) bool {
	of := s.sent[s.spans[i].from]
	for ; i < len(s.out) && s.sent[s.spans[i].from] == of; i++ {
		if s.out[i].Kind != Recurring {
			return false
		}
	}
	return true
}

// partHead tells that a comma part begins at i.
func (s *scan) partHead(i int) bool {
	return i > 0 && strings.ContainsRune("，,；;", s.at(i-1))
}

// amountAhead tells that a number of things is between i and the end of the clause.
func (s *scan) amountAhead(i int) bool {
	for end := min(s.clauseEnd(i), i+20); i < end; i++ {
		if c := s.at(i); c >= '0' && c <= '9' {
			return true
		}
	}
	return false
}

// dropWeak removes open words where their sentence holds something stronger, and
// all but the first of equals.
func (s *scan) dropWeak() {
	best, strong := map[int]int{}, make([]int, len(s.out))
	for i, r := range s.out {
		strong[i] = s.strengthAt(i)
		k := s.sent[s.spans[i].from].from
		if r.Rule != "A15" || r.Kind != None {
			best[k] = max(best[k], strong[i])
		}
	}
	seen := map[int]bool{}
	kept, at := s.out[:0], s.spans[:0]
	for i, r := range s.out {
		k, st := s.sent[s.spans[i].from].from, strong[i]
		if (st == 1 || st == 2) && (r.Rule != "A15" || r.Kind != None) && (st < best[k] || seen[k]) {
			continue
		}
		if st == 1 || st == 2 {
			seen[k] = true
		}
		kept, at = append(kept, r), append(at, s.spans[i])
	}
	s.out, s.spans = kept, at
}
