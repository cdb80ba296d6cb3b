package outbox

import (
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Kept is a message of an outbox as its reader would see it.
type Kept struct {
	Date        time.Time // in the zone in which it was written
	To, Subject string
	Text        string
}

// List are the names of the messages in a folder, by the plan's time. A folder that is not there
// has none.
func List(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".eml") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// Read is the message of a name that List gives; os.ErrNotExist for any other name.
func Read(dir, name string) (k Kept, err error) {
	if filepath.Base(name) != name || !strings.HasSuffix(name, ".eml") {
		return k, fmt.Errorf("outbox: %q: %w", name, os.ErrNotExist)
	}
	m, err := gomail.EMLToMsgFromFile(filepath.Join(dir, name))
	if err != nil {
		return k, fmt.Errorf("outbox: %w", err)
	}
	if date := m.GetGenHeader(gomail.HeaderDate); len(date) > 0 {
		if k.Date, err = mail.ParseDate(date[0]); err != nil {
			return k, fmt.Errorf("outbox: %s: %w", name, err)
		}
	}
	if subject := m.GetGenHeader(gomail.HeaderSubject); len(subject) > 0 {
		if k.Subject, err = new(mime.WordDecoder).DecodeHeader(subject[0]); err != nil {
			return k, fmt.Errorf("outbox: %s: %w", name, err)
		}
	}
	var to []string
	for _, a := range m.GetTo() {
		to = append(to, strings.TrimSpace(a.Name+" <"+a.Address+">"))
	}
	k.To = strings.Join(to, ", ")
	for _, part := range m.GetParts() {
		if part.GetContentType() == gomail.TypeTextPlain {
			text, err := part.GetContent()
			if err != nil {
				return k, fmt.Errorf("outbox: %s: %w", name, err)
			}
			k.Text = string(text)
		}
	}
	return k, nil
}
