package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/incident"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/water"
)

// Publicity is what of a plan must be made public 信息公开清单, with the texts for it.
type Publicity struct {
	Plan     string           `json:"plan"`
	Title    string           `json:"title"` // of the plan
	AsOf     calendar.Day     `json:"as_of"`
	Lines    []PublicLine     `json:"lines"`    // what tasks are to publish: what is open first, by date
	Examples []act.PublicText `json:"examples"` // positive examples 正面典型, the last first
	People   people.Directory `json:"-"`
	Judged   ledger.Launched  `json:"-"`
}

// PublicLine is what one task is to make public.
type PublicLine struct {
	Task   string             `json:"task"` // as the plan calls it
	Key    string             `json:"key"`  // as the ledger calls it
	Title  string             `json:"title"`
	Period string             `json:"period,omitempty"`
	Lead   string             `json:"lead"` // unit ID
	Due    calendar.Day       `json:"due"`
	State  act.State          `json:"state"`
	Done   calendar.Day       `json:"done,omitzero"`    // when it was closed
	URLs   []string           `json:"urls"`             // where it was published, as its unit and the office have said
	Late   int                `json:"late"`             // working days
	Text   *act.PublicText    `json:"text,omitempty"`   // nil: none is written
	Facts  report.PublicFacts `json:"-"`                // of which a text is drafted
	Origin act.Origin         `json:"origin,omitempty"` // the circular or talk that it exposes
}

// Publicity is what of a plan must be made public, for those who may see all of the plan: ErrNotWhole.
func (r *Reader) Publicity(ctx context.Context, v Viewer, planID string) (Publicity, error) {
	p, _, err := r.PublicityPage(ctx, v, planID, 0, 0)
	return p, err
}

// PublicityPage is Publicity with at most limit lines (0: all) after the first skip, and how many lines
// there are.
func (r *Reader) PublicityPage(ctx context.Context, v Viewer, planID string, skip, limit int) (Publicity, int, error) {
	return r.publicity(ctx, v, planID, ledger.TaskFilter{Plan: planID, Publish: true}, r.store.PublicTexts, skip, limit)
}

// PublicityOf is Publicity with the line of one task alone, by the ledger's ID, and without examples; no
// line of a task that publishes nothing.
func (r *Reader) PublicityOf(ctx context.Context, v Viewer, planID, task string) (Publicity, error) {
	ids, written := []string{task}, func(ctx context.Context, planID string) ([]ledger.PublicText, error) {
		return r.store.PublicTextsOf(ctx, planID, task)
	}
	if task == "" { // the texts of no task are examples
		ids, written = []string{}, func(context.Context, string) ([]ledger.PublicText, error) { return nil, nil }
	}
	p, _, err := r.publicity(ctx, v, planID, ledger.TaskFilter{Plan: planID, Publish: true, IDs: ids}, written, 0, 0)
	return p, err
}

func (r *Reader) publicity(ctx context.Context, v Viewer, planID string, chosen ledger.TaskFilter, written func(context.Context, string) ([]ledger.PublicText, error), skip, limit int) (p Publicity, total int, err error) {
	in, err := r.as(v)
	if err != nil {
		return p, 0, err
	}
	f, err := in.framedWhole(ctx, planID)
	if err != nil {
		return p, 0, err
	}
	rules, err := act.NewRules(&f.Plan, f.cal)
	if err != nil {
		return p, 0, err
	}
	p = Publicity{Plan: planID, Title: f.Plan.Title, AsOf: f.today, Lines: []PublicLine{}, Examples: []act.PublicText{}, People: f.Plan.Directory, Judged: f.Launched}
	texts, err := written(ctx, planID)
	if err != nil {
		return p, 0, err
	}
	of := map[string]*act.PublicText{}
	for _, t := range slices.Backward(texts) {
		text := ledger.JudgedText(f.Launched, t.PublicText)
		if of[text.Task] = &text; text.Task == "" {
			p.Examples = append(p.Examples, text)
		}
	}
	tasks, err := r.store.Tasks(ctx, chosen)
	if err != nil {
		return p, 0, err
	}
	byKey := map[string]ledger.Task{}
	for _, t := range tasks {
		c := ledger.CaseOf(t)
		if c.Kind == plan.Duty || c.Kind == plan.Standing || c.State == act.Cancelled || c.State == act.Carried {
			continue
		}
		m := rules.Measure(c, f.today)
		line := PublicLine{Task: t.Shown(), Key: t.ID, Title: t.Title, Period: t.Period, Lead: t.Lead, Due: t.Due, State: c.State, Done: c.ClosedOn, Late: m.Late, Text: of[t.ID], Origin: t.Origin}
		byKey[t.ID] = t
		p.Lines = append(p.Lines, line)
	}
	slices.SortStableFunc(p.Lines, func(a, b PublicLine) int {
		open := func(l PublicLine) int {
			if l.State == act.Closed {
				return 1
			}
			return 0
		}
		if open(a)+open(b) == 2 { // what was published last comes first
			return b.Due.Sub(a.Due)
		}
		if d := open(a) - open(b); d != 0 {
			return d
		}
		return a.Due.Sub(b.Due)
	})
	total = len(p.Lines)
	if p.Lines = p.Lines[min(skip, total):]; limit > 0 {
		p.Lines = p.Lines[:min(limit, len(p.Lines))]
	}
	return p, total, r.tell(ctx, f, p.Lines, byKey)
}

// tell adds to lines where their tasks say that they have published, and what a text is drafted from of
// those of which none is written and that are not over.
func (r *Reader) tell(ctx context.Context, f *framed, lines []PublicLine, tasks map[string]ledger.Task) error {
	var ids []string
	var drafted []ledger.Task
	for _, l := range lines {
		if ids = append(ids, l.Key); l.Text == nil && l.State != act.Closed {
			drafted = append(drafted, tasks[l.Key])
		}
	}
	urls, err := r.published(ctx, f.Plan.ID, ids)
	if err != nil {
		return err
	}
	of, err := r.exposures(ctx, f.Plan.ID, drafted)
	if err != nil {
		return err
	}
	for i, l := range lines {
		if lines[i].URLs = urls[l.Key]; l.Text == nil && l.State != act.Closed {
			if lines[i].Facts, err = r.publicFacts(ctx, f, tasks[l.Key], of); err != nil {
				return err
			}
		}
	}
	return nil
}

// published are the addresses at which tasks say that they have published, by the ledger's ID.
func (r *Reader) published(ctx context.Context, planID string, tasks []string) (map[string][]string, error) {
	urls := map[string][]string{}
	for _, k := range []act.Kind{act.Complete, act.Verify} {
		last, err := r.store.LastActs(ctx, planID, k, tasks)
		if err != nil {
			return nil, err
		}
		for id, a := range last {
			for _, e := range a.Evidence {
				if e.URL != "" && !slices.Contains(urls[id], e.URL) {
					urls[id] = append(urls[id], e.URL)
				}
			}
		}
	}
	return urls, nil
}

// exposed is what the ledger has of the circulars and talks that tasks expose.
type exposed struct {
	talks    map[string]ledger.Talk // by ID
	tasks    []ledger.Task          // that they are about, in the order of the document
	approved map[string]act.Act     // the last act that approved one, by the task that it is about
}

// exposures reads of all circulars and talks that some tasks expose at once.
func (r *Reader) exposures(ctx context.Context, planID string, tasks []ledger.Task) (e exposed, err error) {
	e = exposed{talks: map[string]ledger.Talk{}}
	var ids, about, of []string
	for _, t := range tasks {
		if t.Origin.Kind == act.OriginExposure {
			ids = append(ids, t.Origin.Of)
		}
	}
	if len(ids) == 0 {
		return e, nil
	}
	talks, err := r.store.TalksBy(ctx, planID, ids)
	if err != nil {
		return e, err
	}
	for _, k := range talks {
		if k.Facts == nil {
			continue
		}
		e.talks[k.ID] = k
		of, about = append(of, k.Task), append(about, k.Task)
		for _, m := range k.Facts.Members {
			about = append(about, m.Task)
		}
	}
	slices.Sort(about)
	if e.tasks, err = r.store.Tasks(ctx, ledger.TaskFilter{Plan: planID, IDs: slices.Compact(about)}); err != nil {
		return e, err
	}
	e.approved, err = r.store.LastActs(ctx, planID, act.Approve, of)
	return e, err
}

// publicFacts are what a text of a task that publishes is drafted from: of a circular or a talk that
// is exposed its unit, matter, number and day, and nobody's name.
func (r *Reader) publicFacts(ctx context.Context, f *framed, t ledger.Task, of exposed) (facts report.PublicFacts, err error) {
	facts = report.PublicFacts{Title: t.Title, Period: t.Period, Lead: f.Plan.Directory.Name(t.Lead), Office: f.Plan.Directory.Name(f.Plan.Directory.Office)}
	if t.Origin.Kind != act.OriginExposure {
		if facts.Results, err = r.waterResults(ctx, f, t); err != nil {
			return facts, err
		}
		facts.Outlets, err = r.outletResults(ctx, f, t)
		return facts, err
	}
	k, known := of.talks[t.Origin.Of]
	if !known {
		return facts, nil
	}
	facts.Of, facts.Unit, facts.Day, facts.AnswerBy = k.What, f.Plan.Directory.Name(k.Lead), k.Facts.Opened, k.Facts.AnswerBy
	if held, ok := k.Facts.Taken[act.StepHeld]; ok {
		facts.Day = held
	}
	if n := k.Facts.Notice; n != nil {
		facts.Number = n.Number
	}
	for _, one := range of.tasks {
		if one.ID == k.Task || slices.ContainsFunc(k.Facts.Members, func(m act.Member) bool { return m.Task == one.ID }) {
			facts.Matters = append(facts.Matters, report.Row{ID: one.ID, Title: one.Title, Period: one.Period})
		}
	}
	if facts.Number == "" {
		if a, ok := of.approved[k.Task]; ok && a.On == facts.Day {
			facts.Number = a.Paper
		}
	}
	return facts, nil
}

// drinking is the word by which a task, and the use of a functional zone, are of drinking water.
const drinking = "饮用水"

// waterResults are the zones of drinking water in the period of a task that makes their results public,
// those without a result too; none where the plan has no such zones or only examples of them, or the
// ledger no readings of the period.
func (r *Reader) waterResults(ctx context.Context, f *framed, t ledger.Task) (results []report.ZoneResult, err error) {
	first, last, ok := monthsIn(t.Period)
	if !ok || f.Plan.Water == nil || f.Plan.Water.ZonesExample || !strings.Contains(t.Title, drinking) {
		return nil, nil
	}
	isDrinking := func(z water.Zone) bool { return strings.Contains(z.Kind, drinking) }
	if !slices.ContainsFunc(f.Plan.Water.Zones, isDrinking) {
		return nil, nil
	}
	all, err := r.store.Readings(ctx, f.Plan.Directory.Office, ledger.ReadingFilter{From: first, To: last})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	for month := last; !month.Before(first); month = month.Add(-1) {
		for _, row := range water.ZoneTable(f.Plan.Water, all, month) {
			if !isDrinking(row.Zone) {
				continue
			}
			i := slices.IndexFunc(results, func(have report.ZoneResult) bool { return have.Zone.ID == row.Zone.ID })
			switch {
			case i < 0:
				results = append(results, report.ZoneResult{ZoneRow: row, Of: month})
			case results[i].Month.Class == water.NoClass && row.Month.Class != water.NoClass:
				results[i] = report.ZoneResult{ZoneRow: row, Of: month}
			}
		}
	}
	return results, nil
}

// outlets is the word by which a task is of outlets.
const outlets = "排污口"

// outletResults are the measured outlets in the month of the period of a task that makes their results
// public, those without a result too; none where the plan has no such outlets or only examples of them,
// or the ledger no readings of the month.
func (r *Reader) outletResults(ctx context.Context, f *framed, t ledger.Task) ([]incident.Discharge, error) {
	_, month, ok := monthsIn(t.Period)
	if !ok || !strings.Contains(t.Title, outlets) || len(f.Plan.Incidents.Places().Sections) == 0 {
		return nil, nil
	}
	all, err := r.store.Readings(ctx, f.Plan.Directory.Office, ledger.ReadingFilter{Outlets: true, From: month, To: month})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return f.Plan.Incidents.Discharges(all, month), nil
}

// monthsIn are the first and the last month of a period that is written as 2021-06 or 2021Q2; false of
// others.
func monthsIn(period string) (first, last water.Month, ok bool) {
	if n, err := fmt.Sscanf(period, "%4dQ%1d", &last.Year, &last.Month); err == nil && n == 2 {
		last.Month *= 3
		return last.Add(-2), last, true
	}
	n, err := fmt.Sscanf(period, "%4d-%2d", &last.Year, &last.Month)
	return last, last, err == nil && n == 2 && len(period) == len("2021-06")
}

// PublicText is one public text of a plan, with what acts on it are judged by, for those who may see
// all of the plan. ErrNotYours where there is none.
func (r *Reader) PublicText(ctx context.Context, v Viewer, planID string, number int) (act.PublicText, ledger.Launched, error) {
	in, err := r.as(v)
	if err != nil {
		return act.PublicText{}, ledger.Launched{}, err
	}
	f, err := in.framedWhole(ctx, planID)
	if err != nil {
		return act.PublicText{}, ledger.Launched{}, err
	}
	t, err := r.store.PublicText(ctx, planID, number)
	if errors.Is(err, ledger.ErrNotFound) {
		err = ErrNotYours
	}
	return ledger.JudgedText(f.Launched, t.PublicText), f.Launched, err
}

// PublicNotice is a text as everybody may read it.
type PublicNotice struct {
	Plan   string       // ID
	Number int          // of the text, in the plan
	Title  string       //
	Text   string       //
	Paper  string       // its number as a document; "" without one
	Day    calendar.Day // on which it was approved
	Office string       // name of the office whose it is
}

// TextsDue is how many public texts of a plan wait for the viewer.
type TextsDue struct {
	Plan  string
	Title string   // of the plan
	For   act.Kind // what is to be done: act.ApproveText, or act.WriteText of what was returned
	N     int
	First int // number of the first
}

// TextsDue are the public texts that wait for the viewer: for the leadership to approve them, for the
// office to change what was returned. Others have none.
func (r *Reader) TextsDue(ctx context.Context, v Viewer) (due []TextsDue, err error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	texts, err := r.store.WaitingTexts(ctx) // mostly none, and then nothing else is read
	if err != nil {
		return nil, err
	}
	frames := map[string]ledger.Launched{}
	for _, t := range texts {
		l, known := frames[t.Plan]
		if !known {
			if l, _, err = in.frame(ctx, t.Plan); err != nil {
				return nil, err
			}
			frames[t.Plan] = l
		}
		k := act.ApproveText
		if t.State == act.TextReturned {
			k = act.WriteText
		}
		if v.by.Unit == "" || ledger.JudgedText(l, t.PublicText).MayDo(v.by, k) != nil {
			continue
		}
		at := slices.IndexFunc(due, func(d TextsDue) bool { return d.Plan == t.Plan && d.For == k })
		if at < 0 {
			due, at = append(due, TextsDue{Plan: t.Plan, Title: l.Plan.Title, For: k, First: t.Number}), len(due)
		}
		due[at].N++
	}
	return due, nil
}

// Public reads what anybody may read, whoever asks: approved texts, and nothing else.
type Public struct{ store *ledger.Store }

// PublicOf is what anybody may read of a Reader's ledger.
func PublicOf(r *Reader) Public { return Public{r.store} }

// On tells that the office has switched the public page on (ledger.OfficePublicPage).
func (p Public) On(ctx context.Context) (bool, error) {
	decided, err := p.store.Office(ctx)
	return decided[ledger.OfficePublicPage] == ledger.PublicPageOn, err
}

// Notices are the approved texts of all plans, the last approved first, and how many there are.
func (p Public) Notices(ctx context.Context, skip, most int) (all []PublicNotice, total int, err error) {
	texts, total, err := p.store.Published(ctx, skip, most)
	if err != nil {
		return nil, 0, err
	}
	offices := map[string]string{}
	for _, t := range texts {
		if _, known := offices[t.Plan]; !known {
			l, err := p.store.Plan(ctx, t.Plan)
			if err != nil {
				return nil, 0, err
			}
			offices[t.Plan] = l.Plan.Directory.Name(l.Plan.Directory.Office)
		}
		if v, ok := t.Public(); ok {
			all = append(all, PublicNotice{t.Plan, t.Number, v.Title, v.Text, v.Paper, v.Approved.On, offices[t.Plan]})
		}
	}
	return all, total, nil
}

// Notice is one approved text. ErrNotYours where it is not public.
func (p Public) Notice(ctx context.Context, planID string, number int) (n PublicNotice, err error) {
	t, err := p.store.PublicText(ctx, planID, number)
	if errors.Is(err, ledger.ErrNotFound) {
		return n, ErrNotYours
	}
	if err != nil {
		return n, err
	}
	v, public := t.Public()
	if !public {
		return n, ErrNotYours
	}
	l, err := p.store.Plan(ctx, planID)
	return PublicNotice{planID, number, v.Title, v.Text, v.Paper, v.Approved.On, l.Plan.Directory.Name(l.Plan.Directory.Office)}, err
}
