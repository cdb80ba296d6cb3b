package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"duban/internal/draft"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/whatif"
	"duban/internal/words"
)

// changesPage is what a draft would change, with the questions that must be answered
// before the change is made.
type changesPage struct {
	Path, Draft string
	Version     int
	Lines       []string
	More        int // lines that are not shown
	Table       *changeTable
	Asks        []changeAsk
	Fault       string // why it cannot be done at all
	Can         bool
	Do          string // what the button says
}

// changeTable are the stages or tasks that a change would move.
type changeTable struct {
	Head []string
	Rows [][]string
	More int
}

// changeAsk is a question before a change is done.
type changeAsk struct {
	Name, Kind string // check, choice, text, area
	Label      string
	Options    []Option
	Value, Was string
	Need       bool
	Other      string
}

const mostLines = 300

// undertaking is a change that was shown: do puts the change in force, and text is the
// sentence about its result.
type undertaking struct {
	page changesPage
	do   func(ctx context.Context, watch func(done, total int)) (text string, err error)
}

// undertaking is what a draft would change, by the answers that are kept for it; nil where
// the draft changes nothing that is in force.
func (v *visit) undertaking(d ledger.Draft, r draft.Ready, kept map[string]string) (u *undertaking, err error) {
	switch {
	case r.Files["notice.json"] != nil:
		u, err = v.bringing(r)
	case r.Plan != nil:
		u, err = v.amending(r, kept)
	case r.Files["policies.yaml"] != nil && r.Files["plan.yaml"] == nil:
		u, err = v.applying(r, kept)
	}
	if u == nil || err != nil {
		return nil, err
	}
	u.page.Path, u.page.Draft, u.page.Version = "/drafts/"+d.ID, d.Title, d.Version
	u.page.Lines, u.page.More = u.page.Lines[:min(len(u.page.Lines), mostLines)], max(0, len(u.page.Lines)-mostLines)
	if t := u.page.Table; t != nil {
		t.Rows, t.More = t.Rows[:min(len(t.Rows), mostLines)], max(0, len(t.Rows)-mostLines)
	}
	for i := range u.page.Asks {
		a := &u.page.Asks[i]
		a.Value, a.Was = kept[a.Name], kept[a.Name]
		if typed, there := v.typed["was-"+a.Name]; there {
			a.Value = strings.TrimSpace(v.typed.Get("f-" + a.Name))
			if was := strings.Join(typed, ""); was != a.Was && a.Value != a.Was {
				a.Other = v.say.T("draft.other_said", words.Data{"Value": a.Was})
			}
		}
		for k := range a.Options {
			a.Options[k].Chosen = a.Options[k].Value == a.Value
		}
	}
	u.page.Can = u.page.Can && u.page.Fault == "" && d.State == ledger.DraftOpen
	return u, nil
}

// draftChanges shows what a draft would change of what is in force.
func (v *visit) draftChanges() error {
	d, r, done, err := v.draftReady("draft.doing")
	if done || err != nil {
		return err
	}
	if v.r.URL.Query().Get("saved") != "" && v.typed == nil {
		v.note = v.say.T("draft.said")
	}
	return v.showChanges(http.StatusOK, d, r)
}

func (v *visit) showChanges(status int, d ledger.Draft, r draft.Ready) error {
	kept, err := v.Drafts.Fields(v.ctx(), d.ID)
	if err != nil {
		return err
	}
	u, err := v.undertaking(d, r, kept)
	if err != nil {
		return err
	}
	if u == nil {
		return v.to("/drafts/" + d.ID)
	}
	return v.showUnder(status, "draftchanges", v.say.T("draft.title_changes", words.Data{"Title": d.Title}), u.page)
}

// changeField matches the names of the fields in which questions of a change are answered.
var changeField = regexp.MustCompile(`^(paper|reason|same_paper|apart|meant|of_plan|policy|(successor|same|takeback)-[A-Za-z0-9._-]{1,100})$`)

// changeCheck matches those names of changeField whose fields are boxes to be ticked.
var changeCheck = regexp.MustCompile(`^(same_paper|apart|meant|takeback-.*)$`)

// putInForce keeps the answers to the questions of a change. It makes the change when the
// form asks for that and no answer is new: then the page has shown what the change does
// with these very answers.
func (v *visit) putInForce() error {
	d, err := v.draftOf()
	if err != nil {
		return err
	}
	c := ledger.DraftChange{By: v.who.ID}
	for name := range v.form {
		name, ok := strings.CutPrefix(name, "was-")
		if !ok || !changeField.MatchString(name) {
			continue
		}
		if _, there := v.form["f-"+name]; !there && !changeCheck.MatchString(name) { // a box that is not ticked is not sent
			continue
		}
		if value, was := strings.TrimSpace(v.form.Get("f-"+name)), v.form.Get("was-"+name); value != was {
			c.Fields = append(c.Fields, ledger.DraftEntry{Name: name, Value: value, Was: was})
		}
	}
	path := "/drafts/" + d.ID
	if len(c.Fields) > 0 {
		return v.keepSaid(d, c, path+"/changes?saved=1")
	}
	if v.form.Get("do") == "" {
		return v.to(path + "/changes")
	}
	r, done, err := v.ready(d)
	if done || err != nil {
		return err
	}
	kept, err := v.Drafts.Fields(v.ctx(), d.ID)
	if err != nil {
		return err
	}
	u, err := v.undertaking(d, r, kept)
	switch {
	case err != nil:
		return err
	case u == nil || !u.page.Can:
		v.note = v.say.T("draft.cannot_do")
		return v.showChanges(http.StatusUnprocessableEntity, d, r)
	case fmt.Sprint(d.Version) != v.form.Get("version"):
		v.note = v.say.T("draft.changed_meanwhile")
		return v.showChanges(http.StatusConflict, d, r)
	}
	if _, look := v.Acts.(LookOnly); look {
		return ErrLookOnly
	}
	if w := v.Drafts.Under(launchKey(d.ID)); w != nil && w.Ended(ended) {
		v.Drafts.Forget(launchKey(d.ID), w)
	}
	drafts, log, account := v.Drafts, v.Log, v.who.ID
	v.Drafts.Do(launchKey(d.ID), func(ctx context.Context, watch func(int)) (any, error) {
		text, err := u.do(ctx, func(done, total int) { watch(100 * done / max(total, 1)) })
		if err == nil {
			err = drafts.Done(ctx, d.ID)
		}
		if err != nil {
			log.Error("A change failed", "draft", d.ID, "account", account, "error", err)
		}
		return undertaken{text, err}, nil
	})
	return v.to(path)
}

// undertaken is the result of a change: its sentence, or its error.
type undertaken struct {
	text string
	err  error
}

// undertakenSaid is a sentence about the result of the last change of a draft, and whether
// the change went wrong.
func (v *visit) undertakenSaid(u undertaken) (text string, wrong bool) {
	var only *engine.UnarmedError
	switch text, known := whatif.Sentence(v.say, u.err); {
	case u.err == nil:
		return u.text, false
	case known:
		return text, true
	case errors.As(u.err, &only):
		return v.say.T("draft.unarmed", words.Data{"Count": len(only.Tasks)}), true
	}
	if f, _ := v.trouble(u.err); f.text != "" {
		return v.say.T("draft.change_failed", words.Data{"Why": f.text}), true
	}
	return v.say.T("draft.change_broke"), true
}

// amending is the plan of a draft as an amendment of the running plan with its ID; nil
// where no such plan runs.
func (v *visit) amending(r draft.Ready, kept map[string]string) (*undertaking, error) {
	u := &undertaking{page: changesPage{Do: v.say.T("draft.amend")}}
	paper, takeBack := kept["paper"], []string{}
	for name, value := range kept {
		if task, ok := strings.CutPrefix(name, "takeback-"); ok && value != "" {
			takeBack = append(takeBack, task)
		}
	}
	unsaid, open := false, false // no successor is chosen yet; it is not answered yet whether tasks are the same
	a, err := v.Reader.Amending(v.ctx(), v.asks(), r.Plan, paper, takeBack, query.Answers{
		Successor: func(gone *whatif.GoneError) (to string, known bool) {
			ask := changeAsk{Name: "successor-" + gone.Unit.ID, Kind: "choice", Label: whatif.GoneSaid(v.say, gone) + v.say.T("draft.successor_ask"), Need: true}
			ask.Options = append(ask.Options, Option{Value: nobodyElse, Name: v.say.T("draft.successor_none")})
			for _, unit := range r.Plan.Directory.Units {
				if !unit.Gone() {
					ask.Options = append(ask.Options, Option{Value: unit.ID, Name: unit.Name})
				}
			}
			u.page.Asks = append(u.page.Asks, ask)
			to = kept[ask.Name]
			unsaid = to == ""
			return strings.TrimPrefix(to, nobodyElse), to != ""
		},
		Same: func(a query.Amendment) (pairs []plan.Pair, err error) {
			for _, pair := range a.Likely {
				ask := changeAsk{Name: "same-" + pair.Was, Kind: "choice", Label: v.say.T("draft.same_ask", words.Data{"Was": pair.Was, "Now": pair.Now, "Title": a.Changes.Title(pair.Now)}), Need: true,
					Options: []Option{{Value: pair.Now, Name: v.say.T("draft.same_yes")}, {Value: nobodyElse, Name: v.say.T("draft.same_no")}}}
				u.page.Asks = append(u.page.Asks, ask)
				open = open || kept[ask.Name] == ""
				if kept[ask.Name] == pair.Now {
					pairs = append(pairs, pair)
				}
			}
			return pairs, nil
		},
	})
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil
	}
	if unsaid {
		return u, nil // what the amendment would change is known once the successor is
	}
	if err != nil {
		if u.page.Fault, _ = whatif.Sentence(v.say, err); u.page.Fault == "" {
			return nil, err
		}
		return u, nil
	}
	p := a.After
	if d := a.Before.Plan.Directory; d.Office != v.who.Account.Unit {
		u.page.Fault = v.say.T("draft.obstacle_office", words.Data{"Office": d.Name(d.Office), "Unit": v.who.Account.Unit})
		return u, nil
	}
	opt := engine.AmendOptions{Paper: paper, Reason: kept["reason"], By: v.who.actor(), SamePaper: kept["same_paper"] != ""}
	if a.Changes.Empty() {
		u.page.Lines = []string{v.say.T("draft.as_in_force")}
		opt.Paper, opt.Reason = a.LastPaper, a.LastReason
		if u.page.Can = a.Left && a.LastPaper != ""; u.page.Can {
			u.page.Lines = append(u.page.Lines, v.say.T("draft.left"))
			u.page.Do = v.say.T("draft.finish")
		}
	} else {
		u.page.Lines = whatif.Lines(v.say, a.Changes, a.Now, a.Before.Plan, p)
		for _, n := range a.Now {
			if n.Kept || kept["takeback-"+n.Task] != "" {
				u.page.Asks = append(u.page.Asks, changeAsk{Name: "takeback-" + n.Task, Kind: "check", Label: v.say.T("draft.take_back", words.Data{"Task": n.Task, "Due": n.Due})})
			}
		}
		u.page.Asks = append(u.page.Asks, changeAsk{Name: "paper", Kind: "text", Label: v.say.T("amend.flag_paper"), Need: true}, changeAsk{Name: "reason", Kind: "area", Label: v.say.T("amend.flag_reason")})
		if a.Paper > 0 {
			u.page.Asks = append(u.page.Asks, changeAsk{Name: "same_paper", Kind: "check", Label: v.say.T("draft.same_paper", words.Data{"N": a.Paper, "Paper": paper})})
		}
		elsewhere := v.elsewhere(a.Twins, a.Gaps, a.Hidden)
		if len(elsewhere) > 0 {
			u.page.Lines = append(u.page.Lines, append([]string{v.say.T("draft.twins")}, elsewhere...)...)
			u.page.Asks = append(u.page.Asks, changeAsk{Name: "apart", Kind: "check", Label: v.say.T("draft.apart"), Need: true})
			open = open || kept["apart"] == ""
		}
		u.page.Can = !open && paper != "" && (a.Paper == 0 || opt.SamePaper)
	}
	for _, t := range takeBack {
		opt.TakeBack = append(opt.TakeBack, a.Changes.Key(t))
	}
	if opt.Reason == "" {
		opt.Reason = v.say.T("amend.reason", words.Data{"Paper": opt.Paper})
	}
	cal, err := v.Reader.Holidays(v.ctx(), v.asks())
	if err != nil {
		return nil, err
	}
	acts, say := v.Acts, v.say
	units := map[string]string{}
	for _, one := range p.Directory.Units {
		units[one.ID] = one.Name
	}
	u.do = func(ctx context.Context, watch func(done, total int)) (string, error) {
		opt.Watch = watch
		report, err := acts.Amend(ctx, p, cal, opt)
		if err != nil {
			return "", err
		}
		key := "amend.done"
		if report.Resumed {
			key = "amend.finished"
		}
		text := say.T(key, words.Data{"N": report.N, "Paper": report.Paper, "Armed": report.Armed, "Changed": report.Changed, "Cancelled": report.Cancelled})
		return text + leftSaid(say, report.Left, units), nil
	}
	return u, nil
}

// nobodyElse is the value of the choice that no unit takes over, or no task is the same.
const nobodyElse = "-"

// leftSaid says, a line for each, which running tasks refused a change, and why.
func leftSaid(say *words.Words, left []engine.LeftUndone, units map[string]string) string {
	if len(left) == 0 {
		return ""
	}
	text := "\n" + say.T("amend.left", words.Data{"N": len(left)})
	for _, u := range left[:min(len(left), mostLines)] {
		name := func(id string) string {
			if units[id] != "" {
				return units[id]
			}
			return id
		}
		text += "\n" + say.T("amend.left_one", words.Data{"Task": u.Task, "Kind": say.T("act.kind_" + string(u.Kind)), "Why": notice.Refused(say, u.Refused, name)})
	}
	return text
}
