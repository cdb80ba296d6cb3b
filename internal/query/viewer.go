package query

import (
	"errors"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
)

// Viewer is for whom something is read. The zero Viewer is nobody, and nothing is
// read for nobody: whoever reads says Operator or As.
type Viewer struct {
	is whom
	by act.Actor
}

type whom int

const (
	nobody   whom = iota
	operator      // of the machine
	account       // by is set
)

// ErrNobody: a reading was asked for without saying for whom.
var ErrNobody = errors.New("query: nobody is named for whom this is read")

// Operator is whoever can open the ledger's own file or database: nothing in it can
// be kept from them.
func Operator() Viewer { return Viewer{is: operator} }

// As is a person of a unit, of a plan's office or of its leadership. An actor
// without an account or a unit is nobody.
func As(by act.Actor) Viewer {
	if by.Account == "" || by.Unit == "" {
		return Viewer{}
	}
	return Viewer{account, by}
}

// Oversees is nil when all of a plan is the viewer's to see, otherwise ErrNobody or
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

// named tells that the viewer is a person of a unit.
func (v Viewer) named() bool { return v.is == account }

// oversees tells that all of a plan is the viewer's to see: the plan's office and
// leadership.
func (v Viewer) oversees(d people.Directory) bool {
	return v.is == operator || v.is == account && (v.by.Unit == d.Office || v.by.Unit == d.Leadership)
}

// knows tells that a plan has anything to do with the viewer's unit.
func (v Viewer) knows(d people.Directory) bool {
	_, ours := d.Unit(v.by.Unit)
	return v.oversees(d) || v.is == account && ours
}

func (v Viewer) sees(t ledger.Task) bool {
	return v.is == operator || v.is == account && ledger.CaseOf(t).Sees(v.by)
}

// seesTalk tells whether a talk of a plan is the viewer's to see: the office's, the
// leadership's and that of the unit it calls, once that knows of it.
func (v Viewer) seesTalk(d people.Directory, k ledger.Talk) bool {
	if v.is == account && !v.oversees(d) && !k.Known() {
		return false
	}
	return v.is == operator || v.is == account && act.TalkCase{Lead: k.Lead, Office: d.Office, Leadership: d.Leadership}.Sees(v.by)
}
