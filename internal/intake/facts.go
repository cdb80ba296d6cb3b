package intake

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/internal/calendar"
)

// facts are what a document says of itself.
type facts struct {
	Title, Number, Issuer string
	Issued                calendar.Day
	Year, LastYear        int               // years the plan covers; equal for an annual plan
	ToCities              bool              // it is addressed to cities: the issuer is a province
	Titled                bool              // the title says which
	LastDue               calendar.Day      // the latest limit that the documents set
	To                    []named           // whom it addresses: 各县（市、区）水务局：
	We                    string            // who signs: 我局 in its words
	ByTitle               bool              // the title says whose paper it is, and nobody signs
	City                  string            // 晋城市: how the issuing place is called
	Yours                 bool              // it calls the body that it addresses 你局
	Parties               map[string]string // of an agreement: 甲方 → who that is
	Season                bool              // it is about the days of a festival: its times are the next ones
}

var (
	planTitle = regexp.MustCompile(`(计划|方案|意见|要点|清单|台账|规划|分工|分解|细则|办法|安排|措施|任务书|一览表|明细表|分解表|分工表|项目表|任务表|实事|责任书|安排表)(\((修订|试行|暂行|征求意见稿|讨论稿|\d{4} ?[-~至] ?\d{4}年?|\d{4}年度?).{0,6}\))?$`)
	aboutRe   = regexp.MustCompile(`关于(?:印发|下发|转发|发布|公布)?《?(.+?)》?的(?:通知|意见|函|公告)`)
	dayLine   = regexp.MustCompile(`^(?:[\p{Han}]{0,20})?(20\d\d|19\d\d)年(\d{1,2})月(\d{1,2})日(印发)?$`)
	issuerRe  = regexp.MustCompile(`^[\p{Han}]{2,24}(人民政府|人民政府办公室|人民政府办公厅|委员会|委员会办公室|办公室|办公厅|局|厅|部|指挥部|领导小组|领导小组办公室|督查室)$`)
	yearsRe   = regexp.MustCompile(`((?:20|19)\d\d)年? ?[-~至—] ?((?:20|19)\d\d)年?`)
	yearRe    = regexp.MustCompile(`((?:20|19)\d\d)年`)
	placeRe   = regexp.MustCompile(`^(?:中共)?([\p{Han}]{1,8}?(?:省|自治区|自治州|州|市|盟|县|区|旗))(?:委|人民政府|政府|[\p{Han}]{0,14}(?:局|委|办|厅|会|部))`)
	titleRe   = regexp.MustCompile(`^[\p{Han}]{1,8}?(?:省|自治区|州|市|盟|县|区|旗)`)
	yearsLong = regexp.MustCompile(`([二三四五2-5])年(?:行动|攻坚|整治|计划|提升|专项|作战|实施)`)
	toCities  = regexp.MustCompile(`^各(?:设区市|市、州|市\(州|州、?市|地级市|市人民政府|地、州).*:$`)
	addressed = regexp.MustCompile(`^(?:各|市直|县直|区直|州直|省直|有关|相关|[\p{Han}]{1,6}(?:县|市|区|州|镇|乡))[\p{Han}、,()]{1,100}:$|^[\p{Han}]{2,16}(?:局|委|委员会|办|办公室|办事处|公司|集团|政府|管委会|学校|医院|中心|院|大队|支队):$|^[市县区省州][\p{Han}]{1,12}(?:局|委|委员会|办|办公室|厅|部|公司|中心|政府|支队|大队)[、,][\p{Han}、,()]{2,100}:$`)
	ignorePre = regexp.MustCompile(`^(?:中共|国务院)`)
)

// readFacts finds title, number, issuer, day and years in the head of a
// document and, where the head is silent, in its first table's title.
func readFacts(o outline, given calendar.Day) facts {
	var f facts
	head := o.head
	if len(head) > 80 {
		head = head[:80]
	}
	var about string
	for i, p := range head {
		text, _ := titleAndBody(p.text)
		t := tight(fold(text))
		f.Yours = f.Yours || yoursRe.MatchString(t)
		f.ToCities = f.ToCities || toCities.MatchString(t)
		if len(f.To) == 0 && i < 12 && addressed.MatchString(t) {
			f.To, _, _ = readUnits(strings.TrimSuffix(t, ":"), seatOwner)
		}
		if m := tight(docNumber.FindString(p.text)); m != "" && f.Number == "" && i < 12 {
			if raw := tight(p.text); strings.HasPrefix(raw, m) || strings.HasSuffix(raw, m) && utf8.RuneCountInString(raw) < 50 {
				f.Number = m
			}
		}
		if m := aboutRe.FindStringSubmatch(t); m != nil && about == "" {
			about = strings.Trim(m[1], "《》")
		}
		if m := dayLine.FindStringSubmatch(t); m != nil && f.Issued.IsZero() {
			if d, ok := civil(m[1], m[2], m[3]); ok {
				f.Issued = d
				f.Issuer = signer(head[:i], strings.TrimSuffix(t, m[0]), f.Issuer)
			}
		}
		if f.Issuer == "" && strings.HasSuffix(t, "文件") && utf8.RuneCountInString(t) < 26 {
			if n := strings.TrimSuffix(t, "文件"); issuerRe.MatchString(n) {
				f.Issuer = n
			}
		}
		t = strings.TrimLeft(t, "•●·*#-")
		n := utf8.RuneCountInString(t)
		if planTitle.MatchString(t) && n >= 6 && n <= 60 && !strings.ContainsAny(t, "。;") && !strings.HasPrefix(t, "关于") && !aboutRe.MatchString(t) && !strings.HasPrefix(t, "《") {
			f.Title = strings.TrimLeft(tight(text), "•●·*#-")
			if i > 0 && n < 14 && planPrefix(tight(fold(head[i-1].text))) {
				f.Title = tight(head[i-1].text) + f.Title
			}
		}
	}
	if f.Issued.IsZero() {
		f.Issued, _ = lastDay(o.flat)
	}
	if !given.IsZero() {
		f.Issued = given
	}
	if f.Title == "" {
		f.Title = about
	}
	if f.Title == "" && len(o.tables) > 0 && !strings.Contains(o.tables[0].title, "。") {
		f.Title = tight(o.tables[0].title)
	}
	if f.Title == "" && len(head) > 0 && utf8.RuneCountInString(head[0].text) < 60 {
		f.Title = tight(head[0].text)
	}
	if f.Issuer == "" {
		for _, p := range head {
			if t := tight(fold(p.text)); issuerRe.MatchString(t) {
				f.Issuer = t
				break
			}
		}
	}
	for _, p := range head {
		for _, m := range partyIs.FindAllStringSubmatch(tight(fold(p.text)), -1) {
			if f.Parties == nil {
				f.Parties = map[string]string{}
			}
			name := strings.TrimPrefix(firstNonEmpty(m[1], m[4]), "由")
			f.Parties[firstNonEmpty(m[2], m[3])] = name
		}
	}
	if f.We = f.Issuer; f.We == "" {
		f.We = lastSigner(o.flat)
	}
	for _, p := range head[:min(3, len(head))] {
		if m := titleIssuer.FindStringSubmatch(tight(fold(p.text))); f.We == "" && m != nil {
			f.We, f.ByTitle = m[1], true
		}
	}
	f.years(about)
	f.City = cityOf(f.Issuer, f.Title, about)
	return f
}

// titleIssuer is whose paper it is by its title: 民政部办公厅关于开展试点工作的通知.
var titleIssuer = regexp.MustCompile(`^([\p{Han}]{2,24}?(?:部|委|局|厅|委员会|政府|中心|公司|集团|学校|医院|总站|总队))(?:办公厅|办公室)?关于`)

func civil(y, m, d string) (calendar.Day, bool) {
	day, err := calendar.ParseDay(y + "-" + two(m) + "-" + two(d))
	return day, err == nil
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

func planPrefix(t string) bool {
	n := utf8.RuneCountInString(t)
	return n >= 4 && n <= 40 && !strings.ContainsAny(t, "。:;,") && !strings.HasSuffix(t, "通知") && !docNumber.MatchString(t) && !dayLine.MatchString(t) && !strings.HasSuffix(t, ")")
}

func signer(before []para, inline, have string) string {
	if issuerRe.MatchString(inline) {
		return inline
	}
	if n := len(before); n > 0 {
		if t := tight(fold(before[n-1].text)); issuerRe.MatchString(t) {
			return t
		}
	}
	return have
}

var hanHead = regexp.MustCompile(`^\p{Han}*`)

// lastSigner is the body that signs at the end, on the line before the day.
func lastSigner(ps []para) string {
	for i := len(ps) - 1; i > 0 && i > len(ps)-12; i-- {
		if t := tight(fold(ps[i].text)); dayLine.MatchString(t) {
			return signer(ps[:i], hanHead.FindString(t), "")
		}
	}
	return ""
}

// lastDay looks for a day of issue in a line of its own at the end.
func lastDay(ps []para) (calendar.Day, bool) {
	for i := len(ps) - 1; i >= 0 && i > len(ps)-12; i-- {
		if m := dayLine.FindStringSubmatch(tight(fold(ps[i].text))); m != nil {
			return civil(m[1], m[2], m[3])
		}
	}
	return calendar.Day{}, false
}

func (f *facts) years(about string) {
	for _, t := range []string{f.Title, about} {
		t = fold(t)
		if schoolYear.MatchString(t) && f.Issued.Month > 0 { // 2023—2024学年第二学期: its times are the next ones
			f.Year, f.LastYear, f.Season = f.Issued.Year, f.Issued.Year, true
			return
		}
		if m := yearsRe.FindStringSubmatch(t); m != nil {
			f.Year, _ = strconv.Atoi(m[1])
			f.LastYear, _ = strconv.Atoi(m[2])
			f.Titled = true
			return
		}
		if festive.MatchString(t) || winters.MatchString(t) || prepares.MatchString(t) && f.Issued.Month > 0 || f.collects(t) { // 2024年元旦、春节期间, of December 2023
			f.Year, f.LastYear, f.Season = f.Issued.Year, f.Issued.Year, true
			return
		}
		if m := yearRe.FindStringSubmatch(t); m != nil {
			f.Year, _ = strconv.Atoi(m[1])
			f.LastYear, f.Titled = f.Year, true
			if f.Year < f.Issued.Year { // 2021年度预算执行审计…整改安排, of 2022: the year is of what it is about
				f.Year, f.LastYear, f.Titled = f.Issued.Year, f.Issued.Year, false
			}
			return
		}
	}
	f.Year = f.Issued.Year
	f.LastYear = f.Year
	if m := yearsLong.FindStringSubmatch(tight(fold(f.Title + about))); m != nil && f.Year > 0 { // 三年行动 from the year of issue
		f.LastYear, f.Titled = f.Year+number(m[1])-1, true
	}
}

// partyIs says who a party of an agreement is: 县数据局（甲方）, 甲方：县数据局.
var partyIs = regexp.MustCompile(`([\p{Han}]{3,20}?)\((?:以下简称)?[“"]?([甲乙丙]方)[”"]?\)|^([甲乙丙]方):([\p{Han}]{3,20})$`)

// yoursRe is how a letter calls the body that it addresses.
var yoursRe = regexp.MustCompile(`(?:对|向|给|与|就|责令|责成|要求|请|望|现将|通知|由|,|。|^)[你贵](?:单位|局|委|办|公司|街道|镇|乡|县|区|校|院|中心)`)

// prepares is a title of what is done before a year: 编制2022年部门预算.
var prepares = regexp.MustCompile(`(?:编制|编报|申报|征集|报送|谋划|征订|储备|填报)(?:19|20)\d\d(?:年|-)`)

// collected is what is gathered before the year that it is for: 2024年度医疗保险参保缴费.
var collected = regexp.MustCompile(`((?:19|20)\d\d)年度?[\p{Han}“”]{0,20}?(?:参保|缴费|征缴|参合|征订|订阅|预算编制|报名|招录|选题|申报|征集|储备|续保)`)

// collects tells that a title is of what is gathered in the year before the one it names.
func (f *facts) collects(title string) bool {
	m := collected.FindStringSubmatch(title)
	return m != nil && f.Issued.Month > 6 && m[1] == strconv.Itoa(f.Issued.Year+1)
}

// festive is a title about the days around a festival.
var festive = regexp.MustCompile(`(?:19|20)\d\d年[“"]?(?:元旦|春节|两节|元春|中秋|国庆|五一|端午|清明)`)

// schoolYear is a title about a school's year.
var schoolYear = regexp.MustCompile(`(?:19|20)\d\d年? ?[-~至—]+ ?(?:19|20)?\d\d年? ?学年`)

// winters is a title about the months around the turn of the year.
var winters = regexp.MustCompile(`今冬明春|冬春季?(?:节|森林|安全|防火|火灾|救助|农田|水利)`)

func cityOf(texts ...string) string {
	for _, t := range texts {
		t = tight(fold(t))
		t = ignorePre.ReplaceAllString(t, "")
		if m := placeRe.FindStringSubmatch(t); m != nil {
			return m[1]
		}
	}
	return ""
}

// last is the plan's own last day: of the years in its title, else of the latest
// limit that it sets.
func (f facts) last() calendar.Day {
	if f.LastYear == 0 {
		return calendarZero
	}
	end := calendarDay(f.LastYear, 12, 31)
	if !f.Titled && f.LastDue.After(end) {
		return f.LastDue
	}
	return end
}
