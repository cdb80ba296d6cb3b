package notice

import (
	"fmt"
	"slices"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/words"
)

// Undecided is something that was put to the leadership, whose limit has passed, and that
// is in the weekly list until it is decided 待决定事项.
type Undecided struct {
	Topic string       // act.TopicProposal, act.TopicDoubt or act.TopicExtension
	What  string       // of a proposal: plan.ProposeTalk or plan.ProposeCircular
	Unit  string       // name of the unit it is about
	Title string       // of the task
	Since calendar.Day // when it was put
}

// openAtMost is how many undecided matters are listed where a message cannot list everything.
const openAtMost = 5

// listing is how many undecided matters and how many entries a message lists, of open
// undecided ones and so many entries, at most together most; 0 lists all.
func listing(open, entries, most int) (undecided, listed int) {
	if most <= 0 || open+entries <= most {
		return open, entries
	}
	undecided = min(open, max(openAtMost, most-entries))
	return undecided, most - undecided
}

// openGroup is the group with the first `listed` undecided matters, numbered on from first.
func (s *speaker) openGroup(listed, first, ordinal int) group {
	of := len(s.d.Open)
	g := group{
		Ordinal: s.t(fmt.Sprintf("ordinal_%d", min(ordinal, ordinals))), Name: s.t("name_open"), Tone: crimson, Ask: s.t("ask_open"),
		Count: s.t("group_count", words.Data{"Count": s.count("matters", of)}),
	}
	if listed < of {
		g.Count = s.t("group_count", words.Data{"Count": s.t("group_first", words.Data{"N": listed, "Of": of})})
	}
	for i, u := range s.d.Open[:listed] {
		data := words.Data{"Unit": clean(u.Unit), "Title": clean(u.Title), "Circular": u.What == plan.ProposeCircular, "Day": s.day(u.Since)}
		r := row{No: first + i, Title: s.t("open_"+u.Topic, data), Notes: []string{s.t("open_since", data)}}
		g.Rows = append(g.Rows, r)
	}
	return g
}

// byAge are the oldest first.
func byAge(open []Undecided) []Undecided {
	open = slices.Clone(open)
	slices.SortStableFunc(open, func(a, b Undecided) int { return a.Since.Compare(b.Since) })
	return open
}
