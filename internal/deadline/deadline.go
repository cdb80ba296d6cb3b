// Package deadline reads how Chinese plans word a time limit (6月底前, 每季度首月20日前,
// 收到之日起7个工作日内) and says which day, period or event is meant, by which
// rule, and how sure that is. It is pure: the day of issue, the plan's year, the
// seasons and the calendar come in by Context; nothing is read from the clock.
//
// A text is first normalised (widths, spaces, traditional characters; every rune
// keeps its place in the original), then read from left to right by one small
// grammar per family of phrases: moments, ranges and lists, recurrences, terms
// counted from an event, seasons and festivals, words without a date. What looks
// like a date but is none (a duration inside a target, a past year, a document
// number) is told apart first. See doc.go for the rules by name.
package deadline

import (
	"time"

	"duban/internal/calendar"
)

// Context is what a phrase cannot say by itself. The zero Context is allowed: a
// phrase that needs what is missing is read without a date, and asks.
type Context struct {
	Issued   calendar.Day // day of issue of the document 印发日期
	PlanYear int          // year in the plan's title; 0 unknown
	Inherit  int          // year of the nearest earlier dated phrase in the same numbered item; 0 none
	Seasons  Seasons      // the region's seasons; unset: they ask
	Calendar *calendar.Calendar

	// ExclusiveBefore reads 25日前 as "by the 24th". The zero value includes the
	// day named, as custom has it (rule A4).
	ExclusiveBefore bool
	ColumnCell      bool // the words are a 完成时限 cell, so a bare date is a limit (A6)
}

// Seasons are the local periods that differ from place to place (A10). A zero
// Period is unset.
type Seasons struct {
	Flood      Period // 汛期
	MainFlood  Period // 主汛期
	NonFlood   Period // 非汛期; when unset, what Flood leaves over
	Irrigation Period // 冬春浇, 春灌
	Heating    Period // 供暖季, 采暖期
	Fire       Period // 森林防火期
}

// Period is a stretch of every year, both ends included; To may lie before From,
// and then falls in the next year (11-15 to 03-15).
type Period struct{ From, To MonthDay }

// MonthDay is a day of any year. Day 31 of a shorter month means its last day.
type MonthDay struct {
	Month time.Month
	Day   int
}

// IsZero tells that the period is unset.
func (p Period) IsZero() bool { return p == Period{} }

// Kind is what a phrase does.
type Kind string

const (
	Due       Kind = "due"       // a limit: Due is set, unless another document sets it (Ask says so)
	Start     Kind = "start"     // 起: begins, never ends
	Window    Kind = "window"    // from Start to Due
	Recurring Kind = "recurring" // 每月, 按季度: Recurrence and Recur
	Relative  Kind = "relative"  // counted from an Event
	Season    Kind = "season"    // 汛前, 非汛期, 采暖季
	Standing  Kind = "standing"  // 持续, 长期: open, never overdue
	None      Kind = "none"      // 及时, 尽快, 到2050年: no date
	Target    Kind = "target"    // looks like a date and is no limit: a duration in a target, a past year, a policy term
)

// Recurrences, as Reading.Recurrence holds them; "" on a Recurring reading means
// that the text gives no interval (定期).
const (
	Daily      = "daily"
	Weekly     = "weekly"
	Monthly    = "monthly"
	Quarterly  = "quarterly"
	HalfYearly = "halfyearly"
	Yearly     = "yearly"
)

// Sureness says how far a reading may be trusted.
type Sureness string

const (
	Sure   Sureness = "sure"   // the words say it
	Likely Sureness = "likely" // by custom or by a year that was filled in
	Ask    Sureness = "ask"    // a person must decide: Reading.Ask is the question
)

// Reading is one phrase and what it means.
type Reading struct {
	Kind       Kind         `json:"kind"`
	Start      calendar.Day `json:"start"` // first day; zero: none
	First      calendar.Day `json:"first"` // of a recurrence that says when it begins: the first due date from then on; zero: none
	Due        calendar.Day `json:"due"`   // last day, included; zero: none
	Until      calendar.Day `json:"until"` // last day of a season's window, which is no limit
	Other      calendar.Day `json:"other"` // the other defensible limit, when Ask names two
	Recurrence string       `json:"recurrence"`
	Recur      Recur        `json:"recur"`
	Relative   bool         `json:"relative"` // hangs on an event that has no date yet
	Event      string       `json:"event"`    // the event's words: 收到督查结论, 会
	Offset     Offset       `json:"offset"`
	Soft       bool         `json:"soft"`      // 力争, 原则上 (A5)
	Milestone  string       `json:"milestone"` // what closes it: 启动, 开工, 投运, 主体工程, 完成 … (A7); "" unknown
	Clock      string       `json:"clock"`     // time of day as written: 17:00, 下班
	Rule       string       `json:"rule"`      // A1–A20, or a rule of doc.go
	Words      string       `json:"words"`     // the phrase, exactly text[Begin:End]
	Begin      int          `json:"begin"`     // byte offsets into the text given
	End        int          `json:"end"`
	Sure       Sureness     `json:"sure"`
	Ask        string       `json:"ask"`       // key in the catalogue of words: deadline.xxx; "" nothing to ask
	Superior   bool         `json:"superior"`  // 将于…: the superior acts, not the unit
	BackRef    bool         `json:"backref"`   // 上述工作: applies to every item since the heading (A16)
	Effect     bool         `json:"effect"`    // 自印发之日起施行: an effective date, no task
	Condition  bool         `json:"condition"` // 年底前未通过…的，一律…: the date is a condition
	YearFrom   string       `json:"year_from"` // where the year came from: written, item, plan, issued, word; "" no year
}

// Recur is the fine print of a recurrence.
type Recur struct {
	Every    int          `json:"every"`          // every n periods: 每两月 is Monthly, 2; 0 and 1 mean each
	Count    int          `json:"count"`          // times in a period: 每周编发二期
	Times    int          `json:"times"`          // bounded: 连续3年每年 is 3; 0 no end
	Months   []time.Month `json:"months"`         // months of the year (Yearly, HalfYearly)
	MonthOf  int          `json:"month_of"`       // month of the quarter or half-year: 1 is the first
	Day      int          `json:"day"`            // day of that month; -1 its last day; 0 not said
	Days     []int        `json:"days"`           // several: beside Months one for each of them; Weekly, weekdays; else days of each period. Day or Weekday is the last
	Weekday  int          `json:"weekday"`        // 1 Monday to 7 Sunday; 0 not said
	Nth      int          `json:"nth,omitempty"`  // with Weekday in a month: the n-th such day, -1 the last; 0 not said
	Half     bool         `json:"half,omitempty"` // 每半月: the middle and the end of each month
	Workday  int          `json:"workday"`        // n-th working day of the period; -1 the last; 0 not said
	After    int          `json:"after"`          // days after the period's end: 季度结束后15日内
	AfterWD  bool         `json:"after_wd"`       // After counts working days
	Next     bool         `json:"next"`           // Day (or Workday) lies in the month after the period: 次月5日前
	Previous bool         `json:"previous"`       // it reports on the period before: 通报上月
	Until    calendar.Day `json:"until"`          // last day, when the text bounds it
}

// Offset is a term counted from an event 之日起, or before it 届满90日前.
type Offset struct {
	N      int    `json:"n"`
	Unit   string `json:"unit"`   // hours, days, workdays, weeks, months, years; "" no term
	Before bool   `json:"before"` // counted backwards
	Next   bool   `json:"next"`   // 次日起: the next day is day 1, said in words
	Least  int    `json:"least"`  // 1—5日内: the smaller number
}

// Read is every reading in text, in order of position. The year is carried
// forward inside the text and forgotten where a new numbered item begins on a
// line of its own. It takes time linear in len(text) and never panics; Words is
// always text[Begin:End].
func Read(text string, ctx Context) []Reading { return newScan(text, ctx).read() }

func carried(r Reading) int {
	switch {
	case r.Kind != Due && r.Kind != Start && r.Kind != Window:
		return 0
	case r.Rule == "A19" && r.YearFrom == "issued":
		return 0 // 一年内 names no year
	case !r.Due.IsZero():
		return r.Due.Year
	default:
		return r.Start.Year
	}
}
