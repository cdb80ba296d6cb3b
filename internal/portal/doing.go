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
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// newActID is the ID of an act whose form is drawn now.
func newActID() string { return "web-" + random(12) }

// ownActID is an act ID that a form of this portal carries.
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
		return talkPath(t.Plan.Plan.ID, t.Talk.ID)
	}
	return taskPath(t.Plan.Plan.ID, t.Task.ID)
}

// id is the ID of what the act is done to.
func (t thing) id() string {
	if t.onTalk {
		return t.Talk.ID
	}
	return t.Task.ID
}

// doing is what the form of an act shows.
type doing struct {
	Kind    string // of the act, in words
	Thing   string // title of the task
	Unit    string
	Back    string // path of the thing
	Action  string // where the form is posted
	ID      string // of the act
	Inputs  []Input
	Files   bool
	Kept    []keptFile
	Refused string // why it cannot be done now; "" when it can
}

// keptFile is a file that came with a form which is drawn again.
type keptFile struct{ Name, Value string }

// thingOf finds what an act is done to.
func (v *visit) thingOf(onTalk bool) (t thing, err error) {
	find, id := v.Reader.Task, v.r.PathValue("task")
	if onTalk {
		find, id = v.Reader.Talk, v.r.PathValue("talk")
	}
	s, err := find(v.ctx(), v.asks(), v.r.PathValue("plan"), id)
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
	if _, _, ok := t.deed(k); !ok || t.Hidden {
		return query.ErrNotYours
	}
	refused, err := v.couldNot(t, k)
	if err != nil {
		return err
	}
	d := doing{Kind: v.say.T("act.kind_" + string(k)), Thing: t.Task.Title, Unit: t.Plan.Plan.Directory.Name(t.Task.Lead), Back: t.path(), Action: v.r.URL.Path,
		ID: v.typed.Get("id"), Inputs: v.inputs(t, k), Kept: v.keptIn(v.typed), Refused: refused}
	if onTalk {
		d.Unit = t.Plan.Plan.Directory.Name(t.Talk.Lead)
	}
	if !ownActID.MatchString(d.ID) {
		d.ID = newActID()
	}
	if v.typed != nil {
		_, wrong := v.filled(t, k, v.typed, nil)
		for i := range d.Inputs {
			d.Inputs[i].Wrong = wrong[d.Inputs[i].Name]
		}
	}
	d.Files = slices.ContainsFunc(d.Inputs, func(in Input) bool { return in.Kind == "files" })
	return v.show("do", v.say.T("portal.title_do", words.Data{"Act": d.Kind, "Title": d.Thing}), d)
}

// couldNot is why the viewer cannot do an act now, whatever it says; "" when they can.
func (v *visit) couldNot(t thing, k act.Kind) (string, error) {
	ask := v.Reader.Possible
	if t.onTalk {
		ask = v.Reader.PossibleOnTalk
	}
	all, err := ask(v.ctx(), v.asks(), t.Plan.Plan.ID, t.id())
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

// act does what a form says. A form sent twice acts once: its ID is the act's.
func (v *visit) act(onTalk bool) error {
	t, err := v.thingOf(onTalk)
	if err != nil {
		return err
	}
	k := act.Kind(v.r.PathValue("kind"))
	if _, _, ok := t.deed(k); !ok && !t.Hidden {
		return query.ErrNotYours
	}
	if !ownActID.MatchString(v.form.Get("id")) {
		v.drawAgain(http.StatusForbidden, v.say.T("portal.form_stale"))
		return nil
	}
	if t.Hidden { // the engine says no, and the ledger has that it was tried
		a := act.Act{ID: v.form.Get("id"), Kind: k, By: v.who.actor()}
		if _, err := v.do(t, a); err != nil {
			var refused *engine.RefusedError
			if !errors.As(err, &refused) {
				return err
			}
		}
		return query.ErrNotYours
	}
	files := append(v.filesIn(v.form), v.files...)
	v.keep(files)
	a, wrong := v.filled(t, k, v.form, files)
	if len(wrong) > 0 {
		v.drawAgain(http.StatusUnprocessableEntity, v.say.T("portal.form_wrong"))
		return nil
	}
	if before, err := v.recorded(t, a); err != nil {
		return err
	} else if before != nil && !sameWords(*before, a) {
		v.form.Set("id", newActID())
		v.drawAgain(http.StatusConflict, v.say.T("portal.sent_before"))
		return nil
	}
	talk, err := v.do(t, a)
	var refused *engine.RefusedError
	var silent *engine.SilentError
	switch {
	case errors.As(err, &refused):
		v.drawAgain(http.StatusConflict, notice.Refused(v.say, refused.Refusal, t.Plan.Plan.Directory.Name))
		return nil
	case errors.As(err, &silent):
		v.Log.Warn("An act was not answered", "why", silent.Why, "account", v.who.ID, "act", a.ID, "error", silent.Err)
		v.drawAgain(http.StatusServiceUnavailable, v.say.T("portal.silent_"+string(silent.Why)))
		return nil
	case errors.Is(err, ErrLookOnly):
		v.drawAgain(http.StatusForbidden, v.say.T("portal.look_only"))
		return nil
	case err != nil && v.ctx().Err() == nil:
		v.Log.Error("An act could not be done", "account", v.who.ID, "act", a.ID, "error", err)
		v.drawAgain(http.StatusServiceUnavailable, v.say.T("portal.not_done"))
		return nil
	case err != nil:
		return nil
	}
	if talk != "" {
		return v.to(talkPath(t.Plan.Plan.ID, talk) + "?did=" + string(k))
	}
	return v.to(t.path() + "?did=" + string(k))
}

// do carries an act to the engine; talk is the one that a proposal made.
func (v *visit) do(t thing, a act.Act) (talk string, err error) {
	switch planID := t.Plan.Plan.ID; {
	case a.Kind == act.Propose:
		return v.Acts.Propose(v.ctx(), planID, a, nil)
	case t.onTalk:
		return "", v.Acts.ActOnTalk(v.ctx(), planID, t.Talk.ID, a)
	default:
		return "", v.Acts.Act(v.ctx(), planID, t.Task.ID, a)
	}
}

// recorded is the act of the same ID that the ledger has; nil without one.
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
		return v.Reader.TalkCase(v.ctx(), v.asks(), t.Plan.Plan.ID, t.Talk.ID)
	}
	return v.Reader.Case(v.ctx(), v.asks(), t.Plan.Plan.ID, t.Task.ID)
}

// sameWords tells that two acts of one ID say the same, whenever each was sent.
func sameWords(a, b act.Act) bool {
	text := func(x act.Act) string {
		var none act.Act
		x.At, x.On, x.By = none.At, none.On, none.By
		raw, _ := json.Marshal(x) // texts, numbers and lists of them
		return string(raw)
	}
	return text(a) == text(b)
}

// keep puts the files of a form into it, so that they are not lost when it is drawn
// again. Only this session can send them back.
func (v *visit) keep(files []act.Evidence) {
	v.form.Del("kept_file")
	for _, e := range files {
		raw, _ := json.Marshal(e) // texts and a number
		text := base64.RawURLEncoding.EncodeToString(raw)
		v.form.Add("kept_file", text+"."+tokenOf("file "+text, v.who.cookie))
	}
}

// filesIn are the files that a form brings back.
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

// deedRow is an act that the viewer can do on a thing, or why not.
type deedRow struct {
	Kind, Name, Path, Why string
	Once                  bool // one press does it: nothing need be typed
}

// deedRows are all acts on a thing: those that the viewer can do, and of those that
// are theirs to do at all, why not now.
func (v *visit) deedRows(t thing) (can, cannot []deedRow, err error) {
	ask, at := v.Reader.Possible, t.path()
	if t.onTalk {
		ask = v.Reader.PossibleOnTalk
	}
	all, err := ask(v.ctx(), v.asks(), t.Plan.Plan.ID, t.id())
	if err != nil {
		return nil, nil, err
	}
	for _, p := range all {
		d, _, ok := t.deed(p.Kind)
		if !ok {
			continue
		}
		row := deedRow{Kind: string(p.Kind), Name: v.say.T("act.kind_" + string(p.Kind)), Path: at + "/do/" + string(p.Kind), Once: len(p.Needs) == 0 && len(d.must) == 0 && p.Kind == act.Acknowledge}
		switch {
		case p.Refused == nil:
			can = append(can, row)
		case p.Refused.Key != "act.refused_seat" && p.Refused.Key != "act.refused_not_yours":
			row.Why = notice.Refused(v.say, *p.Refused, t.Plan.Plan.Directory.Name)
			cannot = append(cannot, row)
		}
	}
	dir := t.Plan.Plan.Directory
	if u := v.who.Account.Unit; !t.onTalk && t.Task.Kind == plan.Dated && (u == dir.Office || u == dir.Leadership) {
		can = append(can, deedRow{Kind: string(act.Propose), Name: v.say.T("act.kind_" + string(act.Propose)), Path: at + "/do/" + string(act.Propose)})
	}
	return can, cannot, nil
}
