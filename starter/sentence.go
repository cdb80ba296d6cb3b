package main

import (
	"errors"

	"duban/internal/host"
	"duban/internal/rehearse"
	"duban/internal/words"
)

// known is what happened and what to do, for an error that people meet.
func (a *app) known(err error) (string, bool) {
	for _, s := range []struct {
		err error
		key string
	}{
		{rehearse.ErrForeignFolder, "foreign_folder"},
		{rehearse.ErrFolderInUse, "folder_in_use"},
		{rehearse.ErrNothing, "nothing_foretold"},
	} {
		if errors.Is(err, s.err) {
			return a.w.T("help."+s.key, words.Data{"What": host.Subject(err, s.err)}), true
		}
	}
	return host.Sentence(a.w, a.cfg, err)
}
