package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"

	"go.temporal.io/api/serviceerror"

	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/rehearse"
	"duban/internal/words"
)

// errNoLedger: there is no ledger where one was to be read.
var errNoLedger = errors.New("no ledger")

// sentences are the errors that people meet and the words for them.
var sentences = []struct {
	err error
	key string
}{
	{errNoLedger, "no_ledger"},
	{ledger.ErrNotFound, "not_found"},
	{host.ErrDirInUse, "dir_in_use"},
	{host.ErrPortInUse, "port_in_use"},
	{rehearse.ErrForeignFolder, "foreign_folder"},
	{rehearse.ErrFolderInUse, "folder_in_use"},
	{rehearse.ErrNothing, "nothing_foretold"},
}

// known is what happened and what to do, for an error that people meet.
func (a *app) known(err error) (string, bool) {
	for _, s := range sentences {
		if errors.Is(err, s.err) {
			return a.w.T("help."+s.key, words.Data{"What": what(err, s.err), "Dir": a.cfg.Dir}), true
		}
	}
	var path *fs.PathError
	if errors.As(err, &path) && errors.Is(path, fs.ErrPermission) {
		return a.w.T("help.no_permission", words.Data{"What": path.Path}), true
	}
	var away *serviceerror.Unavailable
	if a.cfg.TemporalAddress != "" && (errors.As(err, &away) || errors.Is(err, context.DeadlineExceeded)) {
		return a.w.T("help.temporal_away", words.Data{"Address": a.cfg.TemporalAddress, "Error": err}), true
	}
	var network net.Error
	if a.cfg.DatabaseURL != "" && errors.As(err, &network) {
		return a.w.T("help.database_away", words.Data{"Error": err}), true
	}
	return "", false
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

// noFile tells that a ledger kept in a file has no file yet.
func noFile(url string) bool {
	file, ok := strings.CutPrefix(url, "sqlite:")
	if !ok {
		return false
	}
	_, err := os.Stat(file)
	return errors.Is(err, fs.ErrNotExist)
}
