package portal

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
)

// newActID is the ID of an act whose form is drawn now.
func newActID() string { return "web-" + random(12) }

// ownActID matches the act IDs that newActID makes.
var ownActID = regexp.MustCompile(`^web-[0-9a-f]{24}$`)

// taskPath and talkPath are where a task and a talk are shown.
func taskPath(planID, task string) string {
	return "/plans/" + url.PathEscape(planID) + "/tasks/" + url.PathEscape(task)
}

func talkPath(planID, talk string) string {
	return "/plans/" + url.PathEscape(planID) + "/talks/" + url.PathEscape(talk)
}

func (t thing) path() string {
	if t.onTalk {
		return talkPath(t.Plan.Plan.ID, t.shown())
	}
	return taskPath(t.Plan.Plan.ID, t.shown())
}

// shown is the ID that the plan gives the task or talk now, by which the Reader finds it.
func (t thing) shown() string {
	if t.onTalk {
		return t.Task.ShownTalk(t.Talk.ID)
	}
	return t.Task.Shown()
}

// id is the ledger's ID of what the act is done to.
func (t thing) id() string {
	if t.onTalk {
		return t.Talk.ID
	}
	return t.Task.ID
}

// doing is what the form of an act shows.
type doing struct {
	For     string // ID of the unit for which the office enters the act 代录; "" for an act of one's own
	ForName string
	Kind    string // of the act, in words
	Thing   string // title of the task
	Unit    string
	Back    string // path of the thing
	Action  string // where the form is posted
	ID      string // of the act
	Inputs  []Input
	Files   bool
	Kept    []keptFile
	Refused string // why the act cannot be done now; "" when it can
}

// keptFile is a file that came with a form which is drawn again.
type keptFile struct{ Name, Value string }

// thingOf finds the task or talk of the address, to which an act is done.
func (v *visit) thingOf(onTalk bool) (t thing, err error) {
	find, id := v.Reader.Task, v.r.PathValue("task")
	if onTalk {
		find, id = v.Reader.Talk, v.r.PathValue("talk")
	}
	s, err := find(v.ctx(), v.asks(), v.r.PathValue("plan"), id)
	v.circular = err == nil && onTalk && s.Talk.What == plan.ProposeCircular
	return thing{Subject: s, onTalk: onTalk}, err
}

func (v *visit) taskForm() error { return v.drawForm(false) }
func (v *visit) talkForm() error { return v.drawForm(true) }

// drawForm shows the form of an act, or why it cannot be done.
func (v *visit) drawForm(onTalk bool) error {
	t, err := v.thingOf(onTalk)
	if err != nil {
		return err
	}
	k := act.Kind(v.r.PathValue("kind"))
	row, ok := t.row(k)
	if !ok || t.Hidden {
		return query.ErrNotYours
	}
	unit := v.r.URL.Query().Get("for")
	if v.typed != nil {
		unit = v.typed.Get("for")
	}
	if _, _, err := v.by(t, unit); err != nil {
		return err
	}
	refused, err := v.couldNot(t, k, unit)
	if err != nil {
		return err
	}
	d := doing{For: unit, ForName: t.Plan.Plan.Directory.Name(unit), Thing: t.Task.Title, Unit: t.Plan.Plan.Directory.Name(t.Task.Lead), Back: t.path(), Action: v.r.URL.Path, Refused: refused}
	if onTalk {
		d.Unit = t.Plan.Plan.Directory.Name(t.Talk.Lead)
	}
	return v.showForm(t, row, d)
}

// possible are the acts that the viewer can do on a thing, or can enter for a unit.
func (v *visit) possible(t thing, unit string) ([]query.Possible, error) {
	planID := t.Plan.Plan.ID
	switch {
	case t.onTalk && unit != "":
		return v.Reader.PossibleOnTalkFor(v.ctx(), v.asks(), planID, t.shown(), unit)
	case t.onTalk:
		return v.Reader.PossibleOnTalk(v.ctx(), v.asks(), planID, t.shown())
	case unit != "":
		return v.Reader.PossibleFor(v.ctx(), v.asks(), planID, t.shown(), unit)
	}
	return v.Reader.Possible(v.ctx(), v.asks(), planID, t.shown())
}

// by is whose act it is: the viewer's, or that of a unit for which the viewer, of the
// plan's office, enters it 代录; entered is then the viewer. query.ErrNotYours for a viewer
// of any other unit who names a unit.
func (v *visit) by(t thing, unit string) (by act.Actor, entered *act.Actor, err error) {
	by = v.who.actor()
	if unit == "" {
		return by, nil, nil
	}
	dir := t.Plan.Plan.Directory
	u, known := dir.Unit(unit)
	if !known || v.who.Account.Unit != dir.Office {
		return by, nil, query.ErrNotYours
	}
	self := by
	return by.For(u.ID, u.Name), &self, nil
}

// couldNot is why the viewer cannot do an act now, whatever its fields say; "" when they
// can.
func (v *visit) couldNot(t thing, k act.Kind, unit string) (string, error) {
	all, err := v.possible(t, unit)
	if err != nil {
		return "", err
	}
	for _, p := range all {
		if p.Kind == k && p.Refused != nil {
			return notice.Refused(v.say, *p.Refused, t.Plan.Plan.Directory.Name), nil
		}
	}
	return "", nil
}

func (v *visit) actOnTask() error { return v.act(false) }
func (v *visit) actOnTalk() error { return v.act(true) }

// act does the act of a form. A form sent twice acts once, since the act has the ID that
// the form carries.
func (v *visit) act(onTalk bool) error {
	t, err := v.thingOf(onTalk)
	if err != nil {
		return err
	}
	k := act.Kind(v.r.PathValue("kind"))
	row, ok := t.row(k)
	if !ok { // also on a hidden task: an act that no form offers is not recorded as tried
		return query.ErrNotYours
	}
	if !v.ownForm() {
		return nil
	}
	if t.Hidden { // the engine refuses, and the ledger records that the act was tried
		a := act.Act{ID: v.form.Get("id"), Kind: k, By: v.who.actor()}
		if _, err := v.do(t, a); err != nil {
			var refused *engine.RefusedError
			if !errors.As(err, &refused) {
				return err
			}
		}
		return query.ErrNotYours
	}
	a, ok, err := v.typedAct(t, row)
	if !ok {
		return err
	}
	if before, err := v.recorded(t, a); err != nil {
		return err
	} else if before != nil && !sameWords(*before, a) {
		v.form.Set("id", newActID())
		v.drawAgain(http.StatusConflict, v.say.T("portal.sent_before"))
		return nil
	}
	talk, err := v.do(t, a)
	then := t.path()
	if talk != "" {
		then = talkPath(t.Plan.Plan.ID, t.Task.ShownTalk(talk))
	}
	return v.afterAct(err, a, t.Plan.Plan.Directory.Name, then+"?did="+string(k))
}

// do sends an act to the engine; talk is the ID of the talk that a proposal opened.
func (v *visit) do(t thing, a act.Act) (talk string, err error) {
	return form.Send(v.ctx(), v.Acts, t.Subject, a)
}

// recorded is the act with a's ID that the ledger has; nil without one.
func (v *visit) recorded(t thing, a act.Act) (*act.Act, error) {
	done, err := v.Reader.Recorded(v.ctx(), v.asks(), t.Plan.Plan.ID, t.id(), a)
	if err != nil || !done {
		return nil, err
	}
	c, err := v.caseOf(t)
	if err != nil {
		return nil, err
	}
	for _, m := range c.History {
		if m.Act != nil && m.Act.ID == a.ID && m.Refused == nil {
			return m.Act, nil
		}
	}
	return nil, nil
}

func (v *visit) caseOf(t thing) (report.Case, error) {
	if t.onTalk {
		return v.Reader.TalkCase(v.ctx(), v.asks(), t.Plan.Plan.ID, t.shown())
	}
	return v.Reader.Case(v.ctx(), v.asks(), t.Plan.Plan.ID, t.shown())
}

// sameWords tells that two acts with one ID have the same words, whenever each was sent.
func sameWords(a, b act.Act) bool {
	text := func(x act.Act) string {
		var none act.Act
		x.At, x.On = none.At, none.On
		raw, _ := json.Marshal(x) // texts, numbers and lists of them
		return string(raw)
	}
	return text(a) == text(b)
}

// keep puts the files of a form into hidden fields, signed for this session, so that they
// are not lost when the form is drawn again. Only this session can send them back.
func (v *visit) keep(files []act.Evidence) {
	v.form.Del("kept_file")
	for _, e := range files {
		raw, _ := json.Marshal(e) // texts and a number
		text := base64.RawURLEncoding.EncodeToString(raw)
		v.form.Add("kept_file", text+"."+tokenOf("file "+text, v.who.cookie))
	}
}

// filesIn are the files that keep has put into a form.
func (v *visit) filesIn(form url.Values) (all []act.Evidence) {
	for _, kept := range form["kept_file"] {
		text, sum, _ := strings.Cut(kept, ".")
		raw, err := base64.RawURLEncoding.DecodeString(text)
		var e act.Evidence
		if err != nil || sum != tokenOf("file "+text, v.who.cookie) || json.Unmarshal(raw, &e) != nil || slices.ContainsFunc(all, func(o act.Evidence) bool { return reflect.DeepEqual(o, e) }) {
			continue
		}
		all = append(all, e)
	}
	return all
}

func (v *visit) keptIn(form url.Values) (all []keptFile) {
	for _, value := range form["kept_file"] {
		text, _, _ := strings.Cut(value, ".")
		raw, _ := base64.RawURLEncoding.DecodeString(text)
		var e act.Evidence
		if json.Unmarshal(raw, &e) == nil {
			all = append(all, keptFile{e.Name, value})
		}
	}
	return all
}

// actLine is an act that the viewer can do on a thing, or why not.
type actLine struct {
	Kind, Name, Path, Why string
	Once                  bool // one press does the act: nothing need be typed
}

// actLines are the acts on a thing that the viewer can do now, and those that are theirs
// to do but not now, each with the reason.
func (v *visit) actLines(t thing) (can, cannot []actLine, err error) {
	at := t.path()
	all, err := v.possible(t, "")
	if err != nil {
		return nil, nil, err
	}
	for _, p := range all {
		r, ok := t.row(p.Kind)
		if !ok {
			continue
		}
		row := actLine{Kind: string(p.Kind), Name: v.say.T("act.kind_" + string(p.Kind)), Path: at + "/do/" + string(p.Kind), Once: r.Press}
		switch {
		case p.Refused == nil:
			can = append(can, row)
		case p.Refused.Key != "act.refused_seat" && p.Refused.Key != "act.refused_not_yours":
			row.Why = notice.Refused(v.say, *p.Refused, t.Plan.Plan.Directory.Name)
			cannot = append(cannot, row)
		}
	}
	dir := t.Plan.Plan.Directory
	for _, r := range act.ByHand(act.OnTalk) {
		if u := v.who.Account.Unit; r.Opens() && !t.onTalk && t.Task.Kind == plan.Dated && (u == dir.Office || u == dir.Leadership) {
			can = append(can, actLine{Kind: string(r.Kind), Name: v.say.T("act.kind_" + string(r.Kind)), Path: at + "/do/" + string(r.Kind)})
		}
	}
	return can, cannot, nil
}

// forUnit are the acts that the office can enter for a unit.
type forUnit struct {
	Name string
	Can  []actLine
}

// enterable are the acts that the office can enter 代录 for the units of a thing: the unit
// that leads or is called, and those that assist.
func (v *visit) enterable(t thing) (all []forUnit, err error) {
	dir := t.Plan.Plan.Directory
	if v.who.Account.Unit != dir.Office || t.Task.Kind == plan.Standing || t.Task.Kind == plan.Duty {
		return nil, nil
	}
	units := append([]string{t.Task.Lead}, ledger.CaseOf(t.Task).Assist...)
	if t.onTalk {
		units = []string{t.Talk.Lead}
	}
	for _, unit := range units {
		possible, err := v.possible(t, unit)
		if errors.Is(err, query.ErrNotYours) { // a proposal of which the unit has not been told
			continue
		}
		if err != nil {
			return nil, err
		}
		one := forUnit{Name: dir.Name(unit)}
		for _, p := range possible {
			if _, ok := t.row(p.Kind); ok && p.Refused == nil {
				one.Can = append(one.Can, actLine{Kind: string(p.Kind), Name: v.say.T("act.kind_" + string(p.Kind)), Path: t.path() + "/do/" + string(p.Kind) + "?for=" + url.QueryEscape(unit)})
			}
		}
		if len(one.Can) > 0 {
			all = append(all, one)
		}
	}
	return all, nil
}
