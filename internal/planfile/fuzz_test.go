package planfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// FuzzLoad spoils one of the three files and leaves the others right. Whatever
// a file holds, loading it ends, without a panic, in a plan that can be
// previewed or in problems that can be read.
func FuzzLoad(f *testing.F) {
	cal := seededCalendar(f)
	small := smallFiles(f)
	small["plan.yaml"] = strings.Replace(small["plan.yaml"], "units: units.yaml", "units: units.yaml\npolicies: policies.yaml", 1)
	names := []string{"plan.yaml", "units.yaml", "policies.yaml"}
	for i, name := range names {
		f.Add(byte(i), []byte(small[name]))
	}
	for _, c := range faults {
		for _, ch := range c.changes {
			for i, name := range names {
				if name == ch[0] && ch[1] != "" {
					f.Add(byte(i), []byte(strings.Replace(small[name], ch[1], ch[2], 1)))
				}
			}
		}
	}
	for _, odd := range []string{"&a [*a]", "? {a: b}\n: c", "!!binary AA", "<<: {id: x}", "a: !foo b", "%YAML 1.1\n---\n", "- - - - -", "{", "\ufeffid: x", "id: &x x\ntitle: *x\nyear: *y", strings.Repeat("[", 11_000)} {
		f.Add(byte(0), []byte(odd))
	}
	dir := f.TempDir()
	zh := words.New("zh")
	f.Fuzz(func(t *testing.T, which byte, raw []byte) {
		for i, name := range names {
			text := []byte(small[name])
			if i == int(which)%len(names) {
				text = raw
			}
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p, problems := planfile.Load(filepath.Join(dir, "plan.yaml"), cal)
		if (p == nil) != strictyaml.Failed(problems) {
			t.Fatalf("plan %v with problems %v", p, problems)
		}
		for _, problem := range problems {
			if text := problem.Text(zh); strings.ContainsAny(text, "\n\r") || strings.Contains(text, "<no value>") || strings.Contains(text, problem.Key) {
				t.Fatalf("not a line for people: %q", text)
			}
		}
	})
}
