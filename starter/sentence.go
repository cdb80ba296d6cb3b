package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/lib/pq"
	"go.temporal.io/api/serviceerror"

	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/rehearse"
	"duban/internal/sqlitefile"
	"duban/internal/words"
)

// sentences are the errors that people meet and the words for them.
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
	{ledger.ErrNoRoom, "no_room"},
	{ledger.ErrFull, "ledger_full"},
	{ledger.ErrDamaged, "ledger_damaged"},
	{ledger.ErrReplaced, "ledger_replaced"},
	{ledger.ErrReadOnly, "ledger_read_only"},
	{sqlitefile.ErrNetwork, "network_disk"},
	{ledger.ErrBusy, "ledger_busy"},
	{ledger.ErrNotFound, "not_found"},
	{host.ErrDirInUse, "dir_in_use"},
	{host.ErrPortInUse, "port_in_use"},
	{host.ErrStarting, "engine_starting"},
	{host.ErrFrozen, "engine_frozen"},
	{host.ErrStranger, "port_stranger"},
	{host.ErrCopied, "folder_copied"},
	{host.ErrNotCopied, "folder_not_copied"},
	{rehearse.ErrForeignFolder, "foreign_folder"},
	{rehearse.ErrFolderInUse, "folder_in_use"},
	{rehearse.ErrNothing, "nothing_foretold"},
}

// known is what happened and what to do, for an error that people meet.
func (a *app) known(err error) (string, bool) {
	var away *host.AwayError
	if errors.As(err, &away) && !errors.Is(err, ledger.ErrBusy) && !errors.Is(err, ledger.ErrFull) && !errors.Is(err, ledger.ErrDamaged) {
		return a.w.T("help."+away.Who+"_away", words.Data{"At": away.At, "Why": a.why(away.Err)}), true
	}
	var silent *engine.SilentError
	if errors.As(err, &silent) {
		reason, known := a.known(silent.Err)
		if !known || silent.Why != engine.LedgerAway && silent.Why != engine.LedgerStuck {
			reason = a.w.T("help.silent_"+string(silent.Why), words.Data{"Error": silent.Err, "Ledger": host.LedgerURL(a.cfg)})
		}
		return a.w.T("help.silent", words.Data{"Why": reason}), true
	}
	for _, s := range sentences {
		if errors.Is(err, s.err) {
			return a.w.T("help."+s.key, words.Data{"What": what(err, s.err), "Dir": a.cfg.Dir, "Temp": os.TempDir(), "Ledger": host.LedgerURL(a.cfg)}), true
		}
	}
	if errors.Is(err, ledger.ErrAway) {
		return a.w.T("help.ledger_away", words.Data{"At": host.LedgerURL(a.cfg), "Why": a.why(err)}), true
	}
	var ledgers *host.OtherLedgerError
	if errors.As(err, &ledgers) {
		return a.w.T("help.other_ledger", words.Data{"Namespace": ledgers.Namespace, "Address": ledgers.Address, "Theirs": ledgers.Theirs, "Ledger": ledgers.Ledger, "Ours": ledgers.Ours}), true
	}
	var path *fs.PathError
	if errors.As(err, &path) && errors.Is(path, fs.ErrPermission) {
		return a.w.T("help.no_permission", words.Data{"What": path.Path}), true
	}
	return "", false
}

// why somebody did not answer, in people's words where there are some.
func (a *app) why(err error) string {
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
	case errors.Is(err, host.ErrSilent), errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		key = "silent"
	}
	if key == "" {
		return err.Error()
	}
	return a.w.T("help.why_" + key)
}

// what is the subject of an error, without the English that follows it: "plan
// nosuch" of "plan nosuch: not in the ledger".
func what(err, known error) string {
	before, _, _ := strings.Cut(err.Error(), known.Error())
	text := strings.TrimSuffix(before, ": ")
	for _, room := range []string{"rehearse: ", "ledger: ", "web UI: "} {
		text = strings.TrimPrefix(text, room)
	}
	return strings.TrimPrefix(text, "plan ")
}
