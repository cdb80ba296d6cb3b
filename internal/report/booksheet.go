package report

import (
	"strconv"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/words"
)

func itoa(n int) string { return strconv.Itoa(n) }

// book is the sheet 台账: the five columns every office has, in their order,
// then what the supervision adds.
func (s pages) book() sheet {
	sh := s.headed("book")
	sh.frozen = 2
	c := s.table.Counts
	sh.lines = append(sh.lines, s.t("summary", words.Data{
		"Total": c.Total, "Done": c.Done, "Late": c.DoneLate, "Open": c.Open, "Overdue": c.Overdue,
		"Rate": s.Rate(c.OnTimeRate), "Duties": c.Duties, "Standing": c.Standing,
	}))
	b := block{columns: s.columns(
		column{heading: "no", most: 6}, column{heading: "title", most: 34}, column{heading: "lead", most: 15}, column{heading: "due", most: 12},
		column{heading: "remark", most: 20}, column{heading: "assist", most: 24}, column{heading: "kind", most: 9}, column{heading: "state", most: 12},
		column{heading: "light", most: 10}, column{heading: "left", most: 24}, column{heading: "progress", most: 11}, column{heading: "last", most: 12}, column{heading: "next", most: 12},
		column{heading: "talk", most: 12}, column{heading: "clause", most: 12}, column{heading: "id", most: 22, aside: true},
	)}
	for _, r := range s.table.Tasks {
		b.rows = append(b.rows, []cell{
			number(r.No), text(s.Title(r)), text(r.Lead), center(s.due(r)), text(s.remark(r)), text(s.list(r.Assist)),
			center(s.kind(r)), center(s.State(r)), s.lightCell(r), s.left(r), s.progressCell(r), s.stepCell(r.Last), s.stepCell(r.Next),
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
	return s.t("occurrence", words.Data{"Title": r.Title, "Period": s.period(r.Period)})
}

// period reads 2021-06, 2021Q2, 2021H1, 2021 and days.
func (s Speaker) period(p string) string {
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

// Due is a row's due date, or the word for why it has none.
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

// remark gathers what an office writes into 备注.
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

// left is the distance to the due date in working days: a number that sorts,
// shown as words.
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
	c.number, c.format = &f, literal(c.text)
	if r.Overdue || r.Light == plan.DoneLate {
		c.look = asLate
	}
	return c
}

// literal is a number format that shows these very words for whatever number.
func literal(words string) string {
	quoted := `"` + strings.ReplaceAll(words, `"`, "") + `"`
	return quoted + ";" + quoted + ";" + quoted
}

// Left says how far the due date is, in working days; "" when it does not matter.
func (s Speaker) Left(r Row) string {
	switch {
	case r.Light == plan.DoneLate && r.WorkdaysLate == 0:
		return s.t("late_rest")
	case r.Light == plan.DoneLate:
		return s.t("late", words.Data{"N": r.WorkdaysLate})
	case r.WorkdaysLeft == nil:
		return ""
	case r.Overdue && *r.WorkdaysLeft == 0:
		return s.t("over_rest", words.Data{"Days": -*r.DaysLeft})
	case r.Overdue:
		return s.t("over", words.Data{"N": -*r.WorkdaysLeft})
	case r.Stood:
		return s.t("stood")
	case *r.DaysLeft == 0:
		return s.t("today")
	}
	return s.t("left", words.Data{"N": *r.WorkdaysLeft})
}

// stepCell is a step on two lines, so that its column stays narrow.
func (s Speaker) stepCell(st *Step) cell {
	return center(strings.Replace(s.Step(st), " ", "\n", 1))
}

// Step is a stage in a few words: its day and what it does.
func (s Speaker) Step(st *Step) string {
	if st == nil {
		return ""
	}
	return calendar.DayOf(st.At).String() + " " + s.Stage(*st)
}

// Stage is what a stage is called.
func (s Speaker) Stage(st Step) string { return s.stageName(st.Talk, st.Stage, st.Topic, st.Kind) }

// stageName is what a stage is called: its kind, or the talk's step it is about.
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

// matter is what a stage about something else than the task's own limit is
// called, as its message calls it; "" for a rung of the ladder.
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

// State is how a row stands, in a word.
func (s Speaker) State(r Row) string {
	if r.Phase == "" {
		return s.t("state_" + r.State)
	}
	if r.Kind == plan.Duty && r.Phase == act.Closed {
		return s.t("state_ended")
	}
	return s.t("state_" + string(r.Phase))
}

// Progress is the progress reported of an open task and its light: 60% 黄灯; ""
// where there is none to report.
func (s Speaker) Progress(r Row) string {
	if r.ProgressLight == "" {
		return ""
	}
	return s.t("progress", words.Data{"Percent": r.Percent, "Light": s.Light(Row{Light: r.ProgressLight})})
}

func (s Speaker) progressCell(r Row) cell {
	c := center(s.Progress(r))
	if c.text != "" {
		c.look, c.light = asLight, r.ProgressLight
	}
	return c
}

// Talks says how a task's talks stand: the last one, and how many there were.
func (s Speaker) Talks(r Row) string {
	if len(r.Talks) == 0 {
		return ""
	}
	last := r.Talks[len(r.Talks)-1]
	state := s.talkState(last.What, last.State)
	if last.What == plan.ProposeCircular {
		return s.t("circular", words.Data{"What": s.w.T("matter.what_" + last.What), "State": state})
	}
	return s.t("talk", words.Data{"Number": last.Number, "State": state})
}

// Rate is a share of 1 in percent; a dash when there is none.
func (s Speaker) Rate(r *float64) string {
	if r == nil {
		return s.t("no_rate")
	}
	return strconv.FormatFloat(*r*100, 'f', 1, 64) + "%"
}
