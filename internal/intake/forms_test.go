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
// about them. What is found and whom it is given to is what it is as printed.
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
			changed := 0
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
					if u.Table != nil {
						continue
					}
					printed, text := u.asPrinted(t), u.Text
					if u.Text = as(text); u.Text == text {
						continue
					}
					changed++
					var typed figures
					u.score(t, &typed)
					if silent := len(typed.lost) + len(typed.invented) + len(typed.leadWrong); silent > 0 {
						t.Errorf("wrong in silence: %v %v %v", typed.lost, typed.invented, typed.leadWrong)
					}
					if typed.found != printed.found || typed.made != printed.made || typed.right != printed.right || typed.leadRight != printed.leadRight || typed.questions != printed.questions {
						t.Errorf("%s is read otherwise:\n%s\nand as printed:\n%s", u.Name, typed, printed)
					}
				}
			}
			if changed < 50 {
				t.Errorf("only %d passages are typed otherwise", changed)
			}
		})
	}
}
