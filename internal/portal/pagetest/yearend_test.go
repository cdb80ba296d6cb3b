package pagetest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/portal/portaltest"
)

// TestTheYearsReportOnThePage: the office reads the report of the seed's year, writes problems
// and proposals, and enters that the government has it; a leader reads it and cannot write.
func TestTheYearsReportOnThePage(t *testing.T) {
	t.Parallel()
	day := 4
	site := assessedSite(t, &day)
	in := func(account string, wanted portaltest.Look) *portaltest.Page {
		p := portaltest.Open(t, site+"/signin?key=k", wanted)
		p.Press(`button[value="` + account + `"]`)
		return p
	}
	office := in("shuizhiban", portaltest.Look{Plain: true})
	office.Go("/plans/" + planID)
	office.Press(`a[href$="/report"]`)
	text := office.Text("main")
	for _, part := range []string{
		"晋城市2021年水生态环境保护行动计划2021年执行情况报告", "截至2022年1月4日", "尚未报送，已超过时限 4 天", "尚未报送，还有 1 天", "尚未报送，还有 6 天",
		"三（二）4　4.深化黑臭水体整治", "重点工程：共 32 项", "见附件2第12行", "本年还没有断面水质数据", "（未填写）",
	} {
		require.Contains(t, text, part)
	}
	look(t, office, "yearend")
	office.Press(`a[href$="/report/do/write_report"]`)
	look(t, office, "yearend-write")
	office.Type("#f-problems", "城镇管网欠账多\n雨季溢流")
	office.Type("#f-proposals", "请省里在中央资金上支持")
	require.Equal(t, http.StatusOK, office.Press("main form button.main"))
	require.Contains(t, office.Text("main"), "请省里在中央资金上支持")
	office.Press(`a[href$="/report/do/write_report"]`)
	require.Contains(t, office.Values("#f-problems")[0], "雨季溢流", "what is there already is changed, not written anew")
	office.Go("/plans/" + planID + "/report/do/hand_in")
	look(t, office, "yearend-hand-in")
	office.Fill("#f-to", "市人民政府")
	office.Fill("#f-day", "2022-01-09")
	require.Equal(t, http.StatusConflict, office.Press("main form button.main"), "a day that has not come")
	office.Fill("#f-day", "2022-01-04")
	office.Type("#f-paper", "晋市水防办〔2022〕1号")
	file := filepath.Join(t.TempDir(), "签收单.txt")
	require.NoError(t, os.WriteFile(file, []byte("收到"), 0o600))
	office.Attach("#f-file", file)
	require.Equal(t, http.StatusOK, office.Press("main form button.main"))
	text = office.Text("main")
	require.Contains(t, text, "2022年1月4日报送（晋市水防办〔2022〕1号）")
	require.Eventually(t, func() bool { // figures may be a little old
		office.Go("/plans/" + planID + "/report")
		return strings.Contains(office.Text("main"), "签收单.txt")
	}, 5*time.Minute, 100*time.Millisecond)
	look(t, office, "yearend-sent")

	leader := in("fu-shizhang", portaltest.Look{Plain: true})
	leader.Go("/plans/" + planID + "/report")
	require.False(t, leader.Has(`a[href*="/report/do/"]`))
	require.Equal(t, http.StatusForbidden, leader.Go("/plans/"+planID+"/report/do/write_report"))
	look(t, leader, "yearend-leader")
}
