package act

// Place is where a course stands in the order of its acts: whoever writes a course
// names the place it was made from, so that an older one never goes over a newer.
type Place struct {
	Acts     int    `json:"acts"`
	Revision int    `json:"revision"`
	Last     string `json:"last,omitempty"` // ID of the last act
}

// Place is the track's.
func (t Track) Place() Place {
	p := Place{Acts: t.Acts, Revision: t.Revision}
	if n := len(t.Known); n > 0 {
		p.Last = t.Known[n-1]
	}
	return p
}

// Before tells that p lacks acts that q rests on.
func (p Place) Before(q Place) bool { return p.Acts < q.Acts }
