package portal

import (
	"errors"
	"net/http"
	"slices"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/notice"
	"duban/internal/words"
)

// showForm shows the form of an act on a thing. d says what the thing is called and where the form leads
// back to; its address is that of the request, and its fields are those of the act's row, where d has no
// others.
func (v *visit) showForm(t thing, row act.Row, d doing) error {
	d.Kind, d.Kept, d.ID = v.say.T("act.kind_"+string(row.Kind)), v.keptIn(v.typed), v.typed.Get("id")
	if d.Action == "" {
		d.Action = v.r.URL.RequestURI()
	}
	if d.Inputs == nil {
		d.Inputs = v.inputs(t, row, d.For)
	}
	if !ownActID.MatchString(d.ID) {
		d.ID = newActID()
	}
	if v.typed != nil {
		_, wrong, _ := v.filled(t, row, v.typed, nil)
		for i := range d.Inputs {
			d.Inputs[i].Wrong = wrong[d.Inputs[i].Name]
		}
	}
	d.Files = slices.ContainsFunc(d.Inputs, func(in Input) bool { return in.Kind == "files" })
	return v.show("do", v.say.T("portal.title_do", words.Data{"Act": d.Kind, "Title": d.Thing}), d)
}

// ownForm tells whether the posted form of an act was drawn here. If not, the request has been answered.
func (v *visit) ownForm() bool {
	if ownActID.MatchString(v.form.Get("id")) {
		return true
	}
	v.drawAgain(http.StatusForbidden, v.say.T("portal.form_stale"))
	return false
}

// typedAct is the act of a posted form. A form that is sent twice gives the same act twice, since the act
// has the ID that the form carries. ok is false when the request has been answered: the form was not
// drawn here, or its fields are wrong.
func (v *visit) typedAct(t thing, row act.Row) (a act.Act, ok bool, err error) {
	if !v.ownForm() {
		return a, false, nil
	}
	files := append(v.filesIn(v.form), v.files...)
	v.keep(files)
	a, wrong, err := v.filled(t, row, v.form, files)
	if err == nil && len(wrong) > 0 {
		v.drawAgain(http.StatusUnprocessableEntity, v.say.T("portal.form_wrong"))
	}
	return a, err == nil && len(wrong) == 0, err
}

// afterAct answers the request that did an act: it leads the browser to then, or draws the form again, as
// it was filled in, with the reason why the act was not done. unit is the name of a unit.
func (v *visit) afterAct(err error, a act.Act, unit func(id string) string, then string) error {
	var refused *engine.RefusedError
	var silent *engine.SilentError
	f, _ := v.trouble(err)
	switch {
	case err == nil:
		return v.to(then)
	case v.gone():
	case f.status == http.StatusNotFound:
		return err
	case errors.As(err, &refused):
		v.drawAgain(f.status, notice.Refused(v.say, refused.Refusal, unit))
	case errors.As(err, &silent):
		v.Log.Warn("An act was not answered", "why", silent.Why, "account", v.who.ID, "act", a.ID, "error", silent.Err)
		v.drawAgain(f.status, f.text)
	case f.status < http.StatusInternalServerError:
		v.drawAgain(f.status, f.text)
	default:
		v.Log.Error("An act could not be done", "account", v.who.ID, "act", a.ID, "error", err)
		v.drawAgain(http.StatusServiceUnavailable, v.say.T("portal.not_done"))
	}
	return nil
}
