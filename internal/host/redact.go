package host

import (
	"io"
	"regexp"
	"strings"

	"duban/internal/settings"
)

// Where a password can be in a text: in a URL before the @, or after password= (or api_key=, token=) in a URL's query and
// in PostgreSQL's key=value connection string.
var (
	inAddress = regexp.MustCompile(`(://[^\s:/@"']*):[^\s"']*@`)
	named     = regexp.MustCompile(`(?i)\b(password|api_?key|token)=[^\s&"']+`)
)

// Redact replaces the passwords of addresses in a text by xxxxx. Errors of database drivers and of url.Parse quote whole
// addresses.
func Redact(text string) string {
	return named.ReplaceAllString(inAddress.ReplaceAllString(text, "$1:xxxxx@"), "$1=xxxxx")
}

// secrets are the settings' passwords, each followed by its replacement, as strings.NewReplacer takes them. Those of less
// than 8 bytes are left out: they might be part of ordinary words.
func secrets(cfg settings.Config) (all []string) {
	for _, s := range cfg.Secrets() {
		if len(s) >= 8 {
			all = append(all, s, "xxxxx")
		}
	}
	return all
}

// redacting replaces passwords in what is written to it. It relies on slog, which writes a whole line in one call.
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
