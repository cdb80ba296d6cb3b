package act

import "slices"

// State of a task, a duty or an occurrence as people see it.
type State string

const (
	Open      State = "open"      // 在办
	Reported  State = "reported"  // 办结待核: a completion report waits for the office
	Suspended State = "suspended" // 暂停
	Closed    State = "closed"    // 销号
	Cancelled State = "cancelled" // 撤销
	Carried   State = "carried"   // 结转: it goes on in another plan
)

// States in the order of a task's life.
var States = []State{Open, Reported, Suspended, Closed, Cancelled, Carried}

// Row says who may do an act, in which states, what it needs, and where it leads.
type Row struct {
	Kind  Kind
	By    []Seat
	From  []State
	To    State   // zero: the state stays
	Needs []Field // what the act must say
}

// Field is a field of Act that an act must fill.
type Field string

const (
	NeedReason   Field = "reason"
	NeedPaper    Field = "paper"
	NeedDue      Field = "due"
	NeedUnit     Field = "unit"
	NeedUnits    Field = "units"
	NeedPolicy   Field = "policy"
	NeedTitle    Field = "title"
	NeedRef      Field = "ref"
	NeedRule     Field = "rule"
	NeedEvidence Field = "evidence"
)

var (
	live    = []State{Open, Reported, Suspended}
	running = []State{Open, Suspended}
	open    = []State{Open}
)

// Tasks is the one table of who may do what to a task or an occurrence, and of
// the states it goes through.
var Tasks = []Row{
	{Acknowledge, []Seat{Lead}, live, "", nil},
	{Return, []Seat{Lead}, open, "", []Field{NeedReason}},
	{Uphold, []Seat{Office}, live, "", []Field{NeedReason}},
	{Progress, []Seat{Lead}, running, "", []Field{NeedReason}},
	{AskPart, []Seat{Lead}, open, "", []Field{NeedUnit, NeedDue, NeedReason}},
	{GivePart, []Seat{Assisting}, live, "", []Field{NeedRef, NeedReason}},
	{Complete, []Seat{Lead}, open, Reported, []Field{NeedReason}},
	{Verify, []Seat{Office}, []State{Open, Reported}, Closed, []Field{NeedReason}},
	{Reject, []Seat{Office}, []State{Reported}, Open, []Field{NeedReason}},
	{Extend, []Seat{Lead}, open, "", []Field{NeedDue, NeedReason}},
	{Grant, []Seat{Office, Leadership}, running, "", []Field{NeedReason}},
	{Refuse, []Seat{Office, Leadership}, live, "", []Field{NeedReason}},
	{Chase, []Seat{Office}, open, "", []Field{NeedReason}},
	{Suspend, []Seat{Office}, open, Suspended, []Field{NeedReason}},
	{Resume, []Seat{Office, Engine}, []State{Suspended}, Open, []Field{NeedReason}},
	{Reassign, []Seat{Office}, running, "", []Field{NeedUnit, NeedReason}},
	{Assist, []Seat{Office}, live, "", []Field{NeedReason}},
	{SetPolicy, []Seat{Office}, live, "", []Field{NeedPolicy, NeedReason}},
	{Correct, []Seat{Office}, live, "", []Field{NeedDue, NeedReason}},
	{Reword, []Seat{Office}, live, "", []Field{NeedTitle, NeedReason}},
	{Cancel, []Seat{Office}, live, Cancelled, []Field{NeedReason, NeedPaper}},
	{Reinstate, []Seat{Office}, []State{Cancelled}, Open, []Field{NeedReason, NeedPaper}},
	{TakeOver, []Seat{Office}, live, "", []Field{NeedUnit, NeedReason}},
	{Instruct, []Seat{Leadership}, live, "", []Field{NeedReason}},
	{Answer, []Seat{Lead}, live, "", []Field{NeedRef, NeedReason}},
}

// Duties is the table of a duty's own acts; its occurrences are tasks.
var Duties = []Row{
	{Suspend, []Seat{Office}, open, Suspended, []Field{NeedReason}},
	{Resume, []Seat{Office, Engine}, []State{Suspended}, Open, []Field{NeedReason}},
	{SetRule, []Seat{Office}, running, "", []Field{NeedRule, NeedReason}},
	{EndDuty, []Seat{Office}, running, Closed, []Field{NeedReason}},
	{Reinstate, []Seat{Office}, []State{Closed}, Open, []Field{NeedReason, NeedPaper}},
	{TakeOver, []Seat{Office}, running, "", []Field{NeedUnit, NeedReason}},
	{Reassign, []Seat{Office}, running, "", []Field{NeedUnit, NeedReason}},
	{Assist, []Seat{Office}, running, "", []Field{NeedReason}},
	{SetPolicy, []Seat{Office}, running, "", []Field{NeedPolicy, NeedReason}},
	{Reword, []Seat{Office}, running, "", []Field{NeedTitle, NeedReason}},
}

// Plans is the table of acts on a running plan itself.
var Plans = []Row{
	{Amend, []Seat{Office}, nil, "", []Field{NeedPaper, NeedReason}},
	{ApplyPolicy, []Seat{Office}, nil, "", []Field{NeedReason}},
	{Import, []Seat{Office}, nil, "", []Field{NeedReason}},
	{Carry, []Seat{Office}, nil, "", []Field{NeedReason}},
	{EndPlan, []Seat{Office}, nil, "", []Field{NeedReason}},
}

// CheckOnPlan tells whether an act on the plan whose office and leadership are
// these is allowed, and says what it must; nil is yes.
func CheckOnPlan(office, leadership string, a Act) *Refusal {
	row, ok := Of(Plans, a.Kind)
	if !ok {
		return refuse("no_such_act", "Kind", string(a.Kind))
	}
	seats := Case{Office: office, Leadership: leadership}.Seats(a.By)
	if a.By.Unit == "" || !slices.ContainsFunc(seats, func(s Seat) bool { return slices.Contains(row.By, s) }) {
		return refuse("seat", "Seats", joinSeats(row.By))
	}
	if a.Entered != nil { // no unit acts on a plan
		return refuse("entered_for")
	}
	if r := Lengths(a); r != nil {
		return r
	}
	for _, f := range row.Needs {
		if !a.has(f) {
			return refuse("needs", "Field", string(f))
		}
	}
	return nil
}

// Of is the row of an act in a table.
func Of(table []Row, k Kind) (Row, bool) {
	i := slices.IndexFunc(table, func(r Row) bool { return r.Kind == k })
	if i < 0 {
		return Row{}, false
	}
	return table[i], true
}
