package report

import (
	"cmp"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
)

// OfTalk is a case file narrowed to one of its talks: its stages, its history and what is
// stuck about it. id is the talk's ID in the ledger or the one people use; ok is false
// when the case has no such talk. Its JSON is what `talk show -o json` prints.
func (c Case) OfTalk(id string) (_ Case, ok bool) {
	i := slices.IndexFunc(c.Talks, func(t CaseTalk) bool { return t.Key == id || t.ID == id })
	if i < 0 {
		return c, false
	}
	id = c.Talks[i].Key // events and waits have the talk's ID in the ledger
	c.Talks, c.Ladder = c.Talks[i:i+1], []StageRow{}
	c.Stuck = slices.DeleteFunc(slices.Clone(c.Stuck), func(w ledger.Wait) bool { return w.Thing != id })
	c.History = slices.DeleteFunc(slices.Clone(c.History), func(m Moment) bool {
		return m.Talk != id && !slices.ContainsFunc(m.Stages, func(s Step) bool { return s.Talk == id })
	})
	return c, true
}

// Talk puts the case file of one talk, made by OfTalk, into words.
func (s Speaker) Talk(c Case) (title, subtitle string, sections []Section) {
	d, t := caseWords{s, c}, c.Talks[0]
	title = d.say("talk_title", words.Data{"Unit": t.Unit, "Number": t.Number, "What": d.whatOf(t)})
	subtitle = d.subtitle()
	sections = []Section{d.talkFactsOf(t)}
	taken := d.talks()
	if t.What == plan.ProposeCircular {
		taken.Heading = d.whatOf(t)
	}
	sections = append(sections, taken)
	sections = append(sections, d.messages())
	if len(c.History) > 0 {
		sections = append(sections, d.history())
	}
	return title, subtitle, d.numbered(sections)
}

// TalkFacts are the facts that the case file of one talk, made by OfTalk, begins with.
func (s Speaker) TalkFacts(c Case) []Fact { return caseWords{s, c}.talkFactsOf(c.Talks[0]).Facts }

// numbered puts 一、二、… before the sections' headings.
func (d caseWords) numbered(sections []Section) []Section {
	numerals := []rune(d.say("numerals"))
	for i := range sections {
		sections[i].Heading = d.say("section", words.Data{"No": string(numerals[i]), "Name": sections[i].Heading})
	}
	return sections
}

func (d caseWords) whatOf(t CaseTalk) string { return d.w.T("matter.what_" + t.What) }

func (d caseWords) talkFactsOf(t CaseTalk) Section {
	c := t.Course
	out := Section{Heading: d.say("part_facts")}
	add := func(label, text string) {
		if text != "" {
			out.Facts = append(out.Facts, Fact{d.say("label_" + label), text})
		}
	}
	add("id", t.ID)
	add("joined", d.c.now(t.Course.Into))
	add("kind", d.whatOf(t))
	add("called_unit", t.Unit)
	if of := t.Course.Of(); len(of) > 1 {
		for _, m := range of {
			add("task", d.memberOf(t, m))
		}
	} else {
		add("task", d.say("of_task", words.Data{"ID": t.Task, "Title": t.Title}))
	}
	add("grounds", d.groundsOf(t))
	add("proposed", d.proposedBy(t))
	add("approver", t.Approver)
	add("decliner", t.Decliner)
	add("state", d.TalkState(t.TalkRow))
	for _, w := range d.stuck() {
		add("warning", w)
	}
	if c.Round() > 1 {
		add("round", d.say("round", words.Data{"N": c.Round(), "Since": d.dayOr(c.Since)}))
	}
	if c.Notice != nil {
		add("notice", d.join(d.talkFacts(*c.Notice)...))
	}
	if c.Record != nil {
		add("record", d.join(d.talkFacts(*c.Record)...))
	}
	add("minutes", c.Minutes)
	if c.Doubt != nil {
		add("doubt", d.say("mark", words.Data{"Day": d.Day(c.Doubt.On), "By": c.Doubt.By, "Words": d.quoted(c.Doubt.Words)}))
	}
	for _, of := range []struct {
		label string
		marks []act.Mark
	}{{"absence", c.Absences}, {"plan_return", c.Returns}, {"again", c.Agains}} {
		for _, m := range of.marks {
			add(of.label, d.say("mark", words.Data{"Day": d.Day(m.On), "By": m.By, "Words": d.quoted(m.Words)}))
		}
	}
	add("next", d.thenOfTalk(t))
	return out
}

// memberOf says which task one member of a talk is, with its missed date and what has
// become of it.
func (d caseWords) memberOf(t CaseTalk, m act.Member) string {
	key := ""
	switch {
	case !m.Ended.IsZero():
		key = "member_ended"
	case !m.Gone.IsZero():
		key = "member_gone"
	case !m.Checked.IsZero():
		key = "member_checked"
	case m.Further:
		key = "member_further"
	}
	of := d.say("member_of", words.Data{"ID": m.Task, "Due": d.dayOr(m.Due)})
	if m.Task == t.Task {
		of = d.say("member_own", words.Data{"ID": m.Task, "Title": t.Title, "Due": d.dayOr(m.Due)})
	}
	if key == "" {
		return of
	}
	return of + d.say(key)
}

// groundsOf says on which facts a rule proposed a talk, see reasonOf; "" when no rule did.
func (d caseWords) groundsOf(t CaseTalk) string {
	for _, m := range d.c.History {
		if m.Talk == t.Key && len(m.Grounds) > 0 && m.Act != nil && m.Refused == nil {
			return d.reasonOf(m)
		}
	}
	return t.Course.Grounds
}

// proposedBy says what a talk was opened or proposed by: a stage, a person, a rule.
func (d caseWords) proposedBy(t CaseTalk) string {
	switch t.Origin.Kind {
	case "", act.OriginStage:
		return d.say("from_stage", words.Data{"At": clock(t.OpensAt)})
	case act.OriginHand:
		return d.say("from_hand", words.Data{"By": t.Course.By, "Day": d.dayOr(t.Course.Asked)})
	}
	return d.say("from_rule", words.Data{"Rule": d.ruleTitle(t.Origin.Of), "Day": d.dayOr(t.Course.Asked)})
}

// ruleTitle is the title of a rule of consequences, or its ID when the plan has no such
// rule.
func (d caseWords) ruleTitle(id string) string { return cmp.Or(d.c.Rules[id], id) }

// thenOfTalk says what comes next in a talk: who owes what until when, and which stage
// the engine says next.
func (d caseWords) thenOfTalk(t CaseTalk) string {
	var parts []string
	switch t.State {
	case act.TalkPending:
		return d.say("talk_then_pending", words.Data{"At": clock(t.OpensAt)})
	case act.TalkProposed:
		parts = append(parts, d.say("talk_then_proposed", words.Data{"Limit": d.dayOr(d.decideBy(t))}))
	case act.TalkOpen:
		if t.Course.Doubt != nil {
			parts = append(parts, d.say("talk_then_doubt", words.Data{"Limit": d.dayOr(d.decideBy(t))}))
			break
		}
		i := slices.IndexFunc(t.Steps, func(s TalkStep) bool { return s.Taken.IsZero() })
		if i < 0 {
			return d.say("talk_then_close")
		}
		parts = append(parts, d.say("talk_then_step", words.Data{"Step": d.known("step_", t.Steps[i].ID), "Limit": d.Day(t.Steps[i].Limit)}))
	default:
		return d.say("talk_then_over")
	}
	for _, s := range t.Stages {
		if s.State == ledger.Expected && s.Kind != plan.Told && !calendar.DayOf(s.At).Before(d.c.AsOf) {
			parts = append(parts, d.say("next", words.Data{"At": clock(s.At), "Stage": d.stage(s), "To": d.seats(s.To)}))
			break
		}
	}
	return d.join(parts...)
}

// decideBy is the day until which a leader is to decide about a proposal or a doubt; zero
// when there is no limit.
func (d caseWords) decideBy(t CaseTalk) (limit calendar.Day) {
	for _, s := range t.Stages {
		if (s.Topic == act.TopicProposal || s.Topic == act.TopicDoubt) && !s.Limit.IsZero() {
			limit = s.Limit
		}
	}
	return limit
}

// ThenOfTalk says in one line what comes next in a talk after an act. c is its case file,
// made by OfTalk.
func (s Speaker) ThenOfTalk(c Case) string {
	d := caseWords{s, c}
	return d.say("then_next", words.Data{"Next": d.thenOfTalk(c.Talks[0])})
}

// TalkState is the state of a talk, in a word.
func (s Speaker) TalkState(t TalkRow) string {
	state := s.talkState(t.What, t.State)
	switch {
	case t.State == act.TalkOpen && t.Course.Doubt != nil:
		return s.t("talk_doubted", words.Data{"State": state})
	case t.Unfounded:
		return s.t("talk_unfounded", words.Data{"State": state})
	case t.State == act.TalkOpen && !t.Course.Paused.IsZero():
		return s.t("talk_paused", words.Data{"State": state})
	}
	return state
}

// TalkAbout is the title of a talk's task, and how many tasks the talk is about.
func (s Speaker) TalkAbout(t TalkRow) string {
	if len(t.Tasks) < 2 {
		return t.Title
	}
	return s.t("talk_about", words.Data{"Title": t.Title, "N": len(t.Tasks)})
}

// talkState is the word for a state: an open or closed circular has words of its own,
// issued and answered.
func (s Speaker) talkState(what string, state act.TalkState) string {
	if what == plan.ProposeCircular && (state == act.TalkOpen || state == act.TalkClosed) {
		return s.t("circular_" + string(state))
	}
	return s.t("talk_" + string(state))
}

// TalkWhat is the word for a talk's sort: talk 约谈 or circular 通报.
func (s Speaker) TalkWhat(t TalkRow) string { return s.w.T("matter.what_" + t.What) }

// TalkNext is the first step of an open talk that is not taken, with its limit;
// "" without one.
func (s Speaker) TalkNext(t TalkRow) string {
	switch t.State {
	case act.TalkProposed:
		return s.t("talk_undecided")
	case act.TalkOpen:
		if t.Course.Doubt != nil {
			return s.t("talk_undecided")
		}
	default:
		return ""
	}
	for _, st := range t.Steps {
		if st.Taken.IsZero() {
			key := "step_due"
			if st.Late {
				key = "step_over"
			}
			return s.known("step_", st.ID) + " " + s.t(key, words.Data{"Day": st.Limit.String()})
		}
	}
	return ""
}
