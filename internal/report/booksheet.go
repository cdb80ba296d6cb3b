package report

import (
	"math"
	"strconv"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
)

func itoa(n int) string { return strconv.Itoa(n) }

// book is the sheet 台账: first the five columns of every office's 台账 (number, title,
// lead, due date, remark), then what this program adds.
func (s pages) book() sheet {
	sh := s.headed("book")
	sh.frozen = 2
	c := s.table.Counts
	sh.lines = append(sh.lines, s.t("summary", words.Data{
		"Total": c.Total, "Done": c.Done, "Late": c.DoneLate, "Open": c.Open, "Overdue": c.Overdue,
		"Rate": s.Rate(c.OnTimeRate), "Duties": c.Duties, "Standing": c.Standing, "Carried": c.Carried,
	}))
	b := block{columns: s.columns(
		column{heading: "no", most: 6}, column{heading: "title", most: 34}, column{heading: "lead", most: 15}, column{heading: "due", most: 12},
		column{heading: "remark", most: 20}, column{heading: "assist", most: 24}, column{heading: "kind", most: 9}, column{heading: "state", most: 12},
		column{heading: "light", most: 10}, column{heading: "left", most: 24}, column{heading: "progress", most: 11}, column{heading: "last_on", most: 12}, column{heading: "last", most: 14}, column{heading: "next_on", most: 12}, column{heading: "next", most: 14},
		column{heading: "talk", most: 12}, column{heading: "clause", most: 12}, column{heading: "id", most: 22, aside: true},
	)}
	for _, r := range s.table.Tasks {
		b.rows = append(b.rows, []cell{
			number(r.No), text(s.Title(r)), text(r.Lead), s.dueCell(r), text(s.remark(r)), text(s.list(r.Assist)),
			center(s.kind(r)), center(s.State(r)), s.lightCell(r), s.left(r), s.progressCell(r), stepDay(r.Last), s.stepName(r.Last), stepDay(r.Next), s.stepName(r.Next),
			center(s.Talks(r)), text(r.Clause), text(r.ID),
		})
	}
	sh.blocks = []block{b}
	return sh
}

// Title is the task's title, with its period when it is an occurrence.
func (s Speaker) Title(r Row) string {
	if r.Period == "" {
		return r.Title
	}
	return s.t("occurrence", words.Data{"Title": r.Title, "Period": s.Period(r.Period)})
}

// Period is the name of a period as people read it, for one written as 2021-06, 2021Q2,
// 2021H1 or 2021; anything else, as a day, is returned unchanged.
func (s Speaker) Period(p string) string {
	if len(p) < 4 {
		return p
	}
	year, rest := p[:4], p[4:]
	switch {
	case rest == "":
		return s.t("period_year", words.Data{"Year": year})
	case len(rest) == 3 && rest[0] == '-':
		return s.t("period_month", words.Data{"Year": year, "Month": strings.TrimLeft(rest[1:], "0")})
	case rest == "Q1" || rest == "Q2" || rest == "Q3" || rest == "Q4" || rest == "H1" || rest == "H2":
		return s.t("period_"+strings.ToLower(rest), words.Data{"Year": year})
	}
	return p
}

// Due is a row's due date, YYYY-MM-DD, or a word for why it has none.
func (s Speaker) Due(r Row) string { return s.due(r) }

func (s Speaker) due(r Row) string {
	switch {
	case !r.Due.IsZero():
		return r.Due.String()
	case r.Kind == plan.Duty, r.Kind == plan.Standing:
		return s.t("due_" + string(r.Kind))
	}
	return ""
}

func (s Speaker) kind(r Row) string {
	if r.Duty != "" {
		return s.t("kind_" + KindOccurrence)
	}
	return s.term(string(r.Kind))
}

// remark is the text of the column 备注: priority, soft, to publish, milestone, the due date
// before an extension, and the document's note.
func (s Speaker) remark(r Row) string {
	var parts []string
	if r.Priority {
		parts = append(parts, s.t("remark_priority"))
	}
	if r.Soft {
		parts = append(parts, s.t("remark_soft"))
	}
	if r.Publish {
		parts = append(parts, s.t("remark_publish"))
	}
	if r.Milestone != "" {
		parts = append(parts, s.t("remark_milestone", words.Data{"Milestone": r.Milestone}))
	}
	if r.FirstDue != r.Due && !r.FirstDue.IsZero() {
		parts = append(parts, s.t("remark_extended", words.Data{"Day": r.FirstDue.String()}))
	}
	return s.join(append(parts, strings.TrimRight(r.Note, "。. "))...)
}

// Light is the word for a row's light, "" when it has none.
func (s Speaker) Light(r Row) string {
	switch r.Light {
	case "":
		return ""
	case plan.Done, plan.DoneLate:
		return s.term(string(r.Light))
	}
	return s.t("lamp", words.Data{"Light": s.term(string(r.Light))})
}

func (s Speaker) lightCell(r Row) cell {
	return cell{text: s.Light(r), look: asLight, light: r.Light}
}

// left is the cell of the working days to the due date: a number, so that the column can
// be sorted, with a number format that shows it as the words of Left.
func (s Speaker) left(r Row) cell {
	c := center(s.Left(r))
	n := 0
	switch {
	case r.WorkdaysLeft != nil:
		n = *r.WorkdaysLeft
	case r.Light == plan.DoneLate:
		n = -r.WorkdaysLate
	default:
		return c
	}
	f := float64(n)
	c.number, c.format = &f, s.leftFormat(r, n)
	if r.Overdue || r.Light == plan.DoneLate {
		c.look = asLate
	}
	return c
}

// leftFormat is the number format that shows Left. There is one format for each sentence,
// with the number as a placeholder: a workbook holds only some two hundred formats.
func (s Speaker) leftFormat(r Row, n int) string {
	key := s.leftKey(r)
	const mark = 123456789 // stands in for the number, to find its place in the sentence
	before, after, found := strings.Cut(s.t(key, words.Data{"N": mark}), strconv.Itoa(mark))
	if !found {
		return literal(before)
	}
	shown := quoted(before) + "0" + quoted(after)
	if n < 0 {
		return shown + ";" + shown // Excel shows a negative number by the second part, without a sign
	}
	return shown
}

// quoted is text within a number format.
func quoted(text string) string {
	if text = strings.ReplaceAll(text, `"`, ""); text == "" {
		return ""
	}
	return `"` + text + `"`
}

// literal is a number format that shows these words for every number: its three parts are
// for positive numbers, negative ones and zero.
func literal(words string) string {
	words = quoted(words)
	return words + ";" + words + ";" + words
}

// Left says how many working days there are to the due date, or since; "" for a row
// without a due date and for one that is not open, unless it was done late.
func (s Speaker) Left(r Row) string {
	key := s.leftKey(r)
	switch {
	case key == "":
		return ""
	case r.WorkdaysLeft == nil:
		return s.t(key, words.Data{"N": r.WorkdaysLate})
	}
	return s.t(key, words.Data{"N": max(*r.WorkdaysLeft, -*r.WorkdaysLeft)})
}

// leftKey is the catalogue's key of the sentence of Left. When there are only rest days
// between the due date and today, the number of working days is 0, and the sentence says
// so without a number.
func (s Speaker) leftKey(r Row) string {
	switch {
	case r.Light == plan.DoneLate && r.WorkdaysLate == 0:
		return "late_rest"
	case r.Light == plan.DoneLate:
		return one("late", r.WorkdaysLate)
	case r.WorkdaysLeft == nil:
		return ""
	case r.Overdue && *r.WorkdaysLeft == 0:
		return "over_rest"
	case r.Overdue:
		return one("over", -*r.WorkdaysLeft)
	case r.Stood:
		return "stood"
	case *r.DaysLeft < 0 && *r.WorkdaysLeft == 0: // the due date has passed, but the clock is halted: the unit owes nothing now
		return "passed_rest"
	case *r.DaysLeft < 0:
		return one("passed_by", -*r.WorkdaysLeft)
	case *r.DaysLeft == 0:
		return "today"
	case *r.DaysLeft == 1:
		return "tomorrow"
	case *r.WorkdaysLeft == 0:
		return "left_rest"
	}
	return one("left", *r.WorkdaysLeft)
}

// one is the catalogue's key of a sentence about n things: English has a sentence of its
// own for a single thing.
func one(key string, n int) string {
	if n == 1 {
		return key + "_one"
	}
	return key
}

// dueCell is the due date, a date, or the word for why there is none.
func (s Speaker) dueCell(r Row) cell {
	if !r.Due.IsZero() {
		return date(r.Due)
	}
	return center(s.due(r))
}

// stepDay is the cell with the day of a step, empty when there is none.
func stepDay(st *Step) cell {
	if st == nil {
		return center("")
	}
	return date(calendar.DayOf(st.At))
}

func (s Speaker) stepName(st *Step) cell {
	if st == nil {
		return center("")
	}
	return center(s.Stage(*st))
}

// Step is a stage in a few words: its day and its name.
func (s Speaker) Step(st *Step) string {
	if st == nil {
		return ""
	}
	return calendar.DayOf(st.At).String() + " " + s.Stage(*st)
}

// Stage is the name of a stage in the reader's language.
func (s Speaker) Stage(st Step) string { return s.stageName(st.Talk, st.Stage, st.Topic, st.Kind) }

// stageName is the name of a stage: the talk's step it is about, the matter it is about,
// or else its kind.
func (s Speaker) stageName(talk, id, topic string, kind plan.StageKind) string {
	if step, round := act.StageStep(id); step != "" && topic == "" && talk != "" {
		key := "step_missed"
		if strings.Contains(id, "-remind") {
			key = "step_remind"
		}
		name := s.t(key, words.Data{"Step": s.known("step_", step)})
		if round > 1 {
			name = s.t("step_round", words.Data{"Name": name, "Round": round})
		}
		return name
	}
	if id == plan.CatchUp {
		return s.t("catch_up")
	}
	if id == plan.Passed {
		return s.t("passed")
	}
	if name := s.matter(id, topic, kind); name != "" {
		return name
	}
	return s.term(string(kind))
}

// matter is the name of a stage about something else than the task's own due date, the
// same as in its message; "" for a rung of the ladder.
func (s Speaker) matter(id, topic string, kind plan.StageKind) string {
	if topic == "" || topic == plan.TopicAcknowledge {
		return ""
	}
	key := "matter.name_" + topic + "_due"
	switch {
	case kind == plan.Told:
		key = "matter.name_told_" + topic
	case strings.Contains(id, "-missed"), topic == act.TopicSilent:
		key = "matter.name_" + topic + "_missed"
	}
	if name := s.w.T(key); name != key {
		return name
	}
	return ""
}

// State is the state of a row, in a word.
func (s Speaker) State(r Row) string {
	if r.Phase == "" {
		return s.t("state_" + string(r.State))
	}
	if r.Kind == plan.Duty && r.Phase == act.Closed {
		return s.t("state_ended")
	}
	return s.t("state_" + string(r.Phase))
}

// Progress is the progress of a dated task: 60% 黄灯 while the unit works at it; the last
// reported percentage while the clock is halted and after a cancellation; 100% of a closed
// task; "" for any other row.
func (s Speaker) Progress(r Row) string {
	switch {
	case r.Kind != plan.Dated || r.Due.IsZero():
		return ""
	case r.ProgressLight != "":
		return s.t("progress", words.Data{"Percent": r.Percent, "Light": s.Light(Row{Light: r.ProgressLight})})
	case r.State == ledger.TaskClosed:
		return "100%"
	case r.Percent > 0:
		return s.t("progress_last", words.Data{"Percent": r.Percent})
	}
	return ""
}

func (s Speaker) progressCell(r Row) cell {
	c := center(s.Progress(r))
	if r.ProgressLight != "" {
		c.look, c.light = asLight, r.ProgressLight
	}
	return c
}

// Talks says in a cell's length how a task's talks and circulars are going: the state of
// the gravest that is not over, and how many others are not; when all are over, that of
// the last talk. "" without any.
func (s Speaker) Talks(r Row) string {
	if len(r.Talks) == 0 {
		return ""
	}
	gravest, waiting := r.Talks[0], 0
	for _, k := range r.Talks {
		if k.gravity() <= gravest.gravity() { // of two equally grave ones the later
			gravest = k
		}
		if k.gravity() < over {
			waiting++
		}
	}
	state := s.talkState(gravest.What, gravest.State)
	if gravest.Doubted {
		state = s.t("talk_doubted", words.Data{"State": state})
	}
	text := s.t("talk", words.Data{"Number": gravest.Number, "State": state})
	if gravest.What == plan.ProposeCircular {
		text = s.t("circular", words.Data{"What": s.w.T("matter.what_" + gravest.What), "State": state})
	}
	if waiting > 1 {
		text = s.t("talk_more", words.Data{"Talk": text, "N": waiting - 1})
	}
	return text
}

// over is the gravity of a talk that is over.
const over = 3

// gravity orders talks and circulars: 0 for one that waits for a leader's decision, 1 for
// one that goes on, 2 for one that is to come, over for a talk that is over, over+1 for a
// circular that went out, over+2 for one that never came about.
func (k Called) gravity() int {
	switch {
	case k.State == act.TalkProposed, k.Doubted:
		return 0
	case k.State == act.TalkOpen:
		return 1
	case k.State == act.TalkPending:
		return 2
	case k.Counts():
		return over
	case k.What == plan.ProposeCircular && k.State == act.TalkClosed:
		return over + 1
	}
	return over + 2
}

// Rate is a share of 1 in percent with one decimal, rounded by shown; the catalogue's dash
// for nil.
func (s Speaker) Rate(r *float64) string {
	if r == nil {
		return s.t("no_rate")
	}
	return strconv.FormatFloat(shown(*r)*100, 'f', 1, 64) + "%"
}

// shown is a share rounded to a tenth of a percent; a share above 0 stays at least 0.001
// and one below 1 at most 0.999, so that 0% and 100% are shown only when they are exact.
func shown(r float64) float64 {
	rounded := math.Round(r*1000) / 1000
	switch {
	case r > 0 && rounded == 0:
		return 0.001
	case r < 1 && rounded == 1:
		return 0.999
	}
	return rounded
}
