package host

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"duban/internal/door"
	"duban/internal/ledger"
	"duban/internal/settings"
)

var (
	// ErrOtherLedger: the Temporal namespace belongs to another ledger than the one that was opened. A worker that went
	// on would find none of its tasks in the ledger, and a command would write what no engine ever does.
	ErrOtherLedger = errors.New("the Temporal namespace belongs to another ledger")
	// ErrCopied: the ledger is a copy of one that belongs to another folder.
	ErrCopied = errors.New("this folder is a copy")
	// ErrNotCopied: an office cannot be made a trial of itself.
	ErrNotCopied = errors.New("this folder is not a copy")
)

// Keys of a namespace's data, which everybody who uses the namespace sees.
const (
	ledgerKey = "duban.ledger"        // the ID of the ledger that the namespace belongs to
	claimKey  = "duban.ledger.claim." // + ID, dot, random: a process whose ledger wants to be it
)

// sameLedger compares the ledger's ID with the one the namespace knows, and gives it ours when it knows none. After it
// returned nil, no process with another ledger gets past it.
func (h *Host) sameLedger(ctx context.Context) error {
	ours := h.Ledger.ID()
	data, err := h.namespaceData(ctx)
	if err != nil {
		return err
	}
	if data[ledgerKey] == "" {
		// Two that find it empty at the same moment must not both go on: each says that it wants it, then looks who else
		// does. At least the later of the two sees the other. Each process has a claim of its own: one that gives way
		// must not take away what another of the same ledger still stands on.
		if h.claim == "" { // the same however often it is asked
			h.claim = fmt.Sprintf("%x", rand.Uint64())
		}
		claim := claimKey + ours + "." + h.claim
		if err := h.setNamespaceData(ctx, claim, time.Now().UTC().Format(time.RFC3339)); err != nil {
			return err
		}
		if data, err = h.namespaceData(ctx); err != nil {
			return err
		}
		for key, since := range data {
			claimed, ok := strings.CutPrefix(key, claimKey)
			if other, _, _ := strings.Cut(claimed, "."); ok && other != ours && since != "" && data[ledgerKey] != ours {
				return errors.Join(h.otherLedger(other), h.setNamespaceData(ctx, claim, ""))
			}
		}
		if data[ledgerKey] == "" {
			if err := h.setNamespaceData(ctx, ledgerKey, ours); err != nil {
				return err
			}
			data[ledgerKey] = ours
		}
	}
	if data[ledgerKey] != ours {
		return h.otherLedger(data[ledgerKey])
	}
	return nil
}

func (h *Host) otherLedger(other string) error {
	return &OtherLedgerError{Namespace: h.namespace, Address: h.Address, Theirs: other, Ledger: h.LedgerURL, Ours: h.Ledger.ID()}
}

// OtherLedgerError is ErrOtherLedger with what it is about.
type OtherLedgerError struct {
	Namespace, Address, Theirs string // Theirs is the ID of the ledger that the namespace belongs to
	Ledger, Ours               string // the ledger that was opened: its address and its ID
}

func (e *OtherLedgerError) Error() string {
	return fmt.Sprintf("namespace %s at %s: %v: %s, not %s (%s): give this process the ledger (DATABASE_URL, DUBAN_DIR) and the namespace (TEMPORAL_NAMESPACE) that belong together",
		e.Namespace, e.Address, ErrOtherLedger, e.Theirs, e.Ours, e.Ledger)
}

// Unwrap makes it ErrOtherLedger.
func (e *OtherLedgerError) Unwrap() error { return ErrOtherLedger }

func (h *Host) namespaceData(ctx context.Context) (map[string]string, error) {
	reply, err := h.Client.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: h.namespace})
	if err != nil {
		return nil, fmt.Errorf("host: namespace %s: %w", h.namespace, err)
	}
	data := reply.GetNamespaceInfo().GetData()
	if data == nil {
		data = map[string]string{}
	}
	return data, nil
}

// setNamespaceData writes one key and leaves the others as they are. Temporal refuses a write between whose reading and
// writing another namespace was changed ("conditional update error", common/persistence/sql/metadata.go); such a write is
// repeated until ctx ends.
func (h *Host) setNamespaceData(ctx context.Context, key, value string) error {
	var err error
	for {
		_, err = h.Client.WorkflowService().UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
			Namespace: h.namespace, UpdateInfo: &namespace.UpdateNamespaceInfo{Data: map[string]string{key: value}},
		})
		if err == nil || !strings.Contains(err.Error(), "conditional update error") || ctx.Err() != nil {
			break
		}
		select {
		case <-time.After(50*time.Millisecond + rand.N(100*time.Millisecond)):
		case <-ctx.Done():
		}
	}
	var denied *serviceerror.PermissionDenied
	if errors.As(err, &denied) {
		return fmt.Errorf("host: namespace %s must say which ledger it belongs to, and this login may not write it: run once, with more rights, `temporal operator namespace update --namespace %s --data %s=%s`: %w",
			h.namespace, h.namespace, ledgerKey, h.Ledger.ID(), err)
	}
	if err != nil {
		return fmt.Errorf("host: namespace %s: write which ledger it belongs to: %w", h.namespace, err)
	}
	return nil
}

// ledgerFolder is the folder of a ledger that is kept in a file, or "".
func ledgerFolder(cfg settings.Config) string {
	file, ok := strings.CutPrefix(LedgerURL(cfg), "sqlite:")
	if !ok {
		return ""
	}
	return filepath.Dir(file)
}

// inPlace refuses a ledger that was copied together with its folder, or alone: with the first it would remind everybody
// twice, and what is done in one would be missing in the other. What works settles a new ledger in its folder.
func (h *Host) inPlace(ctx context.Context, cfg settings.Config, works bool) error {
	dir := ledgerFolder(cfg)
	if dir == "" {
		return nil
	}
	here, err := placeOf(dir)
	if err != nil || here == "" {
		return err
	}
	settled := h.Ledger.Place
	if works {
		settled = func(ctx context.Context) (string, error) { return h.Ledger.Settle(ctx, here) }
	}
	place, err := settled(ctx)
	if err != nil {
		return err
	}
	if place != "" && place != here {
		return fmt.Errorf("%s: %w: its ledger belongs to another folder. If that one is gone (moved to another disk, restored from a backup): starter adopt %s. To try something out beside it: starter adopt --as-trial %s",
			dir, ErrCopied, dir, dir)
	}
	return nil
}

// copied is ErrCopied when the ledger in the folder of cfg is a copy, as far as that can be read.
func (h *Host) copied(ctx context.Context, cfg settings.Config) error {
	if ledgerFolder(cfg) == "" {
		return nil
	}
	store, err := ledger.OpenWith(ctx, LedgerURL(cfg), ledger.Options{ReadOnly: true, Log: h.log})
	if err != nil {
		return nil
	}
	defer func() { _ = store.Close() }()
	if err := (&Host{Ledger: store}).inPlace(ctx, cfg, false); errors.Is(err, ErrCopied) {
		return err
	}
	return nil
}

// Adopt makes the folder of cfg, a copy, one of its own: with trial the ledger gets a new ID, is another than the one it
// was copied from and sends to the outbox; otherwise it is that one, which must not be used any more. No engine may run on
// the folder.
func Adopt(ctx context.Context, cfg settings.Config, trial bool, o Options) error {
	dir := ledgerFolder(cfg)
	if dir == "" || cfg.Cluster() {
		return errors.New("only a folder with its own ledger and engine can be adopted")
	}
	cfg.UI, cfg.Metrics = false, ""
	o.Embedded, o.Work, o.Known = true, false, true
	h := &Host{LedgerURL: LedgerURL(cfg), log: o.Log, failed: make(chan error, 1), boot: newBoot(o)}
	defer h.Close()
	err := h.known(ctx, cfg, o)
	if err != nil {
		return err
	}
	if h.Client, err = h.connect(ctx, cfg, o); err != nil {
		return err
	}
	if h.Ledger, err = h.open(ctx, cfg, o); err != nil {
		return err
	}
	here, err := placeOf(dir)
	if err != nil {
		return err
	}
	place, err := h.Ledger.Place(ctx)
	if err != nil {
		return err
	}
	if trial && here != "" && (place == here || place == "") {
		return fmt.Errorf("%s: %w", dir, ErrNotCopied)
	}
	id := h.Ledger.ID()
	if trial {
		id = ledger.NewID()
		now := time.Now()
		if _, err := h.Ledger.SetOffice(ctx, ledger.OfficeChannels, "outbox", ledger.Engine, ledger.When{Real: now, Plan: now}); err != nil {
			return err // a trial that goes on writing to the mayor would be no trial
		}
	}
	// The ledger is last: interrupted before it, the folder is still a copy.
	if err := h.setNamespaceData(ctx, ledgerKey, id); err != nil {
		return err
	}
	return h.Ledger.Adopt(ctx, here, id)
}

// UI is the address, with its key, of the web UI of the engine that runs on the folder of cfg, or "" when it has none.
func UI(cfg settings.Config) (string, error) {
	d, err := door.Find(cfg.Dir)
	return d.UI, err
}

// doorOf waits, as long as a person would, for the engine that runs on dir to be ready.
func doorOf(ctx context.Context, dir string) (door.Door, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return door.Wait(ctx, dir)
}
