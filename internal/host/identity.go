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
	// on would find no workflow's task in its ledger, and no engine would do what a command wrote to it.
	ErrOtherLedger = errors.New("the Temporal namespace belongs to another ledger")
	// ErrCopied: the ledger belongs to another folder than the one it is in: it was copied, and not adopted yet.
	ErrCopied = errors.New("this folder is a copy")
	// ErrNotCopied: only a copied folder can be adopted as a trial.
	ErrNotCopied = errors.New("this folder is not a copy")
)

// Keys of the data of a Temporal namespace, which all users of the namespace can read.
const (
	ledgerKey = "duban.ledger"        // value: the ID of the ledger that the namespace belongs to
	claimKey  = "duban.ledger.claim." // and a ledger's ID, a dot and a random number: a process claims the namespace for that ledger, since the value
)

// sameLedger compares the ledger's ID with the ID in the namespace's data, and writes it there when there is none yet.
// Once it has returned nil, it returns ErrOtherLedger in every process with another ledger.
func (h *Host) sameLedger(ctx context.Context) error {
	ours := h.Ledger.ID()
	data, err := h.namespaceData(ctx)
	if err != nil {
		return err
	}
	if data[ledgerKey] == "" {
		// Two processes with different ledgers that find no ID at the same moment must not both go on. Each writes a
		// claim first and then reads all claims: at least the later of the two sees the other's claim, and gives way.
		// Each process has a claim of its own, because one that gives way removes its claim, and must not remove that of
		// another process with the same ledger.
		if h.claim == "" { // a repeated try keeps its claim
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

// OtherLedgerError is ErrOtherLedger with the namespace and the two ledgers.
type OtherLedgerError struct {
	Namespace, Address, Theirs string // Theirs is the ID of the ledger that the namespace belongs to
	Ledger, Ours               string // the ledger that was opened: its address and its ID
}

func (e *OtherLedgerError) Error() string {
	return fmt.Sprintf("namespace %s at %s: %v: %s, not %s (%s): give this process the ledger (DATABASE_URL, DUBAN_DIR) and the namespace (TEMPORAL_NAMESPACE) that belong together",
		e.Namespace, e.Address, ErrOtherLedger, e.Theirs, e.Ours, e.Ledger)
}

// Unwrap gives ErrOtherLedger.
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

// setNamespaceData writes one key of the namespace's data and leaves the others as they are. Temporal's server reads and
// then writes the namespace; when any namespace was changed between the two it refuses the write ("conditional update
// error", common/persistence/sql/metadata.go), and the write is repeated here until ctx ends.
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

// ledgerFolder is the folder of the ledger's SQLite file; "" for a ledger on PostgreSQL.
func ledgerFolder(cfg settings.Config) string {
	file, ok := strings.CutPrefix(LedgerURL(cfg), "sqlite:")
	if !ok {
		return ""
	}
	return filepath.Dir(file)
}

// inPlace gives ErrCopied for a ledger file that was copied, alone or together with its folder: two engines with one
// ledger would remind everybody twice, and acts recorded in one copy would be missing in the other. The ledger has the
// place of its folder (placeOf); a worker writes the place to a ledger that has none yet.
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

// copied is ErrCopied when the ledger of cfg is a copy, and nil otherwise, also when the ledger cannot be read.
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

// Adopt makes the copied folder of cfg usable. With trial its ledger becomes another ledger, with a new ID, whose messages
// go to the outbox alone; a folder that is no copy gives ErrNotCopied. Without trial its ledger is the one that it was
// copied from, whose own folder must not be used any more. No engine may run on the folder.
func Adopt(ctx context.Context, cfg settings.Config, trial bool, o Options) error {
	dir := ledgerFolder(cfg)
	if dir == "" || cfg.Cluster() {
		return errors.New("only a folder with its own ledger and engine can be adopted")
	}
	cfg.UI, cfg.Metrics = false, ""
	o.Embedded, o.Work, o.Known = true, false, true
	h := &Host{LedgerURL: LedgerURL(cfg), log: o.Log, failed: make(chan error, 1), boot: newBoot(o), patience: o.Patience}
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
			return err // without this setting the trial's messages would go to real people
		}
	}
	// The ledger is written last: if Adopt is interrupted before, the folder is still a copy and can be adopted again.
	if err := h.setNamespaceData(ctx, ledgerKey, id); err != nil {
		return err
	}
	return h.Ledger.Adopt(ctx, here, id)
}

// UI is the URL, with its key, of the web UI of the engine that runs on the folder of cfg; "" when it has no web UI.
func UI(cfg settings.Config) (string, error) {
	d, err := door.Find(cfg.Dir)
	return d.UI, err
}

// doorOf waits for the engine that runs on dir to be ready, for limit at the most.
func doorOf(ctx context.Context, dir string, limit time.Duration) (door.Door, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return door.Wait(ctx, dir)
}
