// Package plan works out what a plan is, what differs between two, when each stage of
// a task speaks and which light the task shows. The package is pure: no clock, no
// file, no database, no Temporal; time and calendar are parameters.
package plan

import (
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/compensation"
	"duban/internal/complaint"
	"duban/internal/incident"
	"duban/internal/people"
	"duban/internal/publicity"
	"duban/internal/water"
)

// Plan is one issued document for one year 行动计划, as read from its files and
// expanded: an `each` entry has become one task per unit, an entry that is the
// `same_as` another has become a Mention of it.
type Plan struct {
	ID         string       `json:"id"`     // ASCII, stable: jincheng-2021-water
	Title      string       `json:"title"`  // 晋城市2021年水生态环境保护行动计划
	Number     string       `json:"number"` // 晋市政办〔2021〕9号
	Issuer     string       `json:"issuer"`
	Issued     calendar.Day `json:"issued"`
	Year       int          `json:"year"`
	Zone       string       `json:"zone"`   // IANA name; Asia/Shanghai when empty
	Policy     string       `json:"policy"` // default policy of its tasks
	Clauses    []Clause     `json:"clauses"`
	Tasks      []Task       `json:"tasks"` // in document order: clauses, then annexes
	Sections   []Section    `json:"sections"`
	Directory  people.Directory
	Water      *water.Register   `json:"water,omitempty"`      // the monitored sections; nil: the plan has none
	Assessment *assessment.Table `json:"assessment,omitempty"` // by which units are scored; nil: nobody is
	// Incidents is what the office has ready for incidents at sections; nil: nothing.
	Incidents  *incident.Registry `json:"incidents,omitempty"`
	Complaints *complaint.Rules   `json:"complaints,omitempty"` // by which complaints of the hotline are handled; nil: none are
	// Publicity is the list of what must be made public; nil: none.
	Publicity *publicity.Rules `json:"publicity,omitempty"`
	// Compensation are the tables by which counties are charged for the water of their sections.
	Compensation []compensation.Table `json:"compensation,omitempty"`
	Report       []Addressee          `json:"report,omitempty"` // those to whom the report of the year goes, the earliest date first
	Policies     map[string]Policy
	Consequences []Consequence `json:"consequences,omitempty"`
	Hash         string        `json:"hash"` // SHA-256 over what the plan says, hex; see Meaning
}

// Measured are all places whose monthly data come in: the sections, and the outlets whose discharge is
// measured.
func (p *Plan) Measured() *water.Register {
	all := &water.Register{}
	for _, some := range []*water.Register{p.Water, p.Incidents.Places()} {
		if some != nil {
			all.Sections, all.Duties = append(all.Sections, some.Sections...), append(all.Duties, some.Duties...)
		}
	}
	return all
}

// Addressee is one to whom the report of the year goes.
type Addressee struct {
	Name  string       `json:"name"`
	By    calendar.Day `json:"by"` // the last day on which it is in time
	Basis string       `json:"basis,omitempty"`
}

// Clause is one numbered paragraph 条目 with the units of its brackets.
type Clause struct {
	ID       string     `json:"id"`      // 2.4 for 三（二）4
	Chapter  string     `json:"chapter"` // 三、重点任务
	Heading  string     `json:"heading"` // （二）持续深化水环境治理
	Title    string     `json:"title"`   // 4.深化黑臭水体整治
	Text     string     `json:"text"`
	Brackets [][]string `json:"brackets"` // 责任单位, as printed, one list a bracket
}

// Kind of a commitment.
type Kind string

const (
	Dated    Kind = "dated"    // 任务: one due date
	Duty     Kind = "duty"     // 周期性任务: recurs
	Standing Kind = "standing" // 长期任务: no date, never overdue
)

// Task is one commitment by one accountable unit 任务; for a Duty, the rule its
// occurrences follow; for Standing, a line of the ledger that is never chased.
type Task struct {
	ID        string       `json:"id"`     // unique in the plan, ASCII: 2.4-survey.gaoping, p14, s03
	Clause    string       `json:"clause"` // 三（二）4, 附件2第14行
	Title     string       `json:"title"`
	Kind      Kind         `json:"kind"`
	Lead      string       `json:"lead"`   // unit ID, accountable
	Assist    []string     `json:"assist"` // unit IDs
	Due       calendar.Day `json:"due"`    // the day itself counts: the limit is its 24:00
	Begin     calendar.Day `json:"begin"`  // 起: not before this day
	Milestone string       `json:"milestone"`
	Policy    string       `json:"policy"` // name in Plan.Policies
	Soft      bool         `json:"soft"`   // 力争, 原则上
	Priority  bool         `json:"priority"`
	Publish   bool         `json:"publish"`           // the result is to be made public
	Project   int          `json:"project,omitempty"` // row of the annex of key projects; 0 for any other task
	Recur     *Recurrence  `json:"recur,omitempty"`
	Source    string       `json:"source"` // the sentence, word for word
	Also      []Mention    `json:"also"`
	Note      string       `json:"note,omitempty"`
	Carries   string       `json:"carries,omitempty"` // the task of an earlier plan that goes on as this one 结转: PLAN/TASK
	// Was are the IDs that the task had in the plan before an amendment; several where
	// several tasks became this one. Heir is set, where several tasks have the same Was,
	// on the one that goes on with the obligations of the task before.
	Was  []string `json:"was,omitempty"`
	Heir bool     `json:"heir,omitempty"`
	// Label is the ID that the plan gives the task now, where it differs from ID, which the
	// ledger keeps for ever; Former are the IDs that the plan gave it before. See Identify.
	Label  string   `json:"label,omitempty"`
	Former []string `json:"former,omitempty"`
}

// Shown is the ID as people see it.
func (t Task) Shown() string {
	if t.Label != "" {
		return t.Label
	}
	return t.ID
}

// Mention is another place of the document that names the same work.
type Mention struct {
	ID     string       `json:"id"`
	Clause string       `json:"clause"`
	Due    calendar.Day `json:"due"`
	Source string       `json:"source"`
	Ruling string       `json:"ruling,omitempty"` // which place rules and why, where the dates disagree
}

// Section is a monitored river or lake section 断面 with its target.
type Section struct {
	ID     string `json:"id"` // s01
	No     int    `json:"no"`
	County string `json:"county"` // unit ID of the responsible government
	Name   string `json:"name"`   // 赵庄
	Target string `json:"target"` // 完成省定目标, Ⅲ …
	Level  string `json:"level"`  // national, provincial, municipal: 国考, 省考, 市考
}

// Recurrence says when a duty falls due. Exactly one of Every and Cron is set.
type Recurrence struct {
	Every string       `json:"every,omitempty"` // month, quarter, halfyear, year: due on the period's last day plus Shift
	Shift int          `json:"shift,omitempty"` // calendar days after the period's end
	Cron  string       `json:"cron,omitempty"`  // five fields; the day it fires is the due date
	From  calendar.Day `json:"from"`            // first possible due date
	Until calendar.Day `json:"until"`           // no period that ends later is asked for, by cron no date after it; zero: no end
}
