package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/words"
)

const minute = "2006-01-02 15:04"

func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(minute)
}

// stages is the sheet 督办记录: one line for each message of each decided stage; a stage
// that had no recipient has one line that says so.
func (s pages) stages() sheet {
	sh := s.headed("stages")
	sh.frozen = 3
	sh.lines = append(sh.lines, s.t("stages_note", words.Data{"Zone": s.Zone(s.table.Plan.Zone)}))
	periods := map[string]string{}
	for _, r := range s.table.Tasks {
		periods[r.ID] = r.Period
	}
	b := block{columns: s.columns(
		column{heading: "no", most: 7}, column{heading: "at", most: 19}, column{heading: "stage", most: 18}, column{heading: "title", most: 40},
		column{heading: "lead", most: 16}, column{heading: "due", most: 12}, column{heading: "light", most: 10}, column{heading: "to", most: 26},
		column{heading: "channel", most: 9}, column{heading: "message", most: 14}, column{heading: "sent_at", most: 19},
		column{heading: "moved", most: 12}, column{heading: "id", most: 22, aside: true},
	)}
	for _, r := range s.table.Stages {
		if r.State != ledger.Decided {
			continue
		}
		for _, m := range r.messages() {
			b.rows = append(b.rows, []cell{
				number(len(b.rows) + 1), moment(r.At), center(s.stageName(r.Talk, r.Stage, r.Topic, r.Kind)), text(s.Title(Row{Title: r.Title, Period: periods[r.Task]})),
				text(r.Unit), date(r.Due), s.lightCell(Row{Light: r.Light}), text(s.seat(m.To, m.Name)),
				center(s.known("channel_", m.Channel)), s.said(m), moment(m.SentAt), date(r.MovedFrom), text(r.Task),
			})
		}
	}
	sh.blocks = []block{b}
	return sh
}

// messages are a stage's messages, or one empty message when it had no recipient.
func (r StageRow) messages() []Message {
	if len(r.Messages) == 0 {
		return []Message{{}}
	}
	return r.Messages
}

func (s Speaker) seat(to people.Recipient, name string) string {
	switch to.Role {
	case "":
		return ""
	case people.Office, people.Leader:
		return name
	}
	return s.t("seat", map[string]any{"Unit": name, "Role": s.term(string(to.Role))})
}

func (s Speaker) said(m Message) cell {
	if m.State == "" {
		return center(s.t("message_none"))
	}
	c := center(s.fate(m))
	if m.State == ledger.Failed || m.State == ledger.Unknown {
		c.look = asLate
	}
	return c
}

// fate is the word for what became of a message.
func (s Speaker) fate(m Message) string {
	if m.State == ledger.Sent && m.Twice {
		return s.t("message_twice")
	}
	return s.t("message_" + string(m.State))
}

// talks is the sheet 约谈: one line a talk, a column for each step.
func (s pages) talks() sheet {
	sh := s.headed("talks")
	sh.frozen = 2
	sh.lines = append(sh.lines, s.t("talks_note"))
	titles := map[string]Row{}
	for _, r := range s.table.Tasks {
		titles[r.ID] = r
	}
	columns := s.columns(
		column{heading: "no", most: 6}, column{heading: "title", most: 40}, column{heading: "unit_called", most: 16}, column{heading: "due", most: 12},
		column{heading: "what", most: 8}, column{heading: "talk_number", most: 8}, column{heading: "round", most: 6}, column{heading: "talk_state", most: 14}, column{heading: "opened", most: 12}, column{heading: "approver", most: 12},
	)
	steps := s.stepIDs()
	for _, id := range steps {
		columns = append(columns, column{heading: s.known("step_", id), most: 23})
	}
	b := block{columns: append(columns, column{heading: s.t("col_id"), most: 22, aside: true})}
	for i, k := range s.table.Talks {
		line := func(round int, since calendar.Day, taken []TalkStep) {
			row := []cell{
				number(i + 1), text(s.talkTitle(titles, k)), text(k.Unit), date(k.Due), center(s.TalkWhat(k)), number(k.Number), center(""),
				center(s.TalkState(k)), date(since), center(cmp.Or(k.Decliner, k.Approver)),
			}
			if round > 0 {
				row[6] = number(round)
			}
			for _, id := range steps {
				row = append(row, s.talkStep(taken, id))
			}
			b.rows = append(b.rows, append(row, text(k.ID)))
		}
		for _, r := range k.Rounds {
			line(r.Number, r.Since, r.Steps)
		}
		round, since := 0, k.Opened
		if n := len(k.Rounds); n > 0 {
			round, since = n+1, k.Rounds[n-1].Until
		}
		line(round, since, k.Steps)
	}
	sh.blocks = []block{b}
	return sh
}

// talkTitle is the title of a talk's task, and how many tasks the talk is about.
func (s pages) talkTitle(titles map[string]Row, k TalkRow) string {
	if len(k.Tasks) < 2 {
		return s.Title(titles[k.Task])
	}
	return s.t("talk_about", words.Data{"Title": s.Title(titles[k.Task]), "N": len(k.Tasks)})
}

// stepIDs are the IDs of the steps of all talks, each in the place where a talk first has
// it, and last the step of circulars.
func (s pages) stepIDs() []string {
	var ids []string
	seen := map[string]bool{}
	for _, k := range s.table.Talks {
		for _, st := range k.Steps {
			if !seen[st.ID] {
				seen[st.ID] = true
				ids = append(ids, st.ID)
			}
		}
	}
	if seen[act.StepAnswer] {
		ids = append(slices.DeleteFunc(ids, func(id string) bool { return id == act.StepAnswer }), act.StepAnswer)
	}
	return ids
}

// talkStep is the cell of a step: the day on which it was taken, or its limit.
func (s pages) talkStep(steps []TalkStep, id string) cell {
	for _, st := range steps {
		if st.ID != id {
			continue
		}
		key, day := "step_due", st.Limit
		switch {
		case !st.Taken.IsZero() && st.Late:
			key, day = "step_taken_late", st.Taken
		case !st.Taken.IsZero():
			key, day = "step_taken", st.Taken
		case st.Late:
			key = "step_over"
		}
		c := dated(day, s.t(key, words.Data{"Day": day.String()}), s.dayFormat(key))
		if st.Late {
			c.look = asLate
		}
		return c
	}
	return center("")
}

// dayFormat is the number format that shows a date within the catalogue's sentence key.
func (s Speaker) dayFormat(key string) string {
	const mark = "2021-01-01"
	before, after, _ := strings.Cut(s.t(key, words.Data{"Day": mark}), mark)
	return quoted(before) + dayFormat + quoted(after)
}

// Zone is the name of a time zone for readers: 北京时间 for Asia/Shanghai and "", any other
// unchanged.
func (s Speaker) Zone(name string) string {
	if name == "" || name == "Asia/Shanghai" {
		return s.t("zone_beijing")
	}
	return name
}
