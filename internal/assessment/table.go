// Package assessment 考核 scores units by a table of rules over facts of the ledger. The
// package is pure: facts are parameters, days are texts such as 2021-06-30. Every point of a
// score names the facts that it is made of.
package assessment

import (
	"slices"

	"github.com/shopspring/decimal"
)

// Table is the rules by which a plan's units are scored 考核细则.
type Table struct {
	Title  string          `json:"title"`
	Source string          `json:"source,omitempty"` // the document it rests on
	Base   decimal.Decimal `json:"base"`             // everybody's points before any rule
	Least  *Bound          `json:"least,omitempty"`  // no score is below it
	Most   *Bound          `json:"most,omitempty"`   // no score is above it
	// Assist is how much of its points a fact of a task counts for each unit that assists,
	// in percent; 0: it counts for the lead alone.
	Assist int `json:"assist,omitempty"`
	// Objection is how many working days units have to object to a preliminary sheet.
	Objection int     `json:"objection"`
	Groups    []Group `json:"groups,omitempty"` // ranked each by itself; none: all units together
	Rules     []Rule  `json:"rules"`
	// Example tells that nobody has adopted the table: scores by it may be looked at, and
	// are never sent to units or issued.
	Example bool `json:"example,omitempty"`
}

// Bound is a limit of points, not negative.
type Bound = decimal.Decimal

// Group is units that are ranked among each other.
type Group struct {
	Title string   `json:"title"`
	Units []string `json:"units"` // IDs
}

// Rule gives or takes points for facts of one kind.
type Rule struct {
	ID     string          `json:"id"`
	Title  string          `json:"title"`
	Block  string          `json:"block,omitempty"`  // the part of the table that it is in
	Source string          `json:"source,omitempty"` // the article it rests on
	Fact   Kind            `json:"fact"`
	Of     Of              `json:"of,omitempty"`   // "": of all
	Only   Only            `json:"only,omitempty"` // "": all
	Points decimal.Decimal `json:"points"`         // for each fact
	Every  int             `json:"every,omitempty"`
	Step   decimal.Decimal `json:"step"` // more for every so many working days after the first
	// Share tells that a fact counts its share of the points: progress in percent, the
	// projects admitted out of those entered, or who was satisfied out of those reached.
	Share bool   `json:"share,omitempty"`
	Cap   *Bound `json:"cap,omitempty"`    // no fact counts more, for or against
	Total *Bound `json:"total,omitempty"`  // the rule counts no more for a unit, for or against
	Help  *int   `json:"assist,omitempty"` // instead of Table.Assist
}

// Kind is a kind of fact.
type Kind string

// Facts of tasks, which count for the lead and, by their share, for units that assist.
const (
	OnTime   Kind = "on_time"  // 按期办结
	Late     Kind = "late"     // 逾期: done late, missed, or over at the day
	Missing  Kind = "missing"  // 缺报: an occurrence of a duty that is over and still owed at the day
	Silent   Kind = "silent"   // 久无进展: reminded that nothing was reported
	Warned   Kind = "warned"   // 预警
	Returned Kind = "returned" // 退回办结申请
	Project  Kind = "project"  // 重点项目: of the annex of key projects
)

// Facts of units.
const (
	Talked        Kind = "talked"         // 约谈
	Circular      Kind = "circular"       // 通报
	Favourable    Kind = "favourable"     // 肯定性批示
	Exposed       Kind = "exposed"        // 曝光
	Pool          Kind = "pool"           // 项目储备: projects entered
	Admitted      Kind = "admitted"       // 项目入库: projects admitted
	PoolRate      Kind = "pool_rate"      // 入库比率: admitted of entered
	SectionMet    Kind = "section_met"    // 断面达标
	SectionMissed Kind = "section_missed" // 断面不达标
	// Facts of complaints of the hotline count for the unit that handles them.
	ComplaintAnswered    Kind = "complaint_answered"    // 诉求答复
	ComplaintSatisfied   Kind = "complaint_satisfied"   // 回访满意
	ComplaintUnsatisfied Kind = "complaint_unsatisfied" // 回访不满意
	ComplaintAgain       Kind = "complaint_again"       // 诉求重办: given back to be done again
	SatisfiedRate        Kind = "satisfied_rate"        // 满意率: satisfied of those who were reached
	// Adjusted is the decision on an objection; no rule counts it.
	Adjusted Kind = "adjusted"
)

// Kinds are the kinds of facts that a rule may count.
var Kinds = []Kind{OnTime, Late, Missing, Silent, Warned, Returned, Project, Talked, Circular, Favourable, Exposed, Pool, Admitted, PoolRate, SectionMet, SectionMissed,
	ComplaintAnswered, ComplaintSatisfied, ComplaintUnsatisfied, ComplaintAgain, SatisfiedRate}

// ofTasks are the kinds of facts about tasks, which units that assist share.
var ofTasks = []Kind{OnTime, Late, Missing, Silent, Warned, Returned, Project}

// OfTask tells that facts of the kind are of a task.
func (k Kind) OfTask() bool { return slices.Contains(ofTasks, k) }

// Entered are the kinds of facts that the office enters by hand, each with the paper that
// it rests on.
var Entered = []Kind{Favourable, Exposed, Pool, Admitted}

// Counts tells that a fact of the kind has an amount of working days.
func (k Kind) Counts() bool { return k == Late || k == Missing }

// Shares tells that a fact of the kind has a share.
func (k Kind) Shares() bool { return k == Project || k == PoolRate || k == SatisfiedRate }

// Of is the sort of tasks whose facts a rule counts; "" is all.
type Of string

// Which tasks.
const (
	OfTasks       Of = "task"       // 任务
	OfOccurrences Of = "occurrence" // 期次
	OfProjects    Of = "project"    // 重点项目
)

// Ofs are all of them.
var Ofs = []Of{OfTasks, OfOccurrences, OfProjects}

// Only narrows a rule.
type Only string

// What a rule may be narrowed to.
const (
	OnlyPriority Only = "priority" // what the plan marks 重点
	OnlyFinished Only = "finished" // what is done
)

// Onlys are all of them.
var Onlys = []Only{OnlyPriority, OnlyFinished}

// group is the title of a unit's group, "" in a table without groups; false where the unit
// is not scored.
func (t *Table) group(unit string) (title string, ok bool) {
	if len(t.Groups) == 0 {
		return "", true
	}
	for _, g := range t.Groups {
		if slices.Contains(g.Units, unit) {
			return g.Title, true
		}
	}
	return "", false
}

// Scored are the units of the groups, in their order; none where the table has no groups.
func (t *Table) Scored() (units []string) {
	for _, g := range t.Groups {
		for _, u := range g.Units {
			if !slices.Contains(units, u) {
				units = append(units, u)
			}
		}
	}
	return units
}

// HasEntered tells that some rule counts facts that are entered by hand.
func (t *Table) HasEntered() bool {
	return slices.ContainsFunc(t.Rules, func(r Rule) bool { return slices.Contains(Entered, r.Fact) || r.Fact == PoolRate })
}
