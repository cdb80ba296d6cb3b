package act

import (
	"slices"
	"strconv"
	"time"

	"duban/internal/calendar"
	"duban/internal/complaint"
)

// Acts on a complaint of the hotline 12345 诉求. What its unit does, as returning, asking for an
// extension and answering, it does on the task that the complaint's dispatch opens.
const (
	TakeIn         Kind = "take_in"         // 登记诉求
	Sort           Kind = "sort"            // 分办: to a unit, and to another one when the first has returned it
	CallBack       Kind = "call_back"       // 回访
	CloseComplaint Kind = "close_complaint" // 办结
	JoinComplaint  Kind = "join_complaint"  // 并案: it is about what another one is about
	Forget         Kind = "forget"          // 清除诉求人信息
)

// States of a complaint, beside Unborn and Closed.
const (
	ComplaintNew    State = "received" // 待分办
	ComplaintSorted State = "sorted"   // 办理中
	ComplaintJoined State = "merged"   // 已并案: it goes the way of the one that it joined
)

// Outcome is what a call to whoever complained came to.
type Outcome string

// Outcomes of a call.
const (
	Satisfied   Outcome = "satisfied"   // 满意
	Unsatisfied Outcome = "unsatisfied" // 不满意
	Unreached   Outcome = "unreached"   // 未联系上
)

// Outcomes are all outcomes of a call.
var Outcomes = []Outcome{Satisfied, Unsatisfied, Unreached}

// ComplaintFacts are what acts on a complaint say. Who complained is not among them.
type ComplaintFacts struct {
	Hotline string  `json:"hotline,omitempty"` // its number at the hotline; "" where it came another way
	Matter  string  `json:"matter,omitempty"`
	Where   string  `json:"where,omitempty"`   // the place it is about
	Section string  `json:"section,omitempty"` // ID in the plan's register, where it is about one
	Limit   string  `json:"limit,omitempty"`   // ID of a limit of the plan's rules
	Outcome Outcome `json:"outcome,omitempty"`
	Again   bool    `json:"again,omitempty"` // of CallBack: it is to be done again
	Into    int     `json:"into,omitempty"`  // number of the complaint that it joins
}

// Complaint is a complaint: what acts on it are judged by.
type Complaint struct {
	Office     string           `json:"-"`
	Leadership string           `json:"-"`
	Rules      *complaint.Rules `json:"-"` // nil: the plan handles no complaints
	Units      []string         `json:"-"` // to which complaints may be sorted
	Sections   []string         `json:"-"` // of the plan's register
	Task       *Case            `json:"-"` // that its dispatch opened, or that of the complaint it joined; nil: none
	Main       *Complaint       `json:"-"` // of JoinComplaint: the one that it is to join; nil: there is no such
	Joined     []int            `json:"-"` // complaints that have joined it

	Number  int          `json:"number"` // from 1, in the plan
	State   State        `json:"state"`
	Hotline string       `json:"hotline,omitempty"`
	Title   string       `json:"title"`
	Words   string       `json:"words"`
	Matter  string       `json:"matter"`
	Where   string       `json:"where"`
	Section string       `json:"section,omitempty"`
	On      calendar.Day `json:"on"` // the day it was taken in
	By      string       `json:"by"` // account's name

	Sorted    []Sorted     `json:"sorted,omitempty"`
	Calls     []Call       `json:"calls,omitempty"`
	Into      int          `json:"into,omitempty"`
	Closed    *Ending      `json:"closed,omitempty"` // how it was closed or joined
	Forgotten calendar.Day `json:"forgotten,omitzero"`
	Known     []string     `json:"known,omitempty"` // IDs of the acts done
}

// Sorted is a dispatch of a complaint to a unit 分办.
type Sorted struct {
	Unit  string       `json:"unit"`
	Limit string       `json:"limit"`
	At    time.Time    `json:"at"`    // plan clock, UTC
	Until time.Time    `json:"until"` // when it is to be answered, unless its task's date is moved
	Due   calendar.Day `json:"due"`   // the day of Until
	By    Actor        `json:"by"`
	Words string       `json:"words,omitempty"`
}

// Call is a call to whoever complained 回访.
type Call struct {
	At      time.Time    `json:"at"` // plan clock, UTC
	On      calendar.Day `json:"on"`
	By      Actor        `json:"by"`
	Outcome Outcome      `json:"outcome"`
	Again   bool         `json:"again,omitempty"`
	Words   string       `json:"words"`
}

// Ending is how a complaint was closed, or why it joined another one.
type Ending struct {
	At    time.Time    `json:"at"` // plan clock, UTC
	On    calendar.Day `json:"on"`
	By    Actor        `json:"by"`
	Words string       `json:"words"`
}

// complaints are the acts on a complaint. They are done on pages and by programs, not at the
// command line.
var complaints = []Row{
	{Kind: TakeIn, By: byOffice, From: states{Unborn}, To: ComplaintNew, Must: fields{FieldTitle, FieldMatter, FieldWhere, FieldReason}, May: fields{FieldHotline, FieldSection}},
	{Kind: Sort, By: byOffice, From: states{ComplaintNew, ComplaintSorted}, To: ComplaintSorted, Must: fields{FieldUnit, FieldLimit}, May: reason},
	{Kind: CallBack, By: byOffice, From: states{ComplaintSorted, ComplaintJoined}, Must: fields{FieldOutcome, FieldReason}, May: fields{FieldAgain}},
	{Kind: CloseComplaint, By: byOffice, From: states{ComplaintNew, ComplaintSorted}, To: Closed, Must: reason},
	{Kind: JoinComplaint, By: byOffice, From: states{ComplaintNew, ComplaintSorted}, To: ComplaintJoined, Must: fields{FieldInto, FieldReason}},
	{Kind: Forget, By: byOffice, From: states{ComplaintNew, ComplaintSorted, ComplaintJoined, Closed}, Must: reason},
}

// OfComplaint tells that the act is one on a complaint.
func (k Kind) OfComplaint() bool {
	return slices.ContainsFunc(complaints, func(r Row) bool { return r.Kind == k })
}

// ComplaintTasks is what the IDs of all tasks begin with that complaints open.
const ComplaintTasks = "complaint-"

// ComplaintTask is the ID of the task that a complaint's dispatch opens.
func ComplaintTask(number int) string { return ComplaintTasks + strconv.Itoa(number) }

// FromComplaint is the origin of that task.
func FromComplaint(number int) Origin { return Origin{OriginComplaint, strconv.Itoa(number)} }

// ComplaintID is the ID of the act on a complaint's task that follows from the n-th dispatch or
// call, or from the end (n is 0), of the complaint of a number.
func ComplaintID(number, n int, k Kind) string {
	return ownPrefix + "complaint-" + strconv.Itoa(number) + "-" + strconv.Itoa(n) + "-" + string(k)
}

// Check tells whether an act is possible now; nil is yes.
func (c Complaint) Check(a Act) *Refusal { return judge(complaintOf{c}, a) }

// MayDo tells why an act is not possible now, whatever it says; nil: it is.
func (c Complaint) MayDo(by Actor, k Kind) *Refusal {
	on := complaintOf{c}
	if r := Allowed(on, by, k); r != nil {
		return r
	}
	row, _ := Of(OnComplaint, k)
	if !slices.Contains(row.From, c.State) {
		return refuse("complaint_state", "Kind", string(k), "State", string(c.State))
	}
	return c.ready(k)
}

type complaintOf struct{ Complaint }

func (c complaintOf) thing() Thing { return OnComplaint }

func (c complaintOf) state() State { return c.State }

func (c complaintOf) what() string { return "" }

func (c complaintOf) heads() (office, leadership string) { return c.Office, c.Leadership }

func (c complaintOf) Done(id string) bool { return slices.Contains(c.Known, id) }

func (c complaintOf) Seats(by Actor) []Seat {
	if by.Unit == "" {
		return nil
	}
	on := Case{Office: c.Office, Leadership: c.Leadership}
	if c.Task != nil {
		on.Lead, on.Assist = c.Task.Lead, c.Task.Assist
	}
	return on.Seats(by)
}

// Answered tells that the unit has answered, and that the answer was not given back since.
func (c Complaint) Answered() bool {
	if c.Task == nil || c.Task.State != Reported && c.Task.State != Closed {
		return false
	}
	n := len(c.Calls)
	return n == 0 || !c.Calls[n-1].Again || c.Task.Done(ComplaintID(c.Number, n, Reject))
}

// dropped tells that the task was cancelled, or goes on in another plan: nobody will answer.
func (c Complaint) dropped() bool { return c.Task != nil && c.Task.Uncounted() }

// reached tells that whoever complained was called after the last answer that was asked for.
func (c Complaint) reached() bool {
	n := len(c.Calls)
	return n > 0 && !c.Calls[n-1].Again
}

// ready refuses an act for which the complaint has not come far enough, whatever the act says.
func (c Complaint) ready(k Kind) *Refusal {
	switch {
	case k == TakeIn && c.Rules == nil:
		return refuse("complaint_rules")
	case k == TakeIn && c.Rules.Example:
		return refuse("complaint_example")
	case k == Sort && c.State == ComplaintSorted && (c.Task == nil || c.Task.Return == nil):
		return refuse("complaint_sorted")
	case k == CallBack && !c.Answered():
		return refuse("complaint_unanswered")
	case k == CloseComplaint && c.State == ComplaintSorted && !c.Answered() && !c.dropped():
		return refuse("complaint_unanswered")
	case k == CloseComplaint && c.State == ComplaintSorted && !c.dropped() && c.Rules != nil && c.Rules.Call > 0 && !c.reached():
		return refuse("complaint_uncalled")
	case k == JoinComplaint && (c.Answered() || len(c.Calls) > 0):
		return refuse("complaint_answered")
	case k == JoinComplaint && len(c.Joined) > 0:
		return refuse("complaint_has_joined", "N", strconv.Itoa(c.Joined[0]))
	case k == Forget && !c.Forgotten.IsZero():
		return refuse("complaint_forgotten", "Day", c.Forgotten.String())
	}
	return nil
}

func (c complaintOf) asks(_ Row, a Act) *Refusal {
	if r := c.ready(a.Kind); r != nil {
		return r
	}
	said := ComplaintFacts{}
	if a.Complaint != nil {
		said = *a.Complaint
	}
	switch a.Kind {
	case TakeIn:
		switch {
		case !slices.Contains(c.Rules.Matters, said.Matter):
			return refuse("complaint_matter", "Matter", clip(said.Matter))
		case said.Section != "" && !slices.Contains(c.Sections, said.Section):
			return refuse("complaint_section", "Section", clip(said.Section))
		}
	case Sort:
		switch {
		case c.Rules == nil:
			return refuse("complaint_rules")
		case !slices.Contains(c.Units, a.Unit):
			return refuse("complaint_unit", "Unit", a.Unit)
		}
		if _, known := c.Rules.Limit(said.Limit); !known {
			return refuse("complaint_limit", "Limit", clip(said.Limit))
		}
	case CallBack:
		switch {
		case !slices.Contains(Outcomes, said.Outcome):
			return refuse("complaint_outcome", "Outcome", clip(string(said.Outcome)))
		case said.Again && said.Outcome != Unsatisfied:
			return refuse("complaint_again")
		case said.Again && c.Task.State != Reported:
			return refuse("complaint_verified")
		}
	case JoinComplaint:
		switch {
		case c.Main == nil || said.Into == c.Number:
			return refuse("complaint_into", "N", strconv.Itoa(said.Into))
		case c.Main.State != ComplaintNew && c.Main.State != ComplaintSorted:
			return refuse("complaint_into_over", "N", strconv.Itoa(said.Into))
		}
	}
	return nil
}

// After is the complaint after an act that Check allows. sorted is of Sort: until when, and by
// which day.
func (c Complaint) After(a Act, until time.Time, due calendar.Day) Complaint {
	c.Known = append(slices.Clone(c.Known), a.ID)
	c.Sorted, c.Calls = slices.Clone(c.Sorted), slices.Clone(c.Calls)
	said := ComplaintFacts{}
	if a.Complaint != nil {
		said = *a.Complaint
	}
	if row, _ := Of(OnComplaint, a.Kind); row.To != "" {
		c.State = row.To
	}
	ending := &Ending{At: a.At, On: a.On, By: a.By, Words: a.Reason}
	switch a.Kind {
	case TakeIn:
		c.Hotline, c.Title, c.Words, c.Matter, c.Where, c.Section, c.On, c.By = said.Hotline, a.Title, a.Reason, said.Matter, said.Where, said.Section, a.On, a.By.Name
	case Sort:
		c.Sorted = append(c.Sorted, Sorted{Unit: a.Unit, Limit: said.Limit, At: a.At, Until: until, Due: due, By: a.By, Words: a.Reason})
	case CallBack:
		c.Calls = append(c.Calls, Call{At: a.At, On: a.On, By: a.By, Outcome: said.Outcome, Again: said.Again, Words: a.Reason})
	case CloseComplaint:
		c.Closed = ending
	case JoinComplaint:
		c.Closed, c.Into = ending, said.Into
	case Forget:
		c.Forgotten = a.On
	}
	return c
}

// About is what the complaint is about, to find others about the same.
func (c Complaint) About() complaint.About {
	return complaint.About{Number: c.Number, Matter: c.Matter, Place: c.Where, Section: c.Section, On: c.On}
}

// Until is when the complaint is to be answered: as it was dispatched last, or at the end of the
// day to which its task was extended or corrected. It is zero before the first dispatch.
func (c Complaint) Until(zone *time.Location) time.Time {
	if len(c.Sorted) == 0 {
		return time.Time{}
	}
	last := c.Sorted[len(c.Sorted)-1]
	if c.Task != nil && !c.Task.Due.IsZero() && c.Task.Due != last.Due {
		return c.Task.Due.End(zone)
	}
	return last.Until
}

// NamesCaller refuses an act that names who made a complaint in a field.
func NamesCaller(f Field) Refusal { return *refuse("complaint_names", "Field", f.Key()) }

// HotlineTaken refuses a complaint whose number at the hotline a complaint has that says
// otherwise: the one of the number n in the plan.
func HotlineTaken(hotline string, n int) Refusal {
	return *refuse("complaint_taken", "Hotline", clip(hotline), "N", strconv.Itoa(n))
}

// OnComplaintPage refuses an act on a complaint's task that is to be done on the complaint.
func OnComplaintPage() Refusal { return *refuse("complaint_page") }

// Complaint is the number of the complaint that something was opened for; false where it was
// opened for anything else.
func (o Origin) Complaint() (number int, ok bool) {
	number, err := strconv.Atoi(o.Of)
	return number, err == nil && o.Kind == OriginComplaint
}

// ComplaintStep is what the office owes of a complaint.
type ComplaintStep string

// Steps that the office owes of a complaint.
const (
	StepSort ComplaintStep = "sort" // 分办
	StepCall ComplaintStep = "call" // 回访
)

// DeskOwed is what the office owes of a complaint by a day.
type DeskOwed struct {
	Step  ComplaintStep
	Limit calendar.Day
}

// Told is the working day after the limit, on which the leadership hears of what is not done.
func (o DeskOwed) Told(cal *calendar.Calendar) calendar.Day { return cal.AddWorkdays(o.Limit, 1) }

// DeskOwes is what the office owes of a complaint by the limits of the rules of complaints: to
// sort it, and to call back after the answer. false where it owes neither, or where the ladder of
// the complaint's task chases the office by the same day already, as for a ruling on a return.
func (r Rules) DeskOwes(c Complaint) (DeskOwed, bool) {
	switch {
	case c.Rules == nil:
	case c.State == ComplaintNew && c.Rules.Sort > 0:
		return DeskOwed{StepSort, r.Calendar.AddWorkdays(c.On, c.Rules.Sort)}, true
	case c.State == ComplaintSorted && c.Rules.Call > 0 && c.Answered() && !c.reached() && c.Task.Report != nil:
		o := DeskOwed{StepCall, r.Calendar.AddWorkdays(c.Task.Report.On, c.Rules.Call)}
		chased := slices.ContainsFunc(r.Owed(*c.Task), func(own Owed) bool {
			return own.Topic() == TopicReport && own.Runs && !own.Limit.After(o.Limit)
		})
		return o, !chased
	}
	return DeskOwed{}, false
}
