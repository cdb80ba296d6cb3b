package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
)

// actFlags are what the flags of an act say, as they were typed.
type actFlags struct {
	plan, id                            string
	lacks                               string // a flag that is needed and was not given
	reason, due, until, unit, policy    string
	title, ref, rule, paper, number     string
	time, place, chair, bring           string
	units, files, urls, called, missing []string
	percent                             int
	movesDue, public, circular          bool
}

// declare gives a command the flags of its act.
func (a *app) declare(c *cobra.Command, d deed, f *actFlags) {
	text := func(name string) string {
		if key := "cli.flag_" + strings.ReplaceAll(name, "-", "_") + "_" + string(d.kind); a.w.T(key) != key {
			return a.w.T(key)
		}
		return a.w.T("cli.say_" + strings.ReplaceAll(name, "-", "_"))
	}
	to := map[string]*string{"due": &f.due, "until": &f.until, "unit": &f.unit, "policy": &f.policy, "title": &f.title, "ref": &f.ref,
		"rule": &f.rule, "paper": &f.paper, "number": &f.number, "time": &f.time, "place": &f.place, "chair": &f.chair, "bring": &f.bring}
	lists := map[string]*[]string{"units": &f.units, "file": &f.files, "url": &f.urls, "called": &f.called, "missing": &f.missing}
	bools := map[string]*bool{"moves-due": &f.movesDue, "public": &f.public, "circular": &f.circular}
	for _, name := range d.flags() {
		switch {
		case name == "reason":
			c.Flags().StringVarP(&f.reason, "reason", "m", "", text(name))
		case name == "percent":
			number(c, &f.percent, "percent", 0, text(name))
		case to[name] != nil:
			c.Flags().StringVar(to[name], name, "", text(name))
		case name == "file" || name == "url": // a comma is part of the name
			c.Flags().StringArrayVar(lists[name], name, nil, text(name))
		case lists[name] != nil:
			c.Flags().StringSliceVar(lists[name], name, nil, text(name))
		case bools[name] != nil:
			c.Flags().BoolVar(bools[name], name, false, text(name))
		}
	}
	c.Flags().StringVar(&f.plan, "plan", "", a.w.T("cli.say_plan"))
	c.Flags().StringVar(&f.id, "id", "", a.w.T("cli.say_id"))
	a.completeFlag(c, "plan", a.planNames)
	for flag, find := range map[string]func(context.Context) (map[string]string, error){"unit": a.unitNames, "policy": a.policyTitles} {
		if slices.Contains(d.flags(), flag) {
			a.completeFlag(c, flag, find)
		}
	}
	if slices.Contains(d.flags(), "file") {
		_ = c.MarkFlagFilename("file") // the flag is there
	}
}

// fill makes the act of what was said.
func (a *app) fill(o order, f actFlags, by act.Actor) (act.Act, error) {
	dir := o.plan.Plan.Directory
	zone := o.plan.Plan.Location()
	said := act.Act{ID: f.id, Kind: o.kind, By: by, Reason: strings.TrimSpace(f.reason), Paper: f.paper, Percent: f.percent, Moves: f.movesDue,
		Title: strings.TrimSpace(f.title), Ref: f.ref, Rule: f.rule, Policy: f.policy}
	var err error
	if said.Due, err = a.day("due", f.due); err != nil {
		return said, err
	}
	if said.Until, err = a.day("until", f.until); err != nil {
		return said, err
	}
	if f.unit != "" {
		if said.Unit, err = a.unitNamed(o.plan.Plan, f.unit); err != nil {
			return said, err
		}
	}
	for _, name := range apart(f.units) {
		ids, _, ok := dir.Resolve(name)
		if !ok {
			return said, a.noUnit(o.plan.Plan, name)
		}
		for _, id := range ids {
			if !slices.Contains(said.Units, id) {
				said.Units = append(said.Units, id)
			}
		}
	}
	if _, ok := o.plan.Plan.Policies[f.policy]; f.policy != "" && !ok {
		return said, sentenceError(a.w.T("cli.no_policy", words.Data{"Policy": f.policy, "Names": strings.Join(policyNames(o.plan.Plan), " / ")}))
	}
	if said.Evidence, err = a.evidence(f.files, f.urls); err != nil {
		return said, err
	}
	if said.Talk, err = a.talkFacts(o, f, zone); err != nil {
		return said, err
	}
	switch {
	case o.kind == act.Propose:
		said.Ref = o.task.ID
		if said.Unit == "" {
			said.Unit = o.task.Lead
		}
	case said.Ref == "" && o.on == onTask:
		said.Ref = onePart(ledger.CaseOf(o.task), o.kind, by.Unit)
	}
	if (o.kind == act.GivePart || o.kind == act.Answer) && said.Ref == "" && ledger.CaseOf(o.task).Sees(by) { // nobody else is asked: the engine refuses
		return said, sentenceError(a.w.T("cli.which_ref", words.Data{"Task": o.task.ID}))
	}
	if said.ID == "" {
		said.ID = actID(o, said, calendar.DayOf(o.plan.Clock.Plan(a.now()).In(zone)))
	}
	return said, nil
}

func policyNames(p plan.Plan) []string {
	var names []string
	for name := range p.Policies {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// unitNamed is the one unit that a name means.
func (a *app) unitNamed(p plan.Plan, name string) (string, error) {
	ids, collective, ok := p.Directory.Resolve(name)
	if !ok {
		return "", a.noUnit(p, name)
	}
	if collective || len(ids) != 1 {
		return "", sentenceError(a.w.T("cli.many_units", words.Data{"Unit": name}))
	}
	return ids[0], nil
}

func (a *app) noUnit(p plan.Plan, name string) error {
	var names []string
	for _, u := range p.Directory.Units {
		names = append(append(names, u.Name), u.Aliases...)
	}
	return sentenceError(a.w.T("case.no_unit", words.Data{"Unit": name, "Near": strings.Join(plan.Near(name, names), " / ")}))
}

// actID is the same for the same command on the same day of the plan, whoever
// types it how often.
func actID(o order, said act.Act, today calendar.Day) string {
	raw, err := json.Marshal([]any{o.task.Plan, o.thing(), said, today})
	if err != nil {
		panic(err) // texts, numbers and lists of them
	}
	sum := sha256.Sum256(raw)
	return "cli-" + hex.EncodeToString(sum[:12])
}

// apart are the names of a list, however its commas were typed.
func apart(typed []string) (names []string) {
	for _, part := range typed {
		for _, name := range strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune(",，、;；", r) }) {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// evidence is what the files and addresses prove it by. A file is read and
// stays where it is; the ledger keeps its name, size and SHA-256.
func (a *app) evidence(files, urls []string) (all []act.Evidence, err error) {
	for _, file := range files {
		e, err := fileEvidence(file)
		if err != nil {
			return nil, sentenceError(a.w.T("cli.bad_file", words.Data{"File": file, "Error": a.fileError(err)}))
		}
		all = append(all, e)
	}
	for _, address := range urls {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return nil, sentenceError(a.w.T("cli.bad_url", words.Data{"URL": address}))
		}
		all = append(all, act.Evidence{Name: address, URL: address})
	}
	return all, nil
}

// errNotFile: what is named is a folder, or something else that is no file.
var errNotFile = errors.New("not a regular file")

func (a *app) fileError(err error) string {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return a.w.T("cli.file_missing")
	case errors.Is(err, os.ErrPermission):
		return a.w.T("cli.file_denied")
	case errors.Is(err, errNotFile):
		return a.w.T("cli.file_none")
	}
	return err.Error()
}

func fileEvidence(file string) (e act.Evidence, err error) {
	f, err := os.Open(file)
	if err != nil {
		return e, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return e, errors.Join(err, errNotFile)
	}
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return act.Evidence{Name: filepath.Base(file), Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// talkFacts are what the papers of a talk say; nil on what is no talk.
func (a *app) talkFacts(o order, f actFlags, zone *time.Location) (*act.TalkFacts, error) {
	if o.on != onTalk {
		return nil, nil
	}
	t := act.TalkFacts{Number: f.number, Place: f.place, Chair: f.chair, Called: apart(f.called), Missing: apart(f.missing), Bring: f.bring, Public: f.public}
	if o.kind == act.Propose {
		t.What = plan.ProposeTalk
		if f.circular {
			t.What = plan.ProposeCircular
		}
	}
	if f.time != "" {
		day, clock, err := calendar.ReadMoment(f.time)
		if err != nil || clock < 0 {
			return nil, sentenceError(a.w.T("cli.bad_time", words.Data{"Value": f.time}))
		}
		t.Time = day.At(int(clock.Hours()), int(clock.Minutes())%60, zone).UTC()
	}
	if asText(t) == asText(act.TalkFacts{}) {
		return nil, nil
	}
	return &t, nil
}

func asText(v any) string {
	raw, _ := json.Marshal(v) // texts and times: it cannot fail
	return string(raw)
}
