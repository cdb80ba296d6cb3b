package accounts

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"duban/internal/people"
	"duban/internal/words"
)

// Open is Load for a person at the command line: the error says in a sentence that there is
// no such file, or has the file's faults, one a line.
func Open(w *words.Words, file string) (*List, error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, w.Err("cli.no_accounts", words.Data{"File": file})
	}
	list, problems := Load(file)
	if len(problems) == 0 {
		return list, nil
	}
	lines := []string{w.T("cli.bad_accounts", words.Data{"File": file})}
	for _, p := range problems {
		lines = append(lines, p.Text(w))
	}
	return nil, words.Sentence(strings.Join(lines, "\n"))
}

// Named is the account of an ID, or a sentence with those that look like it.
func (b *List) Named(w *words.Words, id string) (Account, error) {
	found, ok := b.Find(id)
	if !ok {
		return found, w.Err("cli.no_account", words.Data{"Account": id, "File": b.file, "Near": strings.Join(b.Near(id), " / ")})
	}
	return found, nil
}

// Names are the accounts by ID, and whose they are.
func (b *List) Names() map[string]string {
	names := map[string]string{}
	for _, one := range b.All {
		names[one.ID] = one.Name
	}
	return names
}

// Stranger is a sentence about an account whose unit a plan does not know: it can do
// nothing there. nil for all others.
func (b *List) Stranger(w *words.Words, id string, dir people.Directory) error {
	for _, p := range b.Check(dir) {
		if p.Data["Account"] == id {
			return words.Sentence(p.Text(w))
		}
	}
	return nil
}
