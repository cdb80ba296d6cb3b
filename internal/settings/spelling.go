package settings

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Values of the environment that were spoilt on the way. Env files, unit files and containers each read quotes, line
// ends and variables in their own way. A value that looks spoilt is refused and never repaired in silence: with a wrong
// folder, for example, the programs would find an empty office in place of the real one.

// free are the variables whose value may hold anything but a line's end: passwords and keys.
var free = []string{"SMTP_PASSWORD", "DUBAN_OIDC_SECRET", "TEMPORAL_API_KEY", "TEMPORAL_CODEC_AUTH"}

// paths are the variables that hold a path on this machine.
var paths = []string{"DUBAN_DIR", "DUBAN_OUTBOX", "DUBAN_ACCOUNTS", "DUBAN_CALENDAR", "DUBAN_TLS_CERT", "DUBAN_TLS_KEY", "TEMPORAL_CONFIG_FILE"}

// secret are those whose value is not shown.
var secret = append([]string{"DATABASE_URL", "SMTP_USER"}, free...)

// spelling has an error for every variable whose value looks spoilt: see misspelt.
func spelling(set map[string]string) (errs []error) {
	for _, name := range Names() {
		value := set[name]
		if value == "" || strings.HasSuffix(name, "_DATA") { // certificates and keys are of many lines
			continue
		}
		if why, meant := misspelt(value, slices.Contains(free, name)); why != "" {
			errs = append(errs, complaint(name, value, why, meant))
		} else if slices.Contains(paths, name) && elsewhere.MatchString(value) {
			errs = append(errs, complaint(name, value, remote, ""))
		}
	}
	return errs
}

// complaint names the variable, what is wrong with it and, unless it is secret, what is perhaps meant.
func complaint(name, value string, why spelt, meant string) error {
	f := NewFault("spelt_"+string(why), name, name+": the value "+spellings[why])
	if !slices.Contains(secret, name) {
		f.text = fmt.Sprintf("%s: %q %s", name, value, spellings[why])
		f.with("Value", fmt.Sprintf("%q", value))
		if meant != "" {
			f.text += fmt.Sprintf(": perhaps %q is meant", meant)
			f.with("Meant", meant)
		}
	}
	return f
}

// spelt is what is wrong with how a value is written; "" when nothing is.
type spelt string

const (
	carriage   spelt = "carriage"
	unseen     spelt = "unseen"
	space      spelt = "space"
	quotes     spelt = "quotes"
	tilde      spelt = "tilde"
	unreplaced spelt = "variable"
	remote     spelt = "remote"
)

var spellings = map[spelt]string{
	carriage:   "ends in a carriage return (is it a file with Windows line ends?)",
	unseen:     "holds characters that cannot be seen",
	space:      "begins or ends with a space",
	quotes:     "is in quotes, which are part of it here",
	tilde:      "begins with ~, which only a shell understands: write the whole path",
	unreplaced: "holds a variable that nobody has replaced: write its value",
	remote:     "is an address of the web, or a path of another system, and no path on this machine",
}

// unexpanded matches a variable that a shell, systemd or a template should have replaced by its value.
var unexpanded = regexp.MustCompile(`\$\{?[A-Za-z_]|\$\(|^%[a-zA-Z](/|$)|\{\{`)

// elsewhere matches texts that are no path on this machine: file:///srv/duban, C:\duban.
var elsewhere = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+://|^[A-Za-z]:[/\\]`)

// password is the part of an address in which a $ may mean itself.
var password = regexp.MustCompile(`://[^/@{(]*@`)

var quoted = regexp.MustCompile(`^(".*"|'.*'|[“”‘’「].*)$`)

// misspelt says what is wrong with a value and, where it can be told, what is meant. A free one is only asked for
// characters that cannot be typed.
func misspelt(value string, free bool) (why spelt, meant string) {
	clean := strings.TrimFunc(value, func(r rune) bool { return unicode.IsControl(r) || !free && unicode.IsSpace(r) })
	switch {
	case strings.HasSuffix(value, "\r"):
		return carriage, clean
	case strings.ContainsFunc(value, unicode.IsControl):
		return unseen, ""
	case strings.ContainsFunc(value, func(r rune) bool { return unicode.Is(unicode.Cf, r) }):
		return unseen, strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Cf, r) {
				return -1
			}
			return r
		}, value)
	case free:
		return "", ""
	case clean != value:
		return space, clean
	case quoted.MatchString(value):
		return quotes, strings.Trim(value, `"'“”‘’「」`)
	case value == "~" || strings.HasPrefix(value, "~/"):
		return tilde, ""
	case unexpanded.MatchString(password.ReplaceAllString(value, "://")):
		return unreplaced, ""
	}
	return "", ""
}

// ours and theirs are the beginnings of names that can only be meant for these programs, and may be.
const ours, theirs = "DUBAN_", "SMTP_"

// unknown complains of variables of ours that nothing reads. Those for tests are left alone.
func unknown(set map[string]string) (errs []error) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if strings.HasPrefix(strings.ToUpper(name), ours) && !strings.HasPrefix(name, "DUBAN_TEST_") && !slices.Contains(Names(), name) {
			errs = append(errs, NewFault("unknown", name, fmt.Sprintf("%s: there is no such setting%s", name, perhaps(name))).with("Near", nearest(name)))
		}
	}
	return errs
}

// Warnings are the variables that look like settings of these programs and are none, a line each. They may be another
// program's.
func Warnings(environ map[string]string) (lines []string) {
	for _, name := range slices.Sorted(maps.Keys(environ)) {
		if strings.HasPrefix(name, theirs) && environ[name] != "" && !slices.Contains(Names(), name) {
			lines = append(lines, name+": not a setting of this program, and not read"+perhaps(name))
		}
	}
	return lines
}

// perhaps names the setting that a name is nearest to.
func perhaps(name string) string {
	if best := nearest(name); best != "" {
		return ": perhaps " + best + " is meant"
	}
	return ""
}

// nearest is the setting whose name is nearest to a name, or "".
func nearest(name string) string {
	name = strings.ToUpper(name)
	best, least := "", min(4, 2+len(strings.TrimPrefix(name, ours))/3)
	for _, known := range Names() {
		if d := distance(name, known); d < least {
			best, least = known, d
		}
	}
	return best
}

// distance is the least number of letters to change, add or take away.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
