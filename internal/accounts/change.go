package accounts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Change is an account before and after a change: a zero Was makes a new account, a zero
// Now takes the account away.
type Change struct{ Was, Now Account }

// MeanwhileError: somebody else has changed the account since Change.Was was read.
type MeanwhileError struct{ Account string }

func (e *MeanwhileError) Error() string { return "account " + e.Account + " has changed meanwhile" }

// WriteError: the file cannot be written, or what it holds cannot be read as accounts.
type WriteError struct{ Err error }

func (e *WriteError) Error() string { return "accounts: " + e.Err.Error() }
func (e *WriteError) Unwrap() error { return e.Err }

// writing is held while a file is read and written again.
var writing sync.Mutex

// Rewrite writes a file of accounts with all of the changes or none, and gives how many there
// were to make: a change that the file has already is not counted. Comments at the file's head
// are kept, those between its lines are not, so the file as it was is left beside it, under the
// same name with .before. Errors: *MeanwhileError, *WriteError.
func Rewrite(path string, changes []Change) (done int, err error) {
	writing.Lock()
	defer writing.Unlock()
	raw, err := os.ReadFile(path)
	var all []Account
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return 0, &WriteError{err}
	default:
		list, problems := Load(path)
		if len(problems) > 0 {
			return 0, &WriteError{fmt.Errorf("%s:%d: %s", problems[0].File, problems[0].Line, problems[0].Key)}
		}
		all = list.All
	}
	for _, c := range changes {
		id := c.Was.ID
		if id == "" {
			id = c.Now.ID
		}
		i := slices.IndexFunc(all, func(a Account) bool { return a.ID == id })
		var is Account
		if i >= 0 {
			is = all[i]
		}
		switch {
		case is == c.Now:
			continue
		case is != c.Was:
			return 0, &MeanwhileError{id}
		case c.Now == Account{}:
			all = slices.Delete(slices.Clone(all), i, i+1)
		case i < 0:
			all = append(all, c.Now)
		default:
			all[i] = c.Now
		}
		done++
	}
	if done == 0 {
		return 0, nil
	}
	if err := replace(path, raw, all); err != nil {
		return 0, &WriteError{err}
	}
	return done, nil
}

// replace puts accounts in place of a file whose text was before.
func replace(path string, before []byte, all []Account) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".accounts-*.yaml")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(text(before, all))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	switch made, problems := Load(file.Name()); {
	case len(problems) > 0:
		return fmt.Errorf("line %d: %s", problems[0].Line, problems[0].Key)
	case !slices.Equal(made.All, all):
		return errors.New("what was written is not what was meant")
	}
	if before != nil {
		if err := os.WriteFile(path+".before", before, 0o600); err != nil {
			return err
		}
	}
	return os.Rename(file.Name(), path)
}

// text is a file of accounts under the comments at the head of the file before.
func text(before []byte, all []Account) []byte {
	var out bytes.Buffer
	for line := range strings.SplitSeq(string(before), "\n") {
		if !strings.HasPrefix(line, "#") {
			break
		}
		out.WriteString(line + "\n")
	}
	out.WriteString("accounts:\n")
	for _, a := range all {
		name, _ := json.Marshal(a.Name) // json.Marshal never fails on a text
		fmt.Fprintf(&out, "  - {id: %q, name: %s, unit: %q", a.ID, name, a.Unit)
		if a.Seat != "" {
			fmt.Fprintf(&out, ", seat: %s", a.Seat)
		}
		out.WriteString("}\n")
	}
	return out.Bytes()
}
