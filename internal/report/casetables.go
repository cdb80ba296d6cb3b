package report

import (
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
)

// ladder is the section of the task's own ladder: the current one, then those that it
// replaced, the newest first.
func (d caseWords) ladder() Section {
	out := Section{Heading: d.say("part_ladder")}
	rows := slices.DeleteFunc(slices.Clone(d.c.Ladder), aside)
	for len(rows) > 0 {
		n := slices.IndexFunc(rows, func(s StageRow) bool { return s.Revision != rows[0].Revision })
		if n < 0 {
			n = len(rows)
		}
		g := d.stages(rows[:n])
		if d.c.Revised(rows[0]) {
			g.Head = d.say("old_ladder", words.Data{"Revision": rows[0].Revision})
		}
		out.Tables, rows = append(out.Tables, g), rows[n:]
	}
	if len(out.Tables) == 0 {
		out.Lines = []string{d.say("none")}
	}
	return out
}

// aside tells which stages are left out of the ladder that people read: what was told
// because of an act, which is among the messages, and stages about a matter that was
// settled before they spoke.
func aside(s StageRow) bool {
	return s.Kind == plan.Told || s.State == ledger.Void && s.Topic != "" && s.Topic != plan.TopicAcknowledge
}

// stages is a table of stages: when each speaks, its name and light, when it was decided,
// to whom it spoke with what result, and why it is on its day.
func (d caseWords) stages(rows []StageRow) Grid {
	g := Grid{Columns: d.heads("at", "stage", "light", "decided", "to", "remark")}
	channels := map[string]bool{}
	for _, s := range rows {
		for _, m := range s.Messages {
			channels[m.Channel] = true
		}
	}
	for _, s := range rows {
		g.Rows = append(g.Rows, []string{clock(s.At), d.stage(s), d.Light(Row{Light: s.Light}), d.decided(s), d.results(s, len(channels) > 1), d.why(s)})
	}
	return g
}

func (d caseWords) heads(names ...string) []string {
	for i, n := range names {
		names[i] = d.say("col_" + n)
	}
	return names
}

func (d caseWords) decided(s StageRow) string {
	switch {
	case s.State == ledger.Decided:
		return clock(s.DecidedAt)
	case s.State == ledger.Void:
		return d.say("void")
	case d.c.Silent(s):
		return d.say("silent_mark")
	}
	return d.say("waiting")
}

// results are a decided stage's recipients, one a line, each with what became of the
// message to it; for any other stage only the recipients. several: the table has
// messages of several channels, and each line names its own.
func (d caseWords) results(s StageRow, several bool) string {
	if s.State != ledger.Decided {
		return d.seats(s.To)
	}
	var lines []string
	for _, m := range s.Messages {
		to := d.seatOf(m.To)
		if several {
			to = d.say("channel_of", words.Data{"To": to, "Channel": d.known("channel_", m.Channel)})
		}
		key, at := "result", m.spoken()
		if !at.IsZero() {
			key = "result_at"
		}
		lines = append(lines, d.say(key, words.Data{"To": to, "Result": d.t("message_" + string(m.State)), "At": clock(at)}))
	}
	for _, to := range s.To {
		if !slices.ContainsFunc(s.Messages, func(m Message) bool { return m.To == to }) {
			lines = append(lines, d.say("result", words.Data{"To": d.seatOf(to), "Result": d.t("message_none")}))
		}
	}
	if len(lines) == 0 {
		return d.say("nobody")
	}
	return strings.Join(lines, "\n")
}

// why is the remark on a stage: why it was moved, what it is about, which stages were
// merged into it, and how late it was decided.
func (d caseWords) why(s StageRow) string {
	var parts []string
	if s.MovedBy != "" {
		key := "moved_" + s.MovedBy
		if s.MovedBy == movedByRest && calendar.DayOf(s.At).Before(s.MovedFrom) {
			key = "moved_rest_earlier"
		}
		parts = append(parts, d.say(key, words.Data{"Day": s.MovedFrom.String()}))
	}
	if s.Topic != "" && s.Topic != plan.TopicAcknowledge {
		parts = append(parts, d.matterOf(s))
	}
	if len(s.Merged) > 0 {
		key := "merged"
		if s.Stage == plan.CatchUp || slices.Contains(s.Merged, plan.CatchUp) {
			key = "caught_up"
		}
		var names []string
		for _, id := range s.Merged {
			if id != plan.CatchUp {
				names = append(names, d.stageOf(Step{Stage: id, Kind: plan.Remind, Rule: s.rule(id)}))
			}
		}
		parts = append(parts, d.say(key, words.Data{"Stages": d.list(names)}))
	}
	if s.Provisional {
		parts = append(parts, d.say("provisional"))
	}
	if late := calendar.DayOf(s.DecidedAt).Sub(calendar.DayOf(s.At)); s.State == ledger.Decided && late > 0 {
		parts = append(parts, d.say("decided_late", words.Data{"Days": d.days(late, false)}))
	}
	return strings.Join(parts, "\n")
}

func (d caseWords) talks() Section {
	out := Section{Heading: d.say("part_talks")}
	for _, t := range d.c.Talks {
		key := "talk_head"
		if t.What == plan.ProposeCircular {
			key = "circular_head"
		}
		head := d.say(key, words.Data{"Number": t.Number, "ID": t.ID, "State": d.TalkState(t.TalkRow), "Unit": t.Unit, "Opened": d.opened(t)})
		g := Grid{Head: head, Columns: d.heads("step", "limit", "taken", "result")}
		for _, st := range t.Steps {
			g.Rows = append(g.Rows, []string{d.known("step_", st.ID), st.Limit.String(), st.Taken.String(), d.stepResult(t.State, st)})
		}
		out.Tables = append(out.Tables, g)
		said := slices.DeleteFunc(slices.Clone(t.Stages), func(s StageRow) bool { return s.Kind == plan.Told || s.State == ledger.Void })
		if len(said) > 0 {
			out.Tables = append(out.Tables, d.stages(said))
		}
	}
	return out
}

func (d caseWords) opened(t CaseTalk) string {
	switch t.State {
	case act.TalkPending:
		return d.say("talk_opens", words.Data{"At": clock(t.OpensAt)})
	case act.TalkOpen, act.TalkClosed:
		return d.say("talk_opened", words.Data{"At": clock(t.OpensAt), "Approver": t.Approver})
	case act.TalkDeclined:
		return d.say("talk_declined_by", words.Data{"Approver": t.Decliner})
	}
	return ""
}

// stepResult says whether a step was taken, and how late. A step that was not taken is
// not owed any more when the talk is over.
func (d caseWords) stepResult(state act.TalkState, st TalkStep) string {
	key := "step_waiting"
	switch {
	case st.Taken.IsZero() && (state == act.TalkClosed || state == act.TalkVoid || state == act.TalkDeclined || state == act.TalkCarried || state == act.TalkJoined):
		key = "step_dropped"
	case !st.Taken.IsZero() && st.Late && st.WorkdaysLate == 0:
		key = "step_taken_late_rest"
	case !st.Taken.IsZero() && st.Late:
		key = "step_taken_late"
	case !st.Taken.IsZero():
		key = "step_taken"
	case st.Late && st.WorkdaysLate == 0:
		key = "step_late_rest"
	case st.Late:
		key = "step_late"
	}
	return d.say(key, words.Data{"Days": d.days(st.WorkdaysLate, true)})
}

// messages is the section of all messages, a line for each stage, recipient and channel.
func (d caseWords) messages() Section {
	out := Section{Heading: d.say("part_messages")}
	g := Grid{Columns: d.heads("sent", "who", "channel", "stage", "message", "message_id")}
	var pairs []pair
	var real []string
	for _, s := range d.c.All() {
		for _, m := range s.Messages {
			if m.State == ledger.Sent {
				pairs = append(pairs, pair{m.spoken(), m.SentAt})
			}
			real = append(real, second(m.SentAt))
			note := m.Error
			if note == "" {
				note = shortID(m.MessageID)
			}
			g.Rows = append(g.Rows, []string{clock(m.spoken()), d.seatOf(m.To), d.known("channel_", m.Channel), d.stage(s), d.fate(m), note})
		}
	}
	if len(g.Rows) == 0 {
		out.Lines = []string{d.say("none")}
		return out
	}
	states := d.tally(ledger.Sent, ledger.Failed, ledger.Unknown, ledger.Sending, ledger.Pending, ledger.Rides, ledger.Dropped)
	mails := map[string]bool{} // by message ID: one mail may carry several stages
	for _, s := range d.c.All() {
		for _, m := range s.Messages {
			if m.MessageID != "" {
				mails[m.MessageID] = true
			}
		}
	}
	g.Head = d.say("tally", words.Data{"Total": len(g.Rows), "Messages": len(mails), "States": states})
	if apart(pairs) {
		g.insert(1, d.say("col_sent_real"), real)
	}
	out.Tables = []Grid{g}
	return out
}

// spoken is when a message went out, on the plan clock where that is known and else on
// the real clock; zero when it did not.
func (m Message) spoken() time.Time {
	if m.SentPlan.IsZero() {
		return m.SentAt
	}
	return m.SentPlan
}

// second is an instant of the real clock to the second, "" for none: where the plan clock
// runs fast, many plan instants are within one real minute.
func second(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateTime)
}

// shortID is the beginning of a message's ID, as in the name of its file in the outbox.
func shortID(id string) string { return id[:min(len(id), 12)] }

// pair is one moment on both clocks.
type pair struct{ plan, real time.Time }

// apart tells whether the two clocks differ by a minute anywhere.
func apart(pairs []pair) bool {
	return slices.ContainsFunc(pairs, func(p pair) bool { return p.plan.Sub(p.real).Abs() >= time.Minute })
}

// insert puts a column before the column at the index place.
func (g *Grid) insert(place int, head string, column []string) {
	g.Columns = slices.Insert(g.Columns, place, head)
	for i := range g.Rows {
		g.Rows[i] = slices.Insert(g.Rows[i], place, column[i])
	}
}

// history is the section of the case's events, in the order of the chain. The events of
// messages that were sent are left out: they have a section of their own.
func (d caseWords) history() Section {
	out := Section{Heading: d.say("part_history")}
	g := Grid{Columns: d.heads("plan_at", "actor", "event")}
	var pairs []pair
	var real []string
	for _, m := range d.c.History {
		pairs = append(pairs, pair{m.Plan, m.Real})
		if m.Kind == ledger.MessageSent || m.Kind == ledger.MessageIntent || m.Kind == ledger.MessageLeaving {
			continue
		}
		actor := m.Actor
		switch {
		case actor == ledger.Engine:
			actor = d.say("engine")
		case m.Act != nil && m.Act.By.Name != "":
			actor = m.Act.By.Name
		}
		g.Rows = append(g.Rows, []string{clock(m.Plan), actor, d.event(m)})
		real = append(real, second(m.Real))
	}
	if apart(pairs) {
		g.insert(1, d.say("col_real_at"), real)
	}
	out.Tables = []Grid{g}
	if d.c.Task.Kind == plan.Dated && d.c.Tally()[ledger.Sent] > 0 {
		out.Lines = []string{d.say("sent_elsewhere")}
	}
	return out
}

// event is one event in words; for a kind without a sentence in the catalogue, its name
// and its reason.
func (d caseWords) event(m Moment) string {
	if m.Act != nil {
		return d.did(m)
	}
	var stages []string
	for _, s := range m.Stages {
		stages = append(stages, d.stageOf(s))
	}
	data := words.Data{
		"Kind": d.EventName(m.Kind), "Task": d.c.now(m.Task), "Stage": d.list(stages), "To": d.seats(m.To), "Channel": d.known("channel_", m.Channel), "Attempt": m.Attempt,
		"Origin": d.Origin(m.Origin), "Error": m.Error, "Talk": d.c.now(m.Talk), "Period": d.Period(m.Period), "Due": d.Day(m.Due), "Light": d.Light(Row{Light: m.Light}), "Reason": m.Reason,
	}
	if m.From != nil {
		from := *m.From
		from.Task = d.c.calls(from.Plan, from.Task)
		data["From"] = from
	}
	name := "event_" + strings.ReplaceAll(m.Kind, ".", "_")
	switch {
	case m.Kind == ledger.StageDecided && !m.Calls:
		data["Talk"] = ""
	case m.Kind == ledger.OccurrenceOpened && m.Task == "":
		data["Task"] = d.c.Task.ID
	}
	if m.Kind == ledger.StageDecided && len(m.To) == 0 {
		name += "_none"
	}
	if d.w.T("case."+name) == "case."+name {
		name = "event_other"
	}
	return d.say(name, data)
}
