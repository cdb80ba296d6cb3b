package terminal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/act"
	"duban/internal/channel"
	"duban/internal/channel/carriers"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

func (sc *Screen) TaskList(page query.TaskPage) {
	lines := page.Lines
	say := report.Speak(sc.W)
	parts := slices.ContainsFunc(lines, func(l query.TaskLine) bool { return l.Part != "" })
	plans := Several(lines, func(l query.TaskLine) string { return l.Plan })
	headings := []string{"state", "light", "due", "left", "progress", "id", "lead", "title", "next", "talk"}
	if parts {
		headings = append(headings, "part")
	}
	if plans {
		headings = append(headings, "plan")
	}
	t := sc.ReportTable(map[string]int{"lead": 18, "title": 40, "left": 16}, headings...)
	var zones []*time.Location
	for _, l := range lines {
		next := ""
		if l.Next != nil {
			zones = append(zones, l.Next.At.Location())
			next = l.Next.At.Format("2006-01-02 15:04") + " " + say.Stage(*l.Next)
		}
		row := table.Row{say.State(l.Row), say.Light(l.Row), say.Due(l.Row), say.Left(l.Row), say.Progress(l.Row), l.ID, l.Lead, say.Title(l.Row), next, say.Talks(l.Row)}
		if parts {
			role := ""
			if l.Part != "" {
				role = sc.W.T("case.part_" + l.Part)
			}
			row = append(row, role)
		}
		if plans {
			row = append(row, l.Plan)
		}
		t.AppendRow(row)
	}
	if len(lines) > 0 {
		t.Render()
		sc.zone(zones...)
	}
}

func (sc *Screen) Talks(page query.TalkPage) {
	lines := page.Lines
	say := report.Speak(sc.W)
	plans := Several(lines, func(l query.TalkLine) string { return l.Plan })
	headings := []string{"talk_state", "talk_id", "what", "unit_called", "title", "opened", "next", "decided_by"}
	if plans {
		headings = append(headings, "plan")
	}
	t := sc.ReportTable(map[string]int{"unit_called": 18, "title": 36}, headings...)
	for _, l := range lines {
		opened := ""
		if l.State == act.TalkOpen || l.State == act.TalkClosed {
			opened = l.OpensAt.Format("2006-01-02")
		}
		row := table.Row{say.TalkState(l.TalkRow), l.ID, say.TalkWhat(l.TalkRow), l.Unit, say.TalkAbout(l.TalkRow), opened, say.TalkNext(l.TalkRow), cmp.Or(l.Decliner, l.Approver)}
		if plans {
			row = append(row, l.Plan)
		}
		t.AppendRow(row)
	}
	if len(lines) > 0 {
		t.Render()
	}
}

func (sc *Screen) Duties(page query.DutyPage) {
	lines := page.Lines
	say := report.Speak(sc.W)
	plans := Several(lines, func(l query.DutyLine) string { return l.Plan })
	headings := []string{"state", "id", "lead", "title", "rule", "occurrences", "upcoming"}
	if plans {
		headings = append(headings, "plan")
	}
	t := sc.ReportTable(map[string]int{"lead": 18, "title": 36, "rule": 24}, headings...)
	for _, l := range lines {
		upcoming := ""
		if u := l.Upcoming; u != nil {
			upcoming = sc.W.T("cli.upcoming", words.Data{"Due": u.Due.String(), "Opens": u.Opens.Format("2006-01-02")})
		}
		count := sc.W.T("cli.occurrences", words.Data{"Opened": l.Opened, "Open": l.Open, "Overdue": l.Overdue})
		row := table.Row{say.State(report.Row{Kind: plan.Duty, Phase: l.Phase}), l.ID, l.Lead, l.Title, say.Recurrence(report.Case{Facts: report.Facts{Recurrence: l.Recurs}}), count, upcoming}
		if plans {
			row = append(row, l.Plan)
		}
		t.AppendRow(row)
	}
	if len(lines) > 0 {
		t.Render()
	}
}

// Messages shows a page of messages, and what a person has to do about those refused.
func (sc *Screen) Messages(page query.MessagePage, skip int) {
	all := page.All()
	if len(all) == 0 {
		sc.W.Say(sc.Out, "message.none")
		return
	}
	say := report.Speak(sc.W)
	plans := Several(all, func(m ledger.MessageInfo) string { return m.Plan })
	headings := []string{"id", "at", "to", "channel", "state", "tries", "notices", "error"}
	if plans {
		headings = append(headings, "plan")
	}
	t := sc.WordedTable("message", map[string]int{"error": 60, "to": 24}, headings...)
	var zones []*time.Location
	for _, m := range all {
		of := page.Of(m.Plan)
		zones = append(zones, of.Zone)
		state := m.State
		if state == ledger.Sent && m.Doubts > 0 {
			state = "twice"
		}
		channel := m.Channel
		if m.Via != "" {
			channel = m.Via
		}
		row := table.Row{m.ID[:min(12, len(m.ID))], Minute(of.Zone, m.SpeakAt), say.Seats(of.People, []people.Recipient{m.Recipient}), sc.channel(channel),
			sc.W.T("report.message_" + string(state)), m.Attempt, m.Notices, sc.why(m)}
		if plans {
			row = append(row, m.Plan)
		}
		t.AppendRow(row)
	}
	t.Render()
	sc.zone(zones...)
	sc.mending(all)
	sc.Page(len(page.Messages), page.Total, skip)
}

// why is what was last said of a message, and of its copies that were not taken.
func (sc *Screen) why(m ledger.MessageInfo) string {
	var all []string
	if m.Error != "" {
		all = append(all, m.Error)
	}
	for _, c := range m.Missed {
		all = append(all, sc.W.T("portal.copy_missed", words.Data{"Name": c.Name, "Error": c.Error}))
	}
	return strings.Join(all, "; ")
}

// mending says what a person has to do about those that were refused.
func (sc *Screen) mending(all []ledger.MessageInfo) {
	said := map[string]bool{}
	for _, m := range all {
		c, _ := carriers.Of(cmp.Or(m.Via, m.Channel))
		i := slices.IndexFunc(c.Answers, func(n channel.Answer) bool { return n.Fate == channel.Refused })
		if m.State == ledger.Failed && i >= 0 && !said[c.Answers[i].Do] {
			said[c.Answers[i].Do] = true
			fmt.Fprintln(sc.Out, sc.W.T(c.Answers[i].Do))
		}
	}
}

func (sc *Screen) channel(name string) string {
	if text := sc.W.T("report.channel_" + name); text != "report.channel_"+name {
		return text
	}
	return name
}

// Page says how many lines there are, and which of them are above.
func (sc *Screen) Page(shown, total, skip int) {
	fmt.Fprintln(sc.Out, sc.W.T("case.total", words.Data{"Total": total}))
	if shown < total && shown > 0 {
		key := "case.page"
		if skip+shown >= total {
			key = "case.page_last"
		}
		fmt.Fprintln(sc.Out, sc.W.T(key, words.Data{"From": skip + 1, "To": skip + shown}))
	}
}
