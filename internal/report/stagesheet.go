package report

import (
	"time"

	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

const minute = "2006-01-02 15:04"

func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(minute)
}

// stages is the sheet 督办记录: one line for each decided stage and each of its
// messages; a stage that had nobody to speak to has one line that says so.
func (s pages) stages() sheet {
	sh := s.headed("stages")
	sh.frozen = 3
	sh.lines = append(sh.lines, s.t("stages_note"))
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
				number(len(b.rows) + 1), center(clock(r.At)), center(s.stageName(r.Talk, r.Stage, r.Topic, r.Kind)), text(s.Title(Row{Title: r.Title, Period: periods[r.Task]})),
				text(r.Unit), center(r.Due.String()), s.lightCell(Row{Light: r.Light}), text(s.seat(m.To, m.Name)),
				center(s.known("channel_", m.Channel)), s.said(m), center(clock(m.SentAt)), center(r.MovedFrom.String()), text(r.Task),
			})
		}
	}
	sh.blocks = []block{b}
	return sh
}

// messages are a stage's messages, or one empty one for nobody.
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

// fate is what became of a message, in a word.
func (s Speaker) fate(m Message) string {
	if m.State == ledger.Sent && m.Twice {
		return s.t("message_twice")
	}
	return s.t("message_" + m.State)
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
		column{heading: "talk_number", most: 8}, column{heading: "talk_state", most: 12}, column{heading: "opened", most: 12}, column{heading: "approver", most: 12},
	)
	steps := s.stepIDs()
	for _, id := range steps {
		columns = append(columns, column{heading: s.known("step_", id), most: 23})
	}
	b := block{columns: append(columns, column{heading: s.t("col_id"), most: 22, aside: true})}
	for i, k := range s.table.Talks {
		row := []cell{
			number(i + 1), text(s.Title(titles[k.Task])), text(k.Unit), center(k.Due.String()), s.talkNumber(k),
			center(s.TalkState(k)), center(k.OpensAt.Format(time.DateOnly)), center(k.Approver),
		}
		for _, id := range steps {
			row = append(row, s.talkStep(k, id))
		}
		b.rows = append(b.rows, append(row, text(k.ID)))
	}
	sh.blocks = []block{b}
	return sh
}

// talkNumber is which talk it is; of a circular, that it is one.
func (s pages) talkNumber(k TalkRow) cell {
	if k.What == plan.ProposeCircular {
		return center(s.TalkWhat(k))
	}
	return number(k.Number)
}

// stepIDs are the steps of all talks, in the order in which they are first met.
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
	return ids
}

func (s pages) talkStep(k TalkRow, id string) cell {
	for _, st := range k.Steps {
		if st.ID != id {
			continue
		}
		key := "step_due"
		switch {
		case !st.Taken.IsZero() && st.Late:
			key = "step_taken_late"
		case !st.Taken.IsZero():
			key = "step_taken"
		case st.Late:
			key = "step_over"
		}
		c := center(s.t(key, map[string]any{"Taken": st.Taken.String(), "Limit": st.Limit.String()}))
		if st.Late {
			c.look = asLate
		}
		return c
	}
	return center("")
}
