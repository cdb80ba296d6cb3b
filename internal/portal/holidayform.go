package portal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"duban/internal/calendar"
	"duban/internal/draft"
	"duban/internal/ledger"
	"duban/internal/whatif"
	"duban/internal/words"
)

// festivals is how many lines the form of a notice has: the seven festivals on which all
// citizens rest by 全国年节及纪念日放假办法, and three for whatever else a notice names.
const festivals = 10

// noticeForm is a notice of holidays as a person types it.
type noticeForm struct {
	ID, Year, Paper string
	Lines           []festivalLine
	Wrong           []string
}

type festivalLine struct {
	N                      int
	Name, From, To, Worked string
}

func (v *visit) noticeForm() error {
	if v.Drafts == nil {
		return ErrLookOnly
	}
	f := noticeForm{ID: v.typed.Get("id"), Year: v.typed.Get("year"), Paper: v.typed.Get("paper")}
	if !draft.IsID(f.ID) {
		f.ID = draft.NewID()
	}
	if v.typed == nil {
		f.Year = strconv.Itoa(v.Now().In(v.zone()).AddDate(0, 3, 0).Year()) // a notice comes in the last months before its year
	} else {
		_, f.Wrong = v.noticeTyped(v.typed.Get)
	}
	names := strings.Fields(v.say.T("draft.festivals"))
	for i := range festivals {
		n := strconv.Itoa(i)
		l := festivalLine{N: i, Name: v.typed.Get("name-" + n), From: v.typed.Get("from-" + n), To: v.typed.Get("to-" + n), Worked: v.typed.Get("worked-" + n)}
		if v.typed == nil && i < len(names) {
			l.Name = names[i]
		}
		f.Lines = append(f.Lines, l)
	}
	return v.show("notice", v.say.T("draft.title_notice"), f)
}

// monthDay is a day as a notice writes it, without its year: 9月28日, 9-28, 9.28.
var monthDay = regexp.MustCompile(`^(\d{1,2})(?:月|[-./])(\d{1,2})[日号]?$`)

// dayIn reads a day that may be typed without its year; year is then the one given.
func dayIn(text string, year int) (calendar.Day, error) {
	text = strings.TrimSpace(text)
	if m := monthDay.FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("%d年%s月%s日", year, m[1], m[2])
	}
	return calendar.ReadDay(text)
}

// betweenDays are the marks between the days of a list.
var betweenDays = regexp.MustCompile(`[\s,，、;；和]+`)

// longestRest is how many days one festival may rest: more is a slip of the pen.
const longestRest = 15

// noticeTyped is the notice that was typed, and what is wrong with it, a sentence each.
func (v *visit) noticeTyped(typed func(string) string) (y calendar.Year, wrong []string) {
	say := func(key, line string, value any) {
		wrong = append(wrong, v.say.T("draft.notice_"+key, words.Data{"Line": line, "Value": value, "Most": longestRest}))
	}
	year, err := strconv.Atoi(strings.TrimSpace(typed("year")))
	if err != nil {
		say("year", "", typed("year"))
		return y, wrong
	}
	y.Year, y.Papers = year, []string{}
	if paper := strings.TrimSpace(typed("paper")); paper == "" || len([]rune(paper)) > 200 {
		say("paper", "", "")
	} else {
		y.Papers = append(y.Papers, paper)
	}
	for i := range festivals {
		n := strconv.Itoa(i)
		name, from, to, worked := strings.TrimSpace(typed("name-"+n)), strings.TrimSpace(typed("from-"+n)), strings.TrimSpace(typed("to-"+n)), strings.TrimSpace(typed("worked-"+n))
		if from == "" && to == "" && worked == "" {
			continue
		}
		if name == "" || len([]rune(name)) > 50 {
			say("name", strconv.Itoa(i+1), "")
			continue
		}
		if to == "" {
			to = from
		}
		begin, err1 := dayIn(from, year)
		end, err2 := dayIn(to, year)
		switch {
		case from != "" && err1 != nil:
			say("day", name, from)
		case from != "" && err2 != nil || from == "" && to != "":
			say("day", name, to)
		case from != "" && (end.Before(begin) || end.Sub(begin) >= longestRest):
			say("span", name, begin.String()+" – "+end.String())
		case from != "":
			for d := begin; !d.After(end); d = d.AddDays(1) {
				y.Days = append(y.Days, calendar.Holiday{Name: name, Date: d, IsOffDay: true})
			}
		}
		for _, text := range betweenDays.Split(strings.Trim(worked, " 。，、"), -1) {
			if text == "" {
				continue
			}
			d, err := dayIn(text, year)
			if err != nil {
				say("day", name, text)
				continue
			}
			y.Days = append(y.Days, calendar.Holiday{Name: name, Date: d})
		}
	}
	if len(wrong) > 0 {
		return y, wrong
	}
	raw, err := json.Marshal(y)
	if err == nil {
		_, err = calendar.ReadYear(bytes.NewReader(raw))
	}
	if err != nil {
		if f := new(calendar.Fault); errors.As(err, &f) {
			f.Field, f.Line = "", 0 // field and line are those of a file that nobody has seen
		}
		said, known := whatif.FaultSaid(v.say, err)
		if !known {
			said = v.say.T("portal.form_wrong")
		}
		wrong = append(wrong, said)
	}
	return y, wrong
}

// typeNotice makes a draft of the notice that was typed: what it would change is shown
// next, before anything is done.
func (v *visit) typeNotice() error {
	if v.Drafts == nil {
		return ErrLookOnly
	}
	y, wrong := v.noticeTyped(v.form.Get)
	if len(wrong) > 0 {
		v.drawAgain(http.StatusUnprocessableEntity, v.say.T("portal.form_wrong"))
		return nil
	}
	raw, err := json.MarshalIndent(y, "", "  ")
	if err != nil {
		return err
	}
	file, err := draft.Edited(draft.File{Name: "notice.json", Body: append(raw, '\n')})
	if err != nil {
		return err
	}
	id := v.form.Get("id")
	if !draft.IsID(id) {
		id = draft.NewID()
	}
	d := ledger.Draft{ID: id, Kind: draft.Holidays, Unit: v.who.Account.Unit, Title: v.say.T("draft.notice_of", words.Data{"Year": y.Year}), By: v.who.ID}
	if err := v.Drafts.Begin(v.ctx(), d, []ledger.DraftFile{file}, nil); err != nil {
		return err
	}
	return v.to("/drafts/" + id + "/changes")
}
