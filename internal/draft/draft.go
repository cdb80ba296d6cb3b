// Package draft is what an office prepares before it is in force: a plan made of the
// document that was issued, an amendment, a notice of holidays, another policy. A draft
// is kept in the ledger's database, beside the chain, so that nothing that was typed or
// brought is lost by an error, a timeout or another window, and every worker has it.
// What it comes to is worked out anew by the rooms that the command line uses: intake
// imports, plan checks, act foretells the messages. It puts nothing in force.
package draft

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"duban/internal/ledger"
)

// Kinds of drafts.
const (
	Plan      = "plan"      // a new plan, of its document or of its files
	Amendment = "amendment" // of a running plan, of its files
	Holidays  = "holidays"  // a notice
	Policy    = "policy"    // another version of a running plan's policies
)

// What may be brought: names of files by their endings.
var (
	documentKinds = []string{"docx", "doc", "wps", "pdf", "rtf", "txt", "html", "htm", "xlsx", "xls", "et", "csv", "odt", "ods", "xml"}
	editedNames   = []string{"plan.yaml", "units.yaml", "policies.yaml", "sections.yaml", "contacts.xlsx", "notice.json", "rollover.md"}
)

// Sizes of what may be brought.
const (
	MostFile  = 20 << 20
	MostFiles = 20
)

// FileError is a file that is not taken: Why is kind, empty, large or many.
type FileError struct{ Why, Name string }

func (e *FileError) Error() string { return "draft: file " + e.Name + ": " + e.Why }

// ErrNone: there is no such draft of this office, or it is open no more.
var ErrNone = errors.New("draft: there is no such open draft")

// Service keeps drafts in a ledger. It is safe for concurrent use.
type Service struct {
	store *ledger.Store
	now   func() time.Time
	slots chan struct{} // of what is worked out at a time

	mu    sync.Mutex
	works map[string]*Work
}

// Open makes the service; now is the wall clock.
func Open(store *ledger.Store, now func() time.Time) *Service {
	return &Service{store: store, now: now, slots: make(chan struct{}, 2), works: map[string]*Work{}}
}

// File is what somebody brings.
type File struct {
	Name string
	Body []byte
}

// Document is a file of an issued document, or a *FileError.
func Document(f File) (ledger.DraftFile, error) {
	if !slices.Contains(documentKinds, strings.ToLower(strings.TrimPrefix(path.Ext(f.Name), "."))) {
		return ledger.DraftFile{}, &FileError{"kind", f.Name}
	}
	return kept(f, ledger.DraftDocument)
}

// Edited is a file that stands in place of what is made of the document, or a
// *FileError. Whatever it is called, it is kept under the name that its use gives it.
func Edited(f File) (ledger.DraftFile, error) {
	if !slices.Contains(editedNames, f.Name) {
		return ledger.DraftFile{}, &FileError{"kind", f.Name}
	}
	return kept(f, ledger.DraftEdited)
}

// NameOf is the name under which a plan's file that somebody brings is kept: by what it
// is called, "" when that tells nothing.
func NameOf(name string) string {
	base := strings.ToLower(name)
	switch ext := path.Ext(base); {
	case ext == ".json":
		return "notice.json"
	case ext == ".xlsx" && strings.Contains(base, "contacts"):
		return "contacts.xlsx"
	case ext != ".yaml" && ext != ".yml":
		return ""
	case strings.Contains(base, "units"):
		return "units.yaml"
	case strings.Contains(base, "polic"):
		return "policies.yaml"
	case strings.Contains(base, "section"):
		return "sections.yaml"
	}
	return "plan.yaml"
}

func kept(f File, part string) (ledger.DraftFile, error) {
	switch {
	case len(f.Body) == 0:
		return ledger.DraftFile{}, &FileError{"empty", f.Name}
	case len(f.Body) > MostFile:
		return ledger.DraftFile{}, &FileError{"large", f.Name}
	}
	sum := sha256.Sum256(f.Body)
	return ledger.DraftFile{Name: f.Name, Part: part, Size: int64(len(f.Body)), SHA256: hex.EncodeToString(sum[:]), Body: f.Body}, nil
}

// Begin keeps a new draft of an office. The ID is made when its form is drawn, so that a
// form sent twice begins one. An ID that is taken, by whichever office, changes nothing.
func (s *Service) Begin(ctx context.Context, d ledger.Draft, files []ledger.DraftFile, fields map[string]string) error {
	if len(files) > MostFiles {
		return &FileError{"many", ""}
	}
	d.MadeAt = s.now()
	return s.store.AddDraft(ctx, d, files, fields)
}

// NewID is the ID of a draft whose form is drawn now.
func NewID() string {
	fresh := make([]byte, 9)
	rand.Read(fresh) // never fails: crypto/rand ends the program first
	return "d" + hex.EncodeToString(fresh)
}

// IsID tells whether a text is an ID that NewID made.
func IsID(id string) bool {
	raw, err := hex.DecodeString(strings.TrimPrefix(id, "d"))
	return err == nil && len(raw) == 9 && len(id) == 19
}

// none says ErrNone for what the ledger does not find.
func none(err error) error {
	if errors.Is(err, ledger.ErrNotFound) {
		return ErrNone
	}
	return err
}

// Of is a draft of an office, open or done. ErrNone.
func (s *Service) Of(ctx context.Context, id, unit string) (ledger.Draft, error) {
	d, err := s.store.DraftOf(ctx, id)
	if err == nil && (d.Unit != unit || d.State == ledger.DraftDropped) {
		err = ledger.ErrNotFound
	}
	return d, none(err)
}

// All are the drafts of an office, the last changed first.
func (s *Service) All(ctx context.Context, unit string, skip, limit int) ([]ledger.Draft, error) {
	if unit == "" {
		return nil, nil
	}
	return s.store.Drafts(ctx, unit, skip, limit)
}

// Files are a draft's files as they were brought, without what is in them.
func (s *Service) Files(ctx context.Context, id string) ([]ledger.DraftFile, error) {
	return s.store.DraftFiles(ctx, id, false)
}

// Fields are what was typed for a draft, by name.
func (s *Service) Fields(ctx context.Context, id string) (map[string]string, error) {
	all, err := s.store.DraftFields(ctx, id)
	out := map[string]string{}
	for _, f := range all {
		out[f.Name] = f.Value
	}
	return out, err
}

// Change changes an open draft; others are the fields that somebody else has filled in
// meanwhile, which stay as they are. ErrNone, *FileError.
func (s *Service) Change(ctx context.Context, id string, c ledger.DraftChange) (others []ledger.DraftField, err error) {
	if len(c.Put) > 0 {
		files, err := s.store.DraftFiles(ctx, id, false)
		if err != nil {
			return nil, err
		}
		if len(files)+len(c.Put) > MostFiles+len(editedNames) {
			return nil, &FileError{"many", ""}
		}
	}
	c.At = s.now()
	others, err = s.store.ChangeDraft(ctx, id, c)
	return others, none(err)
}

// Done says that an open draft was put in force; Drop that it is not to be.
func (s *Service) Done(ctx context.Context, id string) error {
	_, err := s.store.EndDraft(ctx, id, ledger.DraftDone, s.now())
	return err
}

// Drop ends an open draft without putting it in force.
func (s *Service) Drop(ctx context.Context, id string) error {
	_, err := s.store.EndDraft(ctx, id, ledger.DraftDropped, s.now())
	return err
}

// Body is what is in a file of a draft. ErrNone.
func (s *Service) Body(ctx context.Context, id, name string) ([]byte, error) {
	f, err := s.store.DraftFile(ctx, id, name)
	return f.Body, none(err)
}
