package rehearse

import (
	"errors"
	"strings"

	"duban/internal/words"
)

// Sentence says in w's language what happened and what to do, for an error of this package
// that people meet; ok is false for any other error.
func Sentence(w *words.Words, err error) (text string, ok bool) {
	for known, key := range map[error]string{ErrForeignFolder: "foreign_folder", ErrFolderInUse: "folder_in_use", ErrNothing: "nothing_foretold"} {
		if errors.Is(err, known) {
			return w.T("help."+key, words.Data{"What": words.Subject(err, known)}), true
		}
	}
	var fault *FaultError
	if errors.As(err, &fault) {
		return w.T("cli.bad_fault", words.Data{"Name": fault.Name, "Names": strings.Join(FaultNames(), ", ")}), true
	}
	if errors.Is(err, ErrEngineDead) {
		return w.T("cli.engine_dead", words.Data{"Error": err.Error()}), true
	}
	return "", false
}
