package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/complaint"
	"duban/internal/docket"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/water"
	"duban/internal/words"
)

// city is how much of everything beside tasks a plan has by the middle of its year.
type city struct{ complaints, incidents, texts, entries, circulars, accounts, measures int }

func (b *bench) city() city {
	return city{complaints: b.size(2000, 24), incidents: b.size(60, 3), texts: b.size(300, 6), entries: b.size(600, 10), circulars: b.size(200, 4), accounts: b.size(300, 6), measures: 12}
}

// equip gives a plan that has sections all that a plan's files may say besides: rules of
// complaints, a registry of outlets, functional zones, a scheme for each section, tasks that
// publish, and what is exposed. from is the plan of the examples. Its units are replaced by the
// plan's own.
func (b *bench) equip(p, from *plan.Plan) {
	size, r := b.city(), rand.New(rand.NewPCG(5, 6))
	unit := func(n int) string { return p.Directory.Units[1+n%7].ID }
	for name, policy := range from.Policies {
		if _, has := p.Policies[name]; !has {
			p.Policies[name] = policy
		}
	}
	p.Complaints, p.Incidents = from.Complaints, from.Incidents
	p.Incidents.Replenish.Unit = unit(2)
	for i := range 30 * len(p.Water.Sections) {
		o := from.Incidents.Outlets[i%3]
		o.ID, o.Name = fmt.Sprintf("outlet-%04d", i), fmt.Sprintf("第%d入河排污口", i+1)
		o.Section, o.Unit = p.Water.Sections[i%len(p.Water.Sections)].ID, unit(i)
		p.Incidents.Outlets = append(p.Incidents.Outlets, o)
	}
	p.Incidents.Outlets = p.Incidents.Outlets[3:]
	p.Publicity = from.Publicity
	for i := range p.Publicity.Exposure {
		p.Publicity.Exposure[i].From, p.Publicity.Exposure[i].Lead = "2021-01-01", p.Directory.Office
	}
	zones := from.Water.Zones
	for i := range 41 {
		z := zones[i%len(zones)]
		z.ID, z.No = fmt.Sprintf("z%02d", i+1), i+1
		z.Sections = []string{p.Water.Sections[r.IntN(len(p.Water.Sections))].ID, p.Water.Sections[i%len(p.Water.Sections)].ID}
		p.Water.Zones = append(p.Water.Zones, z)
	}
	for i := range min(size.texts, len(p.Tasks)) {
		p.Tasks[i*(len(p.Tasks)/min(size.texts, len(p.Tasks)))].Publish = true
	}
	for i, s := range p.Water.Sections {
		scheme := water.Scheme{Section: s.ID, Title: s.Name + "断面水质达标方案", Lead: unit(i), Person: "某某", Post: "副县长", Problem: "城区上游雨污合流，汛期溢流。"}
		for range min(size.measures, len(p.Tasks)/len(p.Water.Sections)/2) {
			id := p.Tasks[r.IntN(len(p.Tasks))].ID
			if _, taken := p.Water.MeasureOf(id); !taken && !slices.Contains(scheme.Measures, id) {
				scheme.Measures = append(scheme.Measures, id)
			}
		}
		p.Water.Schemes = append(p.Water.Schemes, scheme)
	}
}

// unheard is a docket's Starter that starts nothing.
type unheard struct{ docket.Starter }

func (unheard) StartDigest(context.Context, ledger.Launched, ledger.Digest) error { return nil }
func (unheard) StartTask(context.Context, ledger.Launched, ledger.Task) error     { return nil }
func (unheard) StartTalk(context.Context, ledger.Launched, ledger.Talk) error     { return nil }
func (unheard) LookTask(context.Context, string, string) error                    { return nil }
func (unheard) LookTalk(context.Context, string, string) error                    { return nil }
func (unheard) UnusedTalk(_ context.Context, _, _ string, from int, _ time.Time) (int, error) {
	return from, nil
}

// half is half a year of a city in a ledger.
type half struct {
	*bench
	store  *ledger.Store
	p      *plan.Plan
	cal    *calendar.Calendar
	now    time.Time // at which it is looked at
	clerk  act.Actor
	mayor  act.Actor
	reader *query.Reader
	say    *words.Words
	did    int // acts
}

// live writes what a city does in half a year beside its tasks, and what the engine does about
// it: complaints, incidents, public texts, entries of the assessment, circulars.
func (b *bench) live(ctx context.Context, store *ledger.Store, p *plan.Plan, cal *calendar.Calendar, reader *query.Reader) error {
	h := &half{bench: b, store: store, p: p, cal: cal, reader: reader, say: words.New("zh"), now: calendar.NewDay(2021, time.July, 1).At(10, 0, calendar.Beijing),
		clerk: act.Actor{Account: "office", Name: "协调办", Unit: p.Directory.Office}, mayor: act.Actor{Account: "leader", Name: "副市长", Unit: p.Directory.Leadership}}
	for _, part := range []struct {
		name string
		do   func(context.Context) error
	}{{"complaints", h.complain}, {"incidents", h.incidents}, {"texts", h.publish}, {"circulars", h.circulars}, {"entries", h.assess}} {
		began := time.Now()
		if err := part.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		b.note("%s written in %.1f s", part.name, time.Since(began).Seconds())
	}
	_, err := store.SetOffice(ctx, ledger.OfficePublicPage, ledger.PublicPageOn, "office", h.when(h.now))
	return err
}

func (h *half) when(at time.Time) ledger.When { return ledger.When{Real: at, Plan: at} }

// id is a new act's.
func (h *half) id() string { h.did++; return fmt.Sprint("city-", h.did) }

func (h *half) docket(at time.Time) docket.Docket {
	return docket.Docket{Ledger: h.store, Starter: unheard{}, Now: func() time.Time { return at }}
}

// day is the n-th of of working days that are spread from January to the end of June.
func (h *half) day(n, of int) calendar.Day {
	return h.cal.OnOrBefore(calendar.NewDay(2021, time.January, 8).AddDays(n * 170 / of))
}

// complain takes complaints in, sorts them, has them answered, calls back and closes most.
func (h *half) complain(ctx context.Context) error {
	l, err := h.store.Plan(ctx, h.p.ID)
	if err != nil {
		return err
	}
	n := h.city().complaints
	var taken []engine.Taking
	for i := range n {
		on := h.day(i, n)
		a := act.Act{ID: h.id(), Kind: act.TakeIn, By: h.clerk, At: on.At(9, i%60, calendar.Beijing), Title: fmt.Sprintf("第%d村桥下夜间排污水", i%400+1),
			Reason:    "来电反映桥下夜间有黑水排入河道，气味刺鼻，多次向村里反映没有处理，要求查明来源并答复。",
			Complaint: &act.ComplaintFacts{Hotline: fmt.Sprintf("2021%08d", i), Matter: l.Plan.Complaints.Matters[i%len(l.Plan.Complaints.Matters)], Where: fmt.Sprintf("巴公镇第%d村桥下", i%400+1), Section: h.p.Water.Sections[i%len(h.p.Water.Sections)].ID}}
		taken = append(taken, engine.Taking{Act: a, Caller: complaint.Caller{Name: fmt.Sprintf("来电人%d", i), Phone: fmt.Sprintf("1390356%04d", i)}})
	}
	numbers, err := engine.TakeIn(ctx, h.store, h.now, h.p.ID, taken)
	if err != nil {
		return err
	}
	rules, err := h.store.Rules(ctx, l)
	if err != nil {
		return err
	}
	open := func(i int) bool { return i >= n-n/12 } // the last stay with their units
	does := func(i int, a act.Act, at time.Time) error {
		c, err := h.store.Complaint(ctx, h.p.ID, numbers[i])
		if err != nil {
			return err
		}
		a.ID, a.By, a.At, a.On = h.id(), h.clerk, at, calendar.DayOf(at)
		var until time.Time
		var due calendar.Day
		if limit, ok := l.Plan.Complaints.Limit(a.Complaint.Limit); ok {
			until, due = limit.From(at, rules.Calendar, rules.Zone)
		}
		return h.store.Complain(ctx, ledger.Complaining{Plan: h.p.ID, Act: a, Version: c.Version, After: c.After(a, until, due)}, false, h.when(at))
	}
	limits := l.Plan.Complaints.Limits
	for i := range n {
		at := h.day(i, n).At(15, 0, calendar.Beijing)
		switch {
		case i >= n-n/40: // not sorted yet
		case i%20 == 19 && i > 400:
			err = does(i, act.Act{Kind: act.JoinComplaint, Reason: "同一处", Complaint: &act.ComplaintFacts{Into: numbers[i-400]}}, at)
		default:
			err = does(i, act.Act{Kind: act.Sort, Unit: fmt.Sprintf("unit%03d", i%10), Complaint: &act.ComplaintFacts{Limit: limits[i%len(limits)].ID}}, at)
		}
		if err != nil {
			return err
		}
	}
	d := h.docket(h.now)
	if err := d.Complaints(ctx, h.p.ID, h.say); err != nil {
		return err
	}
	for i := range n {
		c, err := h.store.Complaint(ctx, h.p.ID, numbers[i])
		if err != nil {
			return err
		}
		if c.State != act.ComplaintSorted || open(i) {
			continue
		}
		answered := c.Sorted[0].At.Add(time.Duration(i%200) * time.Hour)
		if answered.After(h.now) {
			answered = h.now.Add(-time.Hour)
		}
		task := act.ComplaintTask(numbers[i])
		on, err := d.Course(ctx, h.p.ID, task)
		if err != nil {
			return err
		}
		a := act.Act{ID: h.id(), Kind: act.Complete, By: act.Actor{Account: "u", Name: "某某", Unit: c.Sorted[0].Unit}, At: answered, On: calendar.DayOf(answered.In(calendar.Beijing)), Reason: "已责令停排并封堵排口，现场已清理。"}
		if _, _, err := h.docket(answered).Act(ctx, h.p.ID, task, a, on, time.Time{}); err != nil {
			return fmt.Errorf("%s: %w", task, err)
		}
		outcome := act.Satisfied
		if i%9 == 0 {
			outcome = act.Unsatisfied
		}
		if err := does(i, act.Act{Kind: act.CallBack, Reason: "已不排", Complaint: &act.ComplaintFacts{Outcome: outcome}}, answered.Add(time.Hour)); err != nil {
			return err
		}
		if err := does(i, act.Act{Kind: act.CloseComplaint, Reason: "办理完毕", Complaint: &act.ComplaintFacts{}}, answered.Add(2*time.Hour)); err != nil {
			return err
		}
	}
	return d.Complaints(ctx, h.p.ID, h.say)
}

// later is an act some time after an incident was found.
type later struct {
	after time.Duration
	a     act.Act
}

// incidents opens incidents, most with an order to replenish, reports every half day, measured
// values and outlets that are looked at. The last ones are still handled.
func (h *half) incidents(ctx context.Context) error {
	l, err := h.store.Plan(ctx, h.p.ID)
	if err != nil {
		return err
	}
	n := h.city().incidents
	for i := range n {
		found, section, id := h.day(i, n).At(8, 0, calendar.Beijing), h.p.Water.Sections[i%len(h.p.Water.Sections)], ""
		does := func(after time.Duration, a act.Act) error {
			a.ID, a.At, a.By = h.id(), found.Add(after), h.clerk
			of, err := engine.Incident(ctx, h.store, a.At, l, id, a)
			id = of
			if err != nil {
				return fmt.Errorf("%s of %d: %w", a.Kind, i, err)
			}
			return nil
		}
		all := []later{
			{time.Hour, act.Act{Kind: act.OpenIncident, Title: section.Name + "断面氨氮超标", Incident: &act.IncidentFacts{Section: section.ID, Item: "NH3-N", Source: act.Sources[0], Time: found}}},
			{2 * time.Hour, act.Act{Kind: act.OrderWater, Incident: &act.IncidentFacts{Supply: "张峰水库", Flow: "3", Time: found.Add(3 * time.Hour), Ends: found.Add(75 * time.Hour), Orderer: "副市长 某某"}}},
			{4 * time.Hour, act.Act{Kind: act.WaterBegun, Ref: "1", Incident: &act.IncidentFacts{Time: found.Add(3 * time.Hour), Flow: "2.5"}}},
		}
		for k := range 6 {
			at := time.Duration(12*(k+1)) * time.Hour
			all = append(all, later{at, act.Act{Kind: act.WaterFlows, Ref: "1", Incident: &act.IncidentFacts{Time: found.Add(at), Flow: "2.8"}}},
				later{at, act.Act{Kind: act.Sample, Incident: &act.IncidentFacts{Item: "NH3-N", Time: found.Add(at), Value: fmt.Sprintf("%d.%d", 2-k/3, 9-k)}}})
		}
		var outlets []string
		for _, o := range h.p.Incidents.Upstream(h.p.Water, section.ID) {
			if len(outlets) < 20 {
				outlets = append(outlets, o.ID)
			}
		}
		all = append(all, later{5 * time.Hour, act.Act{Kind: act.TraceUp, Incident: &act.IncidentFacts{Outlets: outlets}}})
		if i < n-n/6 {
			all = append(all, later{76 * time.Hour, act.Act{Kind: act.WaterEnded, Ref: "1", Incident: &act.IncidentFacts{Time: found.Add(75 * time.Hour)}}})
		}
		for _, one := range all {
			if err := does(one.after, one.a); err != nil {
				return err
			}
		}
	}
	return h.docket(h.now).Incidents(ctx, h.p.ID, h.say)
}

// publish writes texts for the tasks that publish and for positive examples; most are approved.
func (h *half) publish(ctx context.Context) error {
	i := 0
	for _, k := range h.p.Tasks {
		if !k.Publish {
			continue
		}
		i++
		at := h.day(i, h.city().texts+1).At(9, 0, calendar.Beijing)
		a := act.Act{ID: h.id(), Kind: act.WriteText, By: h.clerk, At: at, Ref: k.ID, Title: fmt.Sprintf("第%d期入河排污口监测结果", i), Text: &act.TextFacts{Text: "本月监测19个入河排污口，全部达标。各单位按计划完成了排查和整治，详情可向协调办了解。"}}
		if i%6 == 0 {
			a.Ref, a.Unit, a.Title = "", k.Lead, "黑臭水体整治走在前列"
		}
		if i%10 == 1 { // nothing is written yet
			continue
		}
		number, err := engine.Publish(ctx, h.store, at, h.p.ID, 0, a)
		if err != nil {
			return err
		}
		if i%10 == 2 { // waits for approval
			continue
		}
		if _, err := engine.Publish(ctx, h.store, at, h.p.ID, number, act.Act{ID: h.id(), Kind: act.ApproveText, By: h.mayor, At: at.Add(time.Hour), Ref: "1"}); err != nil {
			return err
		}
	}
	return nil
}

// circulars writes circulars about units' tasks, most of which are answered, and opens what is
// to expose them.
func (h *half) circulars(ctx context.Context) error {
	l, err := h.store.Plan(ctx, h.p.ID)
	if err != nil {
		return err
	}
	n, units := h.city().circulars, len(h.p.Directory.Units)-2
	for i := range n {
		at := h.day(i, n).At(10, 0, calendar.Beijing)
		a := act.Act{ID: h.id(), Kind: act.Propose, By: h.clerk, At: at, On: calendar.DayOf(at), Ref: h.p.Tasks[(i*units+i)%len(h.p.Tasks)].ID, Reason: "多次催办未见进展", Talk: &act.TalkFacts{What: plan.ProposeCircular}}
		d := h.docket(at)
		id, err := d.Propose(ctx, l, a, nil)
		if err != nil {
			return err
		}
		on, err := d.TalkCourse(ctx, h.p.ID, id)
		if err != nil {
			return err
		}
		if on.State != act.TalkOpen || i%8 == 0 { // it waits for an answer, or is part of one that does
			continue
		}
		said := act.Act{ID: h.id(), Kind: act.AnswerCircular, By: act.Actor{Account: "u", Name: "某某", Unit: on.Lead}, At: at.Add(time.Hour), On: calendar.DayOf(at), Reason: "已整改"}
		if _, _, err := h.docket(said.At).ActOnTalk(ctx, h.p.ID, id, said, on, time.Time{}); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
	}
	return h.docket(h.now).Publicity(ctx, h.p.ID, h.say)
}

// assess enters what no task tells of, and sends the sheet of May, to which units object.
func (h *half) assess(ctx context.Context) error {
	l, err := h.store.Plan(ctx, h.p.ID)
	if err != nil {
		return err
	}
	n := h.city().entries
	units := l.Plan.ScoredUnits()
	does := func(at time.Time, by act.Actor, a act.Act, sheet *assessment.Sheet) error {
		a.ID, a.At, a.By = h.id(), at, by
		return engine.Assess(ctx, h.store, at, l, a, sheet, h.cal)
	}
	for i := range n {
		on := h.day(i, n)
		if err := does(on.At(16, 0, calendar.Beijing), h.clerk, act.Act{Kind: act.Enter, Unit: units[i%len(units)], Title: "市领导批示肯定", Paper: fmt.Sprintf("晋办〔2021〕%d号", i+1),
			Assess: &act.AssessFacts{Fact: assessment.Entered[i%len(assessment.Entered)], Day: on}}, nil); err != nil {
			return err
		}
	}
	sheet, err := h.reader.Preliminary(ctx, query.As(h.clerk), h.p.ID, "2021-05")
	if err != nil {
		return err
	}
	facts := func() *act.AssessFacts { return &act.AssessFacts{Period: "2021-05"} }
	at := calendar.NewDay(2021, time.June, 28).At(9, 0, calendar.Beijing)
	if err := does(at, h.clerk, act.Act{Kind: act.SendSheet, Assess: facts()}, &sheet); err != nil {
		return err
	}
	for i, u := range sheet.Units {
		if i%4 != 0 {
			continue
		}
		if err := does(at.Add(time.Hour), act.Actor{Account: "u", Name: "某某", Unit: u.Unit}, act.Act{Kind: act.Object, Reason: "已按期完成，请复核", Assess: facts()}, nil); err != nil {
			return err
		}
	}
	if len(sheet.Units) == 0 {
		return errors.New("nobody is scored")
	}
	return nil
}
