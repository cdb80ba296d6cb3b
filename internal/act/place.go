package act

// Place is where a course stands in the order of its acts: whoever writes a course
// names the place it was made from, so that an older one never goes over a newer.
type Place struct {
	Acts     int    `json:"acts"`
	Revision int    `json:"revision"`
	Last     string `json:"last,omitempty"` // ID of the last act
}

// Place is the case's.
func (c Case) Place() Place { return place(c.Acts, c.Revision, c.Known) }

// Place is the talk's.
func (c TalkCase) Place() Place { return place(c.Acts, c.Revision, c.Known) }

func place(acts, revision int, known []string) Place {
	p := Place{Acts: acts, Revision: revision}
	if n := len(known); n > 0 {
		p.Last = known[n-1]
	}
	return p
}

// Before tells that p lacks acts that q rests on.
func (p Place) Before(q Place) bool { return p.Acts < q.Acts }
