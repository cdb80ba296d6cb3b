package portal

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/words"
)

// deed is an act as a form: what it may say beside what its row in the tables of acts
// needs, and what of that it must say here.
type deed struct{ may, must []string }

// deedsOnTask, deedsOnDuty and deedsOnTalk are all acts that people do by forms. Which
// of them somebody can do now is asked of the reading room.
var (
	deedsOnTask = map[act.Kind]deed{
		act.Acknowledge: {[]string{"reason"}, nil},
		act.Return:      {[]string{"files", "url", "paper"}, nil},
		act.Uphold:      {[]string{"paper"}, nil},
		act.Progress:    {[]string{"files", "url"}, []string{"percent"}},
		act.Complete:    {[]string{"files", "url", "paper"}, nil},
		act.Verify:      {[]string{"files", "url", "paper"}, nil},
		act.Reject:      {[]string{"files", "url", "paper"}, nil},
		act.Extend:      {[]string{"percent", "files", "url", "paper"}, nil},
		act.Grant:       {[]string{"due", "paper"}, nil},
		act.Refuse:      {[]string{"paper"}, nil},
		act.Chase:       {[]string{"paper"}, nil},
		act.Suspend:     {[]string{"until", "moves", "paper"}, nil},
		act.Resume:      {[]string{"paper"}, nil},
		act.Reassign:    {[]string{"due", "paper"}, nil},
		act.Assist:      {[]string{"paper"}, []string{"units"}},
		act.SetPolicy:   {[]string{"paper"}, nil},
		act.Correct:     {[]string{"paper"}, nil},
		act.Reword:      {[]string{"paper"}, nil},
		act.Cancel:      {nil, nil},
		act.Instruct:    {[]string{"due", "paper"}, nil},
		act.Answer:      {[]string{"files", "url", "paper"}, nil},
		act.AskPart:     {nil, nil},
		act.GivePart:    {[]string{"files", "url", "paper"}, nil},
		act.Propose:     {[]string{"paper"}, nil},
	}
	deedsOnDuty = map[act.Kind]deed{
		act.EndDuty:   {[]string{"paper"}, nil},
		act.Suspend:   {[]string{"until", "paper"}, nil},
		act.Resume:    {[]string{"paper"}, nil},
		act.SetRule:   {[]string{"paper"}, nil},
		act.Reassign:  {[]string{"paper"}, nil},
		act.Assist:    {[]string{"paper"}, []string{"units"}},
		act.SetPolicy: {[]string{"paper"}, nil},
		act.Reword:    {[]string{"paper"}, nil},
	}
	deedsOnTalk = map[act.Kind]deed{
		act.Approve:    {[]string{"reason", "paper"}, nil},
		act.Decline:    {[]string{"paper"}, nil},
		act.Serve:      {[]string{"reason", "chair", "bring", "public", "files"}, nil},
		act.Held:       {[]string{"reason", "time", "place", "chair", "called", "missing", "files"}, nil},
		act.Absent:     {[]string{"missing", "files"}, nil},
		act.Minutes:    {[]string{"paper", "public", "files", "url"}, nil},
		act.GivePlan:   {[]string{"files", "paper"}, nil},
		act.ReturnPlan: {[]string{"files", "paper"}, nil},
		act.GiveReport: {[]string{"files", "url", "paper"}, nil},
		act.VerifyTalk: {[]string{"files", "paper"}, nil},
		act.CloseTalk:  {[]string{"paper", "public"}, nil},
		act.Keep:       {[]string{"paper"}, nil},
		act.Again:      {[]string{"paper"}, nil},
	}
)

// thing is what an act is done to, for its form.
type thing struct {
	query.Subject
	onTalk bool
	today  calendar.Day
}

// deed is the form of an act on the thing, and which fields the tables of acts need.
func (t thing) deed(k act.Kind) (d deed, needs []act.Field, ok bool) {
	switch {
	case t.onTalk:
		row, _ := act.OfTalk(k)
		d, ok = deedsOnTalk[k]
		return d, row.Needs, ok
	case t.Task.Kind == plan.Duty:
		row, _ := act.Of(act.Duties, k)
		d, ok = deedsOnDuty[k]
		return d, row.Needs, ok
	case k == act.Propose:
		row, _ := act.OfTalk(k)
		return deedsOnTask[k], row.Needs, true
	}
	row, _ := act.Of(act.Tasks, k)
	d, ok = deedsOnTask[k]
	return d, row.Needs, ok
}

// fieldOrder is the order of fields in a form.
var fieldOrder = []string{"what", "number", "time", "place", "chair", "called", "missing", "bring", "percent", "ref", "unit", "units", "due", "until", "moves", "policy", "rule", "title", "reason", "paper", "public", "url", "files"}

// kinds of input by field; all others are one line of text.
var fieldKinds = map[string]string{
	"what": "choice", "time": "moment", "called": "lines", "missing": "lines", "bring": "area", "percent": "percent", "ref": "choice", "unit": "choice",
	"units": "units", "due": "day", "until": "day", "moves": "check", "policy": "choice", "rule": "choice", "reason": "area", "public": "check", "url": "lines", "files": "files",
}

// Input is one field of a form.
type Input struct {
	Name, Kind, Label, Help string
	Need                    bool
	Value                   string
	Values                  []string // of units, or of files that were kept
	Options                 []Option
	Most                    int // characters
	Wrong                   string
}

// Option is one thing that may be chosen.
type Option struct {
	Value, Name string
	Chosen      bool
}

// inputs are the fields of an act's form, filled in with what was typed.
func (v *visit) inputs(t thing, k act.Kind) []Input {
	d, needs, _ := t.deed(k)
	need := slices.Clone(d.must)
	for _, f := range needs {
		need = append(need, string(f))
	}
	var all []Input
	for _, name := range fieldOrder {
		if !slices.Contains(need, name) && !slices.Contains(d.may, name) || name == "files" && v.Files == nil {
			continue
		}
		in := Input{Name: name, Kind: fieldKinds[name], Label: v.fieldLabel(k, name), Need: slices.Contains(need, name), Value: v.typed.Get(name), Values: v.typed[name], Most: mostOf(k, name)}
		if in.Kind == "" {
			in.Kind = "text"
		}
		if key := "portal.help_" + name; v.say.T(key) != key {
			in.Help = v.say.T(key)
		}
		if key := "portal.help_" + name + "_" + string(k); v.say.T(key) != key {
			in.Help = v.say.T(key)
		}
		v.offer(&in, t, k)
		if in.Kind == "choice" && len(in.Options) == 1 && in.Name == "ref" { // only one can be meant
			in.Value, in.Options[0].Chosen = in.Options[0].Value, true
		}
		all = append(all, in)
	}
	return all
}

// fieldLabel is what a field is called in the form of an act.
func (v *visit) fieldLabel(k act.Kind, name string) string {
	for _, key := range []string{"portal.field_" + name + "_" + string(k), "portal.field_" + name, "act.field_" + name} {
		if text := v.say.T(key); text != key {
			return text
		}
	}
	return name
}

func mostOf(k act.Kind, name string) int {
	if k == act.Minutes && name == "reason" {
		name = "minutes"
	}
	i := slices.IndexFunc(act.Limits, func(l act.Limit) bool { return string(l.Field) == name })
	if i < 0 || act.Limits[i].Entries > 0 {
		return 0
	}
	return act.Limits[i].Most
}

// offer fills in what may be chosen.
func (v *visit) offer(in *Input, t thing, k act.Kind) {
	dir := t.Plan.Plan.Directory
	option := func(value, name string) {
		in.Options = append(in.Options, Option{value, name, slices.Contains(in.Values, value)})
	}
	switch in.Name {
	case "what":
		for _, what := range []string{plan.ProposeTalk, plan.ProposeCircular} {
			option(what, v.say.T("matter.what_"+what))
		}
		if in.Value == "" {
			in.Options[0].Chosen = true
		}
	case "unit", "units":
		for _, u := range dir.Units {
			switch {
			case u.ID == dir.Office || u.ID == dir.Leadership:
			case k == act.AskPart && !slices.Contains(ledger.CaseOf(t.Task).Assist, u.ID):
			default:
				option(u.ID, u.Name)
			}
		}
		if in.Value == "" && k == act.Propose {
			v.choose(in, t.Task.Lead)
		}
		if len(in.Values) == 0 && k == act.Assist {
			for _, id := range ledger.CaseOf(t.Task).Assist {
				v.choose(in, id)
			}
		}
	case "policy":
		for _, name := range sortedPolicies(t.Plan.Plan) {
			option(name, t.Plan.Plan.Policies[name].Title)
		}
	case "rule":
		for _, every := range []string{"month", "quarter", "halfyear", "year"} {
			option(every, v.say.T("portal.every_"+every))
		}
	case "ref":
		c := ledger.CaseOf(t.Task)
		for _, p := range c.Parts {
			if k == act.GivePart && p.Unit == v.who.Account.Unit && p.Given.IsZero() {
				option(p.ID, p.Words)
			}
		}
		for _, n := range c.Instructions {
			if k == act.Answer && n.Answered.IsZero() {
				option(n.ID, n.Words)
			}
		}
	}
}

func (v *visit) choose(in *Input, value string) {
	for i := range in.Options {
		if in.Options[i].Value == value {
			in.Options[i].Chosen = true
		}
	}
}

func sortedPolicies(p plan.Plan) []string {
	var names []string
	for name := range p.Policies {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// entries are the lines of a list, however its commas were typed.
func entries(text string) (all []string) {
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\r\n,，、;；", r) }) {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// filled makes the act of what was typed; wrong is a sentence for each field that
// cannot be read.
func (v *visit) filled(t thing, k act.Kind, form url.Values, files []act.Evidence) (a act.Act, wrong map[string]string) {
	wrong = map[string]string{}
	d, needs, _ := t.deed(k)
	says := func(name string) bool {
		return slices.Contains(d.may, name) || slices.Contains(d.must, name) || slices.ContainsFunc(needs, func(f act.Field) bool { return string(f) == name })
	}
	text := func(name string) string {
		if !says(name) {
			return ""
		}
		return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
	}
	day := func(name string) (day calendar.Day) {
		if typed := text(name); typed != "" {
			read, err := calendar.ReadDay(typed)
			if err != nil {
				wrong[name] = v.say.T("portal.bad_day", words.Data{"Value": typed})
			}
			day = read
		}
		return day
	}
	a = act.Act{ID: form.Get("id"), Kind: k, By: v.who.actor(), Reason: text("reason"), Paper: text("paper"), Due: day("due"), Until: day("until"),
		Moves: text("moves") != "", Unit: text("unit"), Policy: text("policy"), Title: text("title"), Ref: text("ref"), Rule: text("rule")}
	if says("units") {
		for _, id := range form["units"] {
			if id != "" && !slices.Contains(a.Units, id) {
				a.Units = append(a.Units, id)
			}
		}
	}
	if typed := text("percent"); typed != "" {
		n, err := strconv.Atoi(strings.TrimSuffix(typed, "%"))
		if err != nil || n < 0 || n > 100 {
			wrong["percent"] = v.say.T("portal.bad_percent")
		}
		a.Percent = n
	} else if slices.Contains(d.must, "percent") {
		wrong["percent"] = v.say.T("portal.bad_percent")
	}
	if says("files") {
		a.Evidence = append(a.Evidence, files...)
	}
	for _, address := range entries(text("url")) {
		if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			wrong["url"] = v.say.T("portal.bad_url", words.Data{"Value": address})
			continue
		}
		a.Evidence = append(a.Evidence, act.Evidence{Name: address, URL: address})
	}
	if t.onTalk || k == act.Propose {
		a.Talk = v.talkFacts(t, text, wrong)
	}
	if k == act.Propose {
		a.Ref = t.Task.ID
	}
	for _, f := range needs {
		name := string(f)
		if wrong[name] == "" && f != act.NeedWhat && strings.TrimSpace(strings.Join(form[name], "")) == "" && name != "ref" {
			wrong[name] = v.say.T("portal.needed", words.Data{"Field": v.fieldLabel(k, name)})
		}
		if name == "ref" && a.Ref == "" {
			wrong[name] = v.say.T("portal.needed", words.Data{"Field": v.fieldLabel(k, name)})
		}
	}
	return a, wrong
}

// talkFacts are what the papers of a talk say; nil when they say nothing.
func (v *visit) talkFacts(t thing, text func(string) string, wrong map[string]string) *act.TalkFacts {
	f := act.TalkFacts{What: text("what"), Number: text("number"), Place: text("place"), Chair: text("chair"), Called: entries(text("called")),
		Missing: entries(text("missing")), Bring: text("bring"), Public: text("public") != ""}
	if typed := text("time"); typed != "" {
		day, clock, err := calendar.ReadMoment(typed)
		if err != nil || clock < 0 {
			wrong["time"] = v.say.T("portal.bad_time", words.Data{"Value": typed})
		} else {
			f.Time = day.At(int(clock.Hours()), int(clock.Minutes())%60, t.Plan.Plan.Location()).UTC()
		}
	}
	if f.What == "" && f.Number == "" && f.Place == "" && f.Chair == "" && f.Bring == "" && !f.Public && f.Time.IsZero() && len(f.Called)+len(f.Missing) == 0 {
		return nil
	}
	return &f
}
