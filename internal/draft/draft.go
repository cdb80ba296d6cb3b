// Package draft is what an office prepares before it is in force: a plan made of the
// document that was issued, an amendment, a notice of holidays, another policy. A draft
// is kept in the ledger's database, beside the chain, so that nothing that was typed or
// brought is lost by an error, a timeout or another window, and every worker has it.
// A draft is worked out (Ready) by the packages that the command line uses: intake imports,
// planfile checks, act foretells the messages. This package puts nothing in force.
package draft

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"duban/internal/ledger"
	"duban/internal/planfile"
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
	editedNames   = []string{planYAML, "contacts.xlsx", "notice.json", "rollover.md"} // and planfile.Parts
)

// planYAML is the file of a plan that names the others.
const planYAML = "plan.yaml"

// schemeName is what the file of a section's scheme 一断面一方案 is called.
var schemeName = regexp.MustCompile(`^scheme[A-Za-z0-9._-]{0,60}\.ya?ml$`)

// Sizes of what may be brought.
const (
	MostFile  = 20 << 20
	MostFiles = 20
)

// FileError is a file that is not taken: Why is kind, empty, large or many.
type FileError struct{ Why, Name string }

func (e *FileError) Error() string { return "draft: file " + e.Name + ": " + e.Why }

// ErrNone: there is no such draft of this office, or the draft is no longer open.
var ErrNone = errors.New("draft: there is no such open draft")

// Service keeps drafts in a ledger. It is safe for concurrent use.
type Service struct {
	store *ledger.Store
	now   func() time.Time
	slots chan struct{} // one for each Work that runs at a time

	mu    sync.Mutex
	works map[string]*Work
}

// Open makes the service; now is the wall clock.
func Open(store *ledger.Store, now func() time.Time) *Service {
	return &Service{store: store, now: now, slots: make(chan struct{}, 2), works: map[string]*Work{}}
}

// File is a file that somebody brings, under the name that it had.
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

// Edited is a file of a plan that takes the place of the one made from the document, or a
// *FileError. Its name is one that NameOf gives.
func Edited(f File) (ledger.DraftFile, error) {
	if !slices.Contains(editedNames, f.Name) && !Text(f.Name) {
		return ledger.DraftFile{}, &FileError{"kind", f.Name}
	}
	return kept(f, ledger.DraftEdited)
}

// NameOf is the name under which a plan's file that somebody brings is kept, by words in
// the name that it had, such as units; a section's scheme, whose name begins with scheme, keeps
// its own; a YAML file without such a word is plan.yaml. "" for a file that is none of a plan's.
func NameOf(name string) string {
	base := strings.ToLower(name)
	switch ext := path.Ext(base); {
	case ext == ".json":
		return "notice.json"
	case ext == ".xlsx" && strings.Contains(base, "contacts"):
		return "contacts.xlsx"
	case ext != ".yaml" && ext != ".yml":
		return ""
	case schemeName.MatchString(name):
		return name
	}
	for _, part := range planfile.Parts {
		if strings.Contains(base, part.Word) {
			return part.File
		}
	}
	return planYAML
}

// Text tells that a name of a draft's file is that of one whose text a person may write:
// plan.yaml, a part of it, or a section's scheme.
func Text(name string) bool {
	return name == planYAML || schemeName.MatchString(name) ||
		slices.ContainsFunc(planfile.Parts, func(p planfile.Part) bool { return p.File == name })
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

// Begin keeps a new draft of an office. The ID is made when the form of the draft is drawn,
// so that a form sent twice begins one draft. With an ID that is taken, by whichever office,
// nothing changes.
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

// none is ErrNone in place of ledger.ErrNotFound.
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
// meanwhile, which are not changed. Errors: ErrNone, *FileError.
func (s *Service) Change(ctx context.Context, id string, c ledger.DraftChange) (others []ledger.DraftField, err error) {
	if len(c.Put) > 0 {
		files, err := s.store.DraftFiles(ctx, id, false)
		if err != nil {
			return nil, err
		}
		if len(files)+len(c.Put) > MostFiles+len(editedNames)+len(planfile.Parts) {
			return nil, &FileError{"many", ""}
		}
	}
	c.At = s.now()
	others, err = s.store.ChangeDraft(ctx, id, c)
	return others, none(err)
}

// Done records that an open draft was put in force.
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
