package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/lib/pq"
	"go.temporal.io/api/serviceerror"

	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/settings"
	"duban/internal/sqlitefile"
	"duban/internal/words"
)

// sentences gives, for errors that people meet, the catalogue's key after help.
var sentences = []struct {
	err error
	key string
}{
	{ledger.ErrNoLedger, "no_ledger"},
	{ledger.ErrNotOwner, "ledger_not_owner"},
	{ledger.ErrForeign, "ledger_foreign"},
	{ledger.ErrUnreleased, "ledger_unreleased"},
	{ledger.ErrSchemaOlder, "ledger_older"},
	{ledger.ErrSchemaNewer, "ledger_newer"},
	{ledger.ErrNoSpace, "no_space"},
	{ledger.ErrFull, "ledger_full"},
	{ledger.ErrDamaged, "ledger_damaged"},
	{ledger.ErrReplaced, "ledger_replaced"},
	{ledger.ErrReadOnly, "ledger_read_only"},
	{sqlitefile.ErrNetwork, "network_disk"},
	{ledger.ErrBusy, "ledger_busy"},
	{ledger.ErrNotFound, "not_found"},
	{ErrDirInUse, "dir_in_use"},
	{ErrPortInUse, "port_in_use"},
	{ErrStarting, "engine_starting"},
	{ErrFrozen, "engine_frozen"},
	{ErrStranger, "port_stranger"},
	{ErrCopied, "folder_copied"},
	{ErrNotCopied, "folder_not_copied"},
}

// Sentence is the catalogue's text for an error that people meet: what happened and what to do. ok is false for any other
// error.
func Sentence(w *words.Words, cfg settings.Config, err error) (text string, ok bool) {
	var away *AwayError
	if errors.As(err, &away) && !errors.Is(err, ledger.ErrBusy) && !errors.Is(err, ledger.ErrFull) && !errors.Is(err, ledger.ErrDamaged) {
		return w.T("help."+away.Who+"_away", words.Data{"At": away.At, "Why": why(w, away.Err)}), true
	}
	if errors.Is(err, ErrRoot) {
		return w.T("cli.init_root", words.Data{"Dir": cfg.Dir}), true
	}
	if errors.Is(err, ErrNoEngine) {
		return w.T("cli.no_engine", words.Data{"Dir": cfg.Dir}), true
	}
	var silent *engine.SilentError
	if errors.As(err, &silent) {
		reason, known := Sentence(w, cfg, silent.Err)
		if !known || silent.Why != engine.LedgerAway && silent.Why != engine.LedgerStuck {
			reason = w.T("help.silent_"+string(silent.Why), words.Data{"Error": silent.Err, "Ledger": LedgerURL(cfg)})
		}
		return w.T("help.silent", words.Data{"Why": reason}), true
	}
	for _, s := range sentences {
		if errors.Is(err, s.err) {
			return w.T("help."+s.key, words.Data{"What": words.Subject(err, s.err), "Dir": cfg.Dir, "Temp": os.TempDir(), "Ledger": LedgerURL(cfg)}), true
		}
	}
	if errors.Is(err, ledger.ErrAway) {
		return w.T("help.ledger_away", words.Data{"At": LedgerURL(cfg), "Why": why(w, err)}), true
	}
	var take *TakeError
	if errors.As(err, &take) {
		return w.T("doctor.take_"+string(take.Why), words.Data{"Workflow": take.Workflow, "Office": take.Office}), true
	}
	var ledgers *OtherLedgerError
	if errors.As(err, &ledgers) {
		return w.T("help.other_ledger", words.Data{"Namespace": ledgers.Namespace, "Address": ledgers.Address, "Theirs": ledgers.Theirs, "Ledger": ledgers.Ledger, "Ours": ledgers.Ours}), true
	}
	var path *fs.PathError
	if errors.As(err, &path) && errors.Is(path, fs.ErrPermission) {
		return w.T("help.no_permission", words.Data{"What": path.Path}), true
	}
	return Settings(w, err)
}

// Passes tells whether a launch failed for a reason that may be gone in a moment, so that
// it is worth trying again.
func Passes(err error) bool {
	var unarmed *engine.UnarmedError
	var away *serviceerror.Unavailable
	return errors.As(err, &unarmed) || ledger.Later(err) || errors.As(err, &away)
}

// Settings is the catalogue's text for faults in the settings (settings.Faults), a line
// each; ok is false for any other error.
func Settings(w *words.Words, err error) (text string, ok bool) {
	var lines []string
	for _, f := range settings.Faults(err) {
		data := words.Data{"Value": "", "Meant": "", "Near": "", "Error": "", "Want": w.T("settings.want_" + fmt.Sprint(f.Data["Name"]))}
		maps.Copy(data, f.Data)
		lines = append(lines, w.T("settings."+f.Key, data))
	}
	return strings.Join(lines, "\n"), len(lines) > 0
}

// why is the catalogue's text for why the ledger or Temporal did not answer, or the error
// itself where the catalogue has none.
func why(w *words.Words, err error) string {
	var pg *pq.Error
	var dns *net.DNSError
	var unavailable *serviceerror.Unavailable
	key := ""
	switch {
	case errors.As(err, &pg):
		key = map[string]string{"28P01": "password", "28000": "password", "3D000": "no_database", "53300": "too_many", "57P03": "starting", "42501": "rights"}[string(pg.Code)]
	case errors.As(err, &dns):
		key = "no_host"
	case errors.Is(err, syscall.ECONNREFUSED), errors.As(err, &unavailable) && strings.Contains(err.Error(), "refused"):
		key = "refused"
	case errors.Is(err, ErrSilent), errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		key = "silent"
	}
	if key == "" {
		return err.Error()
	}
	return w.T("help.why_" + key)
}
