package intake

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestTypedOtherwise holds that a text says the same however it is typed: with
// half-width marks, as web pages have them, with full-width digits, and with spaces
// about them.
func TestTypedOtherwise(t *testing.T) {
	t.Parallel()
	digits, spaced := regexp.MustCompile(`\d`), regexp.MustCompile(`(\d+)([年月日])`)
	files, err := filepath.Glob("testdata/unseen/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no passages: %v", err)
	}
	for name, as := range map[string]func(string) string{
		"half-width marks": strings.NewReplacer("，", ",", "：", ":", "；", ";", "（", "(", "）", ")").Replace,
		"full-width digits": func(s string) string {
			return digits.ReplaceAllStringFunc(s, func(d string) string { return string(rune(d[0]) - '0' + '０') })
		},
		"spaces": func(s string) string { return spaced.ReplaceAllString(s, " $1 $2 ") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f figures
			for _, file := range files {
				raw, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				var list []unseen
				if err := yaml.Unmarshal(raw, &list); err != nil {
					t.Fatal(err)
				}
				for _, u := range list {
					if u.Table == nil {
						u.Text = as(u.Text)
						u.score(t, &f)
					}
				}
			}
			if silent := len(f.lost) + len(f.invented) + len(f.leadWrong); silent > 0 {
				t.Errorf("wrong in silence: %v %v %v", f.lost, f.invented, f.leadWrong)
			}
		})
	}
}
