package notice

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/letter"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// ErrEmpty says that there is nothing to say: a message without items is never
// composed.
var ErrEmpty = errors.New("nothing to say")

// Digest is the facts of one message to one recipient of one morning 督办日报.
// Its wording follows from Recipient.Role and each item's kind.
type Digest struct {
	ID        string // the message's name for ever, ASCII
	Domain    string // right side of Message-IDs; see MessageID
	Plan      PlanRef
	Recipient people.Recipient
	Unit      string           // name of the recipient's unit: 市水务局
	Contact   letter.Address   // who sits there: 市水务局联络员
	Office    letter.Address   // the office that signs; its address is optional
	Copies    []letter.Address `json:",omitempty"` // who sit beside them
	Post      string           // what they are, 市长: they are called by it; "" calls them by the contact's name
	Desk      Desk             // who answers at the office
	Link      string           // the portal's address; "" where there is none
	At        time.Time        // plan clock: the instant it speaks
	Date      time.Time        // real clock: the Date header
	Zone      *time.Location   // the plan's
	Items     []Item           // in any order; several of one task become one
	Most      int              // things that the message lists, over all its parts; the rest is counted. 0: all
	Rest      string           // what shows the rest: a command, or, with Link, a link; "" says nothing of it
	Open      []Undecided      // of the leadership's first message of a week: what waits for its decision beside the items
	Totals    *Totals          // the numbers of the plan; nil: the message does not have them
	Again     bool             // sent before, and nobody knows whether it arrived
	Sender    letter.Address   // the channel's own when empty
}

// Desk is who answers for the office: name and telephone, which may be empty.
type Desk struct{ Name, Phone string }

// Totals are the numbers of a plan on the day of a message 面上情况.
type Totals struct {
	Overdue   int // tasks
	Talks     int // that go on
	Proposals int // that wait for the leadership
}

// PlanRef names the document.
type PlanRef struct {
	ID     string
	Title  string
	Number string
}

// Item is one stage of one task, as it is when the digest speaks: a rung of
// its ladder, a matter with a limit of its own, or what an act tells at once
// (Kind plan.Told). Task, Due and Light may be zero for a talk or a circular that
// rests on several tasks, and for a duty; then Title says what it is.
type Item struct {
	Task     string // task ID
	Title    string
	Clause   string // 三（二）4; "" is left out
	Lead     string // name of the accountable unit
	Due      calendar.Day
	Kind     plan.StageKind
	Stage    string // stage ID
	Light    plan.Light
	Left     Distance // to the due date
	Merged   int      // milder stages of the same day that became this one; of a catch-up, the reminders it replaces
	Next     *Next    // nil when the ladder ends here
	Talk     *Talk    // nil when the stage is no talk's
	Of       []Called // the tasks that the talk is about, where they are several
	Soft     bool     // 力争、原则上
	Priority bool     // 重点
	CatchUp  bool     // replaces reminders that a late launch missed

	Matter      plan.Matter  // what the stage speaks of when that is not the task's own limit
	LimitLeft   Distance     // to Matter.Limit
	Unit        string       // name of the other unit of the matter: asked for its part, the lead until a reassignment, called to a talk
	ReturnUntil calendar.Day // of a task just given to its unit: the last day to return it
	Assist      []string     // names of the assisting units, where they were changed
	Further     bool         // of a request to extend: not the first, the leadership decides it
	Policy      string       // title of the policy, where it was changed
	Rules       []string     // titles of the plan's rules: each comes before the facts that it counted, among the words of a proposal
}

// Distance is how far away a day is: positive before it, 0 on it, negative
// after it, in calendar days and in working days.
type Distance struct {
	Days     int
	Workdays int
	Halted   bool // the day has passed, and none after it counts: the clock was halted
}

// Next is what happens if nothing is done.
type Next struct {
	Kind     plan.StageKind
	Day      calendar.Day
	To       []people.Role
	Step     string // of a talk's stage: the step's ID
	Approval bool   // a talk that a leader must approve first
	Topic    string // the stage's Matter.Topic
}

// Talk is how far a talk or a circular is 约谈、通报. Step and Limit are the step
// the item is about; for a talk just opened or proposed, its first; of an item
// that tells of an act both may be zero.
type Talk struct {
	ID        string // p14#1, as commands name it
	Number    int    // 1 is the unit's first talk of the plan; 0 says nothing of it
	Step      string
	Limit     calendar.Day  // zero before a proposed talk is approved
	Left      Distance      // to Limit
	Grounds   string        // of a talk just approved: what it rests on, a line each
	Proposed  bool          // waits for a named leader
	Joins     bool          // the task joins a talk that its unit is called to already
	Facts     act.TalkFacts // what its papers say
	Elsewhere []Elsewhere   // of one that begins: talks of its unit under other plans that go on
}

// Elsewhere is a talk of the same unit under another plan.
type Elsewhere struct {
	Plan   string // its title
	Number int
	Opened calendar.Day
}

// Called is one task of a talk about several.
type Called struct {
	Task  string // ID
	Title string
	Due   calendar.Day
}

// class is what an item means to its reader; lower is graver.
type class int

const (
	talkOpened class = iota
	talkProposed
	stepMissed
	ownMissed // a missed step of a talk that is the office's own to take
	escalated
	warned
	urged
	matterMissed // something else than the due date was missed
	stepAhead
	ownAhead
	matterAsked
	overdue // a mere reminder after the due date
	dueToday
	ahead
	news // plan.Told: news of an act, no rung
)

// classNames are the ends of catalogue keys.
var classNames = [...]string{"talk", "proposed", "missed", "own_missed", "escalate", "warn", "urge", "matter", "step", "own_step", "asked", "late", "due", "remind", "told"}

func (c class) String() string { return classNames[c] }

func (it Item) class() class {
	inTalk := it.Talk != nil
	switch {
	case it.told():
		return news
	case it.Matter.Topic == topicProposal:
		return talkProposed
	case it.Matter.Topic != "" && it.Kind.Gravity() >= plan.Urge.Gravity():
		return matterMissed
	case it.Matter.Topic != "":
		return matterAsked
	}
	switch it.Kind {
	case plan.Talk:
		if inTalk && it.Talk.Proposed {
			return talkProposed
		}
		return talkOpened
	case plan.Escalate:
		if inTalk && act.OfficeStep(it.Talk.Step) {
			return ownMissed
		}
		if inTalk {
			return stepMissed
		}
		return escalated
	case plan.Warn:
		return warned
	case plan.Urge:
		return urged
	}
	switch {
	case inTalk && act.OfficeStep(it.Talk.Step):
		return ownAhead
	case inTalk:
		return stepAhead
	case it.Left.Days < 0, it.Left.Halted:
		return overdue
	case it.Left.Days == 0:
		return dueToday
	}
	return ahead
}

// topicProposal is the Matter of the stages about a proposal that waits for a leader.
const topicProposal = "proposal"

// heap is what groups entries of a digest under one heading.
type heap struct {
	class  class
	matter string // see Item.matter
	reader string // see Digest.reader
}

// entry is one task in a digest, or one matter of a task: its gravest item, and
// the talk steps of its milder items, which the message names as well.
type entry struct {
	Item
	reader string
	also   []Talk
}

func (e entry) heap() heap { return heap{e.class(), e.matter(), e.reader} }

// fact is what items must share to be one entry: the task, and the matter when
// it is not the task's own limit, or whether it is the office's own step.
func (it Item) fact() string {
	switch {
	case it.class() == ownMissed, it.class() == ownAhead: // an entry apart from the unit's steps, which may be late at the same time
		return it.Task + "|own"
	case it.matter() == "":
		return it.Task
	case it.Matter.Topic == plan.TopicAcknowledge && !it.told():
		return it.Task + "|" + it.Matter.Topic
	}
	return it.Task + "|" + it.Matter.Topic + "|" + it.Stage
}

// gather makes one entry a task, and one a matter, and orders them: gravest
// first, then the most overdue or nearest due, priorities before others, else as
// given.
func gather(d Digest) []entry {
	sorted := slices.Clone(d.Items)
	slices.SortStableFunc(sorted, func(a, b Item) int { return cmp.Compare(a.class(), b.class()) })
	var entries []entry
	at := map[string]int{}
	for _, it := range sorted {
		i, seen := at[it.fact()]
		if !seen {
			at[it.fact()] = len(entries)
			entries = append(entries, entry{Item: it, reader: d.reader(it)})
			continue
		}
		e := &entries[i]
		e.Merged += 1 + it.Merged
		e.Priority = e.Priority || it.Priority
		e.CatchUp = e.CatchUp || it.CatchUp
		if it.Talk != nil && (e.Talk == nil || it.Talk.Step != e.Talk.Step) {
			e.also = append(e.also, *it.Talk)
			e.Merged-- // the step is named in the message, so it does not count as merged
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		_, placeA, _ := a.topic()
		_, placeB, _ := b.topic()
		return cmp.Or(cmp.Compare(a.class(), b.class()), cmp.Compare(placeA, placeB), cmp.Compare(a.matter(), b.matter()), cmp.Compare(slices.Index(readers, a.reader), slices.Index(readers, b.reader)),
			cmp.Compare(a.Left.Days, b.Left.Days), -cmp.Compare(toInt(a.Priority), toInt(b.Priority)))
	})
	return entries
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Compose words a digest for its reader. What the same person gets of other plans,
// or on other seats, is in the same message, each under its own heading and
// signed by its own office, the gravest first. Errors: ErrEmpty without items and without
// anything undecided; any other for a digest without an ID or a zone, or with an unknown
// role, which is a mistake of the caller.
func Compose(w *words.Words, d Digest, others ...Digest) (letter.Letter, error) {
	var parts []sheet
	for _, d := range append([]Digest{d}, others...) {
		if len(d.Items)+len(d.Open) == 0 {
			continue
		}
		if d.ID == "" || !slices.Contains(people.Roles, d.Recipient.Role) {
			return letter.Letter{}, fmt.Errorf("digest %q to %q: no ID or an unknown role", d.ID, d.Recipient)
		}
		if d.Zone == nil {
			return letter.Letter{}, fmt.Errorf("digest %q: no zone", d.ID)
		}
		d.Open = byAge(d.Open)
		entries := gather(d)
		parts = append(parts, sheet{newSpeaker(w, d), entries, len(entries), len(d.Open)})
	}
	if len(parts) == 0 {
		return letter.Letter{}, fmt.Errorf("digest %s: %w", d.ID, ErrEmpty)
	}
	slices.SortStableFunc(parts, func(a, b sheet) int { return cmp.Compare(a.class(), b.class()) })
	if !slices.ContainsFunc(parts, sheet.others) { // a message that only gives tasks lists all of them
		d.Most = 0
	}
	limit(parts, d.Most)
	var pages []page
	var lines []string
	for _, p := range parts {
		p.speaker.seated = len(parts) > 1
		page := p.page(p.entries, p.listed, p.open)
		pages, lines = append(pages, page), append(lines, p.line("line", page))
	}
	first := parts[0]
	m := letter.Letter{
		ID: d.ID, MessageID: letter.MessageID(d.ID, d.Domain), Thread: thread(d.Plan.ID, d.Recipient, d.Domain),
		Recipient: d.Recipient, From: d.Sender, To: letter.Address{Name: clean(d.Contact.Name), Email: d.Contact.Email}, Copies: d.Copies, ReplyTo: first.d.Office.Email,
		Subject: first.subject(first.entries, len(parts)-1), Line: strings.Join(lines, " | "), At: d.At, Date: d.Date.In(first.d.Zone),
	}
	return render(m, pages)
}

// sheet is what one seat gets of one plan.
type sheet struct {
	*speaker
	entries []entry
	listed  int // how many entries are listed; the rest is counted
	open    int // how many of d.Open are listed; the rest is counted
}

// class is the class of the part's gravest entry; talkProposed where only undecided matters
// are in it.
func (p sheet) class() class {
	if len(p.entries) == 0 {
		return talkProposed
	}
	return p.entries[0].class()
}

// others tells that the part does more than give tasks to the unit.
func (p sheet) others() bool {
	return len(p.d.Open) > 0 || slices.ContainsFunc(p.entries, func(e entry) bool { return !e.told() || e.Matter.Topic != act.TopicOrder })
}

// limit lets all parts together list so many entries at the most: the gravest, and
// among equals those of the first part.
func limit(parts []sheet, most int) {
	total, open := 0, 0
	for _, p := range parts {
		total, open = total+len(p.entries), open+len(p.d.Open)
	}
	if most <= 0 || total+open <= most {
		return
	}
	undecided, most := listing(open, total, most)
	for i := range parts {
		parts[i].open = min(undecided, len(parts[i].d.Open))
		undecided -= parts[i].open
	}
	if total <= most {
		return
	}
	for i := range parts {
		parts[i].listed = 0
	}
	for range most {
		next := -1
		for i, p := range parts {
			if p.listed < len(p.entries) && (next < 0 || p.entries[p.listed].class() < parts[next].entries[parts[next].listed].class()) {
				next = i
			}
		}
		parts[next].listed++
	}
}

// thread is the Message-ID that all messages of one plan to one recipient refer to.
func thread(planID string, r people.Recipient, domain string) string {
	return letter.MessageID("thread|"+planID+"|"+r.String(), domain)
}
