package host

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // driver "sqlite"

	"duban/internal/door"
	"duban/internal/ledger"
	"duban/internal/settings"
	"duban/internal/sqlitefile"
)

var (
	// ErrNotEmpty: the folder that is to be made has something in it already.
	ErrNotEmpty = errors.New("the folder is not empty")
	// ErrNoBackup: the folder holds no whole backup.
	ErrNoBackup = errors.New("the folder holds no whole backup")
	// ErrOriginal: the office that the backup was made of may still be used where it was.
	ErrOriginal = errors.New("the office that was backed up may still be in use")
)

const (
	temporalFile = "temporal.db"
	ledgerFile   = "ledger.db"
	backupFile   = "backup.json" // is written last: a backup without it is not whole
)

// Backup is what a backup holds. It stands in the folder as backup.json.
type Backup struct {
	At       time.Time `json:"at"`                 // in the zone of the office's plans
	Folder   string    `json:"folder"`             // that was copied, on the machine Machine
	Machine  string    `json:"machine"`            // its host name
	Ledger   string    `json:"ledger"`             // the ledger's ID
	Events   int64     `json:"events,omitempty"`   // of the ledger's copy
	Hash     string    `json:"hash,omitempty"`     // of the last of them
	Holds    []string  `json:"holds"`              // file names
	Messages int       `json:"messages"`           // files of the outbox
	Evidence int       `json:"evidence,omitempty"` // files of evidence
	Missing  []string  `json:"missing,omitempty"`  // "ledger", "temporal": kept elsewhere, not in this backup
}

// MakeBackup copies the data folder of cfg into the folder to, which is made and
// must be empty, while everything runs. What is kept elsewhere, a ledger on
// PostgreSQL and a Temporal cluster, is not in it and is named in Missing.
//
// Temporal's store comes first, the ledger after it, the outbox last. So the copy of
// the ledger is never older than that of Temporal's store: what was said and done in
// between stands in the ledger, and whatever Temporal does not know of it is started
// again from there. The other way round the copy would hold workflows that have
// spoken of what its ledger still believes unsaid, and a person would have to ask
// every reader. A message in the outbox that the ledger does not know of is written
// again, into the same file.
func MakeBackup(ctx context.Context, cfg settings.Config, to string) (b Backup, err error) {
	if err := emptyFolder(to); err != nil {
		return b, err
	}
	b.At, b.Folder, b.Machine = time.Now().UTC(), realPath(cfg.Dir), hostName()
	if cfg.Cluster() {
		b.Missing = append(b.Missing, "temporal")
	} else if err := b.copyStore(ctx, cfg.Dir, to, temporalFile); err != nil {
		return b, err
	}
	if ledgerFolder(cfg) == "" {
		b.Missing = append(b.Missing, "ledger")
	} else if err := b.copyStore(ctx, ledgerFolder(cfg), to, ledgerFile); err != nil {
		return b, err
	} else if err := b.read(ctx, filepath.Join(to, ledgerFile)); err != nil {
		return b, err
	}
	if err := b.copyFiles(cfg, to); err != nil {
		return b, err
	}
	raw, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return b, err
	}
	return b, writeSynced(filepath.Join(to, backupFile), strings.NewReader(string(raw)+"\n"))
}

// emptyFolder makes a folder that is not there, and refuses one with something in it.
func emptyFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	has, err := os.ReadDir(dir)
	if err == nil && len(has) > 0 {
		err = fmt.Errorf("%s: %w", dir, ErrNotEmpty)
	}
	return err
}

// copyStore copies a database that others may be writing: SQLite gives one state of
// it, without its free pages. One that was never made is left out.
func (b *Backup) copyStore(ctx context.Context, from, to, name string) error {
	file := filepath.Join(from, name)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db, err := sql.Open("sqlite", sqlitefile.URI(file)+"?mode=ro&_pragma=busy_timeout(30000)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	copied := filepath.Join(to, name)
	if err := sqlitefile.Private(copied); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, copied); err != nil {
		return fmt.Errorf("copy %s: %w", file, err)
	}
	b.Holds = append(b.Holds, name)
	return syncFile(copied)
}

// read looks at the ledger's copy: whole or not, and how far it goes.
func (b *Backup) read(ctx context.Context, file string) error {
	store, err := ledger.OpenWith(ctx, "sqlite:"+file, ledger.Options{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("the ledger's copy: %w", err)
	}
	defer store.Close()
	if _, err := store.Verify(ctx); err != nil {
		return fmt.Errorf("the ledger's copy: %w", err)
	}
	zone, err := store.Zone(ctx)
	if err != nil {
		return fmt.Errorf("the ledger's copy: %w", err)
	}
	b.Ledger, b.At = store.ID(), b.At.In(zone)
	b.Events, b.Hash, err = store.Head(ctx)
	return err
}

// copyFiles copies the outbox and what else lies in the data folder: accounts, plans.
func (b *Backup) copyFiles(cfg settings.Config, to string) error {
	entries, err := os.ReadDir(cfg.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Type().IsRegular() && !ofTheMachine(e.Name()) {
			if err := copyFile(filepath.Join(cfg.Dir, e.Name()), filepath.Join(to, e.Name())); err != nil {
				return err
			}
			b.Holds = append(b.Holds, e.Name())
		}
	}
	kept, err := evidenceIn(cfg.Dir) // after the ledger: what it names is there
	if err != nil {
		return err
	}
	if err := copyEvidence(cfg.Dir, to, kept); err != nil {
		return err
	}
	b.Evidence = len(kept)
	mails, err := os.ReadDir(cfg.Outbox)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(to, "outbox"), 0o750); err != nil {
		return err
	}
	for _, m := range mails {
		if m.Type().IsRegular() && filepath.Ext(m.Name()) == ".eml" {
			if err := copyFile(filepath.Join(cfg.Outbox, m.Name()), filepath.Join(to, "outbox", m.Name())); err != nil {
				return err
			}
			b.Messages++
		}
	}
	return nil
}

// evidenceFolder is where the portal keeps files of evidence in a data folder, each
// under its SHA-256 in a folder of the sum's first two digits.
const evidenceFolder = "evidence"

// evidenceIn are the files of evidence of a folder, by their paths in it.
func evidenceIn(dir string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(dir, evidenceFolder, "??", "*"))
	for i := range found {
		found[i] = filepath.Join(evidenceFolder, filepath.Base(filepath.Dir(found[i])), filepath.Base(found[i]))
	}
	return found, err
}

func copyEvidence(from, to string, names []string) error {
	for _, name := range names {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o700); err != nil {
			return err
		}
		if err := copyFile(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
}

// ofTheMachine are the files that belong to the processes that run on the folder.
func ofTheMachine(name string) bool {
	return strings.HasPrefix(name, temporalFile) || strings.HasPrefix(name, ledgerFile) || strings.HasSuffix(name, ".lock") ||
		strings.HasPrefix(name, ".") || name == "engine.json" || name == backupFile
}

// realPath is a folder's name without links in it, as far as they can be followed.
func realPath(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return dir
}

// hostName is this machine's name, or "".
func hostName() string {
	name, _ := os.Hostname()
	return name
}

// RestoreOptions say what a restore may do.
type RestoreOptions struct {
	Force   bool // put aside what lies in the folder
	Instead bool // the office that was backed up is not used any more where it was
	Trial   bool // the restored office is another one, to try something out
}

// Restore makes the data folder of cfg, which no engine may run on, what the backup
// in the folder from holds, and gives it its place: the restored ledger is the one
// that was copied, or, as a trial, one of its own (see Adopt).
//
// Two offices with one ledger would remind everybody twice. So a backup of an office
// in another folder that still has its ledger, or on another machine, is ErrOriginal
// until the options say what becomes of that. A folder that is not empty is
// ErrNotEmpty; with Force what lies in it is put aside, in a folder of its own there
// whose name is given.
func Restore(ctx context.Context, cfg settings.Config, from string, how RestoreOptions, o Options) (b Backup, aside string, err error) {
	raw, err := os.ReadFile(filepath.Join(from, backupFile))
	if err != nil || json.Unmarshal(raw, &b) != nil {
		return b, "", fmt.Errorf("%s: %w", from, ErrNoBackup)
	}
	if len(b.Missing) == 0 {
		whole := Backup{}
		if err := whole.read(ctx, filepath.Join(from, ledgerFile)); err != nil {
			return b, "", err
		}
		if whole.Hash != b.Hash {
			return b, "", fmt.Errorf("%s: %w: its ledger is another one", from, ErrNoBackup)
		}
	}
	if !how.Instead && !how.Trial && slices.Contains(b.Holds, ledgerFile) && b.elsewhere(cfg.Dir) {
		return b, "", fmt.Errorf("%s: %w", cmp.Or(b.Folder, "another folder"), ErrOriginal)
	}
	lock, err := door.Take(cfg.Dir)
	if err != nil {
		return b, "", err
	}
	aside, err = b.into(cfg.Dir, from, how.Force)
	lock.Release()
	if err != nil || len(b.Missing) > 0 {
		return b, aside, err
	}
	return b, aside, Adopt(ctx, cfg, how.Trial, o)
}

// elsewhere tells that the office which was backed up may still be used in another
// place than dir: its ledger lies there, or it was on another machine.
func (b Backup) elsewhere(dir string) bool {
	if b.Machine != hostName() || b.Folder == "" {
		return true
	}
	if b.Folder == realPath(dir) {
		return false
	}
	_, err := os.Stat(filepath.Join(b.Folder, ledgerFile))
	return !errors.Is(err, fs.ErrNotExist)
}

// into puts the files of a backup into a folder.
func (b Backup) into(dir, from string, force bool) (aside string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".lock") || name == "engine.json" || strings.HasPrefix(name, "before-restore-") {
			continue
		}
		if !force {
			return "", fmt.Errorf("%s: %w", dir, ErrNotEmpty)
		}
		if aside == "" {
			aside = filepath.Join(dir, "before-restore-"+time.Now().UTC().Format("20060102T150405"))
			if err := os.Mkdir(aside, 0o750); err != nil {
				return "", err
			}
		}
		if err := os.Rename(filepath.Join(dir, e.Name()), filepath.Join(aside, e.Name())); err != nil {
			return aside, err
		}
	}
	names := b.Holds
	if b.Messages > 0 {
		mails, err := os.ReadDir(filepath.Join(from, "outbox"))
		if err != nil {
			return aside, err
		}
		if err := os.MkdirAll(filepath.Join(dir, "outbox"), 0o750); err != nil {
			return aside, err
		}
		for _, m := range mails {
			names = append(names, filepath.Join("outbox", m.Name()))
		}
	}
	for _, name := range names {
		if err := copyFile(filepath.Join(from, name), filepath.Join(dir, name)); err != nil {
			return aside, err
		}
	}
	kept, err := evidenceIn(from)
	if err != nil {
		return aside, err
	}
	return aside, copyEvidence(from, dir, kept)
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return writeSynced(to, in)
}

// writeSynced writes a new file and waits for the disk.
func writeSynced(path string, from io.Reader) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, from)
	return errors.Join(err, out.Sync(), out.Close())
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
