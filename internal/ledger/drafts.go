package ledger

import (
	"context"
	"time"
)

// Draft is what an office prepares and has not put in force. Instants are real.
type Draft struct {
	ID        string    `db:"id"`
	Kind      string    `db:"kind"`
	Unit      string    `db:"unit"` // the office that prepares it
	Plan      string    `db:"plan"` // that it is about; "" none yet
	Title     string    `db:"title"`
	State     string    `db:"state"`
	By        string    `db:"by_whom"` // account that began it
	MadeAt    time.Time `db:"made_at"`
	ChangedAt time.Time `db:"changed_at"`
	Version   int       `db:"version"` // goes up with each change of files and fields
}

// The states of a draft.
const (
	DraftOpen    = "open"
	DraftDone    = "done" // it was put in force
	DraftDropped = "dropped"
)

// DraftFile is a file of a draft.
type DraftFile struct {
	Name   string `db:"name"`
	Part   string `db:"part"`
	Size   int64  `db:"size"`
	SHA256 string `db:"sha256"`
	Body   []byte `db:"body"` // nil where files are only listed
}

// Parts of a draft.
const (
	DraftDocument = "document" // what was issued
	DraftEdited   = "edited"   // a file that a person wrote in place of the one made from what was issued
)

// DraftField is something that was typed for a draft.
type DraftField struct {
	Name  string    `db:"name"`
	Value string    `db:"value"`
	By    string    `db:"by_whom"`
	At    time.Time `db:"at"`
}

const draftColumns = `id, kind, unit, plan, title, state, by_whom, made_at, changed_at, version`

// AddDraft keeps a draft with its files and what was typed for it. An ID that is taken
// changes nothing: the draft that has it may be another office's.
func (s *Store) AddDraft(ctx context.Context, d Draft, files []DraftFile, fields map[string]string) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		n, err := t.exec(`INSERT INTO drafts (`+draftColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (id) DO NOTHING`,
			d.ID, d.Kind, d.Unit, d.Plan, storable(d.Title), DraftOpen, d.By, instant(d.MadeAt), instant(d.MadeAt))
		if err != nil || n == 0 {
			return none, err
		}
		if err := t.putDraftFiles(d.ID, files); err != nil {
			return none, err
		}
		for name, value := range fields {
			if err := t.putDraftField(d.ID, DraftField{Name: storable(name), Value: storable(value), By: d.By, At: d.MadeAt}); err != nil {
				return none, err
			}
		}
		return none, nil
	})
	return err
}

func (t *tx) putDraftField(draft string, f DraftField) error {
	_, err := t.exec(`INSERT INTO draft_fields (draft, name, value, by_whom, at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (draft, name) DO UPDATE SET value = excluded.value, by_whom = excluded.by_whom, at = excluded.at`, draft, f.Name, f.Value, f.By, instant(f.At))
	return err
}

func (t *tx) putDraftFiles(draft string, files []DraftFile) error {
	for _, f := range files {
		if _, err := t.exec(`INSERT INTO draft_files (draft, name, part, size, sha256, body) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (draft, name) DO UPDATE SET part = excluded.part, size = excluded.size, sha256 = excluded.sha256, body = excluded.body`,
			draft, storable(f.Name), f.Part, len(f.Body), f.SHA256, f.Body); err != nil {
			return err
		}
	}
	return nil
}

// DraftOf is the draft of an ID, or ErrNotFound.
func (s *Store) DraftOf(ctx context.Context, id string) (d Draft, err error) {
	err = s.one(ctx, &d, `SELECT `+draftColumns+` FROM drafts WHERE id = ?`, id)
	d.MadeAt, d.ChangedAt = d.MadeAt.UTC(), d.ChangedAt.UTC()
	return d, err
}

// Drafts are those of an office, the last changed first; dropped ones are left out.
func (s *Store) Drafts(ctx context.Context, unit string, skip, limit int) (all []Draft, err error) {
	w := where{}
	w.equal("unit", unit)
	w.add("state <> ?", DraftDropped)
	err = s.all(ctx, &all, `SELECT `+draftColumns+` FROM drafts`+w.String()+` ORDER BY changed_at DESC, id`+page(skip, limit), w.args...)
	for i := range all {
		all[i].MadeAt, all[i].ChangedAt = all[i].MadeAt.UTC(), all[i].ChangedAt.UTC()
	}
	return all, err
}

// DraftFiles are the files of a draft by name, with what is in them where it is asked for.
func (s *Store) DraftFiles(ctx context.Context, draft string, bodies bool) (all []DraftFile, err error) {
	columns := `name, part, size, sha256`
	if bodies {
		columns += `, body`
	}
	err = s.all(ctx, &all, `SELECT `+columns+` FROM draft_files WHERE draft = ? ORDER BY name`, draft)
	return all, err
}

// DraftFile is one file of a draft, or ErrNotFound.
func (s *Store) DraftFile(ctx context.Context, draft, name string) (f DraftFile, err error) {
	err = s.one(ctx, &f, `SELECT name, part, size, sha256, body FROM draft_files WHERE draft = ? AND name = ?`, draft, storable(name))
	return f, err
}

// DraftFields are what was typed for a draft, by name.
func (s *Store) DraftFields(ctx context.Context, draft string) (all []DraftField, err error) {
	err = s.all(ctx, &all, `SELECT name, value, by_whom, at FROM draft_fields WHERE draft = ? ORDER BY name`, draft)
	return all, err
}

// DraftChange changes what an open draft is made of.
type DraftChange struct {
	Put    []DraftFile // in place of files of the same names
	Remove []string    // names of files
	Fields []DraftEntry
	Title  string // "" leaves it
	Plan   string // "" leaves it
	By     string
	At     time.Time
}

// DraftEntry is what somebody typed into a field that held Was when the form was drawn.
type DraftEntry struct{ Name, Value, Was string }

// ChangeDraft changes an open draft. A field that by now holds neither what its form was
// drawn with nor what was typed is not overwritten: others gives it as it is.
// ErrNotFound without such an open draft.
func (s *Store) ChangeDraft(ctx context.Context, draft string, c DraftChange) (others []DraftField, err error) {
	return write(ctx, s, func(t *tx) (others []DraftField, err error) {
		n, err := t.exec(`UPDATE drafts SET version = version + 1, changed_at = ?, title = CASE WHEN ? = '' THEN title ELSE ? END, plan = CASE WHEN ? = '' THEN plan ELSE ? END WHERE id = ? AND state = ?`,
			instant(c.At), storable(c.Title), storable(c.Title), c.Plan, c.Plan, draft, DraftOpen)
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		if err == nil {
			err = t.putDraftFiles(draft, c.Put)
		}
		for _, name := range c.Remove {
			if err == nil {
				_, err = t.exec(`DELETE FROM draft_files WHERE draft = ? AND name = ?`, draft, storable(name))
			}
		}
		if err != nil || len(c.Fields) == 0 {
			return nil, err
		}
		var all []DraftField
		if err := t.all(&all, `SELECT name, value, by_whom, at FROM draft_fields WHERE draft = ?`, draft); err != nil {
			return nil, err
		}
		held := map[string]DraftField{}
		for _, f := range all {
			held[f.Name] = f
		}
		for _, e := range c.Fields {
			e.Name, e.Value = storable(e.Name), storable(e.Value)
			now := held[e.Name]
			switch {
			case now.Value == e.Value:
				continue
			case now.Value != storable(e.Was):
				now.Name = e.Name
				others = append(others, now)
				continue
			}
			if err := t.putDraftField(draft, DraftField{Name: e.Name, Value: e.Value, By: c.By, At: c.At}); err != nil {
				return nil, err
			}
		}
		return others, nil
	})
}

// EndDraft gives an open draft another state. ended is false when there is no
// such open draft.
func (s *Store) EndDraft(ctx context.Context, draft, state string, at time.Time) (ended bool, err error) {
	return write(ctx, s, func(t *tx) (bool, error) {
		n, err := t.exec(`UPDATE drafts SET state = ?, changed_at = ? WHERE id = ? AND state = ?`, state, instant(at), draft, DraftOpen)
		return n > 0, err
	})
}
