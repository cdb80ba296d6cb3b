package act_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/laws"
	"duban/internal/people"
	"duban/internal/plan"
)

// player plays one task and its talks as their workflows do, and keeps the history
// that the judge reads.
type player struct {
	act.Rules
	act.Course
	history
	courses []act.TalkCourse
	names   map[name]time.Time // of every stage that was decided, with its instant
	renamed []string           // stages that were decided for two instants under one name
	n       int                // acts so far, on the task and its talks
	evening calendar.Day       // the day at whose end player keeps what a list says of the task (show); zero: none
}

// name is what the ledger calls a stage (ledger.Effect): it takes a second one of the same name for
// the first.
type name struct {
	talk, revision int // talk -1: the task's own
	id             string
}

// named notes the name of a stage that was decided.
func (p *player) named(talk, revision int, s plan.Stage) {
	n := name{talk, revision, s.ID}
	if was, there := p.names[n]; there && !was.Equal(s.At) {
		p.renamed = append(p.renamed, fmt.Sprintf("%+v at %s and %s", n, was.In(calendar.Beijing), s.At.In(calendar.Beijing)))
	}
	if p.names == nil {
		p.names = map[name]time.Time{}
	}
	p.names[n] = s.At
}

// talkTo lets a talk run to an instant, exclusive.
func (p *player) talkTo(i int, at time.Time) {
	c := p.TalkCourse(p.courses[i].TalkCase)
	for c.Next != nil && c.Next.At.Before(at) {
		var s plan.Stage
		c, s = p.DecideOfTalk(c)
		p.named(i, c.Revision, s)
		p.talks[i].said = append(p.talks[i].said, s)
	}
	p.courses[i] = c
}

func newPlayer(b act.Rules, c act.Course) *player {
	return &player{Rules: b, Course: c, history: newHistory(b, c)}
}

func newHistory(b act.Rules, c act.Course) history {
	h := history{lead: c.Lead, office: c.Office, leadership: c.Leadership, policy: c.Case.Policy, due: c.Due, begin: c.Begin, assigned: c.Assigned, occurs: c.Occurs}
	if order := b.Order(c.Case); order != nil {
		h.said = append(h.said, *order)
	}
	return h
}

// to lets the task and its talks run to an instant, exclusive.
func (p *player) to(at time.Time) {
	for {
		resume, wakes := p.ResumesBy(at)
		if p.Course.Next != nil && p.Course.Next.At.Before(at) && !(wakes && resume.At.Before(p.Course.Next.At)) {
			var s plan.Stage
			p.Course, s = p.Decide(p.Course)
			p.named(-1, p.Revision, s)
			p.said = append(p.said, s)
			if s.Kind == plan.Talk {
				p.open(s.At)
			}
			continue
		}
		if !wakes {
			break
		}
		p.do(resume)
	}
	for i := range p.courses {
		p.talkTo(i, at)
	}
	p.until = at
	p.facts = p.Facts("b", p.Case, dayOf(at))
}

func (p *player) open(at time.Time) {
	policy := p.Case.Policy
	if p.Policies[policy].Talk == nil {
		policy = "standard"
	}
	c := p.OpenTalk(act.TalkCase{Task: "b", What: plan.ProposeTalk, Number: len(p.courses) + 1, Lead: p.Lead, Office: p.Office, Leadership: p.Leadership,
		Policy: policy, Origin: act.Origin{Kind: act.OriginStage}, About: p.Number}, at)
	p.courses = append(p.courses, c)
	p.talks = append(p.talks, &talkHistory{policy: policy, opened: at})
}

// do does an act on the task now; the stages of that instant have spoken.
func (p *player) do(a act.Act) *act.Refusal {
	for i := range p.courses {
		p.talkTo(i, a.At.Add(1))
	}
	before := p.Case
	after, told, refused := p.Act(p.Course, a)
	if a.By.Account != act.EngineActor.Account {
		p.n++
		d := done{Act: a, N: p.n}
		if refused != nil {
			d.Refused = refused.Key
		}
		p.acts = append(p.acts, d)
	}
	if refused != nil {
		return refused
	}
	p.Course = after
	p.said = append(p.said, told...)
	for i, c := range p.courses {
		if course, told, ok := p.AffectedBy(c, c.Task, before, after.Case, a); ok {
			p.courses[i] = course
			p.talks[i].said = append(p.talks[i].said, told...)
		}
	}
	return nil
}

// on does an act when its time has come.
func (p *player) on(a act.Act) *act.Refusal {
	p.to(a.At.Add(1))
	return p.do(a)
}

// onTalk does an act on a talk when its time has come.
func (p *player) onTalk(i int, a act.Act) *act.Refusal {
	p.to(a.At.Add(1))
	after, told, refused := p.ActOnTalk(p.courses[i], a)
	p.n++
	d := done{Act: a, N: p.n}
	if refused != nil {
		d.Refused = refused.Key
	}
	p.talks[i].acts = append(p.talks[i].acts, d)
	p.courses[i] = after
	p.talks[i].said = append(p.talks[i].said, told...)
	return refused
}

// announce brings a notice of holidays into force.
func (p *player) announce(at time.Time, cal *calendar.Calendar) {
	p.n++
	p.notices = append(p.notices, holidays{at: at, cal: cal, n: p.n, i: len(p.said)})
	p.Calendar, p.Since = cal, at
	p.Course = p.Rules.Course(p.Case)
	for i, c := range p.courses {
		p.courses[i] = p.TalkCourse(c.TalkCase)
	}
}

// takeBack takes the last holiday notice back: the calendar before it is in force again.
func (p *player) takeBack(at time.Time, cal *calendar.Calendar) {
	last := p.notices[len(p.notices)-1]
	p.Undone = append(p.Undone, calendar.Span{From: last.at, To: at})
	p.announce(at, cal)
	p.notices[len(p.notices)-1].of = last.at
}

// show keeps what a list says of the task on a day.
func (p *player) show(on calendar.Day) {
	if m := p.Measure(p.Case, on); !p.Over() {
		p.shown = append(p.shown, shown{On: on, Overdue: m.Overdue, Late: m.Late})
	}
}

func verdict(found []breach) string {
	var lines []string
	for _, f := range found {
		lines = append(lines, f.String())
	}
	return strings.Join(lines, "\n")
}

// ordered is the word by which the unit of a planted history is given its task.
const ordered = "2021-04-08 00:00 act-0-order told gaoping/liaison about order"

// planted is a history made up by hand: acts as in a story, and words written
// "2021-07-01 09:00 urge urge gaoping/liaison".
func planted(t *testing.T, acts, words []string) history {
	t.Helper()
	h := history{lead: "gaoping", office: "office", leadership: "group", policy: "standard", due: day(t, "2021-06-30"),
		assigned: moment(t, "2021-04-08 00:00"), until: moment(t, "2021-04-09 00:00")}
	h.said = append(h.said, said(t, ordered))
	for _, line := range acts {
		h.acts = append(h.acts, done{Act: written(t, line)})
	}
	for _, line := range words {
		h.said = append(h.said, said(t, line))
	}
	for _, a := range h.acts {
		if a.At.After(h.until) {
			h.until = a.At
		}
	}
	for _, s := range h.said {
		if s.At.After(h.until) {
			h.until = s.At
		}
	}
	return h
}

func TestTheJudgeSeesABreachOfEachLaw(t *testing.T) {
	t.Parallel()
	const ack = "2021-04-09 08:00 unit acknowledge"
	chased := []string{"2021-06-30 09:00 due due gaoping/liaison", "2021-07-01 09:00 urge urge gaoping/liaison", "2021-07-07 09:00 warn warn gaoping/head", "2021-07-14 09:00 talk talk gaoping/head"}
	more := func(words ...string) []string { return append(chased[:len(chased):len(chased)], words...) }
	for _, c := range []struct {
		name  string
		law   int
		acts  []string
		words []string
	}{
		{"a reminder in a pause", 1, []string{ack, "2021-06-20 10:00 clerk suspend"}, []string{"2021-06-23 09:00 remind-7 remind gaoping/liaison"}},
		{"a reminder while a report waits", 1, []string{ack, "2021-06-20 10:00 unit complete"}, []string{"2021-06-23 09:00 remind-7 remind gaoping/liaison"}},
		{"urged to receive what was handed back", 1, []string{"2021-04-09 08:00 unit return"}, []string{"2021-04-12 09:00 unacknowledged-3 urge gaoping/liaison about acknowledge"}},
		{"a word to a unit that no longer leads", 1, []string{ack, "2021-06-01 10:00 clerk reassign unit=zezhou"}, []string{"2021-06-23 09:00 remind-7 remind gaoping/liaison"}},
		{"a word after the end", 1, []string{ack, "2021-06-01 10:00 clerk verify"}, []string{"2021-06-23 09:00 remind-7 remind gaoping/liaison"}},
		{"a decision asked for that was taken", 1, []string{ack, "2021-06-01 10:00 unit extend due=2021-07-30", "2021-06-02 10:00 clerk refuse"}, []string{"2021-06-04 09:00 extension-2-remind remind office/office about extension"}},
		{"a miss corrected backwards is urged again", 2, []string{ack, "2021-07-20 10:00 clerk correct due=2021-07-05"}, more("2021-07-22 09:00 urge urge gaoping/liaison")},
		{"what was said of a date the second time that it was missed is said again", 2, []string{ack, "2021-07-20 10:00 clerk correct due=2021-08-31", "2021-09-10 10:00 clerk correct due=2021-06-30", "2021-09-13 10:00 clerk correct due=2021-12-31", "2021-09-14 10:00 clerk correct due=2021-06-30"},
			[]string{"2021-07-01 09:00 urge urge gaoping/liaison", "2021-09-01 09:00 urge urge gaoping/liaison", "2021-09-07 09:00 warn warn gaoping/head", "2021-09-17 09:00 warn warn gaoping/head"}},
		{"nor is what was said the first time, when nothing was the second", 2, []string{ack, "2021-07-20 10:00 clerk correct due=2021-08-31", "2021-09-01 08:00 clerk correct due=2021-06-30", "2021-09-01 08:30 clerk correct due=2021-12-31", "2021-09-02 10:00 clerk correct due=2021-06-30"},
			[]string{"2021-06-30 09:00 due due gaoping/liaison", "2021-07-01 09:00 urge urge gaoping/liaison", "2021-09-06 09:00 urge urge gaoping/liaison"}},
		{"a miss corrected forwards and back", 2, []string{ack, "2021-07-20 10:00 clerk correct due=2021-09-30", "2021-07-21 10:00 clerk correct due=2021-06-30"}, more("2021-07-23 09:00 urge urge gaoping/liaison")},
		{"a reminder twice about one date", 2, []string{ack}, []string{"2021-06-23 09:00 remind-7 remind gaoping/liaison", "2021-06-23 09:00 remind-7 remind gaoping/liaison"}},
		{"a pause counts as silence", 4, []string{ack, "2021-04-20 10:00 clerk suspend until=2021-05-10"}, []string{"2021-05-12 09:00 silent-2021-04-09 urge gaoping/liaison about silent"}},
		{"a reminder on a Sunday", 4, []string{ack}, []string{"2021-06-27 09:00 remind-3 remind gaoping/liaison"}},
		{"what can wait until Monday is said on the Sunday on which it is given", 4, []string{ack, "2021-06-20 10:00 clerk reassign unit=zezhou"}, []string{"2021-06-20 10:00 act-2-reassign told zezhou/liaison,gaoping/liaison", "2021-06-20 11:00 catch-up remind zezhou/liaison"}},
		{"what is late already is said on a Sunday", 4, []string{ack, "2021-07-18 10:00 clerk reassign unit=zezhou"}, more("2021-07-18 10:00 act-2-reassign told zezhou/liaison,gaoping/liaison", "2021-07-18 11:00 catch-up remind zezhou/liaison")},
		{"chased before the day on which it begins by now", 1, []string{"2021-04-09 10:00 clerk correct begin=2021-05-10"}, []string{"2021-04-14 09:00 unacknowledged-3 urge gaoping/liaison about acknowledge"}},
		{"days count in which it had not begun", 4, []string{"2021-04-09 10:00 clerk correct begin=2021-05-10", "2021-05-08 10:00 clerk correct begin=2021-04-12"}, []string{"2021-05-10 09:00 unacknowledged-3 urge gaoping/liaison about acknowledge"}},
		{"a report that waited counts as late", 4, []string{ack, "2021-06-29 10:00 unit complete", "2021-07-12 10:00 clerk reject"}, []string{"2021-07-13 09:00 urge urge gaoping/liaison", "2021-07-14 09:00 warn warn gaoping/head"}},
		{"a warning without an urge", 5, []string{ack}, []string{"2021-06-30 09:00 due due gaoping/liaison", "2021-07-07 09:00 warn warn gaoping/head"}},
		{"an urge on the day of a rejection", 5, []string{ack, "2021-07-05 08:00 unit complete", "2021-07-05 08:30 clerk reject"}, []string{"2021-06-30 09:00 due due gaoping/liaison", "2021-07-05 09:00 urge urge gaoping/liaison"}},
		{"a date that came in a pause is urged without a reminder", 5, []string{ack, "2021-06-20 10:00 clerk suspend", "2021-07-12 10:00 clerk resume"}, []string{"2021-07-13 09:00 urge urge gaoping/liaison"}},
		{"a reminder and an urge on one morning", 5, []string{ack, "2021-06-20 10:00 clerk suspend", "2021-07-12 10:00 clerk resume"}, []string{"2021-07-13 09:00 passed remind gaoping/liaison", "2021-07-13 09:00 urge urge gaoping/liaison"}},
		{"the new unit is urged without a reminder", 5, []string{ack, "2021-07-20 10:00 clerk reassign unit=zezhou"}, more("2021-07-20 10:00 act-2-reassign told gaoping/liaison,zezhou/liaison", "2021-07-21 09:00 urge urge zezhou/liaison")},
		{"that a date has passed is said twice", 2, []string{ack, "2021-06-20 10:00 clerk suspend", "2021-07-12 10:00 clerk resume"}, []string{"2021-07-13 09:00 passed remind gaoping/liaison", "2021-07-14 09:00 passed remind gaoping/liaison"}},
		{"that a date has passed, of one that came as any other", 0, []string{ack}, []string{"2021-06-30 09:00 due due gaoping/liaison", "2021-07-01 09:00 passed remind gaoping/liaison"}},
		{"an old silence on the day after a correction", 6, []string{ack, "2021-05-25 10:00 clerk correct due=2021-09-30"}, []string{"2021-05-26 09:00 silent-2021-04-09 urge gaoping/liaison about silent"}},
		{"a unit that acted is silent", 6, []string{ack, "2021-05-10 10:00 unit ask_part unit=shuiwu due=2021-06-10"}, []string{"2021-05-11 09:00 silent-2021-04-09 urge gaoping/liaison about silent"}},
		{"a part that was given", 6, []string{ack, "2021-05-10 10:00 unit ask_part unit=shuiwu due=2021-06-10", "2021-05-11 10:00 help give_part ref=1"}, []string{"2021-06-08 09:00 part-1-remind remind shuiwu/liaison about part"}},
		{"a pause that ran is added to the date granted", 7, []string{ack, "2021-06-01 10:00 unit extend due=2021-07-07", "2021-06-02 10:00 clerk suspend moves", "2021-06-04 10:00 clerk grant due=2021-07-07", "2021-06-22 10:00 clerk resume"},
			[]string{"2021-06-04 10:00 act-4-grant told gaoping/liaison new 2021-07-07", "2021-06-22 10:00 act-5-resume told gaoping/liaison new 2021-07-27", "2021-07-20 09:00 remind-7 remind gaoping/liaison"}},
		{"a request dropped without a word", 8, []string{ack, "2021-06-01 10:00 unit extend due=2021-09-30", "2021-06-02 10:00 clerk reassign unit=zezhou"}, []string{"2021-06-02 10:00 act-3-reassign told zezhou/liaison,gaoping/liaison"}},
		{"a return dropped without a word", 8, []string{"2021-04-09 08:00 unit return", "2021-04-10 10:00 clerk cancel"}, []string{"2021-04-10 10:00 act-2-cancel told gaoping/liaison"}},
		{"a return of what is done is not ruled on", 8, []string{ack, "2021-04-12 10:00 unit return", "2021-04-13 10:00 clerk verify"}, []string{"2021-04-13 10:00 act-3-verify told gaoping/liaison"}},
		{"a report dropped without a word", 8, []string{ack, "2021-06-01 10:00 unit complete", "2021-06-02 10:00 clerk cancel"}, []string{"2021-06-02 10:00 act-3-cancel told gaoping/liaison"}},
		{"nobody hears of a request", 8, []string{ack, "2021-05-10 10:00 unit extend due=2021-09-30", "2021-06-02 10:00 unit progress"}, nil},
		{"the new unit is warned for the old one's days", 9, []string{ack, "2021-07-20 10:00 clerk reassign unit=zezhou"}, more("2021-07-20 10:00 act-2-reassign told gaoping/liaison,zezhou/liaison", "2021-07-21 09:00 urge urge zezhou/liaison", "2021-07-22 09:00 warn warn zezhou/head")},
		{"the new unit hears nothing", 9, []string{ack, "2021-06-01 10:00 clerk reassign unit=zezhou"}, []string{"2021-06-01 10:00 act-2-reassign told gaoping/liaison"}},
		{"nor does the one that takes over", 9, []string{ack, "2021-06-01 10:00 clerk take_over unit=zezhou ref=gaoping"}, []string{"2021-06-01 10:00 act-2-take_over told gaoping/liaison"}},
		{"a unit does not answer for what it missed", 9, []string{ack, "2021-07-20 10:00 clerk reassign unit=zezhou"}, more("2021-07-20 10:00 act-2-reassign told gaoping/liaison,zezhou/liaison")},
		{"urged again though it was warned", 5, []string{ack, "2021-07-20 10:00 clerk set_policy policy=13710"}, more("2021-07-20 10:00 act-2-set_policy told gaoping/liaison", "2021-07-21 09:00 escalate escalate gaoping/head")},
		{"two rungs at once", 5, []string{ack}, []string{"2021-07-07 09:00 warn warn gaoping/head merging urge"}},
		{"a decision is chased in a pause", 1, []string{ack, "2021-06-01 10:00 unit extend due=2021-09-30", "2021-06-02 10:00 clerk suspend"}, []string{"2021-06-04 09:00 extension-2-remind remind office/office about extension"}},
		{"an instruction is not asked for", 0, []string{ack, "2021-04-20 10:00 mayor instruct due=2021-05-06", "2021-06-01 10:00 unit progress"}, nil},
		{"nobody asks whether it was received", 0, []string{"2021-05-10 10:00 clerk chase"}, nil},
		{"nobody asks a silent unit", 0, []string{ack, "2021-05-28 10:00 clerk chase"}, nil},
		{"two copies", 10, []string{ack}, []string{"2021-06-23 09:00 remind-7 remind gaoping/liaison,gaoping/liaison"}},
		{"nobody says anything", 0, []string{ack, "2021-08-30 10:00 unit progress"}, nil},
		{"a word about nothing", 0, []string{ack}, []string{"2021-06-23 09:00 remind-8 remind gaoping/liaison"}},
	} {
		b := newRules(t)
		broken := map[int]bool{}
		found := judge(b, planted(t, c.acts, c.words))
		for _, f := range found {
			broken[f.Law] = true
		}
		require.True(t, broken[c.law], "%s: %s", c.name, verdict(found))
	}
}

// Law 5 of package laws: nothing is asked of a unit that has not been told that the task is its
// own.
func TestTheJudgeSeesWhoIsNotTold(t *testing.T) {
	t.Parallel()
	const urge = "2021-04-12 09:00 unacknowledged-3 urge gaoping/liaison about acknowledge"
	for _, c := range []struct {
		name   string
		words  []string
		occurs bool
		breaks bool
	}{
		{"told at once", []string{ordered}, false, false},
		{"urged, and not told", []string{urge}, false, true},
		{"told after it was urged", []string{urge, "2021-04-13 09:00 act-0-order told gaoping/liaison about order"}, false, true},
		{"another unit is told", []string{"2021-04-08 00:00 act-0-order told zezhou/liaison about order"}, false, true},
		{"told the next morning", []string{"2021-04-09 09:00 act-0-order told gaoping/liaison about order"}, false, true},
		{"told twice", []string{ordered, ordered}, false, true},
		{"nobody says a word", nil, false, true},
		{"an occurrence is no new task", []string{"2021-04-09 09:00 study-1 remind gaoping/liaison about acknowledge"}, true, false},
		{"and nobody is given it again", []string{ordered}, true, true},
	} {
		h := planted(t, nil, nil)
		h.said, h.occurs = nil, c.occurs
		for _, line := range c.words {
			h.said = append(h.said, said(t, line))
		}
		found := judge(newRules(t), h)
		require.Equal(t, c.breaks, slices.ContainsFunc(found, func(b breach) bool { return b.Law == 5 && strings.Contains(b.Text, "told") }), "%s: %s", c.name, verdict(found))
	}
}

// Law 5 in the next plan: nothing is asked there of a unit that has not been told that it is
// given the task.
func TestTheJudgeSeesWhoIsNotToldInTheNextPlan(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"gaoping", "zezhou"} {
		h := planted(t, []string{"2021-04-09 08:00 unit acknowledge"}, nil)
		h.acts = append(h.acts, done{Act: written(t, "2021-06-01 10:00 clerk carry policy=standard due=2021-09-30 unit="+to), GoesOn: true})
		h.until = moment(t, "2021-06-02 00:00")
		silent := verdict(judge(newRules(t), h))
		require.Contains(t, silent, "law 5, 2021-06-01T02:00:00Z: nobody has told "+to)
		h.said = append(h.said, said(t, "2021-06-01 10:00 act-0-order told "+to+"/liaison about order"))
		require.NotContains(t, verdict(judge(newRules(t), h)), "law 5")
	}
}

func TestTheJudgeSeesATalkThatGoesWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		law   string
		acts  string // on the task
		words []string
	}{
		{"it outlives its reason", "law 3", "2021-07-20 10:00 clerk correct due=2021-09-30", []string{"2021-07-23 09:00 talk-served-missed escalate office/office"}},
		{"nobody is asked what becomes of it", "law 3", "2021-07-20 10:00 clerk correct due=2021-09-30", nil},
		{"nor when the task is done before it was held", "law 3", "2021-07-20 10:00 clerk verify", nil},
		{"its task is paused", "law 1", "2021-07-15 10:00 clerk suspend", []string{"2021-07-16 09:00 talk-served-missed escalate office/office"}},
		{"a step before its turn", "law 5", "2021-07-20 10:00 clerk chase", []string{"2021-07-22 09:00 talk-held-missed escalate office/office"}},
		{"a step within its limit", "law 4", "2021-07-20 10:00 clerk chase", []string{"2021-07-16 09:00 talk-served-missed escalate office/office"}},
		{"a step on a Sunday", "law 4", "2021-07-20 10:00 clerk chase", []string{"2021-07-25 09:00 talk-served-missed escalate office/office"}},
		{"a step twice", "law 2", "2021-07-20 10:00 clerk chase", []string{"2021-07-19 09:00 talk-served-missed escalate office/office", "2021-07-20 09:00 talk-served-missed escalate office/office"}},
		{"its date passed and was set to another: what it rests on has gone all the same", "talk-served-missed: what it rests on has gone", "2021-07-20 10:00 clerk correct due=2021-07-30; 2021-08-10 10:00 clerk correct due=2021-08-02; 2021-08-11 10:00 clerk correct due=2021-12-31; 2021-08-12 10:00 clerk correct due=2021-08-02", []string{"2021-07-20 10:00 act-1-doubt told group/leader about doubt", "2021-08-24 09:00 talk-served-missed escalate office/office"}},
		{"nobody hears that it goes on", "nobody is told that it goes on", "2021-07-20 10:00 clerk correct due=2021-09-30; 2021-07-21 10:00 clerk correct due=2021-06-30", []string{"2021-07-20 10:00 act-1-doubt told group/leader about doubt"}},
		{"nobody is pressed for a step", "law 0", "2021-08-20 10:00 clerk chase", nil},
	} {
		h := planted(t, strings.Split(c.acts, "; "), nil)
		talk := &talkHistory{policy: "standard", opened: moment(t, "2021-07-14 09:00")}
		for _, line := range c.words {
			talk.said = append(talk.said, said(t, line))
		}
		h.talks = []*talkHistory{talk}
		var found []string
		b := newRules(t)
		for _, f := range laws.Talk(rulesOf(b), h.law(), talk.law()) {
			found = append(found, f.String())
		}
		require.Contains(t, strings.Join(found, "\n"), c.law, c.name)
	}
}

func TestTheJudgeSeesTwoReadingsOfLate(t *testing.T) {
	t.Parallel()
	h := planted(t, []string{"2021-06-29 10:00 unit complete"}, nil)
	h.until = moment(t, "2021-07-07 00:00")
	h.shown = []shown{{On: day(t, "2021-07-05"), Overdue: true, Late: 3}}
	found := verdict(judge(newRules(t), h))
	require.Contains(t, found, "law 4")
	require.Contains(t, found, "law 12")
}

func TestTheJudgeFindsNothingInAnOrderlyTask(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	p := newPlayer(b, begin(b, "standard", day(t, "2021-06-30"), moment(t, "2021-04-08 00:00")))
	p.to(moment(t, "2021-12-31 00:00"))
	require.Empty(t, verdict(judge(b, p.history)))
	require.Len(t, p.talks, 1)
}

// written reads an act like those of a story.
func written(t *testing.T, line string) act.Act {
	t.Helper()
	f := strings.Fields(line)
	a := act.Act{ID: strings.NewReplacer(" ", "_", ":", ".", "=", "-", "/", "-").Replace(line), At: moment(t, f[0]+" "+f[1]), Kind: act.Kind(f[3]), Reason: "理由", Paper: "一号"}
	a.On = dayOf(a.At)
	a.By = map[string]act.Actor{"unit": unitOf, "clerk": clerkOf, "mayor": mayorOf, "help": helpOf}[f[2]]
	for _, kv := range f[4:] {
		k, v, _ := strings.Cut(kv, "=")
		switch k {
		case "due":
			a.Due = day(t, v)
		case "begin":
			begin := day(t, v)
			a.Begin = &begin
		case "until":
			a.Until = day(t, v)
		case "moves":
			a.Moves = true
		case "unit":
			a.Unit = v
		case "units":
			a.Units = strings.Split(v, ",")
		case "ref":
			a.Ref = v
		case "rule":
			a.Rule = v
		case "policy":
			a.Policy = v
		default:
			require.Fail(t, "no such field", line)
		}
	}
	return a
}

var helpOf = act.Actor{Account: "help", Name: "周工", Unit: "shuiwu"}

// said reads a word like "2021-07-01 09:00 urge urge gaoping/liaison about topic new 2021-07-07".
func said(t *testing.T, line string) plan.Stage {
	t.Helper()
	f := strings.Fields(line)
	s := plan.Stage{At: moment(t, f[0]+" "+f[1]), ID: f[2], Kind: plan.StageKind(f[3])}
	for _, r := range strings.Split(f[4], ",") {
		unit, role, _ := strings.Cut(r, "/")
		s.To = append(s.To, people.Recipient{Unit: unit, Role: people.Role(role)})
	}
	for i := 5; i+1 < len(f); i += 2 {
		switch f[i] {
		case "about":
			s.Topic = f[i+1]
		case "merging":
			s.Merged = strings.Split(f[i+1], ",")
		case "new":
			s.New = day(t, f[i+1])
		}
	}
	return s
}
