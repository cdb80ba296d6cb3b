package portal

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"duban/internal/bulletin"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/intake"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/water"
	"duban/internal/words"
)

// enterPage is where data of sections are brought in: from a file, or section by section.
type enterPage struct {
	None     bool   // the viewer's unit brings in none
	Plan     string // title
	ID       string // of the plan
	Back     string
	Sections []Option
	Month    string

	Read     string // a sentence about what was read from the file; "" before a file is brought
	Faults   []string
	Corrects []correction
	Rows     string // the readings that can be recorded as JSON, for the form
	Seal     string // of Rows
	Reason   string
}

// correction is a value that differs from the ledger's.
type correction struct{ Section, Of, Field, Old, New, Source string }

// entered is the plan with sections that is asked for, and those of its sections and outlets whose data
// the viewer's unit may bring in: all for the plan's office. query.ErrNotYours where there
// are none.
func (v *visit) entered(planID string) (l ledger.Launched, own []water.Section, err error) {
	l, err = v.Reader.WaterPlan(v.ctx(), v.asks(), planID)
	if errors.Is(err, query.ErrNoSections) {
		return l, nil, query.ErrNotYours
	}
	if err != nil {
		return l, nil, err
	}
	for _, s := range l.Plan.Measured().Sections {
		if unit := v.who.Account.Unit; unit == l.Plan.Directory.Office || unit == s.Data {
			own = append(own, s)
		}
	}
	if len(own) == 0 {
		return l, nil, query.ErrNotYours
	}
	return l, own, nil
}

// mayEnter tells whether a page leads to where data are brought in.
func (v *visit) mayEnter(planID string) bool {
	_, _, err := v.entered(planID)
	return err == nil
}

func (v *visit) showEnter(status int, l ledger.Launched, own []water.Section, p enterPage) error {
	p.Plan, p.ID, p.Back = l.Plan.Title, l.Plan.ID, v.at("/water", "plan", l.Plan.ID)
	for _, s := range own {
		p.Sections = append(p.Sections, Option{Value: s.ID, Name: s.Name})
	}
	return v.showUnder(status, "waterenter", v.say.T("water.enter"), p)
}

// typedPath is where the month of a place is typed.
func typedPath(place string) string {
	return "/water/sections/" + url.PathEscape(place) + "/readings"
}

// placePath is the page of a place whose month was typed.
func (v *visit) placePath(planID, place string) string {
	if id, of := water.OutletAt(place); of {
		return v.at("/water/outlets", "plan", planID, "outlet", id)
	}
	return v.sectionPath(planID, place)
}

// enterForm is the page on which data of sections are brought in.
func (v *visit) enterForm() error {
	l, own, err := v.entered(v.r.URL.Query().Get("plan"))
	if errors.Is(err, query.ErrNotYours) {
		return v.show("waterenter", v.say.T("water.enter"), enterPage{None: true})
	}
	if err != nil {
		return err
	}
	if s := v.r.URL.Query().Get("section"); s != "" {
		return v.to(v.at(typedPath(s), "plan", l.Plan.ID, "month", v.r.URL.Query().Get("month")))
	}
	return v.showEnter(http.StatusOK, l, own, enterPage{})
}

// enterFile shows the readings of a file before anything is recorded, or records those that
// were shown.
func (v *visit) enterFile() error {
	l, own, err := v.entered(v.form.Get("plan"))
	if err != nil {
		return err
	}
	if rows := v.form.Get("rows"); rows != "" {
		return v.record(l, own, rows)
	}
	p := enterPage{Month: strings.TrimSpace(v.form.Get("month"))}
	o := bulletin.Options{Register: l.Plan.Water, Outlets: l.Plan.Incidents.Places()}
	if p.Month != "" {
		if o.Month, err = water.ReadMonth(p.Month); err != nil {
			v.note = v.say.T("water.bad_month", words.Data{"Value": p.Month})
			return v.showEnter(http.StatusUnprocessableEntity, l, own, p)
		}
	}
	if len(v.papers) != 1 || len(v.papers[0].Body) == 0 {
		v.note = v.say.T("water.enter_one_file")
		return v.showEnter(http.StatusUnprocessableEntity, l, own, p)
	}
	b, err := bulletin.Read(v.ctx(), intake.Source{Name: v.papers[0].Name, Data: bytes.Clone(v.papers[0].Body)}, o)
	var refused *intake.Refusal
	if errors.As(err, &refused) {
		v.note = v.say.T("intake."+refused.Key, words.Data{"File": refused.File})
		return v.showEnter(http.StatusUnprocessableEntity, l, own, p)
	}
	if err != nil {
		return err
	}
	for _, f := range b.Faults {
		p.Faults = append(p.Faults, f.Text(v.say))
	}
	for _, u := range b.Unread {
		p.Faults = append(p.Faults, u.Text(v.say))
	}
	if b.Bad() > 0 {
		v.note = v.say.T("water.enter_faults")
		return v.showEnter(http.StatusUnprocessableEntity, l, own, p)
	}
	return v.showRead(l, own, p, b.Readings)
}

// showRead shows what readings would change.
func (v *visit) showRead(l ledger.Launched, own []water.Section, p enterPage, all []water.Reading) error {
	changes, err := v.Reader.WaterWould(v.ctx(), v.asks(), l.Plan.ID, all)
	if err != nil {
		return err
	}
	fresh, more, places := 0, 0, l.Plan.Measured()
	for _, c := range changes {
		switch {
		case c.Version == 1:
			fresh++
		case len(c.Corrected) == 0:
			more++
		}
		s, _ := places.Section(c.Reading.Section)
		for _, f := range c.Corrected {
			say := v.speak()
			p.Corrects = append(p.Corrects, correction{s.Name, c.Reading.Month.String() + say.Span(c.Reading.Span), say.Field(f.Field), say.Datum(f.Field, f.Old), say.Datum(f.Field, f.New), c.Reading.Sources[f.Field]})
		}
	}
	p.Read = v.say.T("water.enter_read", words.Data{"Readings": len(all), "New": fresh, "More": more, "Same": len(all) - len(changes)})
	if len(changes) > 0 {
		raw, err := json.Marshal(all)
		if err != nil {
			return err
		}
		p.Rows, p.Seal = string(raw), v.sealOf(l.Plan.ID, string(raw))
	}
	return v.showEnter(http.StatusOK, l, own, p)
}

// sealOf shows that rows are what this program has read from a file for a plan: the browser
// that sends them back could have changed a value, or the cell that it is said to be from.
func (p *portal) sealOf(planID, rows string) string {
	mac := hmac.New(sha256.New, []byte(p.sealKey))
	mac.Write([]byte(planID + "\n" + rows))
	return hex.EncodeToString(mac.Sum(nil))
}

// record records the readings that showRead has shown. Readings that were changed since, or
// were read before this program began, are to be read from the file again.
func (v *visit) record(l ledger.Launched, own []water.Section, rows string) error {
	if !hmac.Equal([]byte(v.form.Get("seal")), []byte(v.sealOf(l.Plan.ID, rows))) {
		v.note = v.say.T("water.enter_again")
		return v.showEnter(http.StatusConflict, l, own, enterPage{})
	}
	var all []water.Reading
	if err := json.Unmarshal([]byte(rows), &all); err != nil {
		v.refuse(http.StatusBadRequest, "portal.bad_form")
		return nil
	}
	reason := strings.TrimSpace(v.form.Get("reason"))
	if len([]rune(reason)) > 1000 {
		v.note = v.say.T("portal.form_wrong")
		return v.showRead(l, own, enterPage{Reason: reason}, all)
	}
	said, err := v.bring(l, all, reason)
	if err != nil {
		return err
	}
	if said != "" {
		v.note = said
		return v.showRead(l, own, enterPage{Reason: reason}, all)
	}
	if _, of := water.OutletAt(all[0].Section); of {
		return v.to(v.at("/water/outlets", "plan", l.Plan.ID, "month", all[0].Month.String(), "did", "entered"))
	}
	return v.to(v.at("/water", "plan", l.Plan.ID, "did", "entered"))
}

// bring records readings. Values that differ from the ledger's are corrected where a reason
// is given. said is a sentence about why nothing was recorded, where the person can do
// something about that.
func (v *visit) bring(l ledger.Launched, all []water.Reading, reason string) (said string, err error) {
	_, err = v.Acts.BringReadings(v.ctx(), l.Plan.ID, all, reason != "", reason, v.who.actor(), v.words(v.Lang))
	var only *engine.OfficeError
	switch {
	case errors.Is(err, ledger.ErrCorrects):
		return v.say.T("water.needs_reason_here"), nil
	case errors.As(err, &only):
		return v.say.T("water.only", words.Data{"Office": strings.Join(only.Offices, v.say.T("cli.list_comma"))}), nil
	case errors.Is(err, ErrLookOnly):
		return v.say.T("portal.look_only"), nil
	}
	return "", err
}

// typePage is the form of one section's month.
type typePage struct {
	Action, Back, Plan string
	Inputs             []Input
}

// itemField is the name of an item's field in the form.
func itemField(i water.Item) string { return "v-" + string(i) }

// typeForm shows the form of a section's month; drawn again, its fields show what was typed.
func (v *visit) typeForm() error {
	q := v.typed
	if q == nil {
		q = v.r.URL.Query()
	}
	l, s, err := v.sectionAsked(q.Get("plan"))
	if err != nil {
		return err
	}
	wrong := map[string]string{}
	if v.typed != nil {
		var fault *form.Fault
		if _, err := v.readingTyped(l, s, q); errors.As(err, &fault) {
			wrong[fault.Field] = fault.Text(v.say, "")
		}
	}
	say := v.speak()
	input := func(name, label string) Input {
		return Input{Name: name, Kind: "text", Label: label, Value: q.Get(name), Wrong: wrong[name], Most: 200}
	}
	choice := func(name, label string, options ...Option) Input {
		in := input(name, label)
		for in.Kind = "choice"; len(options) > 0; options = options[1:] {
			options[0].Chosen = options[0].Value == in.Value || options[0].Chosen && in.Value == ""
			in.Options = append(in.Options, options[0])
		}
		return in
	}
	var states []Option
	for _, state := range water.States {
		states = append(states, Option{Value: string(state), Name: v.stateName(s, state)})
	}
	month := input("month", v.say.T("water.col_of"))
	month.Need, month.Help = true, "2021-05"
	span := choice("span", v.say.T("water.enter_span"), Option{Value: string(water.OfMonth), Name: v.say.T("water.enter_span_month"), Chosen: true}, Option{Value: string(water.OfYear), Name: v.say.T("water.enter_span_year")})
	state := choice("state", v.say.T("water.field_state"), states...)
	state.Help = v.say.T("water.enter_state_help")
	p := typePage{Action: v.r.URL.EscapedPath(), Plan: l.Plan.ID, Back: v.placePath(l.Plan.ID, s.ID), Inputs: []Input{month, span, state, input("class", v.say.T("water.field_class"))}}
	_, drain := water.OutletAt(s.ID)
	if drain {
		p.Inputs = []Input{month, state}
	}
	year := l.Plan.Year
	if m, err := water.ReadMonth(month.Value); err == nil {
		year = m.Year
	}
	items := s.Judged(year)
	if drain {
		items = s.Items
	}
	for _, i := range items {
		in := input(itemField(i), say.Item(i))
		in.Wrong = wrong[string(i)]
		p.Inputs = append(p.Inputs, in)
	}
	over, reason := input("over", v.say.T("water.field_over")), input("reason", v.say.T("water.enter_reason"))
	over.Help, reason.Help, reason.Most = "氨氮/1.3、总磷/0.6", v.say.T("water.enter_reason_help"), 1000
	if drain {
		p.Inputs = append(p.Inputs, reason)
		return v.show("watertype", v.say.T("outlet.enter_one", words.Data{"Outlet": s.Name}), p)
	}
	p.Inputs = append(p.Inputs, over, reason)
	return v.show("watertype", v.say.T("water.enter_one", words.Data{"Section": s.Name}), p)
}

// stateName is what a state of a place is called.
func (v *visit) stateName(s water.Section, state water.State) string {
	if _, of := water.OutletAt(s.ID); of {
		return v.speak().OutletState(state)
	}
	return v.say.T("water.state_" + string(state))
}

// sectionAsked is the section of the address, one of those whose data the viewer may enter.
func (v *visit) sectionAsked(planID string) (l ledger.Launched, s water.Section, err error) {
	l, own, err := v.entered(planID)
	if err != nil {
		return l, s, err
	}
	i := slices.IndexFunc(own, func(s water.Section) bool { return s.ID == v.r.PathValue("section") })
	if i < 0 {
		return l, s, query.ErrNotYours
	}
	return l, own[i], nil
}

// readingTyped is the reading of a section that was typed into the form.
func (v *visit) readingTyped(l ledger.Launched, s water.Section, q url.Values) (water.Reading, error) {
	t := form.TypedReading{Section: s.ID, Month: q.Get("month"), Span: q.Get("span"), State: q.Get("state"), Class: q.Get("class"), Over: q.Get("over"), Values: map[string]string{}}
	for _, i := range water.Discharged() {
		t.Values[string(i)] = q.Get(itemField(i))
	}
	return t.Reading(l.Plan.Measured(), v.say.T("water.typed_source", words.Data{"Day": v.clock(v.Now())[:10], "Name": v.who.Name}))
}

// enterTyped records the reading that was typed for a section's month.
func (v *visit) enterTyped() error {
	l, s, err := v.sectionAsked(v.form.Get("plan"))
	if err != nil {
		return err
	}
	r, err := v.readingTyped(l, s, v.form)
	var fault *form.Fault
	if errors.As(err, &fault) {
		v.drawAgain(http.StatusUnprocessableEntity, v.say.T("portal.form_wrong"))
		return nil
	}
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(v.form.Get("reason"))
	if len([]rune(reason)) > 1000 {
		v.drawAgain(http.StatusUnprocessableEntity, v.say.T("portal.form_wrong"))
		return nil
	}
	said, err := v.bring(l, []water.Reading{r}, reason)
	if err != nil {
		return err
	}
	if said != "" {
		v.drawAgain(http.StatusConflict, said)
		return nil
	}
	return v.to(v.placePath(l.Plan.ID, s.ID))
}
