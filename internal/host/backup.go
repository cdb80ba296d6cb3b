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
	// ErrNotEmpty: the folder for a backup or a restored office has something in it already.
	ErrNotEmpty = errors.New("the folder is not empty")
	// ErrNoBackup: the folder holds no whole backup.
	ErrNoBackup = errors.New("the folder holds no whole backup")
	// ErrOriginal: the office that was backed up may still be in use in its own folder.
	ErrOriginal = errors.New("the office that was backed up may still be in use")
)

const (
	temporalFile = "temporal.db"
	ledgerFile   = "ledger.db"
	backupFile   = "backup.json" // written last: a folder without it is no whole backup
)

// Backup describes a backup. It is in the backup's folder as backup.json.
type Backup struct {
	At       time.Time `json:"at"`                 // when it was begun, in the zone of the plan launched last; UTC when the ledger is not in it
	Folder   string    `json:"folder"`             // the data folder that was copied, without symbolic links
	Machine  string    `json:"machine"`            // host name of the machine that Folder is on
	Ledger   string    `json:"ledger"`             // the ledger's ID
	Events   int64     `json:"events,omitempty"`   // number of the last event in the ledger's copy
	Hash     string    `json:"hash,omitempty"`     // hash of that event
	Holds    []string  `json:"holds"`              // names of the files copied from Folder itself
	Messages int       `json:"messages"`           // number of messages copied from the outbox
	Evidence int       `json:"evidence,omitempty"` // number of files of evidence copied
	Missing  []string  `json:"missing,omitempty"`  // "ledger", "temporal": kept outside Folder and not in this backup
}

// MakeBackup copies the data folder of cfg into the folder to, while everything runs. The
// folder to is made, or must be empty: ErrNotEmpty. A ledger on PostgreSQL and a Temporal
// cluster are not copied and are named in Missing.
//
// Temporal's store is copied first, the ledger after it, the outbox last, so that the
// copy of the ledger is never older than the copy of Temporal's store: acts and messages
// of the time between are in the ledger, and workflows that lack them are started again
// from the ledger. In the other order the copy could hold workflows that have sent
// messages which its ledger has as unsent, and a person would have to ask every reader. A
// message in the outbox that the copied ledger has as unsent is written again, into the
// same file.
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

// emptyFolder makes a folder that does not exist, and gives ErrNotEmpty for one with
// something in it.
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

// copyStore copies a SQLite database that others may be writing, by VACUUM INTO: the copy
// is one consistent state, without free pages. A file that does not exist is left out.
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

// read verifies the chain of the ledger's copy and sets Ledger, Events, Hash and the zone
// of At from it.
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

// copyFiles copies the other plain files of the data folder (accounts, plans), the files
// of evidence and the outbox's messages.
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
	kept, err := evidenceIn(cfg.Dir) // read after the ledger was copied: every file that the copy names exists by now
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

// ofTheMachine tells whether a file is not copied as it is: the two databases, which
// copyStore copies, the files of the processes that run on the folder, hidden files, and
// a former backup's description.
func ofTheMachine(name string) bool {
	return strings.HasPrefix(name, temporalFile) || strings.HasPrefix(name, ledgerFile) || strings.HasSuffix(name, ".lock") ||
		strings.HasPrefix(name, ".") || name == "engine.json" || name == backupFile
}

// realPath is a folder's path without symbolic links, or dir as given where they cannot be
// followed.
func realPath(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return dir
}

// hostName is this machine's name, "" when it cannot be read.
func hostName() string {
	name, _ := os.Hostname()
	return name
}

// RestoreOptions say what a restore may do.
type RestoreOptions struct {
	Force   bool // move what is in the folder aside
	Instead bool // the office that was backed up is no longer used in its own folder
	Trial   bool // the restored office is to be another one, to try something out
}

// Restore copies the backup in the folder from into the data folder of cfg, on which no
// engine may run, and adopts the restored ledger there (see Adopt): as the ledger that
// was copied or, with Trial, as another ledger. A backup without its ledger or Temporal's
// store (Missing) is copied and not adopted.
//
// Two offices with one ledger would remind everybody twice. Restore therefore gives
// ErrOriginal, unless Instead or Trial is set, when the office that was backed up is on
// another machine, or in another folder that still has its ledger. A folder that is not
// empty gives ErrNotEmpty; with Force its content is moved into a new folder in it, whose
// path is aside. A folder from that holds no whole backup gives ErrNoBackup.
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

// elsewhere tells whether the office that was backed up may still be in use outside dir:
// it was on another machine, or its folder is another one and still has its ledger.
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

// into copies the files of a backup into a folder. With force it first moves what is in
// the folder aside, except for lock files and engine.json.
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

// writeSynced writes a new file and waits until it is on the disk.
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
