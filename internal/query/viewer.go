package query

import (
	"errors"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
)

// Viewer is the person for whom something is read, made by Operator or As. The zero Viewer
// is nobody, for whom every reading gives ErrNobody.
type Viewer struct {
	is whom
	by act.Actor
}

type whom int

const (
	nobody   whom = iota
	operator      // whoever runs the machine
	account       // the person in Viewer.by
)

// ErrNobody: the Viewer of a reading is nobody.
var ErrNobody = errors.New("query: nobody is named for whom this is read")

// Operator is the viewer who can open the ledger's own file or database, and may therefore
// read everything.
func Operator() Viewer { return Viewer{is: operator} }

// As is a person of a unit, of a plan's office or of its leadership. An actor
// without an account or a unit is nobody.
func As(by act.Actor) Viewer {
	if by.Account == "" || by.Unit == "" {
		return Viewer{}
	}
	return Viewer{account, by}
}

// Oversees is nil when the viewer may see all of a plan, and otherwise ErrNobody or
// ErrNotWhole.
func (v Viewer) Oversees(l ledger.Launched) error {
	switch {
	case v.is == nobody:
		return ErrNobody
	case !v.oversees(l.Plan.Directory):
		return ErrNotWhole
	}
	return nil
}

// named tells whether the viewer is a person of a unit.
func (v Viewer) named() bool { return v.is == account }

// oversees tells whether the viewer may see all of a plan: the plan's office, its leadership
// and the operator.
func (v Viewer) oversees(d people.Directory) bool {
	return v.is == operator || v.is == account && (v.by.Unit == d.Office || v.by.Unit == d.Leadership)
}

// knows tells whether a plan concerns the viewer: its directory has the viewer's unit, or the
// viewer oversees it.
func (v Viewer) knows(d people.Directory) bool {
	_, ours := d.Unit(v.by.Unit)
	return v.oversees(d) || v.is == account && ours
}

func (v Viewer) sees(t ledger.Task) bool {
	return v.is == operator || v.is == account && ledger.CaseOf(t).Sees(v.by)
}

// seesTalk tells whether the viewer may see a talk of a plan: the office, the leadership, the
// operator, and the unit that is called, once it may know of the talk (ledger.Talk.Known).
func (v Viewer) seesTalk(d people.Directory, k ledger.Talk) bool {
	if v.is == account && !v.oversees(d) && !k.Known() {
		return false
	}
	return v.is == operator || v.is == account && act.TalkCase{Lead: k.Lead, Office: d.Office, Leadership: d.Leadership}.Sees(v.by)
}
