package portal

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/draft"
	"duban/internal/intake"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// draftPatience is how long a page waits until a draft is worked out, before it shows how
// far the work is.
const draftPatience = 2 * time.Second

// draftRow is a line of the list of drafts.
type draftRow struct {
	ID, Title, Kind, State, By, Changed string
}

type draftsPage struct {
	Lines  []draftRow
	ID     string // of the draft that the form begins
	First  bool   // no plan is known: the form asks who is the office and the leadership
	Typed  url.Values
	Accept string // endings of files
	pager
}

// drafts shows the drafts of the viewer's office, and the form that begins another.
func (v *visit) drafts() error {
	if v.Drafts == nil {
		return ErrLookOnly
	}
	skip := v.skip()
	all, err := v.Drafts.All(v.ctx(), v.who.Account.Unit, skip, pageOf+1)
	if err != nil {
		return err
	}
	out := draftsPage{ID: v.typed.Get("id"), First: v.who.seats.Plans == 0, Typed: v.typed, pager: v.pager(skip, min(len(all), pageOf), skip+len(all))}
	out.Total = 0 // the page shows no number of all drafts
	for _, d := range all[:min(len(all), pageOf)] {
		out.Lines = append(out.Lines, draftRow{d.ID, d.Title, v.say.T("draft.kind_" + d.Kind), v.say.T("draft.state_" + d.State), v.accountName(d.By), v.clock(d.ChangedAt)})
	}
	if !draft.IsID(out.ID) {
		out.ID = draft.NewID()
	}
	return v.show("drafts", v.say.T("draft.title"), out)
}

// accountName is the name of an account, or its ID.
func (v *visit) accountName(id string) string {
	list, err := v.Accounts()
	if err != nil {
		return id
	}
	if a, ok := list.Find(id); ok {
		return a.Name
	}
	return id
}

// brought are the posted papers as files of a draft: documents under their own names, files
// of a plan under the names that draft.NameOf gives them. wrong is a sentence about the
// first paper that is not taken.
func (v *visit) brought() (files []ledger.DraftFile, wrong string) {
	for _, f := range v.papers {
		name := draft.NameOf(f.Name)
		kept, err := draft.Document(f)
		if name != "" {
			kept, err = draft.Edited(draft.File{Name: name, Body: f.Body})
		}
		var bad *draft.FileError
		if errors.As(err, &bad) {
			return nil, v.say.T("draft.file_"+bad.Why, words.Data{"Name": f.Name, "Most": draft.MostFile >> 20, "Files": draft.MostFiles})
		}
		if slices.ContainsFunc(files, func(o ledger.DraftFile) bool { return o.Name == kept.Name }) {
			return nil, v.say.T("draft.file_twice", words.Data{"Name": f.Name})
		}
		files = append(files, kept)
	}
	return files, ""
}

// beginDraft keeps what was brought as a new draft.
func (v *visit) beginDraft() error {
	if v.Drafts == nil {
		return ErrLookOnly
	}
	files, wrong := v.brought()
	id, title := v.form.Get("id"), strings.TrimSpace(v.form.Get("title"))
	switch {
	case wrong != "":
	case len(files) == 0:
		wrong = v.say.T("draft.no_file")
	case v.who.seats.Plans == 0 && strings.TrimSpace(v.form.Get("office")) == "":
		wrong = v.say.T("portal.needed", words.Data{"Field": v.say.T("draft.office")})
	case len([]rune(title)) > 200:
		wrong = v.say.T("portal.form_wrong")
	}
	if wrong != "" {
		v.drawAgain(http.StatusUnprocessableEntity, wrong)
		return nil
	}
	if !draft.IsID(id) {
		id = draft.NewID()
	}
	d := ledger.Draft{ID: id, Kind: kindOf(files), Unit: v.who.Account.Unit, Title: cmp.Or(title, strings.TrimSuffix(files[0].Name, path.Ext(files[0].Name))), By: v.who.ID}
	fields := map[string]string{}
	if v.who.seats.Plans == 0 {
		fields[draft.FieldOffice], fields[draft.FieldOfficeID] = strings.TrimSpace(v.form.Get("office")), v.who.Account.Unit
		if leaders := strings.TrimSpace(v.form.Get("leaders")); leaders != "" {
			fields[draft.FieldLeaders], fields[draft.FieldLeadersID] = leaders, v.leadersID()
		}
	}
	if day := v.form.Get("issued"); day != "" {
		fields[draft.FieldIssued] = day
	}
	if err := v.Drafts.Begin(v.ctx(), d, files, fields); err != nil {
		return err
	}
	return v.to("/drafts/" + id)
}

// kindOf is the kind of a draft with these files.
func kindOf(files []ledger.DraftFile) string {
	has := func(name string) bool {
		return slices.ContainsFunc(files, func(f ledger.DraftFile) bool { return f.Name == name })
	}
	switch {
	case has("notice.json"):
		return draft.Holidays
	case len(files) == 1 && has("policies.yaml"):
		return draft.Policy
	}
	return draft.Plan
}

// leadersID is the ID of the unit of the first account with the seat of a leader; ""
// without one.
func (v *visit) leadersID() string {
	list, err := v.Accounts()
	if err != nil {
		return ""
	}
	for _, a := range list.All {
		if a.Seat == people.Leader {
			return a.Unit
		}
	}
	return ""
}

// draftOf is the draft of the address, of the viewer's office.
func (v *visit) draftOf() (ledger.Draft, error) {
	if v.Drafts == nil {
		return ledger.Draft{}, ErrLookOnly
	}
	d, err := v.Drafts.Of(v.ctx(), v.r.PathValue("draft"), v.who.Account.Unit)
	if errors.Is(err, draft.ErrNone) {
		err = ledger.ErrNotFound
	}
	return d, err
}

// setting is what the viewer's drafts are worked out with: see draft.Setting.
func (v *visit) setting() (set draft.Setting, err error) {
	if set.Calendar, err = v.Reader.Holidays(v.ctx(), v.asks()); err != nil {
		return set, err
	}
	units, err := v.Reader.Contacts(v.ctx(), v.asks())
	if err != nil {
		return set, err
	}
	if len(units) > 0 {
		set.Known = &people.Directory{Units: units}
	}
	set.Lang = v.say.Lang()
	return set, nil
}

// ready is a draft as worked out. done tells that the request has been answered: with how
// far the work is, or why it failed. The answer to a posted form holds what was typed, to
// be sent again.
func (v *visit) ready(d ledger.Draft) (r draft.Ready, done bool, err error) {
	set, err := v.setting()
	if err != nil {
		return r, false, err
	}
	ctx, cancel := context.WithTimeout(v.ctx(), draftPatience)
	defer cancel()
	r, err = v.Drafts.Ready(ctx, d, set)
	var under *draft.UnderWayError
	var refusal *intake.Refusal
	switch {
	case errors.As(err, &under) && v.keeps() != nil:
		v.w.Header().Set("Retry-After", "10")
		v.sorry(http.StatusServiceUnavailable, v.say.T("draft.not_yet", words.Data{"Percent": under.Percent}), true)
		return r, true, nil
	case errors.As(err, &under):
		return r, true, v.showWait(d, v.say.T("draft.working_out"), under.Percent)
	case errors.As(err, &refusal):
		return r, true, v.showDraft(http.StatusOK, d, draft.Ready{}, refusal.Text(v.say))
	}
	return r, false, err
}

// draftReady is the draft of the address as worked out; done as in ready. Where doing is a
// key of the catalogue, a page shows that text, and how far the work is, while the draft is
// being put in force.
func (v *visit) draftReady(doing string) (d ledger.Draft, r draft.Ready, done bool, err error) {
	if d, err = v.draftOf(); err != nil {
		return d, r, false, err
	}
	if w := v.Drafts.Under(launchKey(d.ID)); doing != "" && w != nil && !w.Ended(ended) {
		return d, r, true, v.showWait(d, v.say.T(doing), w.Percent())
	}
	r, done, err = v.ready(d)
	return d, r, done, err
}

// waiting is what the page shows while something is under way.
type waiting struct {
	Title, What, Path string
	Percent           int
}

// showWait shows how far something is; the browser asks again by itself.
func (v *visit) showWait(d ledger.Draft, what string, percent int) error {
	v.w.Header().Set("Refresh", "1")
	return v.show("draftwait", v.say.T("draft.title_one", words.Data{"Title": d.Title}), waiting{d.Title, what, v.r.URL.RequestURI(), percent})
}

// draftFileRow is a file of a draft as its page lists it.
type draftFileRow struct {
	Name, Size, What string
	Edit             bool // its text can be edited
	Brought          bool // it can be taken away
}

// draftPage is a draft with the next steps for it.
type draftPage struct {
	ledger.Draft
	KindName, StateName string
	Path                string
	Refused             string // why nothing could be made of the document
	Made                string // what was made of it
	Times               string
	Unread              []string
	Open, Answered      int
	Units               int // units that the import proposed
	Document            bool
	Files               []draftFileRow
	Problems            []problemRow
	More                int // problems that are not shown
	Failed, Checked     bool
	Counts              string
	Seats, Over         int // seats that get messages; those over their budget
	Launch              *launching
	Next                *rolling
	Changes             bool   // the draft changes something that is in force
	Result              string // of the last launch
	ResultWrong         bool
}

// problemRow is a fault of a plan's files.
type problemRow struct {
	At, Message string
	Grave       bool
}

const mostProblems = 200

func (v *visit) draft() error {
	d, r, done, err := v.draftReady("draft.launching")
	if done || err != nil {
		return err
	}
	return v.showDraft(http.StatusOK, d, r, "")
}

func (v *visit) showDraft(status int, d ledger.Draft, r draft.Ready, refused string) error {
	out := draftPage{Draft: d, KindName: v.say.T("draft.kind_" + d.Kind), StateName: v.say.T("draft.state_" + d.State), Path: "/drafts/" + d.ID, Refused: refused}
	files, err := v.Drafts.Files(v.ctx(), d.ID)
	if err != nil {
		return err
	}
	brought := map[string]ledger.DraftFile{}
	for _, f := range files {
		brought[f.Name] = f
		out.Document = out.Document || f.Part == ledger.DraftDocument
		out.Files = append(out.Files, draftFileRow{f.Name, sizeText(f.Size), v.say.T("draft.part_" + f.Part), draft.Text(f.Name), true})
	}
	for name, body := range r.Files {
		if _, there := brought[name]; !there {
			out.Files = append(out.Files, draftFileRow{name, sizeText(int64(len(body))), v.say.T("draft.part_made"), draft.Text(name), false})
		}
	}
	slices.SortStableFunc(out.Files, func(a, b draftFileRow) int { return cmp.Compare(a.Name, b.Name) })
	if m := r.Import; m != nil {
		s := m.Summary
		out.Made = v.say.T("intake.report_summary", words.Data{"Entries": s.Dated + s.Duties + s.Standing, "Dated": s.Dated, "Duties": s.Duties, "Standing": s.Standing,
			"Mentions": s.Mentions, "Sections": s.Sections, "Units": s.Units, "Proposed": s.Proposed})
		aside := 0
		for _, n := range s.Times.Aside {
			aside += n
		}
		out.Times = v.say.T("intake.report_times", words.Data{"Found": s.Times.Found, "Tasks": s.Times.Tasks, "Duties": s.Times.Duties, "Asked": s.Times.Asked, "Aside": aside})
		for _, u := range s.Unread {
			out.Unread = append(out.Unread, u.Text(v.say))
		}
		out.Open, out.Answered, out.Units = len(s.Open), s.Answered, s.Proposed
	}
	if _, there := r.Files["plan.yaml"]; there {
		out.Checked, out.Failed = true, r.Failed()
		v.problems(&out, r.Problems)
		if r.Plan != nil {
			kinds := map[plan.Kind]int{}
			for _, t := range r.Plan.Tasks {
				kinds[t.Kind]++
			}
			out.Counts = v.say.T("draft.counts", words.Data{"Dated": kinds[plan.Dated], "Duties": kinds[plan.Duty], "Standing": kinds[plan.Standing], "Units": len(r.Plan.Directory.Units)})
			out.Seats = len(r.Messages)
			for _, a := range r.Messages {
				if a.Budget > 0 && max(a.Silent, a.Acting) > a.Budget {
					out.Over++
				}
			}
		}
	}
	out.Next = v.rolling(r)
	if out.Launch, err = v.launching(d, r); err != nil {
		return err
	}
	open := d.State == ledger.DraftOpen
	out.Changes = open && (d.Kind != draft.Plan || out.Launch != nil && out.Launch.Known && len(out.Launch.Obstacles) == 0)
	if w := v.Drafts.Under(launchKey(d.ID)); w != nil && w.Ended(ended) {
		out.Result, out.ResultWrong = v.launchSaid(w)
	}
	return v.showUnder(status, "draft", v.say.T("draft.title_one", words.Data{"Title": d.Title}), out)
}

// ended is a context that has ended: with it draft.Work.Ended asks without waiting.
var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

func (v *visit) problems(out *draftPage, all []strictyaml.Problem) {
	rows := make([]problemRow, 0, len(all))
	held := planfile.Blocking(all)
	for _, p := range all {
		row := problemRow{Message: p.Message(v.say), Grave: !p.Warning || slices.ContainsFunc(held, func(h strictyaml.Problem) bool { return h.Key == p.Key })}
		if row.At = path.Base(p.File); p.Line > 0 {
			row.At += ":" + strconv.Itoa(p.Line)
		}
		if p.Field != "" {
			row.At += " " + p.Field
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b problemRow) int { return rank(a.Grave) - rank(b.Grave) })
	out.Problems, out.More = rows[:min(len(rows), mostProblems)], max(0, len(rows)-mostProblems)
}

func rank(grave bool) int {
	if grave {
		return 0
	}
	return 1
}
