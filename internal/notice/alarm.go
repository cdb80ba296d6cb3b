package notice

import (
	"fmt"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/letter"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// Alarm is what the daily audit tells the office 自查告警: stages that left no
// trace and messages in trouble.
type Alarm struct {
	ID        string // the message's name for ever, ASCII
	Domain    string // see MessageID
	Plan      PlanRef
	Recipient people.Recipient // the office
	Contact   letter.Address
	Copies    []letter.Address // who sit beside them
	Office    letter.Address
	At        time.Time // plan clock
	Date      time.Time // real clock
	Zone      *time.Location
	Silent    []Silent
	Troubled  []Trouble
	Years     []Year
	Sender    letter.Address // the channel's own when empty
	Waits     []Wait
	Broken    []Broken
	// Unattended are units that lead open tasks and for which nobody has an account.
	Unattended []Unattended
	// Skew is how far the clock of the machine that audits is ahead of the ledger's;
	// zero where the alarm is to say nothing about clocks.
	Skew time.Duration
}

// Broken is a law of who is chased that the ledger shows to be broken.
type Broken struct {
	Thing string // ID of the task, duty or talk
	Title string
	Law   int       // see package laws
	At    time.Time // plan clock
	Of    string    // ID of the word, or kind of the act, that broke it; "" of a silence
	More  int       // further breaches of the same law by the same thing
}

// Unattended is a unit that leads open tasks and for which nobody has an account.
type Unattended struct {
	Unit  string   `json:"unit"` // ID
	Name  string   `json:"name"`
	Tasks []string `json:"tasks"` // IDs, in the order of the document
}

// LawWords is the sentence for a law of package laws, for whoever reads of a breach.
func LawWords(w *words.Words, law int) string { return w.T(fmt.Sprintf("law.law_%d", law)) }

// Year is a year without a holiday notice 暂定 in which stages of open tasks are counted.
type Year struct {
	Year  int
	Tasks []string // IDs, in the order of the document
}

// Silent is a stage that should have spoken and of which the ledger knows nothing.
type Silent struct {
	Task  string // task ID
	Title string
	Lead  string // name of the accountable unit
	Due   calendar.Day
	Kind  plan.StageKind
	Stage string    // stage ID
	At    time.Time // plan clock: when it should have spoken
}

// State is what is wrong with a message. A message whose state is none of these is told
// as stuck, never left out.
type State string

const (
	StateUnknown State = "unknown" // handed over, no answer: a person must ask
	StateFailed  State = "failed"  // refused for good
	StateStuck   State = "stuck"   // still waiting long after its time
)

// Trouble is one message that did not simply arrive.
type Trouble struct {
	State State
	Name  string // to whom: 市水务局联络员
	Tasks []string
	At    time.Time // plan clock: when it was to speak
	Error string    // the channel's last word, "" when there is none
}

// said is the key of a sentence of the alarm. When the audit has found only years without
// a holiday notice, nothing has gone wrong: the message is then a note, with keys of its own.
func (a Alarm) said(key string) string {
	if a.wrong() == 0 {
		return "alarm_note_" + key
	}
	return "alarm_" + key
}

// cases is how many findings the message is about: what went wrong, or, in a
// note, the years.
func (a Alarm) cases() int {
	if n := a.wrong(); n > 0 {
		return n
	}
	return len(a.Years)
}

func (a Alarm) wrong() (n int) {
	if a.Skew != 0 {
		n = 1
	}
	return n + len(a.Silent) + len(a.Troubled) + len(a.Waits) + len(a.Broken) + len(a.Unattended)
}

// ComposeAlarm words the audit's findings for the office. ErrEmpty without findings.
func ComposeAlarm(w *words.Words, a Alarm) (letter.Letter, error) {
	if a.cases() == 0 {
		return letter.Letter{}, fmt.Errorf("alarm %s: %w", a.ID, ErrEmpty)
	}
	if a.ID == "" {
		return letter.Letter{}, fmt.Errorf("alarm to %q: no ID", a.Recipient)
	}
	if a.Zone == nil {
		return letter.Letter{}, fmt.Errorf("alarm %s: no zone", a.ID)
	}
	d := Digest{Plan: a.Plan, Recipient: a.Recipient, Contact: a.Contact, Office: a.Office, At: a.At, Zone: a.Zone, Unit: a.Office.Name}
	s := newSpeaker(w, d)
	p := s.alarmPage(a)
	m := letter.Letter{
		ID: a.ID, MessageID: letter.MessageID(a.ID, a.Domain), Thread: thread(a.Plan.ID+"|alarm", a.Recipient, a.Domain),
		Recipient: a.Recipient, From: a.Sender, To: letter.Address{Name: clean(a.Contact.Name), Email: a.Contact.Email}, Copies: a.Copies, ReplyTo: a.Office.Email,
		Subject: clean(s.t(a.said("subject"), words.Data{"Plan": clean(a.Plan.Title), "Cases": s.count("cases", a.cases())})),
		Line:    s.line(a.said("line"), p), At: a.At, Date: a.Date.In(a.Zone),
	}
	return render(m, []page{p})
}

func (s *speaker) alarmPage(a Alarm) page {
	planName := s.t("plan", words.Data{"Title": clean(a.Plan.Title), "Number": clean(a.Plan.Number)})
	p := page{
		Lang: s.w.Lang(), Office: s.signature(), Plan: planName, Total: a.wrong() + len(a.Years),
		Heading: s.t(a.said("heading")), When: s.dayAndWeekday(s.today),
		Salute:  s.t("salute", words.Data{"Name": s.name()}),
		Opening: s.t(a.said("opening"), words.Data{"Plan": planName, "Cases": s.count("cases", a.cases())}),
		Closing: s.t(a.said("closing")), Footer: s.t("footer"), Labels: s.labels(),
	}
	var silent []row
	for _, x := range a.Silent {
		silent = append(silent, row{
			Title: clean(x.Title), Meta: []string{clean(x.Task), s.t("meta_lead", words.Data{"Lead": clean(x.Lead)})},
			Due:   s.day(x.Due),
			Left:  s.t("alarm_stage", words.Data{"Kind": s.w.T("term." + string(x.Kind)), "Stage": clean(x.Stage)}),
			Notes: []string{s.t("alarm_at", words.Data{"At": s.clock(x.At)})},
		})
	}
	s.alarmGroup(&p, "silent", crimson, silent)
	for _, state := range []State{StateUnknown, StateFailed, StateStuck} {
		var rows []row
		for _, x := range a.Troubled {
			if x.State == state || state == StateStuck && x.State != StateUnknown && x.State != StateFailed {
				rows = append(rows, s.trouble(x))
			}
		}
		s.alarmGroup(&p, string(state), amber, rows)
	}
	var waits []row
	for _, x := range a.Waits {
		r := row{Title: clean(x.Title), Notes: []string{x.Words(s.w, s.d.Zone)}}
		if x.Thing != "" {
			r.Meta = []string{clean(x.Thing)}
		}
		waits = append(waits, r)
	}
	s.alarmGroup(&p, "waits", amber, waits)
	var broken []row
	for _, x := range a.Broken {
		broken = append(broken, row{Title: clean(x.Title), Meta: []string{clean(x.Thing)}, Left: LawWords(s.w, x.Law),
			Notes: []string{s.w.T("law.where", words.Data{"At": s.clock(x.At), "Of": clean(x.Of), "More": x.More})}})
	}
	s.alarmGroup(&p, "law", crimson, broken)
	var alone []row
	for _, u := range a.Unattended {
		alone = append(alone, row{Title: clean(u.Name), Meta: []string{s.named(u.Tasks)}, Left: s.count("tasks", len(u.Tasks))})
	}
	s.alarmGroup(&p, "unattended", amber, alone)
	if a.Skew != 0 {
		s.alarmGroup(&p, "clock", amber, []row{{Title: s.t("alarm_clock", words.Data{"Ahead": a.Skew > 0, "By": a.Skew.Abs().Round(time.Second).String()})}})
	}
	var years []row
	for _, y := range a.Years {
		years = append(years, s.year(y))
	}
	s.alarmGroup(&p, "year", navy, years)
	return p
}

// mostNamed is how many tasks of a year are named; the rest are counted.
const mostNamed = 8

func (s *speaker) year(y Year) row {
	r := row{Title: s.t("alarm_year", words.Data{"Year": y.Year}), Left: s.t("alarm_year_tasks", words.Data{"Tasks": s.count("tasks", len(y.Tasks))})}
	if named := s.named(y.Tasks); named != "" {
		r.Meta = []string{named}
	}
	return r
}

// named are the first few of some tasks by ID.
func (s *speaker) named(tasks []string) string {
	named := clean(strings.Join(tasks[:min(len(tasks), mostNamed)], s.t("comma")))
	if len(tasks) > mostNamed {
		named = s.t("alarm_year_more", words.Data{"Named": named})
	}
	return named
}

func (s *speaker) trouble(x Trouble) row {
	r := row{Title: s.t("alarm_message", words.Data{"Name": clean(x.Name)}), Left: s.t("alarm_at", words.Data{"At": s.clock(x.At)})}
	if len(x.Tasks) > 0 {
		r.Meta = []string{clean(strings.Join(x.Tasks, s.t("comma")))}
	}
	if x.Error != "" {
		r.Notes = []string{s.t("alarm_error", words.Data{"Error": short(clean(x.Error), 200)})}
	}
	return r
}

func (s *speaker) alarmGroup(p *page, name string, t tone, rows []row) {
	if len(rows) == 0 {
		return
	}
	for i := range rows {
		rows[i].No = p.rows() + i + 1
	}
	title := s.t("alarm_name_" + name)
	p.Summary = append(p.Summary, chip{title, len(rows), t})
	p.Groups = append(p.Groups, group{
		Ordinal: s.t(fmt.Sprintf("ordinal_%d", len(p.Groups)+1)), Name: title, Count: s.t("group_count", words.Data{"Count": s.count("cases", len(rows))}),
		Ask: s.t("alarm_ask_" + name), Tone: t, Rows: rows,
	})
}

func (s *speaker) clock(t time.Time) string { return t.In(s.d.Zone).Format("2006-01-02 15:04") }
