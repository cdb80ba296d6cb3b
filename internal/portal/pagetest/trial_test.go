package pagetest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/portal/portaltest"
)

// kept are the letters of a trial.
type kept []portal.Kept

func (k kept) List(skip, limit int) ([]portal.Kept, int, error) {
	return k[min(skip, len(k)):min(skip+limit, len(k))], len(k), nil
}

func (k kept) Read(name string) (portal.Kept, error) {
	for _, l := range k {
		if l.Name == name {
			return l, nil
		}
	}
	return portal.Kept{}, portal.ErrNoLetter
}

// tried are the pages that an account looks at where a plan is tried out.
var tried = map[string][]string{"gaoping": {"/letters", "/letters/20210430T090000-gaoping-liaison-0.eml"}}

// What a trial says on every page, and its letters, are for everybody; there is no letter of
// another name.
func TestATrialOnThePage(t *testing.T) {
	t.Parallel()
	p, cal := seededWith(t, "", nil, func(text string) string { return text })
	text := "高平市人民政府：\n\n    按照《晋城市2021年水生态环境保护行动计划》，高平市人民政府牵头的1项任务即将到期。\n\n" + strings.Repeat("一", 78) + "\n"
	letters := kept{{Name: "20210430T090000-gaoping-liaison-0.eml", At: "2021-04-30 09:00", To: "高平市政府联络员 <gaoping@example.com>", Subject: "【督办】1项任务即将到期，请按时办结", Text: text}}
	site, _ := siteOf(t, p, cal, func() time.Time { return now }, func(o *portal.Options, _ *ledger.Store) {
		o.Trial = &portal.Trial{Clock: calendar.Clock{Epoch: now, Start: now, Rate: 1440}, Zone: calendar.Beijing, Letters: letters}
	})
	for _, lang := range looks {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			page := portaltest.Open(t, site+"/signin?key=k", lookOf(lang))
			seen(t, page, lang, "trial-door")
			page.Press(`button[value="gaoping"]`)
			for _, path := range tried["gaoping"] {
				require.Equal(t, 200, page.Go(path))
				seen(t, page, lang, "trial"+strings.ReplaceAll(path, "/", "-"))
			}
			require.Contains(t, page.Text("main"), "即将到期")
			require.Equal(t, 404, page.Go("/letters/other.eml"))
		})
	}
}
