package recount

import (
	"encoding/json"
	"time"
)

// document are the parts of a plan's document that are used.
type document struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Number string `json:"number"`
	Zone   string `json:"zone"`
	Tasks  []struct {
		ID        string   `json:"id"`
		Clause    string   `json:"clause"`
		Title     string   `json:"title"`
		Kind      string   `json:"kind"`
		Lead      string   `json:"lead"`
		Assist    []string `json:"assist"`
		Due       string   `json:"due"`
		Begin     string   `json:"begin"`
		Milestone string   `json:"milestone"`
		Policy    string   `json:"policy"`
		Soft      bool     `json:"soft"`
		Priority  bool     `json:"priority"`
		Publish   bool     `json:"publish"`
		Note      string   `json:"note"`
		Source    string   `json:"source"`

		Also json.RawMessage `json:"also"`
	} `json:"tasks"`
	Directory struct {
		Office     string `json:"office"`
		Leadership string `json:"leadership"`
		Units      []struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"units"`
	} `json:"Directory"`
	Policy   string `json:"policy"`
	Policies map[string]struct {
		Title   string                       `json:"title"`
		Version int                          `json:"version"`
		Blue    string                       `json:"blue"`
		Yellow  string                       `json:"yellow"`
		Stages  []map[string]json.RawMessage `json:"stages"`
		Talk    struct {
			Steps []struct {
				ID    string `json:"id"`
				After string `json:"after"`
				Limit string `json:"limit"`
			} `json:"steps"`
		} `json:"talk"`
		Acts struct {
			Circular string `json:"circular"`
			Yellow   int    `json:"yellow"`
			Red      int    `json:"red"`
		} `json:"acts"`
	} `json:"Policies"`
}

// task is what the events have made of a line of the plan.
type task struct {
	id, label, duty, period, kind, clause, title, lead, due, firstDue, begin, milestone, policy, note string
	assist                                                                                            []string
	soft, priority, publish                                                                           bool
	phase                                                                                             string // open, reported, suspended, closed, cancelled, ended
	given                                                                                             string // the day on which its unit was given it
	acknowledged, closed, doneOn                                                                      string
	percent                                                                                           int
	paused, reported, returned                                                                        string // since when the clock is halted, and for what
	halts                                                                                             []span
	misses                                                                                            []miss
	waits                                                                                             []wait
	pauses                                                                                            []pause
	granted                                                                                           int // extensions
}

type miss struct {
	unit, due, until string
	late             int
}

// world is everything that the events told until some moment.
type world struct {
	archive   Archive
	days      days
	doc       document
	names     map[string]string
	zone      *time.Location
	tasks     map[string]*task
	order     []string
	stages    []*said
	talks     []*talk
	carried   map[string][]string // keys of the notices that a message carries
	carriedBy map[string]string   // the message that carried a notice last, by its key
	fates     map[string]string   // what became of a notice, by its key
	floor     int                 // how much must be due before a unit is ranked
}

// data are the parts of events' data that are used.
type data struct {
	Act    *deed           `json:"act"`
	Due    json.RawMessage `json:"due"`
	Lead   moved           `json:"lead"`
	Policy moved           `json:"policy"`
	Assign struct {
		To time.Time `json:"to"`
	} `json:"assigned"`
	State    string                     `json:"state"`
	Talk     string                     `json:"talk"`
	Into     string                     `json:"into"` // of what has joined another talk or proposal
	Opens    string                     `json:"opens"`
	Revision int                        `json:"revision"`
	Stage    map[string]json.RawMessage `json:"stage"`
	Origin   string                     `json:"origin"`
	Notices  []struct {
		Recipient string `json:"recipient"`
		Channel   string `json:"channel"`
	} `json:"notices"`
	Duty    string    `json:"duty"`
	Period  string    `json:"period"`
	OpensAt time.Time `json:"opens_at"`
}

type moved struct{ From, To string }

// deed is an act as its event has it.
type deed struct {
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
	On      string    `json:"on"`
	By      struct{ Account, Name, Unit string }
	Unit    string   `json:"unit"`
	Ref     string   `json:"ref"`
	Units   []string `json:"units"`
	Percent int      `json:"percent"`
	Title   string   `json:"title"`
	Reason  string   `json:"reason"`
	Due     string   `json:"due"`
	Until   string   `json:"until"`
	Begin   *string  `json:"begin"`
	Talk    *struct {
		What string    `json:"what"`
		Time time.Time `json:"time"`
	} `json:"talk"`
}
