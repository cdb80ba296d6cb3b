package portal

import (
	"archive/zip"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// endPage is what keeps a plan from being ended, or the form that ends it.
type endPage struct {
	Plan, Path    string
	Ended         string // the day on which it was ended
	Archived      string // the day on which it was archived
	Going         []goingRow
	Talks         []link
	Reason, Paper string
	Wrong         string
	Many          int    // more tasks than so many go on; 0: they are in Going
	ManyPath      string // address of their list
}

// mostGoing is how many tasks that go on the page lists, each with the task of another plan that
// seems to be the same work.
const mostGoing = 300

// goingRow is a task that goes on.
type goingRow struct {
	query.GoesOn
	Path, StateWord, Left string
}

func (v *visit) endForm() error { return v.showEnd(http.StatusOK, "") }

func (v *visit) showEnd(status int, wrong string) error {
	id := v.r.PathValue("plan")
	many, err := v.Reader.ManyUndecided(v.ctx(), v.asks(), id, mostGoing)
	if err != nil {
		return err
	}
	if many {
		l, err := v.Reader.Plan(v.ctx(), v.asks(), id)
		if err != nil {
			return err
		}
		return v.showUnder(status, "planend", v.say.T("portal.title_end", words.Data{"Plan": l.Plan.Title}),
			endPage{Plan: l.Plan.Title, Path: planPath(id), Wrong: wrong, Many: mostGoing, ManyPath: v.at("/tasks", "plan", id, "state", string(act.Open))})
	}
	out, l, err := v.Reader.Undecided(v.ctx(), v.asks(), id)
	if err != nil {
		return err
	}
	p := endPage{Plan: l.Plan.Title, Path: planPath(id), Reason: v.form.Get("reason"), Paper: v.form.Get("paper"), Wrong: wrong}
	if !l.Ended.IsZero() {
		p.Ended = l.Ended.In(l.Plan.Location()).Format("2006-01-02")
	}
	if !l.Archived.IsZero() {
		p.Archived = l.Archived.In(l.Plan.Location()).Format("2006-01-02")
	}
	for _, g := range out.Undecided {
		row := goingRow{GoesOn: g, Path: taskPath(id, g.ID), StateWord: v.say.T("act.state_" + string(g.State))}
		if g.Late > 0 {
			row.Left = v.say.T("portal.workdays_late", words.Data{"N": g.Late})
		}
		p.Going = append(p.Going, row)
	}
	for _, k := range out.Talks {
		p.Talks = append(p.Talks, link{talkPath(id, k), k})
	}
	return v.showUnder(status, "planend", v.say.T("portal.title_end", words.Data{"Plan": l.Plan.Title}), p)
}

// endPlan ends a plan whose tasks are all settled. A plan that has ended is not ended
// again.
func (v *visit) endPlan() error {
	id := v.r.PathValue("plan")
	reason, paper := strings.TrimSpace(v.form.Get("reason")), strings.TrimSpace(v.form.Get("paper"))
	if reason == "" {
		return v.showEnd(http.StatusUnprocessableEntity, v.say.T("portal.needed", words.Data{"Field": v.say.T("act.field_reason")}))
	}
	out, l, err := v.Reader.Undecided(v.ctx(), v.asks(), id)
	if err != nil {
		return err
	}
	if l.Plan.Directory.Office != v.who.Account.Unit {
		return query.ErrNotWhole
	}
	if len(out.Undecided)+len(out.Talks) > 0 || !l.Ended.IsZero() {
		return v.showEnd(http.StatusConflict, "")
	}
	err = v.Acts.EndPlan(v.ctx(), id, v.who.actor(), reason, paper)
	var refused *engine.RefusedError
	switch {
	case errors.As(err, &refused):
		return v.showEnd(http.StatusConflict, notice.Refused(v.say, refused.Refusal, l.Plan.Directory.Name))
	case errors.Is(err, ErrLookOnly):
		return v.showEnd(http.StatusForbidden, v.say.T("portal.look_only"))
	case errors.Is(err, ledger.ErrGoesOn):
		return v.showEnd(http.StatusConflict, v.say.T("portal.end_meanwhile"))
	case err != nil:
		return err
	}
	return v.to(planPath(id) + "/end")
}

// putArchive archives a plan that has ended, or takes it back, which takes a reason. What is
// done already is not done again.
func (v *visit) putArchive() error {
	id, reason := v.r.PathValue("plan"), strings.TrimSpace(v.form.Get("reason"))
	do, back := v.Acts.ArchivePlan, v.form.Get("do") == "back"
	if back {
		do = v.Acts.TakeBackPlan
	}
	l, err := v.Reader.Plan(v.ctx(), v.asks(), id)
	if err != nil {
		return err
	}
	if l.Plan.Directory.Office != v.who.Account.Unit {
		return query.ErrNotWhole
	}
	if back && reason == "" {
		return v.showEnd(http.StatusUnprocessableEntity, v.say.T("portal.needed", words.Data{"Field": v.say.T("act.field_reason")}))
	}
	err = do(v.ctx(), id, v.who.actor(), reason)
	var refused *engine.RefusedError
	switch {
	case errors.As(err, &refused):
		return v.showEnd(http.StatusConflict, notice.Refused(v.say, refused.Refusal, l.Plan.Directory.Name))
	case errors.Is(err, ErrLookOnly):
		return v.showEnd(http.StatusForbidden, v.say.T("portal.look_only"))
	case errors.Is(err, ledger.ErrNotEnded):
		return v.showEnd(http.StatusConflict, "")
	case err != nil:
		return err
	}
	return v.to(planPath(id) + "/end")
}

// archiveEvery is how many lines of an archive are written before the deadline for the
// browser is put off again.
const archiveEvery = 2000

// archive sends all of a plan in one file to be put away: its book, and as proof of the
// book its events with the documents that they name.
func (v *visit) archive() error {
	id := v.r.PathValue("plan")
	t, err := v.Reader.Book(v.ctx(), v.asks(), id)
	if err != nil {
		return err
	}
	events, err := v.Reader.EventFile(v.ctx(), v.asks(), id)
	if err != nil {
		return err
	}
	data := words.Data{"Plan": t.Plan.ID, "Day": t.AsOf.String()}
	name := v.say.T("portal.archive_name", data)
	v.w.Header().Set("Content-Type", "application/zip")
	v.w.Header().Set("Content-Disposition", disposition(name+".zip"))
	v.w.WriteHeader(http.StatusOK)
	z := zip.NewWriter(v.w)
	err = v.putAway(z, t, events, data)
	if err == nil {
		err = z.Close()
	}
	if err != nil && !v.gone() { // the file breaks off, and a ZIP without its end cannot be opened
		v.Log.Error("An archive could not be written", "plan", id, "account", v.who.ID, "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (v *visit) putAway(z *zip.Writer, t report.Table, events query.EventFile, data words.Data) error {
	put := func(name string) (io.Writer, error) {
		return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: v.Now()})
	}
	w, err := put(v.say.T("report.file_name", data) + ".xlsx")
	if err != nil {
		return err
	}
	if err := report.WriteXLSX(w, t, v.say); err != nil {
		return err
	}
	if w, err = put(v.say.T("report.events_name", data) + ".jsonl"); err != nil {
		return err
	}
	lines, control := 0, http.NewResponseController(v.w)
	_, err = events.Write(v.whole, w, func() {
		if lines++; lines%archiveEvery == 0 {
			_ = control.SetWriteDeadline(time.Now().Add(writeTime)) // a test's recorder has no deadline
		}
	})
	return err
}
