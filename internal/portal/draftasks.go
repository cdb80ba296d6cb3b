package portal

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"duban/internal/draft"
	"duban/internal/intake"
	"duban/internal/ledger"
	"duban/internal/words"
)

// asksOf is how many questions and places of questions one page shows.
const asksOf = 25

// ask is a question, or one place of a question that is asked of several.
type ask struct {
	ID, Place, Words, Ask string
	Options               []string // as they are typed into the field
	Proposal              string
	Head                  bool // the line of the question itself, above its places
	Item                  bool
	Again                 bool // the line of a question whose places go on from the page before
	Done                  bool
	Value, Was            string // the text in the field; the answer that is kept
	Refused               string
	Other                 string // the answer that somebody else has kept since the form was drawn
	Beside                []draftLine
	Cut                   bool // not all of the passage is shown
}

// draftLine is a line of the document with its marks and the commitments made of it.
type draftLine struct {
	intake.Line
	Made []madeRow
}

// madeRow is a commitment as the page shows it.
type madeRow struct{ ID, Title, Says string }

type asksPage struct {
	Path, Draft    string
	Asks           []ask
	Open, Answered int
	Edited         bool // the plan's text was edited: answers do not change it
	Closed         bool
	pager
}

// mostBeside is how many lines of a passage are shown beside a question.
const mostBeside = 6

// draftQuestions are the questions of a draft beside the passages they are about, the
// most important first.
func (v *visit) draftQuestions() error {
	d, r, done, err := v.draftReady("")
	if done || err != nil {
		return err
	}
	if r.Import == nil {
		return ledger.ErrNotFound
	}
	kept, err := v.Drafts.Fields(v.ctx(), d.ID)
	if err != nil {
		return err
	}
	var all []ask
	for _, q := range r.Import.Questions {
		all = append(all, v.asksOf(q)...)
	}
	skip := v.skip()
	shown := all[min(skip, len(all)):min(skip+asksOf, len(all))]
	out := asksPage{Path: "/drafts/" + d.ID, Draft: d.Title, Open: len(r.Import.Open), Answered: r.Import.Answered, Edited: r.Edited["plan.yaml"], Closed: d.State != ledger.DraftOpen}
	if len(shown) > 0 && shown[0].Item {
		for i := skip - 1; i >= 0; i-- {
			if all[i].Head {
				head := all[i]
				head.Again = true
				out.Asks = append(out.Asks, head)
				break
			}
		}
	}
	out.Asks = append(out.Asks, shown...)
	out.pager = v.pagerBy(asksOf, skip, len(shown), len(all))
	for i := range out.Asks {
		a := &out.Asks[i]
		a.Value, a.Was = kept[a.ID], kept[a.ID]
		if typed, there := v.typed["a-"+a.ID]; there {
			a.Value = strings.Join(typed, "")
			if a.Was != v.typed.Get("was-"+a.ID) && a.Was != strings.TrimSpace(a.Value) {
				a.Other = cmp.Or(a.Was, v.say.T("draft.taken_out"))
			}
		}
		v.beside(a, r.Import)
	}
	if v.r.URL.Query().Get("saved") != "" && v.typed == nil {
		v.note = v.say.T("draft.saved")
	}
	return v.show("draftasks", v.say.T("draft.title_asks", words.Data{"Title": d.Title}), out)
}

// asksOf is a line for a question and one for each of its places.
func (v *visit) asksOf(q intake.Question) (all []ask) {
	var options []string
	for _, o := range q.Options {
		options = append(options, v.option(o))
	}
	all = append(all, ask{ID: q.ID, Place: q.Place, Words: q.Words, Ask: q.Ask, Options: options, Proposal: v.option(q.Proposal), Head: true, Done: q.Done(), Refused: q.Refused})
	for _, i := range q.Items {
		all = append(all, ask{ID: i.ID, Place: i.Place, Words: i.Words, Options: options, Proposal: v.option(cmp.Or(i.Proposal, q.Proposal)), Item: true, Done: q.Done()})
	}
	return all
}

// option is an option in the reader's words; an answer may be typed in them.
func (v *visit) option(o string) string {
	if text := v.say.T("draft.option_" + o); text != "draft.option_"+o {
		return text
	}
	return o
}

// beside puts the passage that a question is about next to it.
func (v *visit) beside(a *ask, made *intake.Made) {
	if a.Head && a.Words == "" && a.Place == "" {
		return
	}
	lines := made.Beside(a.Place, a.Words)
	a.Cut = len(lines) > mostBeside
	for _, l := range lines[:min(len(lines), mostBeside)] {
		a.Beside = append(a.Beside, v.draftLine(l))
	}
}

func (v *visit) draftLine(l intake.Line) draftLine {
	out := draftLine{Line: l}
	for _, e := range l.Entries {
		says := v.say.T("term." + string(e.Kind))
		add := func(text string) {
			if text != "" {
				says += v.say.T("report.comma") + text
			}
		}
		if !e.Due.IsZero() {
			add(v.say.T("intake.report_due") + " " + e.Due.String())
		}
		for _, u := range append([]string{e.Lead}, e.Each...) {
			add(u)
		}
		if e.SameAs != "" {
			add(v.say.T("intake.report_same") + " " + e.SameAs)
		}
		out.Made = append(out.Made, madeRow{e.ID, e.Title, says})
	}
	return out
}

// askID is the ID of a question or of one of its places.
var askID = regexp.MustCompile(`^[a-z_]+-[0-9a-f]{8}$`)

// mostAnswer is how long an answer may be, in characters.
const mostAnswer = 2000

// answerDraft keeps the answers of a page, each by itself: answers from another window to
// other questions are left alone, and those to the same questions are shown, not
// overwritten.
func (v *visit) answerDraft() error {
	d, err := v.draftOf()
	if err != nil {
		return err
	}
	c := ledger.DraftChange{By: v.who.ID}
	for name := range v.form {
		id, ok := strings.CutPrefix(name, "a-")
		value, was := strings.TrimSpace(v.form.Get(name)), v.form.Get("was-"+id)
		if !ok || value == was {
			continue
		}
		if !askID.MatchString(id) || len([]rune(value)) > mostAnswer {
			v.drawAgain(http.StatusUnprocessableEntity, v.say.T("draft.answer_long", words.Data{"Most": mostAnswer}))
			return nil
		}
		c.Fields = append(c.Fields, ledger.DraftEntry{Name: id, Value: value, Was: was})
	}
	at := fmt.Sprintf("/drafts/%s/questions?saved=1", d.ID)
	if skip := v.skip(); skip > 0 {
		at += "&skip=" + strconv.Itoa(skip)
	}
	if len(c.Fields) == 0 {
		return v.to(at)
	}
	return v.keepSaid(d, c, at)
}

// keepSaid keeps what was typed for a draft and goes on to the page then. A field that
// another window has filled in differently is shown in the form, and not overwritten.
func (v *visit) keepSaid(d ledger.Draft, c ledger.DraftChange, then string) error {
	others, err := v.Drafts.Change(v.ctx(), d.ID, c)
	switch {
	case errors.Is(err, draft.ErrNone):
		v.drawAgain(http.StatusConflict, v.say.T("draft.closed"))
		return nil
	case err != nil:
		return err
	case len(others) > 0:
		v.drawAgain(http.StatusConflict, v.say.T("draft.answered_meanwhile", words.Data{"N": len(others)}))
		return nil
	}
	return v.to(then)
}

// documentPage is the document of a draft with the commitments made of its lines.
type documentPage struct {
	Path, Draft string
	Lines       []draftLine
	pager
}

const linesOf = 100

func (v *visit) draftDocument() error {
	d, r, done, err := v.draftReady("")
	if done || err != nil {
		return err
	}
	if r.Import == nil {
		return ledger.ErrNotFound
	}
	lines, skip := r.Import.Lines(), v.skip()
	out := documentPage{Path: "/drafts/" + d.ID, Draft: d.Title}
	shown := lines[min(skip, len(lines)):min(skip+linesOf, len(lines))]
	out.pager = v.pagerBy(linesOf, skip, len(shown), len(lines))
	for _, l := range shown {
		out.Lines = append(out.Lines, v.draftLine(l))
	}
	return v.show("draftdocument", v.say.T("draft.title_document", words.Data{"Title": d.Title}), out)
}
