package portal

import (
	"errors"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"duban/internal/calendar"
	"duban/internal/draft"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/rollover"
	"duban/internal/words"
)

// rolling is what a draft's page says of next year's plan.
type rolling struct {
	Year int    // the next
	ID   string // of the draft that is begun
}

// rolling is nil where the plan of a draft is not one that the viewer's office has launched.
func (v *visit) rolling(r draft.Ready) *rolling {
	if r.Plan == nil || !slices.Contains(v.who.seats.Office, r.Plan.ID) {
		return nil
	}
	return &rolling{r.Plan.Year + 1, draft.NewID()}
}

// nextYear begins the draft of next year's plan from this year's: the tasks that go on,
// that come again and that were left unfinished, by the ledger. A form sent twice begins
// one draft.
func (v *visit) nextYear() error {
	d, err := v.draftOf()
	if err != nil {
		return err
	}
	r, done, err := v.ready(d)
	if done || err != nil {
		return err
	}
	say := func(status int, text string) error {
		v.note = text
		return v.showDraft(status, d, r, "")
	}
	if r.Plan == nil {
		return say(http.StatusUnprocessableEntity, v.say.T("draft.obstacle_problems"))
	}
	year, _ := strconv.Atoi(strings.TrimSpace(v.form.Get("year")))
	if text, wrong := rollover.Sentence(v.say, rollover.CheckYear(r.Plan, year)); wrong {
		return say(http.StatusUnprocessableEntity, text)
	}
	next, err := v.Reader.NextYear(v.ctx(), v.asks(), r.Plan, year, calendar.Day{})
	switch {
	case errors.Is(err, ledger.ErrNotFound), errors.Is(err, query.ErrNotWhole):
		return say(http.StatusUnprocessableEntity, v.say.T("draft.roll_unknown", words.Data{"Plan": r.Plan.ID}))
	case err != nil:
		return err
	}
	files, err := next.Files(r.Files["plan.yaml"], func(name string) ([]byte, error) {
		if body, there := r.Files[path.Base(name)]; there {
			return body, nil
		}
		return nil, fs.ErrNotExist
	}, v.say)
	if err != nil {
		return err
	}
	var kept []ledger.DraftFile
	for _, f := range files {
		one, err := draft.Edited(draft.File{Name: f.Name, Body: f.Raw})
		if err != nil {
			return err
		}
		kept = append(kept, one)
	}
	id := v.form.Get("id")
	if !draft.IsID(id) {
		id = draft.NewID()
	}
	fresh := ledger.Draft{ID: id, Kind: draft.Plan, Unit: v.who.Account.Unit, Title: next.Title, By: v.who.ID}
	if err := v.Drafts.Begin(v.ctx(), fresh, kept, nil); err != nil {
		return err
	}
	return v.to("/drafts/" + id)
}
