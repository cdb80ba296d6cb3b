// Package laws judges what a ledger has by thirteen laws: who may be chased, for what,
// since when. It reads acts and words only. It works out for itself whose a task was,
// since when, by when, and when the clock was halted. It uses none of the functions and
// tables of package act that decide these things (alone_test.go checks it), so that a
// fault in them is not a fault here too. The tests of internal/act and the daily audit
// judge by it.
//
// A word is a stage that was said (plan.Stage). The laws, by number:
//
//	 0  what is owed is chased, and what is said is about something owed
//	 1  nobody is chased for what they do not have to do now
//	 2  one miss counts once: what was said of it is not said again
//	 3  a talk whose ground has gone is ended, or kept by a leader
//	 4  days on which the clock is halted count for nothing, and nobody is chased on a rest day
//	 5  no rung is said before the one below it, of which the first tells the unit that it is given the task; and a unit is left the policy's grace after an act that starts its clock anew
//	 6  any act of the unit is a sign of life, and an act on what is owed answers it
//	 7  a date that was granted is the one by which the unit is chased
//	 8  every request is answered, or said to have ended
//	 9  a unit answers for the dates that were missed while it led the task, and for no other
//	10  one person gets one message a morning, and each thing is said in it once
//	11  each occurrence of a duty is opened once, no period is skipped
//	12  overdue and late mean the same everywhere
//
// Law 13, that what is foretold is what happens, cannot be seen in a ledger: tests of
// internal/act and internal/rehearse check it.
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
	Units    []people.Unit // who is on which seat; nil: seats are told apart, but not the people on them
}

// History is what a ledger holds of one task, from its assignment on.
type History struct {
	Lead, Office, Leadership, Policy string // unit IDs, and key of the policy, as it was assigned
	Due, Begin                       calendar.Day
	Occurs                           bool      // an occurrence of a duty, which nobody is told of when it opens
	Assigned, Until                  time.Time // Until: the end, exclusive
	Acts                             []Done
	Said                             []plan.Stage // in order of time; at one instant a word comes before what an act says at once
	Shown                            []Shown
	Facts                            []act.Fact // that the rules of consequences count at the end
	Talks                            []*TalkHistory
	Notices                          []Holidays
}

// Done is an act, and whether it was refused.
type Done struct {
	act.Act
	Refused string // why; empty when it was done
	N       int    // in the order of the ledger: tells acts of one instant apart
	// GoesOn tells of an act.Carry that the history goes on in the next plan, with the unit,
	// date and policy that the act names; otherwise the history ends with the act.
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
	Said     int // how many of History.Said had been decided by then
	// Undoes is the instant at which the notice that this one takes back had come into force;
	// zero: this one takes none back. What was said only because of the notice taken back may be
	// said again.
	Undoes time.Time
}

// TalkHistory is what a ledger holds of one talk.
type TalkHistory struct {
	Task   string // ID of the task that the talk was opened for
	Policy string
	Opened time.Time
	Acts   []Done
	Said   []plan.Stage
	Joined []Joined    // the other tasks that the talk is about
	Anew   []time.Time // when the task it was opened for was missed anew
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
	Text string // what happened, in English, for whoever looks into it
	// Silent tells that the breach is a word that was not said: a machine that was stopped may
	// say it yet.
	Silent bool
	Thing  string // of Copies and Mornings: the ID of the task or talk
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

	Decided time.Time // when the word was decided
	Left    time.Time // when the message was put together
}

// Mornings judges deliveries by law 10: what is said to a person at one instant is in one
// message over each channel, whatever plans, units and seats it is about. Only what was decided
// after a message had been put together may come in another. Words that acts say at once are not
// among the deliveries.
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

// Copies judges deliveries by law 10: a word about a thing comes to a person in one message over
// each channel, however many seats they hold.
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
