package notice_test

import (
	"flag"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/channel/smtp"
	"duban/internal/channel/smtp/smtptest"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func aMail(t *testing.T) letter.Letter {
	t.Helper()
	m, err := notice.Compose(words.New("zh"), forEachRole()[people.Liaison])
	require.NoError(t, err)
	return m
}

// carried sends m to a real server.
func carried(t *testing.T, server *smtptest.Server, security string, m letter.Letter) {
	t.Helper()
	by, err := smtp.New(server.Config(security))
	require.NoError(t, err)
	require.NoError(t, by.Send(t.Context(), m, smtptest.Gone))
}

// delivered sends m over a real connection and shows it as the reader gets it.
func delivered(t *testing.T, m letter.Letter) (shown string, o smtptest.Opened) {
	t.Helper()
	server := smtptest.Serve(t, smtp.StartTLS, nil)
	carried(t, server, smtp.StartTLS, m)
	letters := server.Letters()
	require.Len(t, letters, 1)
	o = smtptest.Open(t, letters[0].Raw)
	var b strings.Builder
	for _, key := range []string{"From", "To", "Reply-To"} {
		list, err := o.Header.AddressList(key)
		require.NoError(t, err)
		require.Len(t, list, 1)
		fmt.Fprintf(&b, "%s: %s <%s>\n", key, list[0].Name, list[0].Address)
	}
	for _, key := range []string{"Date", "Message-Id", "In-Reply-To", "References", "Auto-Submitted", "X-Duban-Id"} {
		fmt.Fprintf(&b, "%s: %s\n", key, o.Header.Get(key))
	}
	fmt.Fprintf(&b, "Subject: %s\nLine: %s\n\n%s", o.Subject, m.Line, o.Text)
	return b.String(), o
}

func TestEveryReaderGetsItsOwnWords(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		for role, d := range forEachRole() {
			t.Run(lang+"/"+string(role), func(t *testing.T) {
				t.Parallel()
				m, err := notice.Compose(words.New(lang), d)
				require.NoError(t, err)
				shown, o := delivered(t, m)
				golden(t, fmt.Sprintf("%s.%s.txt", role, lang), shown)
				golden(t, fmt.Sprintf("%s.%s.html", role, lang), o.HTML)
			})
		}
	}
}

func TestTheAuditCriesOut(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		m, err := notice.ComposeAlarm(words.New(lang), alarm())
		require.NoError(t, err)
		shown, _ := delivered(t, m)
		golden(t, "alarm."+lang+".txt", shown)
	}
	_, err := notice.ComposeAlarm(words.New("zh"), notice.Alarm{ID: "x"})
	require.ErrorIs(t, err, notice.ErrEmpty)
}

func TestNothingToSayIsNotSaid(t *testing.T) {
	t.Parallel()
	d := forEachRole()[people.Head]
	d.Items = nil
	_, err := notice.Compose(words.New("zh"), d)
	require.ErrorIs(t, err, notice.ErrEmpty)
	d = forEachRole()[people.Head]
	d.Recipient.Role = "stranger"
	_, err = notice.Compose(words.New("zh"), d)
	require.Error(t, err)
}

func TestDigestsOfOnePlanAndReaderHangTogether(t *testing.T) {
	t.Parallel()
	compose := func(unit string, on int, planID string) letter.Letter {
		d := digest(unit, unit, people.Liaison, "联络员", day(2021, 4, on), survey(plan.Remind, "remind-1", plan.Yellow, 1, 1))
		d.Plan.ID = planID
		m, err := notice.Compose(words.New("zh"), d)
		require.NoError(t, err)
		return m
	}
	a, b := compose("gaoping", 1, "p"), compose("gaoping", 2, "p")
	require.Equal(t, a.Thread, b.Thread)
	require.NotEqual(t, a.MessageID, b.MessageID)
	require.Equal(t, a.MessageID, compose("gaoping", 1, "p").MessageID)
	require.NotEqual(t, a.Thread, compose("chengqu", 1, "p").Thread)
	require.NotEqual(t, a.Thread, compose("gaoping", 1, "q").Thread)
	require.Regexp(t, `^[0-9a-f]{24}@duban\.jincheng\.example$`, a.MessageID)
	require.Equal(t, "n0123456789abcdef@duban.local", letter.MessageID("n0123456789abcdef", ""))
	require.Regexp(t, `^[0-9a-f]{24}@a-b$`, letter.MessageID("督办\r\nBcc: x", "a\nb"))
}

// everyKind is one item of each class.
func everyKind() []notice.Item {
	var items []notice.Item
	talk := &notice.Talk{Number: 2, Step: "held", Limit: june, Left: notice.Distance{Days: 1, Workdays: 1}}
	for i, it := range []notice.Item{
		survey(plan.Remind, "a", plan.Green, 1, 1), survey(plan.Remind, "b", plan.Red, -1, -1), survey(plan.DueDay, "c", plan.Yellow, 0, 0),
		survey(plan.Urge, "d", plan.Red, -1, -1), survey(plan.Warn, "e", plan.Red, -5, -5), survey(plan.Escalate, "f", plan.Red, -9, -7),
		survey(plan.Talk, "g", plan.Red, -9, -7), survey(plan.Talk, "h", plan.Red, -9, -7), survey(plan.Remind, "i", plan.Red, -9, -7),
		survey(plan.Escalate, "j", plan.Red, -9, -7),
	} {
		it.Task = fmt.Sprintf("t%d", i)
		switch it.Stage {
		case "g", "i", "j":
			it.Talk = talk
		case "h":
			it.Talk = &notice.Talk{Number: 1, Proposed: true}
		}
		items = append(items, it)
	}
	return items
}

func TestEverySeatHasWordsForEveryKindAndForWhatComesNext(t *testing.T) {
	t.Parallel()
	nexts := []*notice.Next{nil, {Kind: plan.Talk, Approval: true}, {Kind: plan.Remind, Step: "held"}, {Kind: plan.Escalate, Step: "custom-step"}, {Kind: "odd"}}
	for _, kind := range plan.StageKinds {
		nexts = append(nexts, &notice.Next{Kind: kind})
	}
	for _, lang := range []string{"zh", "en"} {
		for _, role := range people.Roles {
			for _, next := range nexts {
				items := everyKind()
				for i := range items {
					if next != nil {
						n := *next
						n.Day, n.To = june, people.Roles
						items[i].Next = &n
					}
					m, err := notice.Compose(words.New(lang), digest("gaoping", "高平市政府", role, "", april, items[i]))
					require.NoError(t, err)
					for _, text := range []string{m.Subject, m.Line, m.Text, m.HTML} {
						require.NotContains(t, text, "notice.")
						require.NotContains(t, text, "term.")
						require.NotContains(t, text, "no value")
					}
				}
				m, err := notice.Compose(words.New(lang), digest("gaoping", "高平市政府", role, "", april, items...))
				require.NoError(t, err)
				require.Equal(t, len(items), strings.Count(m.HTML, "</tr>"))
			}
		}
	}
}

func TestATalkIsNeverCalledASanction(t *testing.T) {
	t.Parallel()
	for lang, forbidden := range map[string][]string{"zh": {"处分", "处罚", "惩处"}, "en": {"disciplin", "punish", "penalt", "sanction"}} {
		texts, err := words.Catalogue(lang)
		require.NoError(t, err)
		for key, text := range texts {
			if !strings.HasPrefix(key, "notice.") && !strings.HasPrefix(key, "matter.") && !strings.HasPrefix(key, "act.") {
				continue // a report may say in so many words that a talk is none
			}
			for _, word := range forbidden {
				require.NotContains(t, strings.ToLower(text), word, key)
			}
		}
	}
}

func TestStagesOfOneTaskBecomeOneItemTheGravest(t *testing.T) {
	t.Parallel()
	remind := survey(plan.Remind, "remind-1", plan.Yellow, -6, -1)
	remind.Merged = 2
	m, err := notice.Compose(words.New("zh"), digest("gaoping", "高平市政府", people.Liaison, "联络员", day(2021, 5, 6), remind, survey(plan.Urge, "urge", plan.Red, -6, -1)))
	require.NoError(t, err)
	require.Equal(t, "2021-05-06 09:00  致 高平市政府联络员 《晋城市2021年水生态环境保护行动计划》1 项：催办 1", m.Line)
	require.NotContains(t, m.Text, "督办阶段并入", "the engine's own words are left out")
	require.Equal(t, 1, strings.Count(m.Text, "完成高平市建成区黑臭水体排查"))
}

// manyItems are many tasks of many units at several stages.
func manyItems(n int) []notice.Item {
	kinds := []plan.StageKind{plan.Remind, plan.DueDay, plan.Urge, plan.Warn}
	left := []int{7, 0, -6, -11}
	lights := []plan.Light{plan.Blue, plan.Yellow, plan.Red, plan.Red}
	units := []string{"城区政府", "泽州县政府", "高平市政府", "阳城县政府", "陵川县政府", "沁水县政府"}
	items := make([]notice.Item, n)
	for i := range items {
		k := i % len(kinds)
		items[i] = survey(kinds[k], "s", lights[k], left[k], left[k])
		items[i].Task = fmt.Sprintf("t%03d", i)
		items[i].Title = fmt.Sprintf("第%03d号任务：完成入河排污口排查整治并建立台账", i)
		items[i].Lead = units[i%len(units)]
		items[i].Next = &notice.Next{Kind: plan.Warn, Day: day(2021, 5, 11), To: []people.Role{people.Head, people.Office}}
	}
	return items
}

func TestManyItemsStayReadable(t *testing.T) {
	t.Parallel()
	items := manyItems(120)
	m, err := notice.Compose(words.New("zh"), digest("shuizhiban", office.Name, people.Office, "督办岗", day(2021, 5, 6), items...))
	require.NoError(t, err)
	for i, it := range items {
		require.Equal(t, 1, strings.Count(m.Text, fmt.Sprintf("第%03d号任务", i)))
		require.Equal(t, 1, strings.Count(m.HTML, it.Title))
	}
	require.Contains(t, m.Text, "一览：预警 30 · 催办 30 · 今日到期 30 · 到期前提醒 30")
	require.Equal(t, 4, strings.Count(m.Text, "下一步："), "said once a group")
	require.Contains(t, m.Text, "120. ")
	require.Contains(t, m.Subject, "，本件共120项任务")
	require.Less(t, len(m.HTML), 102_000, "longer pages are cut by mail programs")
}

func TestWhatPeopleTypedIsOnlyEverText(t *testing.T) {
	t.Parallel()
	const evil = `<script>alert(1)</script>"><img src=x onerror=alert(2)> {{.Day}} & 'x'`
	it := survey(plan.Talk, "talk", plan.Red, -1, -1)
	it.Title, it.Clause, it.Lead = evil, evil, evil
	it.Talk = &notice.Talk{Number: 1, Step: evil, Limit: june}
	it.Next = &notice.Next{Kind: plan.Escalate, Step: evil, Day: june, To: []people.Role{people.Role(evil), people.Head}}
	d := digest("gaoping", evil, people.Office, evil, april, it)
	d.Plan.Title, d.Plan.Number, d.Office.Name = evil, evil, evil
	m, err := notice.Compose(words.New("zh"), d)
	require.NoError(t, err)
	require.NotContains(t, m.HTML, "<script")
	require.NotContains(t, m.HTML, "<img")
	require.Contains(t, m.HTML, "&lt;script&gt;alert(1)&lt;/script&gt;")
	require.Contains(t, m.HTML, "{{.Day}} &amp; ")

	a := alarm()
	a.Plan.Title, a.Silent[0].Title, a.Silent[0].Lead, a.Troubled[0].Error, a.Troubled[0].Name = evil, evil, evil, evil, evil
	m, err = notice.ComposeAlarm(words.New("en"), a)
	require.NoError(t, err)
	require.NotContains(t, m.HTML, "<script")
	require.NotContains(t, m.HTML, "<img")
}

func TestTheSameMailIsTheSameBytes(t *testing.T) {
	t.Parallel()
	server := smtptest.Serve(t, smtp.NoTLS, nil)
	m := aMail(t)
	for range 2 {
		carried(t, server, smtp.NoTLS, m)
	}
	got := server.Letters()
	require.Equal(t, string(got[0].Raw), string(got[1].Raw))
}

func TestHeadersAreShortAsciiLines(t *testing.T) {
	t.Parallel()
	server := smtptest.Serve(t, smtp.NoTLS, nil)
	carried(t, server, smtp.NoTLS, aMail(t))
	raw := string(server.Letters()[0].Raw)
	head, _, _ := strings.Cut(raw, "\r\n\r\n")
	for _, line := range strings.Split(head, "\r\n") {
		require.LessOrEqual(t, len(line), 78, line)
		require.Equal(t, len(line), len([]rune(line)), line)
	}
	msg, err := mail.ReadMessage(strings.NewReader(raw))
	require.NoError(t, err)
	require.Contains(t, msg.Header.Get("Subject"), "=?UTF-8?b?")
}

// A message lists some fifteen things, the gravest first, and counts the rest.
func TestAMessageListsOnlySoMany(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		d := digest("lingdao", "市水污染防治工作领导小组", people.Leader, "组长", day(2021, 5, 10))
		d.Most, d.Rest, d.Totals = 15, "starter task list --plan p", &notice.Totals{Overdue: 40, Talks: 1}
		d.Items = nil
		for i := range 34 {
			kind := plan.Escalate
			if i%2 == 0 {
				kind = plan.Warn
			}
			d.Items = append(d.Items, notice.Item{Task: fmt.Sprint("t", i), Title: fmt.Sprint("任务", i), Lead: "高平市人民政府", Kind: kind, Light: plan.Red, Due: day(2021, 4, 30), Left: notice.Distance{Days: -9, Workdays: -5}})
		}
		m, err := notice.Compose(words.New(lang), d)
		require.NoError(t, err)
		require.Equal(t, 15, strings.Count(m.HTML, `<tr class="row"`), "listed")
		require.Contains(t, m.Text, "15. 任务")
		require.NotContains(t, m.Text, "16. 任务")
		want := map[string][]string{"zh": {"另有19项不逐一列出", "逾期未办结的任务40项、正在进行的约谈1次", "starter task list"},
			"en": {"19 more are not listed", "40 tasks overdue, 1 talk under way", "starter task list"}}
		flat := strings.ReplaceAll(m.Text, "\n", "")
		if lang == "en" {
			flat = strings.ReplaceAll(m.Text, "\n", " ")
		}
		for _, text := range want[lang] {
			require.Contains(t, flat, text)
			require.Contains(t, m.HTML, text)
		}
		other := d
		other.Recipient, other.Items = people.Recipient{Unit: "shuiwu", Role: people.Liaison}, []notice.Item{{Task: "x", Title: "任务x", Kind: plan.Talk, Light: plan.Red, Due: day(2021, 4, 30), Talk: &notice.Talk{Number: 1, Step: "served"}}}
		m, err = notice.Compose(words.New(lang), d, other)
		require.NoError(t, err)
		require.Equal(t, 15, strings.Count(m.HTML, `<tr class="row"`), "over all its parts")
		require.Contains(t, m.Text, "任务x", "the gravest is listed, whichever part it stands in")
	}
}
