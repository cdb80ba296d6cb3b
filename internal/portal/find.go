package portal

import (
	"duban/internal/query"
	"duban/internal/report"
)

// hitLine is one thing that was found.
type hitLine struct {
	query.Hit
	Path, Word, LightWord string
}

// searchPage is what was found.
type searchPage struct {
	Asked string
	Lines []hitLine
	More  bool
}

// mostAsked is how long the text that is searched for may be, in characters.
const mostAsked = 100

// search finds tasks, plans and units.
func (v *visit) search() error {
	asked := []rune(v.r.URL.Query().Get("q"))
	p := searchPage{Asked: string(asked[:min(len(asked), mostAsked)])}
	found, err := v.Reader.Search(v.ctx(), v.asks(), p.Asked, pageOf)
	if err != nil {
		return err
	}
	p.More = found.More
	for _, h := range found.Hits {
		l := hitLine{Hit: h, Path: taskPath(h.Plan, h.ID), Word: v.say.T("page.hit_" + h.What), LightWord: v.speak().Light(report.Row{Light: h.Light})}
		switch h.What {
		case "plan":
			l.Path = planPath(h.Plan)
		case "unit":
			l.Path = v.at("/tasks", "unit", h.ID)
		}
		p.Lines = append(p.Lines, l)
	}
	return v.show("search", v.say.T("page.title_search"), p)
}

// inboxLine is one message to the viewer's unit.
type inboxLine struct {
	At, Seat, State string
	About           []inboxThing
}

type inboxThing struct {
	Path, Title, What, LightWord string
	query.InboxThing
}

type inboxPage struct {
	Lines []inboxLine
	pager
}

// inbox is what was sent to the viewer's unit, the latest first.
func (v *visit) inbox() error {
	skip := v.skip()
	page, err := v.Reader.Inbox(v.ctx(), v.asks(), query.InboxFilter{Skip: skip, Limit: pageOf})
	if err != nil {
		return err
	}
	out := inboxPage{pager: v.pager(skip, len(page.Lines), page.Total)}
	for _, m := range page.Lines {
		of := page.Of(m.Plan)
		line := inboxLine{At: m.SpeakAt.In(of.Zone).Format(minutes), Seat: v.speak().Seat(m.Unit, m.Recipient.Role), State: v.say.T("report.message_" + string(m.State))}
		for _, a := range m.About {
			t := inboxThing{InboxThing: a, Path: taskPath(a.Plan, a.Task), What: v.speak().Stage(report.Step{Stage: a.Stage, Kind: a.Kind, Talk: a.Talk, Topic: a.Topic}), LightWord: v.speak().Light(report.Row{Light: a.Light})}
			if a.Talk != "" {
				t.Path = talkPath(a.Plan, a.Talk)
			}
			line.About = append(line.About, t)
		}
		out.Lines = append(out.Lines, line)
	}
	return v.show("inbox", v.say.T("page.title_inbox"), out)
}
