// Package laws holds what a ledger has against the laws of a fair office: who may
// be chased, for what, since when. It reads acts and words only. It works out for
// itself whose a task was, since when, by when, and when the clock stood, and asks
// nothing of the functions and tables that decide (alone_test.go holds it to that), so
// that a fault in those is not a fault here too. The tests of internal/act and the daily
// audit judge by it.
//
// The laws, by number:
//
//	 0  what is owed is chased, and what is said is about something owed
//	 1  nobody is chased for what is not theirs to do now
//	 2  a miss is one miss: what was said of it is not said again
//	 3  a talk does not outlive its ground
//	 4  the clock that stands counts for nothing, and nobody is chased on a day of rest
//	 5  no rung without the rung before, the first of which tells a unit that it is given the task; and grace after a rejection
//	 6  any act of the unit is a sign of life, any act on an obligation answers it
//	 7  a granted date is the date
//	 8  what is asked is answered
//	 9  a unit answers for what it led when it was missed
//	10  one person gets one message a morning, and each thing is said in it once
//	11  each occurrence of a duty is opened once, no period is skipped
//	12  one definition of overdue and of late everywhere
//
// Law 13, that what is foretold is what happens, cannot be seen in a ledger: tests of
// internal/act and internal/rehearse hold to it.
package laws

import (
	"fmt"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// Rules are what a history is judged by.
type Rules struct {
	Calendar *calendar.Calendar // in force when the history begins
	Policies map[string]plan.Policy
	Zone     *time.Location
	Units    []people.Unit // who sits where; without it only seats are told apart
}

// History is what a ledger holds of one task, from its assignment on.
type History struct {
	Lead, Office, Leadership, Policy string // unit IDs, and key of the policy, as it was assigned
	Due, Begin                       calendar.Day
	Occurs                           bool      // an occurrence of a duty, which nobody is told of when it opens
	Assigned, Until                  time.Time // Until: the end, exclusive
	Acts                             []Done
	Said                             []plan.Stage // in order of time; a word before what an act of its instant tells
	Shown                            []Shown
	Facts                            []act.Fact // that the rules which add up count at the end
	Talks                            []*TalkHistory
	Notices                          []Holidays
}

// Done is an act of a person with its answer.
type Done struct {
	act.Act
	Refused string // why; empty when it was done
	N       int    // in the order of the ledger: tells acts of one instant apart
	// GoesOn tells of act.Carry that the history goes on in the next plan, with the
	// unit, date and policy that the act says; else the history ends with it.
	GoesOn bool
}

// Shown is what a list said of the task at the end of a day.
type Shown struct {
	On      calendar.Day
	Overdue bool
	Late    int // working days
}

// Holidays is a notice of holidays that came into force: the calendar from then on.
type Holidays struct {
	At       time.Time
	Calendar *calendar.Calendar
	N        int // in the order of the ledger, with the acts
	Said     int // how many of the history's words had been decided by then
	// Undoes is when the notice that this one takes back had come into force; zero:
	// it takes none back. What was said because of that one alone may be said again.
	Undoes time.Time
}

// TalkHistory is what a ledger holds of one talk.
type TalkHistory struct {
	Task   string // ID of the one it was opened for
	Policy string
	Opened time.Time
	Acts   []Done
	Said   []plan.Stage
	Joined []Joined    // the tasks that it is about beside the one it was opened for
	Anew   []time.Time // when that one was missed anew
}

// Joined is the history of a task that joined a talk, once or when it was missed anew.
type Joined struct {
	History
	Task string // ID
	At   []time.Time
}

// Breach is a law that was broken, when, and how.
type Breach struct {
	Law  int
	At   time.Time
	Of   string // ID of the word, or kind of the act, that broke it; "" when nothing was said
	Text string // for whoever looks into it: English
	// Silent tells that it is something that was not said: a machine that was stopped
	// may say it yet.
	Silent bool
	Thing  string // of Copies: what it is about
}

func (b Breach) String() string {
	return fmt.Sprintf("law %d, %s: %s", b.Law, b.At.UTC().Format(time.RFC3339), b.Text)
}

// Delivery is one message that carried a word to a person.
type Delivery struct {
	Thing   string // ID of the task or talk
	Word    string // ID of the word, with its revision
	Channel string
	To      string // the person
	Message string // ID
	At      time.Time

	Decided time.Time // the word
	Left    time.Time // when the message was put together
}

// Mornings holds deliveries to law 10: what is said to a person at one instant is said
// in one message over each channel, of whatever plans, units and seats; only what was
// decided after a message had been put together may come in another. What acts tell at
// once is none of it.
func Mornings(all []Delivery) (found []Breach) {
	type morning struct {
		to, channel string
		at          time.Time
	}
	first, told := map[morning]Delivery{}, map[morning]bool{}
	for _, d := range all {
		key := morning{d.To, d.Channel, d.At.UTC()}
		if before, ok := first[key]; !ok || d.Left.Before(before.Left) {
			first[key] = d
		}
	}
	for _, d := range all {
		key := morning{d.To, d.Channel, d.At.UTC()}
		with := first[key]
		if d.Message == with.Message || d.Decided.After(with.Left) || told[key] {
			continue
		}
		told[key] = true
		found = append(found, Breach{Law: 10, At: d.At, Thing: d.Thing, Of: d.Word, Text: fmt.Sprintf("%s heard of %s and of %s in two messages of one morning over %s: %s and %s", d.To, with.Thing, d.Thing, d.Channel, with.Message, d.Message)})
	}
	return found
}

// Copies holds deliveries to law 10: what is said of one thing comes to a person in
// one message over each channel, whatever number of seats they hold.
func Copies(all []Delivery) (found []Breach) {
	type copied struct{ thing, word, channel, to string }
	first, told := map[copied]string{}, map[copied]bool{}
	for _, d := range all {
		key := copied{d.Thing, d.Word, d.Channel, d.To}
		switch before, ok := first[key]; {
		case !ok:
			first[key] = d.Message
		case before != d.Message && !told[key]:
			told[key] = true
			found = append(found, Breach{Law: 10, At: d.At, Thing: d.Thing, Of: d.Word, Text: fmt.Sprintf("%s went to %s twice over %s: %s and %s", d.Word, d.To, d.Channel, before, d.Message)})
		}
	}
	return found
}
