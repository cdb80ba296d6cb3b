package portal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/words"
)

// progressTime is how long one press may take to hand in the rows of a sheet; the rows that
// are left then are handed in with the next press.
const progressTime = 10 * time.Second

// sheetLine is a row of a sheet of progress, as it was understood.
type sheetLine struct {
	form.SheetRow
	Name, Lead, Path string
	Wrong            string // why the row cannot be handed in
	Same             bool   // the ledger has the row's progress already
}

type progressPage struct {
	Sheets []link // addresses of the sheets to be filled in, each with its name
	Lines  []sheetLine
	Good   int    // how many rows can be handed in
	Rows   string // the rows that can be handed in as JSON, for the form
	Done   []sheetLine
	Faults int
	Office bool
}

// progressForm is the page from which a sheet is taken, and to which it is brought back.
func (v *visit) progressForm() error { return v.showProgress(http.StatusOK, progressPage{}) }

func (v *visit) showProgress(status int, p progressPage) error {
	names, err := v.Reader.Names(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	p.Office = len(v.who.seats.Office) > 0
	for _, id := range v.who.seats.Office {
		if err := v.sheetsOf(&p, id, names.Plans[id]); err != nil {
			return err
		}
	}
	if !p.Office {
		if err := v.sheetsOf(&p, "", ""); err != nil {
			return err
		}
	}
	var good []form.SheetRow
	for _, l := range p.Lines {
		switch {
		case l.Wrong != "":
			p.Faults++
		case !l.Same:
			good = append(good, l.SheetRow)
		}
	}
	p.Good = len(good)
	if len(good) > 0 {
		raw, err := json.Marshal(good)
		if err != nil {
			return err
		}
		p.Rows = string(raw)
	}
	return v.showUnder(status, "progress", v.say.T("portal.title_progress"), p)
}

// sheetsOf adds the sheets of a plan, or of all plans with "", to the page: one, or as many as there
// must be so that each can be handed in at once.
func (v *visit) sheetsOf(p *progressPage, planID, title string) error {
	f := v.reported(planID)
	f.Limit = 1
	page, err := v.Reader.Tasks(v.ctx(), v.asks(), f)
	if err != nil {
		return err
	}
	name := strings.TrimSpace(v.say.T("portal.progress_download") + " " + title)
	for _, part := range partsOf(page.Total, form.MostSheetRows) {
		called := name
		if part != [2]int{0, page.Total} {
			called += v.say.T("portal.progress_part", words.Data{"From": part[0] + 1, "To": part[1], "N": page.Total})
		}
		from := ""
		if part[0] > 0 {
			from = strconv.Itoa(part[0])
		}
		p.Sheets = append(p.Sheets, link{v.at("/progress/sheet", "plan", planID, "skip", from), called})
	}
	return nil
}

// partsOf are the parts of at most most in which total are given, each by where it begins and ends;
// nothing is one part too.
func partsOf(total, most int) (parts [][2]int) {
	for from := 0; from == 0 || from < total; from += most {
		parts = append(parts, [2]int{from, min(from+most, total)})
	}
	return parts
}

// reported chooses the tasks of a sheet: for a unit the open ones that it leads, for the office those
// of a plan.
func (v *visit) reported(planID string) query.TaskFilter {
	f := query.TaskFilter{Plan: planID, States: []act.State{act.Open, act.Suspended}, Kinds: []string{string(plan.Dated)}}
	if !slices.Contains(v.who.seats.Office, planID) {
		f.Leads = []string{v.who.Account.Unit}
	}
	return f
}

// progressSheet is a sheet to be filled in, of no more tasks than can be handed in at once.
func (v *visit) progressSheet() error {
	f := v.reported(v.r.URL.Query().Get("plan"))
	f.Skip, f.Limit = v.skip(), form.MostSheetRows
	lines, _, err := v.Reader.ToReport(v.ctx(), v.asks(), f)
	if err != nil {
		return err
	}
	names, err := v.Reader.Names(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	raw, err := form.WriteProgress(lines, names.Plans, random(8), v.say)
	if err != nil {
		return err
	}
	return v.sendXLSX(v.say.T("portal.progress_file", words.Data{"Day": v.clock(v.Now())[:10]})+".xlsx", raw)
}

func (v *visit) sendXLSX(name string, raw []byte) error {
	v.w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	v.w.Header().Set("Content-Disposition", disposition(name))
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(raw) // whoever asked may have gone away
	return nil
}

// bringProgress shows the rows of a sheet before anything is done, or hands in the rows
// that were shown.
func (v *visit) bringProgress() error {
	if rows := v.form.Get("rows"); rows != "" {
		return v.handIn(rows)
	}
	if len(v.papers) != 1 || len(v.papers[0].Body) == 0 {
		v.note = v.say.T("portal.progress_one_file")
		return v.showProgress(http.StatusUnprocessableEntity, progressPage{})
	}
	rows, err := form.ReadProgress(bytes.Clone(v.papers[0].Body))
	var fault *form.Fault
	if errors.As(err, &fault) {
		v.note = fault.Text(v.say, "")
		return v.showProgress(http.StatusUnprocessableEntity, progressPage{})
	}
	if err != nil {
		return err
	}
	lines, _, err := v.sheetLines(rows)
	if err != nil {
		return err
	}
	return v.showProgress(http.StatusOK, progressPage{Lines: lines})
}

// handing is the act of a row of a sheet, and the task that it is done to.
type handing struct {
	thing
	act act.Act
}

// sheetLines are the rows as they were understood, and for each row the act that it says.
func (v *visit) sheetLines(rows []form.SheetRow) (lines []sheetLine, acts []handing, err error) {
	first := map[string]int{}
	for _, r := range rows {
		l, h, err := v.sheetLine(r)
		if err != nil {
			return nil, nil, err
		}
		if key := h.Plan.Plan.ID + "/" + h.Task.ID; l.Wrong == "" {
			if before, twice := first[key]; twice {
				l.Wrong = v.say.T("portal.progress_twice", words.Data{"Line": before})
			} else {
				first[key] = r.Line
			}
		}
		lines, acts = append(lines, l), append(acts, h)
	}
	return lines, acts, nil
}

func (v *visit) sheetLine(r form.SheetRow) (l sheetLine, h handing, err error) {
	l = sheetLine{SheetRow: r, Name: r.Title}
	s, err := v.Reader.Task(v.ctx(), v.asks(), r.Plan, r.Task)
	if _, real := v.trouble(err); err != nil && real {
		return l, h, err
	}
	if err != nil || s.Hidden || r.Task == "" {
		l.Wrong = v.say.T("portal.progress_no_task", words.Data{"Task": r.Task})
		return l, h, nil
	}
	t := thing{Subject: s}
	h.thing = t
	l.Name, l.Lead, l.Path = s.Task.Title, s.Plan.Plan.Directory.Name(s.Task.Lead), t.path()
	if r.Title != "" && r.Title != s.Task.Title {
		l.Wrong = v.say.T("portal.progress_other_title", words.Data{"Task": r.Task, "Title": s.Task.Title})
		return l, h, nil
	}
	unit := ""
	if v.who.Account.Unit == s.Plan.Plan.Directory.Office {
		unit = s.Task.Lead
	}
	row, ok := t.row(act.Progress)
	if !ok {
		l.Wrong = v.say.T("portal.progress_no_task", words.Data{"Task": r.Task})
		return l, h, nil
	}
	if l.Wrong, err = v.couldNot(t, act.Progress, unit); err != nil || l.Wrong != "" {
		return l, h, err
	}
	l.Percent = cmp.Or(l.Percent, form.Percent(ledger.CaseOf(s.Task).Percent))
	a, wrong, err := v.filled(t, row, url.Values{"for": {unit}, "percent": {l.Percent}, "reason": {r.Text}}, nil)
	if err != nil {
		return l, h, err
	}
	for _, name := range []string{"percent", "reason"} {
		if wrong[name] != "" {
			l.Wrong += wrong[name]
		}
	}
	if l.Wrong == "" {
		l.Wrong = v.tooMuch(a, t)
	}
	if l.Wrong != "" {
		return l, h, nil
	}
	last, err := v.Reader.LastAct(v.ctx(), v.asks(), s.Plan.Plan.ID, t.shown(), act.Progress)
	if err != nil {
		return l, h, err
	}
	l.Percent = form.Percent(a.Percent)
	l.Same = last != nil && last.Reason == a.Reason && last.Percent == a.Percent
	a.ID = l.ActID(s.Plan.Plan.ID, s.Task.ID)
	h.act = a
	return l, h, nil
}

// tooMuch is a sentence about a field of an act that is longer than act.Lengths allows; ""
// without one.
func (v *visit) tooMuch(a act.Act, t thing) string {
	if r := act.Lengths(a); r != nil {
		return notice.Refused(v.say, *r, t.Plan.Plan.Directory.Name)
	}
	if a.Percent < 0 || a.Percent > 100 {
		return v.say.T("act.refused_percent", words.Data{"Percent": a.Percent})
	}
	return ""
}

// handIn does the acts of a sheet, row by row. A row that was handed in before is passed
// over, so that a sheet sent twice changes nothing more.
func (v *visit) handIn(text string) error {
	var rows []form.SheetRow
	if err := json.Unmarshal([]byte(text), &rows); err != nil || len(rows) > form.MostSheetRows {
		v.refuse(http.StatusBadRequest, "portal.bad_form")
		return nil
	}
	lines, acts, err := v.sheetLines(rows)
	if err != nil {
		return err
	}
	end := time.Now().Add(progressTime)
	var p progressPage
	for i, l := range lines {
		switch {
		case l.Wrong != "":
			p.Lines = append(p.Lines, l)
			continue
		case l.Same:
			p.Done = append(p.Done, l)
			continue
		case time.Now().After(end):
			p.Lines = append(p.Lines, l)
			continue
		}
		_, err := v.do(acts[i].thing, acts[i].act)
		var refused *engine.RefusedError
		var silent *engine.SilentError
		switch {
		case err == nil:
			p.Done = append(p.Done, l)
		case errors.As(err, &refused):
			l.Wrong = notice.Refused(v.say, refused.Refusal, acts[i].Plan.Plan.Directory.Name)
			p.Lines = append(p.Lines, l)
		case errors.As(err, &silent):
			p.Lines, v.note, end = append(p.Lines, l), v.say.T("portal.silent_"+string(silent.Why)), time.Time{}
		case errors.Is(err, ErrLookOnly):
			p.Lines, v.note, end = append(p.Lines, l), v.say.T("portal.look_only"), time.Time{}
		case v.gone():
			return nil
		default:
			v.Log.Error("A row of a sheet could not be handed in", "account", v.who.ID, "act", acts[i].act.ID, "error", err)
			p.Lines, v.note, end = append(p.Lines, l), v.say.T("portal.not_done"), time.Time{}
		}
	}
	if v.note == "" {
		v.note = v.say.T("portal.progress_done", words.Data{"N": len(p.Done)})
	}
	return v.showProgress(http.StatusOK, p)
}
