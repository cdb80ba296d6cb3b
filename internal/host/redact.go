package host

import (
	"io"
	"regexp"
	"strings"

	"duban/internal/settings"
)

// A password stands in an address before the @, or behind password= in an address's query and in PostgreSQL's other way
// of writing one.
var (
	inAddress = regexp.MustCompile(`(://[^\s:/@"']*):[^\s"']*@`)
	named     = regexp.MustCompile(`(?i)\b(password|api_?key|token)=[^\s&"']+`)
)

// Redact is a text without the passwords of the addresses in it: errors of drivers and of url.Parse quote them whole.
func Redact(text string) string {
	return named.ReplaceAllString(inAddress.ReplaceAllString(text, "$1:xxxxx@"), "$1=xxxxx")
}

// secrets are the passwords of the settings that are long enough to be told from ordinary words.
func secrets(cfg settings.Config) (all []string) {
	for _, s := range cfg.Secrets() {
		if len(s) >= 8 {
			all = append(all, s, "xxxxx")
		}
	}
	return all
}

// redacting takes passwords out of what is written, a whole line at a time as slog writes it.
type redacting struct {
	to     io.Writer
	hidden *strings.Replacer
}

func (r redacting) Write(p []byte) (int, error) {
	if _, err := io.WriteString(r.to, r.hidden.Replace(Redact(string(p)))); err != nil {
		return 0, err
	}
	return len(p), nil
}
