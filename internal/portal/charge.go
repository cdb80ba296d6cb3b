package portal

import (
	"net/http"
	"net/url"
	"strings"

	"duban/internal/people"
	"duban/internal/query"
	"duban/internal/words"
)

// chargePart is who answers for a task within the unit that leads it.
type chargePart struct {
	people.Charge
	Named bool
	Edit  string // address of the form that names them; "" for whoever may not
}

// chargeOf is who answers for a task, by the plan's directory.
func (v *visit) chargeOf(t thing) *chargePart {
	u, _ := t.Plan.Plan.Directory.Unit(t.Task.Lead)
	c := &chargePart{Charge: u.Charge(t.Plan.Plan.ID, t.Task.ID)}
	c.Named = !c.Nobody()
	if v.past.IsZero() && v.charges(t) {
		c.Edit = t.path() + "/charge"
	}
	if !c.Named && c.Edit == "" {
		return nil
	}
	return c
}

// charges tells that the viewer may say who answers for a task.
func (v *visit) charges(t thing) bool {
	unit := v.who.Account.Unit
	return v.who.is(Office|Unit) && (unit == t.Task.Lead || unit == t.Plan.Plan.Directory.Office)
}

// charging is the form that names who answers for a task.
type charging struct {
	people.Charge
	Action, Back, Task, Unit string
	Was                      people.Charge
	May                      bool
}

func (v *visit) chargeForm() error {
	t, err := v.thingOf(false)
	if err != nil {
		return err
	}
	if t.Hidden {
		return query.ErrNotYours
	}
	dir := t.Plan.Plan.Directory
	u, _ := dir.Unit(t.Task.Lead)
	is := u.Charge(t.Plan.Plan.ID, t.Task.ID)
	c := charging{Charge: is, Was: is, Action: t.path() + "/charge", Back: t.path(), Task: t.Task.Title, Unit: u.Name, May: v.charges(t)}
	if v.typed != nil {
		c.Charge = chargeIn(v.typed, "", is)
		c.Was = chargeIn(v.typed, "was_", is)
	}
	return v.show("charge", v.say.T("portal.title_charge"), c)
}

// chargeIn is who answers for a task by the fields of a form whose names begin with prefix.
func chargeIn(f url.Values, prefix string, of people.Charge) people.Charge {
	of.Leader, of.Person, of.Phone = strings.TrimSpace(f.Get(prefix+"leader")), strings.TrimSpace(f.Get(prefix+"person")), strings.TrimSpace(f.Get(prefix+"phone"))
	return of
}

// setCharge records who answers for a task from now on, by the form.
func (v *visit) setCharge() error {
	t, err := v.thingOf(false)
	if err != nil {
		return err
	}
	if t.Hidden {
		return query.ErrNotYours
	}
	of := people.Charge{Plan: t.Plan.Plan.ID, Task: t.Task.ID}
	now := chargeIn(v.form, "", of)
	for _, text := range []string{now.Leader, now.Person, now.Phone} {
		if len([]rune(text)) > 100 {
			v.drawAgain(http.StatusUnprocessableEntity, v.say.T("portal.form_wrong"))
			return nil
		}
	}
	err = v.Acts.SetCharge(v.ctx(), chargeIn(v.form, "was_", of), now, v.who.actor())
	wrong, status := v.notSet(err, t.Plan.Plan.Directory.Units)
	switch {
	case status == http.StatusConflict:
		u, _ := t.Plan.Plan.Directory.Unit(t.Task.Lead)
		is := u.Charge(of.Plan, of.Task)
		for name, value := range map[string]string{"was_leader": is.Leader, "was_person": is.Person, "was_phone": is.Phone} { // the form is drawn again with what is in force: sent once more, it replaces that
			v.form.Set(name, value)
		}
		v.drawAgain(status, v.say.T("portal.contact_changed", words.Data{"Now": chargeText(is)}))
		return nil
	case wrong != "":
		v.drawAgain(status, wrong)
		return nil
	case err != nil:
		return err
	}
	return v.to(t.path())
}

// chargeText is who answers for a task on one line.
func chargeText(c people.Charge) string {
	return strings.Join(strings.Fields(c.Leader+" "+c.Person+" "+c.Phone), " ")
}
