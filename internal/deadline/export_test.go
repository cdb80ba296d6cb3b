package deadline

// Milestone is the milestone nearest to the beginning of a clause, by rule A7; "" when no word
// of the list is in it.
func Milestone(clause string) string {
	s := newScan(clause, Context{})
	name, _ := s.firstMilestone(0, len(s.c))
	return name
}
