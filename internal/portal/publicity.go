package portal

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"duban/internal/act"
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/words"
)

// publicityPath is where a plan's list of what must be public is shown.
func publicityPath(planID string) string { return planPath(planID) + "/publicity" }

// textPath is where one public text is shown.
func textPath(planID string, number int) string {
	return publicityPath(planID) + "?text=" + strconv.Itoa(number)
}

// publicityPage is what of a plan must be made public, or one text of it.
type publicityPage struct {
	Plan, Path, File string // the plan's title, and the addresses of its page and of the file
	Site             string // address of the public page; "": it is switched off
	Lines            []publicRow
	Examples         []publicRow
	Write            string // address of the form of a positive example; "": not for the viewer
	Text             *textPage
	pager
}

// mostPublic is how many lines of the list one page has.
const mostPublic = 100

// publicRow is a line of the list.
type publicRow struct {
	Title, Path, Lead, Due, Done, Late string
	URLs                               []string
	TextPath, State                    string
	Write                              string // address of the form that writes its text
	DraftTitle, Draft                  string
}

// textPage is one public text with its versions.
type textPage struct {
	Head, State, Now string
	List             string // address of the list
	Of, OfPath       string // the unit of a positive example, or the task
	File             string // address of what is public as a file
	Doings           []link
	Versions         []textVersion // the last first
}

type textVersion struct {
	act.TextVersion
	Name string
	Did  []string
}

// publicity shows what of a plan must be public, or the text that the address names.
func (v *visit) publicity() error {
	id, number := v.r.PathValue("plan"), v.r.URL.Query().Get("text")
	var t act.PublicText
	var all query.Publicity
	var total int
	var err error
	if number == "" {
		all, total, err = v.Reader.PublicityPage(v.ctx(), v.asks(), id, v.skip(), mostPublic)
	} else if t, err = v.textAsked(id, number); err == nil {
		all, err = v.Reader.PublicityOf(v.ctx(), v.asks(), id, t.Task)
	}
	if err != nil {
		return err
	}
	p := publicityPage{Plan: all.Title, Path: planPath(id), File: publicityPath(id) + "/file"}
	on, err := query.PublicOf(v.Reader).On(v.ctx())
	if err != nil {
		return err
	}
	if on && v.Key == "" {
		p.Site = "/public"
	}
	if number != "" {
		p.Text = v.textPage(all, t, number)
		return v.show("publicity", p.Text.Head, p)
	}
	say, office := v.speak(), v.who.Account.Unit == all.People.Office
	if office {
		p.Write = v.textForm(id, act.WriteText)
	}
	p.pager = v.pagerBy(mostPublic, min(v.skip(), total), len(all.Lines), total)
	for _, l := range all.Lines {
		row := publicRow{Title: v.titleOf(l), Path: v.at(taskPath(id, l.Task)), Lead: all.People.Name(l.Lead), Due: l.Due.String(), URLs: l.URLs, Done: v.say.T("public.open")}
		if l.State == act.Closed {
			row.Done = v.say.T("public.done_on", words.Data{"Day": l.Done.String()})
		}
		if l.Late > 0 {
			row.Late = v.say.T("public.late", words.Data{"N": l.Late})
		}
		switch {
		case l.Text != nil:
			row.TextPath, row.State = textPath(id, l.Text.Number), v.say.T("act.state_"+string(l.Text.State))
		case l.State != act.Closed:
			row.State = v.say.T("public.no_text")
			row.DraftTitle, row.Draft = say.PublicDraft(l.Facts)
			if office {
				row.Write = v.textForm(id, act.WriteText, "task", l.Key)
			}
		}
		p.Lines = append(p.Lines, row)
	}
	for _, t := range all.Examples {
		p.Examples = append(p.Examples, publicRow{Title: t.Last().Title, Lead: all.People.Name(t.Unit), Due: t.Last().On.String(), TextPath: textPath(id, t.Number), State: v.say.T("act.state_" + string(t.State))})
	}
	return v.show("publicity", v.say.T("public.list"), p)
}

// titleOf is the title of a task that publishes, with its period.
func (v *visit) titleOf(l query.PublicLine) string {
	if l.Period == "" {
		return l.Title
	}
	return l.Title + "（" + v.speak().Period(l.Period) + "）"
}

// textForm is the address of the form of an act on a public text.
func (v *visit) textForm(planID string, k act.Kind, pairs ...string) string {
	return v.at(publicityPath(planID)+"/do/"+string(k), pairs...)
}

// textAsked is the public text that an address names.
func (v *visit) textAsked(planID, number string) (act.PublicText, error) {
	n, err := strconv.Atoi(number)
	if err != nil {
		return act.PublicText{}, query.ErrNotYours
	}
	t, _, err := v.Reader.PublicText(v.ctx(), v.asks(), planID, n)
	return t, err
}

func (v *visit) textPage(all query.Publicity, t act.PublicText, number string) *textPage {
	p := &textPage{Head: v.say.T("public.text_title", words.Data{"N": t.Number}), State: v.say.T("act.state_" + string(t.State)), Now: v.say.T("public.not_public"), List: publicityPath(all.Plan)}
	if t.Task == "" {
		p.Of = v.say.T("public.positive", words.Data{"Unit": all.People.Name(t.Unit)})
	}
	for _, l := range all.Lines {
		if l.Key == t.Task {
			p.Of, p.OfPath = v.titleOf(l), v.at(taskPath(all.Plan, l.Task))
		}
	}
	public, is := t.Public()
	for i, one := range t.Versions {
		row := textVersion{TextVersion: one, Name: v.say.T("public.version", words.Data{"N": i + 1})}
		if is && public.At.Equal(one.At) {
			p.Now = v.say.T("public.public_now", words.Data{"N": i + 1})
			p.File = v.at(publicityPath(all.Plan)+"/file", "text", number)
		}
		did := func(key string, said *act.TextSaid) {
			if said != nil {
				row.Did = append(row.Did, strings.TrimSpace(v.say.T("public.did_"+key, words.Data{"By": said.By, "Day": said.On.String()})+"　"+said.Paper+"　"+said.Words))
			}
		}
		did("written", &act.TextSaid{By: one.By, On: one.On, Words: one.Words})
		did("approved", one.Approved)
		did("returned", one.Returned)
		did("down", one.Down)
		p.Versions = append(p.Versions, row)
	}
	slices.Reverse(p.Versions)
	for _, row := range act.On(act.OnText) {
		if t.MayDo(v.who.actor(), row.Kind) == nil {
			p.Doings = append(p.Doings, link{v.textForm(all.Plan, row.Kind, "text", number, "version", strconv.Itoa(len(t.Versions))), v.say.T("act.kind_" + string(row.Kind))})
		}
	}
	return p
}

// textThing is a public text that an act is done to, for its form.
type textThing struct {
	act.PublicText
	all  query.Publicity
	line *query.PublicLine // that a new text is written for
}

// textDoing is what an act on a public text is done to, for its form.
func (v *visit) textDoing() (t thing, row act.Row, err error) {
	row, ok := act.Of(act.OnText, act.Kind(v.r.PathValue("publish")))
	if !ok {
		return t, row, query.ErrNotYours
	}
	id, q := v.r.PathValue("plan"), v.r.URL.Query()
	on := &textThing{}
	task := q.Get("task")
	if q.Get("text") != "" {
		task = ""
	}
	if on.all, err = v.Reader.PublicityOf(v.ctx(), v.asks(), id, task); err != nil {
		return t, row, err
	}
	on.Office, on.Leadership = on.all.People.Office, on.all.People.Leadership
	switch {
	case q.Get("text") != "":
		if on.PublicText, err = v.textAsked(id, q.Get("text")); err != nil {
			return t, row, err
		}
	case row.Kind != act.WriteText:
		return t, row, query.ErrNotYours
	case task != "":
		if len(on.all.Lines) == 0 {
			return t, row, query.ErrNotYours
		}
		on.line = &on.all.Lines[0]
	}
	t.text = on
	t.Subject.Plan = on.all.Judged
	return t, row, nil
}

// textDo is the form of an act on a public text.
func (v *visit) textDo() error {
	t, row, err := v.textDoing()
	if err != nil {
		return err
	}
	on := t.text
	d := doing{Thing: v.say.T("public.list"), Back: publicityPath(on.all.Plan), Inputs: v.inputs(t, row, "")}
	if on.Number > 0 {
		d.Thing, d.Back = v.say.T("public.text_title", words.Data{"N": on.Number})+"　"+on.Last().Title, textPath(on.all.Plan, on.Number)
	}
	if r := on.MayDo(v.who.actor(), row.Kind); r != nil {
		d.Refused = notice.Refused(v.say, *r, on.all.People.Name)
	}
	d.Inputs = slices.DeleteFunc(d.Inputs, func(in Input) bool {
		return row.Kind == act.WriteText && (in.Name == "ref" && on.line == nil || in.Name == "unit" && (on.Number > 0 || on.line != nil))
	})
	return v.showForm(t, row, d)
}

// doText does an act on a public text. A form sent twice acts once.
func (v *visit) doText() error {
	t, row, err := v.textDoing()
	if err != nil {
		return err
	}
	does, ok, err := v.typedAct(t, row)
	if !ok {
		return err
	}
	number, err := v.Acts.Publish(v.ctx(), t.text.all.Plan, t.text.Number, does)
	return v.afterAct(err, does, t.text.all.People.Name, textPath(t.text.all.Plan, number))
}

// offerText fills in what an act on a public text may choose, and what is there already.
func (v *visit) offerText(in *Input, t *textThing, k act.Kind) {
	title, text := t.Last().Title, t.Last().Text
	if t.line != nil {
		title, text = v.speak().PublicDraft(t.line.Facts)
	}
	set := func(value string) {
		if v.typed == nil && k == act.WriteText {
			in.Value = value
		}
	}
	switch in.Name {
	case "title":
		set(title)
	case "text":
		set(text)
	case "paper":
		set(t.Last().Paper)
	case "unit":
		in.Need = true
		for _, u := range t.all.People.Units {
			if u.ID != t.all.People.Office && u.ID != t.all.People.Leadership && !u.Gone() {
				in.Options = append(in.Options, Option{u.ID, u.Name, u.ID == in.Value})
			}
		}
	case "ref":
		in.Need = true
		if t.line != nil {
			in.Options = []Option{{t.line.Key, v.titleOf(*t.line), true}}
			return
		}
		version := cmp.Or(in.Value, v.r.URL.Query().Get("version"), strconv.Itoa(len(t.Versions)))
		in.Options = []Option{{version, v.say.T("public.version", words.Data{"N": version}), true}}
	}
}

// publicityFile gives the approved texts of a plan, or the one that the address names, as a file.
func (v *visit) publicityFile() error {
	id := v.r.PathValue("plan")
	all, err := v.Reader.Publicity(v.ctx(), v.asks(), id) // refuses who may not see the plan
	if err != nil {
		return err
	}
	texts := slices.Clone(all.Examples)
	for _, l := range all.Lines {
		if l.Text != nil {
			texts = append(texts, *l.Text)
		}
	}
	name := v.say.T("public.page")
	if number := v.r.URL.Query().Get("text"); number != "" {
		t, err := v.textAsked(id, number)
		if err != nil {
			return err
		}
		texts = []act.PublicText{t}
	}
	var parts []string
	for _, t := range texts {
		if one, ok := t.Public(); ok {
			parts = append(parts, plainNotice(query.PublicNotice{Title: one.Title, Text: one.Text, Paper: one.Paper, Day: one.Approved.On, Office: all.People.Name(all.People.Office)}))
			if len(texts) == 1 {
				name = one.Title
			}
		}
	}
	if len(parts) == 0 && v.r.URL.Query().Get("text") != "" {
		v.refuse(http.StatusNotFound, "public.not_public_text")
		return nil
	}
	sendText(v.w, name, strings.Join(parts, "\r\n\r\n"))
	return nil
}

// plainNotice is a public text for a plain file, with the line ends that every editor shows.
func plainNotice(n query.PublicNotice) string {
	lines := []string{n.Title, ""}
	if n.Paper != "" {
		lines = append(lines, n.Paper, "")
	}
	lines = append(append(lines, strings.Split(n.Text, "\n")...), "", n.Office, n.Day.String(), "")
	return strings.Join(lines, "\r\n")
}

// sendText sends a plain text file in UTF-8 with a mark of its coding, without which older editors
// misread Chinese.
func sendText(w http.ResponseWriter, name, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", disposition(strings.Map(plainName, name)+".txt"))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte("\ufeff" + text)) // whoever asked may have gone away
}

// plainName leaves out of a file's name what some systems do not take.
func plainName(r rune) rune {
	if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
		return '_'
	}
	return r
}

// noticePath is where anybody reads a public text.
func noticePath(n query.PublicNotice) string {
	return "/public/" + url.PathEscape(n.Plan) + "/" + strconv.Itoa(n.Number)
}
