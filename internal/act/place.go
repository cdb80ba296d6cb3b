package act

// Place is where a course is in the order of its acts. Whoever writes a course names the place
// it was made from, so that an older course never overwrites a newer one.
type Place struct {
	Acts     int    `json:"acts"`
	Revision int    `json:"revision"`
	Last     string `json:"last,omitempty"` // ID of the last act
}

// Place is how far the acts of the track have come.
func (t Track) Place() Place {
	p := Place{Acts: t.Acts, Revision: t.Revision}
	if n := len(t.Known); n > 0 {
		p.Last = t.Known[n-1]
	}
	return p
}

// Before tells that p lacks acts that q rests on.
func (p Place) Before(q Place) bool { return p.Acts < q.Acts }
