package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"duban/internal/act"
)

// PublicText is a text that is made public, with all its versions.
type PublicText struct {
	Plan    string
	Version int
	act.PublicText
}

type publicTextRow struct {
	Plan    string `db:"plan"`
	Number  int    `db:"number"`
	Version int    `db:"version"`
	Doc     string `db:"doc"`
}

func (r publicTextRow) text() (p PublicText, err error) {
	p = PublicText{Plan: r.Plan, Version: r.Version}
	if err = json.Unmarshal([]byte(r.Doc), &p.PublicText); err != nil {
		err = fmt.Errorf("ledger: public text %d of %s: %w", r.Number, r.Plan, err)
	}
	return p, err
}

func publicTexts(rows []publicTextRow) (all []PublicText, err error) {
	for _, r := range rows {
		p, err := r.text()
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// PublicTexts are the public texts of a plan, whether they are approved or not, by number.
func (s *Store) PublicTexts(ctx context.Context, planID string) ([]PublicText, error) {
	var rows []publicTextRow
	if err := s.all(ctx, &rows, `SELECT plan, number, version, doc FROM public_texts WHERE plan = ? ORDER BY number`, planID); err != nil {
		return nil, err
	}
	return publicTexts(rows)
}

// PublicTextsOf are the public texts of a plan for one of its tasks, by number.
func (s *Store) PublicTextsOf(ctx context.Context, planID, task string) ([]PublicText, error) {
	var rows []publicTextRow
	if err := s.all(ctx, &rows, `SELECT plan, number, version, doc FROM public_texts WHERE plan = ? AND task = ? ORDER BY number`, planID, task); err != nil {
		return nil, err
	}
	return publicTexts(rows)
}

// Published are the texts of all plans of which a version is public, the last approved first, and
// how many there are in all.
func (s *Store) Published(ctx context.Context, skip, most int) (all []PublicText, total int, err error) {
	var rows []publicTextRow
	if err := s.one(ctx, &total, `SELECT COUNT(*) FROM public_texts WHERE since <> ''`); err != nil {
		return nil, 0, err
	}
	if err := s.all(ctx, &rows, `SELECT plan, number, version, doc FROM public_texts WHERE since <> '' ORDER BY since DESC, plan, number DESC LIMIT ? OFFSET ?`, most, skip); err != nil {
		return nil, 0, err
	}
	all, err = publicTexts(rows)
	return all, total, err
}

// WaitingTexts are the public texts of all plans that wait for somebody: to be approved, or to be
// changed because they were returned; by plan and number.
func (s *Store) WaitingTexts(ctx context.Context) ([]PublicText, error) {
	var rows []publicTextRow
	if err := s.all(ctx, &rows, `SELECT plan, number, version, doc FROM public_texts WHERE state IN (?, ?) ORDER BY plan, number`, string(act.TextWritten), string(act.TextReturned)); err != nil {
		return nil, err
	}
	return publicTexts(rows)
}

// PublicText is one text of a plan, whether it is approved or not. ErrNotFound.
func (s *Store) PublicText(ctx context.Context, planID string, number int) (PublicText, error) {
	return publicTextBy(reader{ctx, s}, planID, number)
}

func publicTextBy(q interface {
	one(dest any, query string, args ...any) error
}, planID string, number int) (PublicText, error) {
	var row publicTextRow
	if err := q.one(&row, `SELECT plan, number, version, doc FROM public_texts WHERE plan = ? AND number = ?`, planID, number); err != nil {
		return PublicText{}, fmt.Errorf("public text %d of %s: %w", number, planID, err)
	}
	return row.text()
}

// Publishing is an act on a public text, with what it leads to.
type Publishing struct {
	Plan    string
	Act     act.Act
	Version int            // PublicText.Version that the act was judged by; 0: the act writes the text first
	After   act.PublicText // the text after the act
}

// publicText is in place of a task's ID in the keys of acts on public texts: see ActKey.
const publicText = "text"

// sinceForm writes instants so that they sort as texts.
const sinceForm = "2006-01-02T15:04:05.000000Z"

// Publish records an act on a public text. The same act again changes nothing. ErrBehind when the
// text has been written since the act was judged, or, of an act that writes one first, when
// another text has been given its number. ErrTaken when another act of the plan's texts has the
// act's ID.
func (s *Store) Publish(ctx context.Context, p Publishing, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		key := ActKey(p.Plan, publicText, p.Act.ID)
		if there, err := actRecorded(t, key, p.Act); there || err != nil {
			return none, err
		}
		have, err := publicTextBy(t, p.Plan, p.After.Number)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return none, err
		}
		if have.Version != p.Version {
			return none, ErrBehind
		}
		since := ""
		if v, public := p.After.Public(); public {
			since = v.Approved.At.UTC().Truncate(time.Microsecond).Format(sinceForm)
		}
		state, doc := string(p.After.State), asJSON(p.After)
		if p.Version == 0 {
			err = t.make("public_texts", `INSERT INTO public_texts (plan, number, version, state, task, since, doc) VALUES (?, ?, ?, ?, ?, ?, ?)`,
				p.Plan, p.After.Number, 1, state, p.After.Task, since, doc)
		} else {
			_, err = t.change("public_texts", `version = ?, state = ?, since = ?, doc = ?`, []any{have.Version + 1, state, since, doc}, `plan = ? AND number = ?`, p.Plan, p.After.Number)
		}
		if err != nil {
			return none, err
		}
		e := Event{Key: key, Plan: p.Plan, Kind: ActKind(p.Act.Kind), Actor: p.Act.By.Account}
		return none, t.append(e, when, map[string]any{"act": p.Act, "text": p.After.Number, "state": p.After.State})
	})
	return err
}

// JudgedText is a public text with what its plan says of it.
func JudgedText(l Launched, p act.PublicText) act.PublicText {
	dir := l.Plan.Directory
	p.Office, p.Leadership, p.Units = dir.Office, dir.Leadership, nil
	for _, u := range dir.Units {
		if u.ID != dir.Leadership && u.ID != dir.Office && !u.Gone() {
			p.Units = append(p.Units, u.ID)
		}
	}
	return p
}
