package portaltest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// knownData is what browsers of early 2020 know (Chrome 80, Firefox 72, Safari 13: the
// machines of government offices), by MDN's browser-compat-data 8.1.9, CC0-1.0;
// testdata/known.mjs writes testdata/known.json.
//
//go:embed testdata/known.json
var knownData []byte

var known = func() (k struct {
	Properties, AtRules, Selectors, Types, Newer []string
}) {
	if err := json.Unmarshal(knownData, &k); err != nil {
		panic(err) // the embedded file is broken
	}
	return k
}()

// harmless are the parts of styles that an older browser may ignore without harm to anybody.
var harmless = struct{ properties, atRules, functions []string }{
	properties: []string{"size", "color-scheme", "print-color-adjust", "appearance", "font-display", "tab-size", "hyphens", "text-size-adjust", "src", "text-underline-offset", "grid-column-gap"},
	atRules:    []string{"page"},
	functions:  []string{"rgb", "rgba", "hsl", "hsla", "url", "calc", "var", "translate", "translatex", "translatey", "rotate", "scale", "linear-gradient", "radial-gradient", "attr", "counter", "counters", "repeat", "minmax", "cubic-bezier", "steps", "rect", "not"},
}

var (
	comments  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	stringsIn = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	pseudo    = regexp.MustCompile(`::?([a-z-]+)`)
	calls     = regexp.MustCompile(`([a-z-]+)\(`)
	units     = regexp.MustCompile(`(?:^|[\s,(:/*+-])[0-9.]+([a-z]+)`)
	unitList  = []string{"px", "em", "rem", "vh", "vw", "vmin", "vmax", "fr", "pt", "mm", "cm", "in", "s", "ms", "deg", "ch", "ex", "turn", "dpi", "dppx", "x"}
	media     = []string{"width", "min-width", "max-width", "height", "min-height", "max-height", "orientation", "prefers-color-scheme", "prefers-reduced-motion", "hover", "pointer"}
	feature   = regexp.MustCompile(`\(\s*([a-z-]+)`)
)

// NewerStyle are the things in a style sheet that browsers of 2020 do not know.
func NewerStyle(css string) (found []string) {
	css = stringsIn.ReplaceAllString(comments.ReplaceAllString(css, ""), `""`)
	add := func(format string, args ...any) {
		if f := fmt.Sprintf(format, args...); !slices.Contains(found, f) {
			found = append(found, f)
		}
	}
	type block struct {
		head string
		rule bool // a style rule, which may hold no other block
		own  map[string]string
	}
	open, text := []block{{own: map[string]string{}}}, strings.Builder{}
	declare := func() {
		name, value, ok := strings.Cut(text.String(), ":")
		text.Reset()
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.ToLower(strings.TrimSpace(value))
		if !ok {
			return
		}
		open[len(open)-1].own[name] = value
		if strings.HasPrefix(name, "--") || strings.HasPrefix(name, "-") {
			return
		}
		if !slices.Contains(known.Properties, name) && !slices.Contains(harmless.properties, name) {
			add("property %s", name)
		}
		for _, m := range calls.FindAllStringSubmatch(value, -1) {
			if !slices.Contains(harmless.functions, m[1]) && !slices.Contains(known.Types, m[1]) {
				add("function %s()", m[1])
			}
		}
		for _, m := range units.FindAllStringSubmatch(value, -1) {
			if !slices.Contains(unitList, m[1]) {
				add("unit %s", m[1])
			}
		}
		if name == "overflow" && strings.Contains(value, "clip") {
			add("overflow: clip")
		}
	}
	for _, c := range css {
		switch c {
		case '{':
			head := strings.TrimSpace(text.String())
			text.Reset()
			b := block{head: head, rule: !strings.HasPrefix(head, "@"), own: map[string]string{}}
			outer := open[len(open)-1]
			if outer.rule && outer.head != "" {
				add("nesting: %s in %s", head, outer.head)
			}
			switch {
			case !b.rule:
				name := strings.Fields(head[1:])[0]
				if !slices.Contains(known.AtRules, name) && !slices.Contains(harmless.atRules, name) {
					add("at-rule @%s", name)
				}
				if name == "media" {
					for _, m := range feature.FindAllStringSubmatch(head, -1) {
						if !slices.Contains(media, m[1]) {
							add("media feature %s", m[1])
						}
					}
					if strings.ContainsAny(head, "<>") {
						add("media range %s", head)
					}
				}
				b.rule = name == "font-face" || name == "page"
			case !strings.Contains(outer.head, "keyframes"):
				for _, m := range pseudo.FindAllStringSubmatch(head, -1) {
					if !slices.Contains(known.Selectors, m[1]) {
						add("selector :%s", m[1])
					}
				}
			}
			open = append(open, b)
		case '}':
			declare()
			if len(open) == 1 {
				add("a brace too many")
				return found
			}
			b := open[len(open)-1]
			open = open[:len(open)-1]
			_, gap := b.own["gap"]
			_, row := b.own["row-gap"]
			_, column := b.own["column-gap"]
			if (gap || row || column) && !strings.Contains(b.own["display"], "grid") && b.own["columns"] == "" && b.own["column-count"] == "" {
				add("gap without a grid: %s", b.head)
			}
		case ';':
			declare()
		default:
			text.WriteRune(c)
		}
	}
	if len(open) != 1 {
		add("a block is not closed: %s", open[len(open)-1].head)
	}
	return found
}

var member = regexp.MustCompile(`(\.|\b)([a-z][A-Za-z0-9]*)\b`)

// NewerScript are the things in a script that browsers of 2020 do not know: words of a
// language younger than ES2017, and names of younger objects' members.
func NewerScript(js string) (found []string) {
	transform := func(target api.Target) (string, []api.Message) {
		r := api.Transform(js, api.TransformOptions{Target: target, LogLevel: api.LogLevelSilent})
		return string(r.Code), r.Errors
	}
	now, errors := transform(api.ESNext)
	for _, e := range errors {
		found = append(found, e.Text)
	}
	then, errors := transform(api.ES2017)
	for _, e := range errors {
		found = append(found, e.Text)
	}
	if len(found) > 0 {
		return found
	}
	if now != then {
		a, b := strings.Split(now, "\n"), strings.Split(then, "\n")
		for i := range a {
			if i >= len(b) || a[i] != b[i] {
				found = append(found, "younger than ES2017: "+strings.TrimSpace(a[i]))
				break
			}
		}
	}
	for _, m := range member.FindAllStringSubmatch(stringsIn.ReplaceAllString(now, `""`), -1) {
		name := m[2]
		alone := m[1] == "" && name != "structuredClone" && name != "queueMicrotask"
		if !alone && slices.Contains(known.Newer, name) && !slices.Contains(found, "member "+name) {
			found = append(found, "member "+name)
		}
	}
	return found
}
