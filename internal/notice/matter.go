package notice

import (
	"cmp"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// topic is something other than a task's own limit that a message speaks of:
// how it names the words passed on, and the limit. Its sentences are in the
// catalogue matter.
type topic struct {
	name, words, limit string
	rank               act.Rank
	grave              bool // the topic asks for something at once
	ofTalk             bool // the topic concerns the unit called to a talk or named in a circular, whoever leads the task
}

// topics are the topics of stages 督办事项, the gravest first.
var topics = []topic{
	{name: topicProposal, words: "facts", limit: "approve", ofTalk: true},
	{name: act.TopicDoubt, words: "cause", limit: "approve", ofTalk: true},
	{name: act.TopicAnswer, words: "note", limit: "circular_answer", ofTalk: true},
	{name: act.TopicInstruction, words: "instruction", limit: "answer"},
	{name: plan.TopicAcknowledge, words: "note", limit: "sign"},
	{name: act.TopicSilent, words: "note"}, // its limit is the day last heard of, which its sentence says
	{name: act.TopicPart, words: "part", limit: "part"},
	{name: act.TopicReturn, words: "reason", limit: "rule"},
	{name: act.TopicExtension, words: "reason", limit: "decide"},
	{name: act.TopicReport, words: "done", limit: "verify"},
}

// tidings are the topics of news told at once 告知 that is not about an act.
var tidings = []topic{
	{name: plan.ProposeCircular, words: "facts", limit: "circular_answer", rank: act.RankSummons, grave: true, ofTalk: true},
	{name: act.TopicDoubt, words: "cause", rank: act.RankTalk, ofTalk: true},
	{name: act.TopicWithdrawn, words: "cause", rank: act.RankTalk, ofTalk: true},
	{name: act.TopicFounded, words: "cause", rank: act.RankTalk, ofTalk: true},
	{name: act.TopicVoided, words: "cause", rank: act.RankTalk, ofTalk: true},
	{name: act.TopicRevived, words: "cause", rank: act.RankTalk, ofTalk: true},
	{name: act.TopicPassedOn, words: "cause", rank: act.RankTalk, ofTalk: true},
	{name: act.TopicDissolved, words: "cause", rank: act.RankTalk, ofTalk: true},
	{name: act.TopicOrder, words: "note", rank: act.RankOrder},
}

// topicOf is the topic of a stage and its place among them.
func topicOf(name string) (topic, int) {
	if i := slices.IndexFunc(topics, func(t topic) bool { return t.name == name }); i >= 0 {
		return topics[i], i
	}
	return otherTopic, len(topics)
}

// tiding is the topic of news told at once, and its place in a message: by rank, and within
// a rank first tidings, then acts in the order of act.All.
func tiding(name string) (t topic, place int) {
	const ranks = 1000
	if i := slices.IndexFunc(tidings, func(t topic) bool { return t.name == name }); i >= 0 {
		return tidings[i], int(tidings[i].rank)*ranks + i
	}
	i := slices.IndexFunc(act.All, func(r act.Row) bool { return string(r.Kind) == name && r.On != act.OnPlan && r.On != act.OnIncident })
	if i < 0 {
		return otherTopic, int(act.RankNote+1) * ranks
	}
	news := act.All[i].News
	return topic{name, cmp.Or(news.Words, "note"), news.Limit, news.Rank, news.Grave, act.All[i].On == act.OnTalk}, int(news.Rank)*ranks + len(tidings) + i
}

// ofTalk tells that the item concerns the unit called to a talk or named in a circular.
func (it Item) ofTalk() bool {
	t, _, _ := it.topic()
	return t.ofTalk
}

var otherTopic = topic{name: "other", words: "note", limit: "other"}

// told tells that the item is news and no rung.
func (it Item) told() bool { return it.Kind == plan.Told }

// topic is what the item speaks of and its place among the topics; false for a
// task's own limit.
func (it Item) topic() (t topic, place int, is bool) {
	switch {
	case it.told():
		t, place = tiding(it.Matter.Topic)
	case it.Matter.Topic == "":
		return topic{}, 0, false
	default:
		t, place = topicOf(it.Matter.Topic)
	}
	return t, place, true
}

// matter is the end of the catalogue keys of what the item speaks of:
// "told_grant", "part_due", "part_missed"; "" for a task's own limit.
func (it Item) matter() string {
	t, _, is := it.topic()
	switch {
	case !is:
		return ""
	case it.told():
		return "told_" + t.name
	case it.Kind.Gravity() >= plan.Urge.Gravity():
		return t.name + "_missed"
	}
	return t.name + "_due"
}

// What a reader is to an item that is not about a task's own limit.
const (
	leads       = "lead"
	assists     = "assist"
	former      = "former" // led the task, or assisted in it, until now
	watches     = "watch"  // the office, where the leadership decides
	keeps       = "duty"   // leads a duty, which has no limit and is not acknowledged
	helps       = "duty_assist"
	formerKeeps = "duty_former"
)

// ofTask is the reader of a task that corresponds to a reader of a duty: where the
// catalogue has no sentence for a duty, that for a task is used.
func ofTask(reader string) string {
	switch reader {
	case keeps:
		return leads
	case helps:
		return assists
	case formerKeeps:
		return former
	}
	return reader
}

// ofDuty tells that the item is news of an act on a duty itself: its open occurrences
// go on as they are.
func (it Item) ofDuty() bool {
	_, is := act.Of(act.OnDuty, act.Kind(it.Matter.Topic))
	return it.told() && (is || it.Matter.Topic == act.TopicOrder) && it.Due.IsZero()
}

// readers are all kinds of readers, in the order in which a message speaks to them: of a
// unit's own work before that of others.
var readers = []string{leads, keeps, assists, helps, former, formerKeeps, watches}

// reader is what the digest's reader is to the item: the office, the leadership,
// or what its unit is to the task.
func (d Digest) reader(it Item) string {
	switch {
	case it.matter() == "":
		return ""
	case d.Recipient.Role == people.Office && it.Further:
		return watches
	case d.Recipient.Role == people.Office, d.Recipient.Role == people.Leader:
		return string(d.Recipient.Role)
	}
	is := assists
	switch {
	case it.Lead == "", it.Lead == d.Unit, it.ofTalk():
		is = leads
	case it.told() && it.Matter.Topic == string(act.Reassign) && it.Unit == d.Unit,
		it.told() && it.Matter.Topic == string(act.Assist) && !slices.Contains(it.Assist, d.Unit):
		is = former
	}
	if it.ofDuty() {
		return map[string]string{leads: keeps, assists: helps, former: formerKeeps}[is]
	}
	return is
}

// over tells that a distance to the due date makes no sense, any more or for now.
func (it Item) over() bool {
	if it.Light == plan.Done || it.Light == plan.DoneLate || it.Due.IsZero() {
		return true
	}
	row, _ := act.Topic(act.Kind(it.Matter.Topic))
	return it.told() && (row.Ends() || row.Pauses())
}

// say is a sentence of the catalogue matter, "" when there is none.
func (s *speaker) say(key string, data ...words.Data) string {
	if text := s.w.T("matter."+key, data...); text != "matter."+key {
		return text
	}
	return ""
}

// firstOf is the first of these sentences that the catalogue has.
func (s *speaker) firstOf(data words.Data, keys ...string) string {
	for _, key := range keys {
		if text := s.say(key, data); text != "" {
			return text
		}
	}
	return ""
}

// ask is what a group asks of its reader, or tells it. The deputy and the head
// have words of their own where the matter is graver to them, else are asked to
// see to what their unit is asked.
func (s *speaker) ask(k heap, of ...entry) (text string, asked bool) {
	data, role := words.Data{"Office": s.office(), "Returns": slices.ContainsFunc(of, s.returnable), "By": s.sameLimit(of), "Link": s.d.Link != "",
		"Further": !slices.ContainsFunc(of, func(e entry) bool { return !e.Further })}, string(s.d.Recipient.Role)
	if k.matter == "" {
		return s.t("ask_"+role+"_"+k.class.String(), data), true
	}
	if k.reader == watches {
		return s.firstOf(data, "tell_"+k.reader+"_"+k.matter, "informed"), false
	}
	if text = s.firstOf(data, "tell_"+k.reader+"_"+k.matter); text != "" {
		return text, false
	}
	if text = s.firstOf(data, "ask_"+role+"_"+k.matter, "ask_"+k.reader+"_"+k.matter, "ask_"+ofTask(k.reader)+"_"+k.matter); text == "" {
		return s.firstOf(data, "tell_"+ofTask(k.reader)+"_"+k.matter, "informed"), false
	}
	if s.d.Recipient.Role == people.Deputy || s.d.Recipient.Role == people.Head {
		text = s.firstOf(data, "ask_"+role+"_"+k.matter, "ask_"+role)
	}
	return text, true
}

// sameLimit is the day by which all of these are to be answered; "" where they differ.
func (s *speaker) sameLimit(of []entry) string {
	if len(of) == 0 || of[0].Matter.Limit.IsZero() || slices.ContainsFunc(of, func(e entry) bool { return e.Matter.Limit != of[0].Matter.Limit }) {
		return ""
	}
	return s.day(of[0].Matter.Limit)
}

// returnable tells that the reader may still return the task.
func (s *speaker) returnable(e entry) bool {
	return !e.ReturnUntil.IsZero() && e.reader == leads && !s.today.After(e.ReturnUntil)
}

// nameOf names a group of entries.
func (s *speaker) nameOf(k heap) string {
	if k.matter == "" {
		return s.t("name_" + k.class.String())
	}
	return s.firstOf(nil, "name_"+k.reader+"_"+k.matter, "name_"+ofTask(k.reader)+"_"+k.matter, "name_"+k.matter)
}

// matterLines are who did what, in whose words, by when.
func (s *speaker) matterLines(e entry) []line {
	t, _, is := e.topic()
	if !is {
		return nil
	}
	var lines []line
	if fact := s.say("fact_"+e.matter(), s.matterData(e)); fact != "" {
		lines = append(lines, line{Text: clean(fact)})
	}
	if !e.Matter.Ended.IsZero() {
		lines = append(lines, line{Text: s.say("ended", words.Data{"New": s.day(e.Matter.Ended)})})
	}
	for _, what := range strings.Fields(e.Matter.Ends) {
		lines = append(lines, line{Text: s.say("ended_" + what)})
	}
	lines = append(lines, s.quoted(t.words, e.Matter.Words, e.Rules)...)
	if e.Talk != nil {
		lines = append(lines, s.approved(*e.Talk, e.Rules)...)
		lines = append(lines, s.talkPaper(e.Talk.Facts, e.Matter.Topic)...)
	}
	if paper := clean(e.Matter.Paper); paper != "" && !(e.Talk != nil && clean(e.Talk.Facts.Number) == paper) {
		lines = append(lines, line{s.say("paper"), paper})
	}
	if s.returnable(e) {
		lines = append(lines, line{s.say("limit_return"), s.day(e.ReturnUntil)})
	}
	if t.limit != "" && !e.Matter.Limit.IsZero() {
		lines = append(lines, line{s.say("limit_" + t.limit), s.limit(t.limit, e.Matter.Limit, e.LimitLeft)})
	}
	return lines
}

func (s *speaker) matterData(e entry) words.Data {
	day := func(d calendar.Day) string {
		if d.IsZero() {
			return ""
		}
		return s.day(d)
	}
	unit, lead := clean(e.Unit), clean(e.Lead)
	switch {
	case unit == "" && ofTask(e.reader) == assists:
		unit = clean(s.d.Unit)
	case unit == "" && e.ofTalk():
		unit = lead
	}
	assist := make([]string, len(e.Assist))
	for i, name := range e.Assist {
		assist[i] = clean(name)
	}
	what := plan.ProposeTalk
	if e.Talk != nil && e.Talk.Facts.What == plan.ProposeCircular || e.Matter.Topic == plan.ProposeCircular {
		what = plan.ProposeCircular
	}
	return words.Data{
		"By": s.by(e), "Unit": unit, "Lead": lead, "Units": strings.Join(assist, s.t("comma")), "What": s.say("do_" + what), "Circular": what == plan.ProposeCircular,
		"Limit": day(e.Matter.Limit), "New": day(e.Matter.New), "Was": day(e.Matter.Was), "Begin": day(e.Matter.Begin), "Moves": e.Matter.Moves, "Dated": !e.Due.IsZero(), "Policy": clean(e.Policy), "Office": s.office(),
	}
}

// by is who acted: the name, a word of the catalogue for the engine, or the seat where the
// act has no name.
func (s *speaker) by(e entry) string {
	switch name := clean(e.Matter.By); {
	case name == act.EngineActor.Name:
		return s.say("engine")
	case name != "":
		organ := s.organ(e)
		switch seat := strings.TrimSpace(strings.TrimPrefix(name, organ)); {
		case organ == "":
			return name
		case seat == "":
			return organ
		default:
			return s.say("by_hand", words.Data{"Organ": organ, "Name": seat})
		}
	}
	row, _ := act.Topic(act.Kind(e.Matter.Topic))
	switch {
	case slices.Contains(row.By, act.Leadership):
		return s.t("seat_leader")
	case slices.Contains(row.By, act.Office):
		return s.signature()
	case slices.Contains(row.By, act.Assisting) && e.Unit != "":
		return clean(e.Unit)
	}
	return clean(e.Lead)
}

// organ is the body in whose name somebody acted: the office, or the unit; "" for a leader,
// who acts by name. An act of a unit that the office may do on its behalf is the office's
// only where the name begins with the office's.
func (s *speaker) organ(e entry) string {
	row, _ := act.Topic(act.Kind(e.Matter.Topic))
	seats := row.By
	own := strings.HasPrefix(clean(e.Matter.By), s.signature())
	switch {
	case len(seats) == 0 || slices.Contains(seats, act.Leadership) && !(own && slices.Contains(seats, act.Office)):
		return ""
	case slices.Contains(seats, act.Office) && (!slices.Contains(seats, act.Lead) || own):
		return s.signature()
	case slices.Contains(seats, act.Assisting):
		return clean(e.Unit)
	case e.ofTalk() && e.Unit != "":
		return clean(e.Unit)
	}
	return clean(e.Lead)
}

// quoted passes a person's words on: in quotation marks, or a list line by line. A line
// that is the title of a rule heads what follows it, and is not counted.
func (s *speaker) quoted(label, text string, rules []string) []line {
	var said []string
	for _, one := range strings.Split(text, "\n") {
		if one = clean(one); one != "" {
			said = append(said, one)
		}
	}
	label = s.say("words_" + label)
	switch len(said) {
	case 0:
		return nil
	case 1:
		return []line{{label, s.say("quoted", words.Data{"Words": within(said[0])})}}
	}
	lines, n := []line{{}}, 0
	for _, one := range said {
		if slices.ContainsFunc(rules, func(title string) bool { return clean(title) == one }) {
			lines = append(lines, line{Text: one + s.t("colon")})
			continue
		}
		n++
		lines = append(lines, line{Text: s.say("listed", words.Data{"No": n, "Words": one})})
	}
	lines[0] = line{label, s.count("lines", n)}
	return lines
}

// limit is a line with a matter's own limit; the distance is left out where it does not fit
// the day.
func (s *speaker) limit(name string, limit calendar.Day, left Distance) string {
	away := ""
	if left.Days == limit.Sub(s.today) && name != "until" {
		away, _, _ = s.left(left)
	}
	return s.say("limit", words.Data{"Limit": s.day(limit), "Left": away})
}

// talkPaper is what the papers of a talk say 约谈通知书、纪要.
func (s *speaker) talkPaper(f act.TalkFacts, topic string) []line {
	var lines []line
	add := func(key, text string) {
		if text = clean(text); text != "" {
			lines = append(lines, line{s.say("talk_" + key), text})
		}
	}
	add("number", f.Number)
	if !f.Time.IsZero() {
		at := f.Time.In(s.d.Zone)
		add("time", s.say("moment", words.Data{"Day": s.dayAndWeekday(calendar.DayOf(at)), "Clock": at.Format("15:04")}))
	}
	add("place", f.Place)
	add("chair", f.Chair)
	came := "called"
	if topic == string(act.Held) || topic == string(act.Minutes) {
		came = "came"
	}
	add(came, strings.Join(f.Called, s.t("comma")))
	add("missing", strings.Join(f.Missing, s.t("comma")))
	add("bring", f.Bring)
	if f.Public {
		lines = append(lines, line{Text: s.say("talk_public")})
	}
	return lines
}

// matterNext says what comes after the matter, or nothing.
func (s *speaker) matterNext(e entry) string {
	row, _ := act.Topic(act.Kind(e.Matter.Topic))
	if e.Next == nil || e.over() || ofTask(e.reader) == assists || ofTask(e.reader) == former || e.told() && !row.News.GoesOn {
		return ""
	}
	return s.next(e.Next)
}

// approved is what an approved talk rests on, and by when its notice is served.
func (s *speaker) approved(t Talk, rules []string) []line {
	if t.Grounds == "" {
		return nil
	}
	lines := s.quoted("grounds", t.Grounds, rules)
	if !t.Limit.IsZero() {
		lines = append(lines, line{s.say("limit_serve"), s.limit("serve", t.Limit, t.Left)})
	}
	return lines
}

// decides tells that the reader decides on the entry, by an own account.
func (s *speaker) decides(e entry) bool {
	if s.d.Recipient.Role != people.Leader {
		return false
	}
	t, _, _ := e.topic()
	return e.class() == talkProposed || t.limit == "approve" || t.limit == "decide" || t.name == act.TopicDoubt
}
