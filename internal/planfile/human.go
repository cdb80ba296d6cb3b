package planfile

import (
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// Blocking are the problems that a rehearsal may live with and a launch may not:
// placeholders that nobody has filled in, and limits that contradict their due date.
func Blocking(problems []strictyaml.Problem) []strictyaml.Problem {
	var out []strictyaml.Problem
	for _, p := range problems {
		if slices.Contains(blocking, p.Key) {
			out = append(out, p)
		}
	}
	return out
}

var blocking = []string{"plan.placeholder", "plan.due_limit"}

// saidWords are the words that people write for those of the files.
var saidWords = map[string]map[string]string{
	"kind":  {"任务": "dated", "有时限": "dated", "有时限任务": "dated", "限时任务": "dated", "周期": "duty", "周期性": "duty", "周期性任务": "duty", "周期任务": "duty", "长期": "standing", "长期任务": "standing"},
	"every": {"月": "month", "每月": "month", "按月": "month", "季": "quarter", "季度": "quarter", "每季度": "quarter", "按季度": "quarter", "半年": "halfyear", "每半年": "halfyear", "年": "year", "每年": "year"},
	"role":  {"联络员": "liaison", "分管领导": "deputy", "主要负责人": "head", "负责人": "head", "值班": "office", "办公室": "office", "领导": "leader"},
	"fact": {"按期办结": "on_time", "逾期": "late", "缺报": "missing", "久无进展": "silent", "预警": "warned", "退回": "returned", "重点项目": "project", "约谈": "talked", "通报": "circular",
		"肯定性批示": "favourable", "曝光": "exposed", "项目储备": "pool", "项目入库": "admitted", "入库比率": "pool_rate", "断面达标": "section_met", "断面不达标": "section_missed",
		"诉求答复": "complaint_answered", "回访满意": "complaint_satisfied", "回访不满意": "complaint_unsatisfied", "诉求重办": "complaint_again", "满意率": "satisfied_rate"},
	"of":    {"任务": "task", "期次": "occurrence", "重点项目": "project"},
	"only":  {"重点": "priority", "办结": "finished"},
	"level": {"国考": "national", "国控": "national", "省考": "provincial", "省控": "provincial", "市考": "municipal", "市控": "municipal"},
}

var (
	saidMonthly = regexp.MustCompile(`^每月(\d{1,2})(?:日|号)前?$`)
	saidWeekly  = regexp.MustCompile(`^每周([一二三四五六日天])前?$`)
)

// saidRule is the recurrence that a clerk wrote in words: 每月25日, 每周五, 每月底, 每季度.
func saidRule(text string) (plan.Recurrence, bool) {
	text = strings.ReplaceAll(text, " ", "")
	if every := saidWords["every"][text]; every != "" {
		return plan.Recurrence{Every: every}, true
	}
	switch text {
	case "每月底", "每月末", "每月底前":
		return plan.Recurrence{Every: "month"}, true
	case "每季度末", "每季度底", "每季末":
		return plan.Recurrence{Every: "quarter"}, true
	case "每年底", "每年末":
		return plan.Recurrence{Every: "year"}, true
	}
	if m := saidMonthly.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		switch {
		case n >= 1 && n <= 28:
			return plan.Recurrence{Cron: fmt.Sprintf("0 9 %d * *", n)}, true
		case n == 29 || n == 30:
			return plan.Recurrence{Cron: fmt.Sprintf("0 9 %dL * *", n)}, true
		case n == 31:
			return plan.Recurrence{Every: "month"}, true
		}
	}
	if m := saidWeekly.FindStringSubmatch(text); m != nil {
		day := strings.Index("一二三四五六日", m[1])/3 + 1
		if m[1] == "天" {
			day = 7
		}
		return plan.Recurrence{Cron: fmt.Sprintf("0 9 * * %d", day%7)}, true
	}
	return plan.Recurrence{}, false
}

// placeholder is what a draft writes where a person has something to fill in.
var placeholder = regexp.MustCompile(strings.Join([]string{unknownInBrackets, unknownAsLabel, unknownAtEnd, standInName, bareMark}, "|"))

// Within other words the characters of unknownYet may be the matter itself: 待确认权属的耕地.
// After one of notYet they are another word: 接待定点, 招待, 看待, 等待确认.
const (
	unknownYet = `(?:待定|待补录|待补充|待确认|待填写?|待明确)`
	notYet     = `接招看等`

	unknownInBrackets = `[（(【\[](?:[^）)】\]]*[^` + notYet + `）)】\]])?` + unknownYet // （第3行，任务名称待补录）
	unknownAsLabel    = `^` + unknownYet + `[：:，,（( ]`                             // 待补充：局长姓名
	unknownAtEnd      = `(?:^|[^` + notYet + `])` + unknownYet + `$`               // 责任单位待定
	standInName       = `×{2,}|某某`                                                 // ××市水利局
	bareMark          = `^(?:x{2,}|X{2,}|TBD|TODO|待)$`
)

// unfilled notes a placeholder in place of a value: 待定, XX.
func (o object) unfilled(name, value string) {
	if placeholder.MatchString(value) {
		o.Doubt(name, "placeholder", words.Data{"Value": value})
	}
}

var (
	limitDay  = regexp.MustCompile(`^(\d{4})年(\d{1,2})月(?:(\d{1,2})日|底|末|底前|末前)?(?:之前|以前|前)?(?:完成|完工|投入运行|建成)?$`)
	limitPart = regexp.MustCompile(`^(\d{1,2})月(?:(\d{1,2})日|底|末|底前|末前)(?:之前|以前|前)?(?:完成|完工|投入运行|建成)?$`)
	limitYear = regexp.MustCompile(`^(\d{4})年(?:年?底|末)(?:之前|以前|前)?(?:完成|完工|建成)?$`)
)

// contradicts tells that a printed limit names one day and the due date is another.
func contradicts(limit string, due calendar.Day) (calendar.Day, bool) {
	t := strings.Join(strings.Fields(foldText(limit)), "")
	if limitPart.MatchString(t) && !due.IsZero() { // 12月4日前: of whichever year
		t = fmt.Sprintf("%d年%s", due.Year, t)
	}
	var d calendar.Day
	if m := limitDay.FindStringSubmatch(t); m != nil {
		day := m[3]
		if day == "" {
			day = "01"
		}
		var err error
		if d, err = calendar.ParseDay(fmt.Sprintf("%s-%02s-%02s", m[1], m[2], day)); err != nil {
			return d, false
		}
		if m[3] == "" {
			d = d.MonthEnd()
		}
	} else if m := limitYear.FindStringSubmatch(t); m != nil {
		d, _ = calendar.ParseDay(m[1] + "-12-31")
	}
	return d, !d.IsZero() && !due.IsZero() && d != due
}

// mailFault says what a mail address has that none may have: a key of the
// catalogue; "" for a good one. plain is the address as it is sent to: a domain of
// other letters in its ASCII form.
func mailFault(s string) (plain, fault string) {
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || unicode.IsSpace(r):
			return "", "email_hidden"
		case r >= '！' && r <= '～' || r == '。' || r == '．' || r == '｡':
			return "", "email_wide"
		}
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || domain == "" {
		return "", "bad_email"
	}
	if strings.ContainsFunc(local, func(r rune) bool { return r > unicode.MaxASCII }) {
		return "", "email_local"
	}
	if strings.ContainsFunc(domain, func(r rune) bool { return r > unicode.MaxASCII }) {
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return "", "bad_email"
		}
		domain = ascii
	}
	plain = local + "@" + domain
	a, err := mail.ParseAddress(plain)
	if err != nil || a.Address != plain || a.Name != "" || !strings.Contains(domain, ".") {
		return "", "bad_email"
	}
	return plain, ""
}
