package act

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/calendar"
)

// Acts on a text that is made public 公开文本: of what a task is to publish, or a positive example.
const (
	WriteText    Kind = "write_text"    // 拟写公开文本: a version of it
	ApproveText  Kind = "approve_text"  // 同意公开: the version that was read
	ReturnText   Kind = "return_text"   // 退回修改
	WithdrawText Kind = "withdraw_text" // 撤下
)

// States of a public text, beside Unborn.
const (
	TextWritten  State = "written"  // 待审批
	TextReturned State = "returned" // 退回修改
	TextApproved State = "approved" // 同意公开
	TextDown     State = "down"     // 已撤下
)

// TextFacts are what acts on a public text say.
type TextFacts struct {
	Text string `json:"text,omitempty"`
}

// PublicText is a text that is made public, with all its versions, and what acts on it are judged by.
type PublicText struct {
	Office     string   `json:"-"`
	Leadership string   `json:"-"`
	Units      []string `json:"-"` // that may be a positive example
	Publishes  bool     `json:"-"` // of one that is not written yet: the task it is for is to publish
	There      int      `json:"-"` // of one that is not written yet: number of the text that its task has; 0: none

	Number   int           `json:"number"` // from 1, in the plan
	State    State         `json:"state"`
	Task     string        `json:"task,omitempty"` // ID of the task that publishes it; "": a positive example
	Unit     string        `json:"unit,omitempty"` // of a positive example: ID of the unit
	Versions []TextVersion `json:"versions"`
	Known    []string      `json:"known,omitempty"` // IDs of the acts done
}

// TextVersion is one wording of a public text.
type TextVersion struct {
	Title    string       `json:"title"`
	Text     string       `json:"text"`
	Paper    string       `json:"paper,omitempty"`
	By       string       `json:"by"` // account's name
	At       time.Time    `json:"at"` // plan clock, UTC
	On       calendar.Day `json:"on"`
	Words    string       `json:"words,omitempty"`
	Approved *TextSaid    `json:"approved,omitempty"`
	Returned *TextSaid    `json:"returned,omitempty"`
	Down     *TextSaid    `json:"down,omitempty"` // with every version before it
}

// TextSaid is what was decided on a version.
type TextSaid struct {
	By    string       `json:"by"` // account's name
	At    time.Time    `json:"at"` // plan clock, UTC
	On    calendar.Day `json:"on"`
	Words string       `json:"words,omitempty"`
	Paper string       `json:"paper,omitempty"`
}

// publicTexts are the acts on a public text. They are done on pages and by programs.
var publicTexts = []Row{
	{Kind: WriteText, By: byOffice, From: states{Unborn, TextWritten, TextReturned, TextApproved, TextDown}, To: TextWritten, Must: fields{FieldTitle, FieldText}, May: fields{FieldUnit, FieldRef, FieldPaper, FieldReason}},
	{Kind: ApproveText, By: seats{Leadership}, Named: true, From: states{TextWritten}, To: TextApproved, Must: fields{FieldRef}, May: fields{FieldReason, FieldPaper}},
	{Kind: ReturnText, By: seats{Leadership}, Named: true, From: states{TextWritten}, To: TextReturned, Must: fields{FieldRef, FieldReason}},
	{Kind: WithdrawText, By: decide, From: states{TextWritten, TextReturned, TextApproved}, To: TextDown, Must: reason},
}

// Check tells whether an act is possible now; nil is yes.
func (p PublicText) Check(a Act) *Refusal { return judge(publicText{p}, a) }

// MayDo tells why an act is not possible now, whatever it says; nil: it is.
func (p PublicText) MayDo(by Actor, k Kind) *Refusal {
	on := publicText{p}
	if r := Allowed(on, by, k); r != nil {
		return r
	}
	if row, _ := Of(OnText, k); !slices.Contains(row.From, p.State) {
		return refuse("text_state", "Kind", string(k), "State", string(p.State))
	}
	return nil
}

// Last is the last version; the zero version where none is written.
func (p PublicText) Last() TextVersion {
	if len(p.Versions) == 0 {
		return TextVersion{}
	}
	return p.Versions[len(p.Versions)-1]
}

// Public is the version that is public: the last one that was approved, unless it was taken down
// since. A version that waits for approval leaves the one before it public.
func (p PublicText) Public() (TextVersion, bool) {
	for i := len(p.Versions) - 1; i >= 0; i-- {
		switch v := p.Versions[i]; {
		case v.Down != nil:
			return TextVersion{}, false
		case v.Approved != nil:
			return v, true
		}
	}
	return TextVersion{}, false
}

type publicText struct{ PublicText }

func (p publicText) thing() Thing { return OnText }

func (p publicText) state() State { return p.State }

func (p publicText) what() string { return "" }

func (p publicText) heads() (office, leadership string) { return p.Office, p.Leadership }

func (p publicText) Done(id string) bool { return slices.Contains(p.Known, id) }

func (p publicText) Seats(by Actor) []Seat {
	if by.Unit == "" {
		return nil
	}
	return Case{Office: p.Office, Leadership: p.Leadership}.Seats(by)
}

func (p publicText) asks(_ Row, a Act) *Refusal {
	switch a.Kind {
	case WriteText:
		last := p.Last()
		switch {
		case p.State == Unborn && (a.Ref == "") == (a.Unit == ""):
			return refuse("text_of")
		case p.State == Unborn && a.Ref != "" && !p.Publishes:
			return refuse("text_task", "Task", clip(a.Ref))
		case p.State == Unborn && p.There > 0:
			return refuse("text_there", "N", strconv.Itoa(p.There))
		case a.Unit != "" && !slices.Contains(p.Units, a.Unit):
			return refuse("no_such_unit", "Unit", clip(a.Unit))
		case p.State != Unborn && (a.Ref != "" && a.Ref != p.Task || a.Unit != "" && (p.Task != "" || a.Unit != p.Unit)):
			return refuse("text_other")
		}
		stands := p.State == TextWritten || p.State == TextApproved
		return same(stands && last.Title == strings.TrimSpace(a.Title) && last.Text == textOf(a) && last.Paper == a.Paper)
	case ApproveText, ReturnText:
		if a.Ref != strconv.Itoa(len(p.Versions)) {
			return refuse("text_changed", "N", strconv.Itoa(len(p.Versions)))
		}
	}
	return nil
}

// textOf is the text that an act writes.
func textOf(a Act) string {
	if a.Text == nil {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(a.Text.Text, "\r\n", "\n"))
}

// After is the text after an act that Check allows. number is that of a text that is written first.
func (p PublicText) After(a Act, number int) PublicText {
	p.Known = append(slices.Clone(p.Known), a.ID)
	p.Versions = slices.Clone(p.Versions)
	said := &TextSaid{By: a.By.Name, At: a.At, On: a.On, Words: a.Reason, Paper: a.Paper}
	last := len(p.Versions) - 1
	switch a.Kind {
	case WriteText:
		if p.State == Unborn {
			p.Number, p.Task, p.Unit = number, a.Ref, a.Unit
		}
		p.State = TextWritten
		p.Versions = append(p.Versions, TextVersion{Title: strings.TrimSpace(a.Title), Text: textOf(a), Paper: a.Paper, By: a.By.Name, At: a.At, On: a.On, Words: a.Reason})
	case ApproveText:
		p.State, p.Versions[last].Approved = TextApproved, said
	case ReturnText:
		p.State, p.Versions[last].Returned = TextReturned, said
	case WithdrawText:
		p.State, p.Versions[last].Down = TextDown, said
	}
	return p
}

// Says are the words of an act on a public text which everybody may come to read.
func (a Act) Says() []string { return []string{a.Title, textOf(a), a.Paper} }

// NamesPerson refuses a text that names somebody below the head of a unit, or somebody's number.
func NamesPerson(name string) Refusal { return *refuse("text_names", "Name", name) }

// NamesComplainant refuses a text that names who complained, without repeating the name.
func NamesComplainant() Refusal { return *refuse("text_caller") }
