package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"duban/internal/deadline"
	"duban/internal/words"
)

// Question is what import is not sure of. Its ID is made of its kind, place and
// words only, so that it stays the same when import runs again. Questions of one
// kind that one answer may settle are one question with a list of items; an
// item's own answer goes before the answer to the whole.
type Question struct {
	ID       string   `json:"id" yaml:"id"`
	Kind     string   `json:"kind" yaml:"kind"` // a key intake.ask_<kind> of the catalogue
	Weight   int      `json:"weight" yaml:"-"`  // higher is asked first
	Place    string   `json:"place" yaml:"place"`
	Words    string   `json:"words" yaml:"words"`
	Ask      string   `json:"ask" yaml:"ask"`
	Options  []string `json:"options,omitempty" yaml:"options,omitempty,flow"`
	Proposal string   `json:"proposal" yaml:"proposal"` // what the draft does without an answer
	Items    []Item   `json:"items,omitempty" yaml:"items,omitempty"`
	Answer   string   `json:"answer,omitempty" yaml:"answer"`
	Refused  string   `json:"refused,omitempty" yaml:"-"` // an answer that was not understood, and where it is written
	done     bool
	also     []string // other ids under which it may be answered
}

// Done tells that nothing of the question is open.
func (q Question) Done() bool { return q.done }

// Item is one place of a question that is asked of several.
type Item struct {
	ID       string `json:"id" yaml:"id"`
	Place    string `json:"place" yaml:"place"`
	Words    string `json:"words" yaml:"words"`
	Proposal string `json:"proposal,omitempty" yaml:"proposal,omitempty"`
	Answer   string `json:"answer,omitempty" yaml:"answer"`
}

// Weights of questions: what would be wrong without an answer comes first.
const (
	weightLead     = 100 // nobody is responsible
	weightConflict = 90  // the document contradicts itself
	weightDate     = 80  // a limit that must be given or confirmed
	weightEach     = 60  // joint task or one each
	weightUnit     = 50  // who is meant
	weightSame     = 40  // are these the same work
	weightCycle    = 30  // a period that is not given
	weightSetup    = 20  // office, leadership, contacts
	weightSmall    = 10
)

// asker gathers questions and hands out the answers given before.
type asker struct {
	words   *words.Words
	answers map[string]string
	at      map[string]string // question ID → where its answer is written, for a person to find
	ctx     deadline.Context  // in which an answer's date is read
	list    []asked
	seen    map[string]int
}

// asked is one question before those of a kind are put together.
type asked struct {
	Question
	group string // what it shares with the others that one answer settles; "" nothing
	of    string // the group's part of the wording: the units, the phrase
	gone  bool   // something else settled it
	said  string // the answer as the options write it; "" none
}

func newAsker(w *words.Words, answers map[string]string) *asker {
	return &asker{words: w, answers: answers, seen: map[string]int{}}
}

// ask records a question once and returns the answer given to it, "" for none. An
// answer that the question cannot take is none: it is named and asked again.
func (a *asker) ask(kind string, weight int, place, text, proposal string, options []string, data words.Data) string {
	id := questionID(kind, place, text)
	if i, ok := a.seen[id]; ok {
		return a.list[i].said
	}
	if data == nil {
		data = words.Data{}
	}
	data["Words"], data["Place"], data["Proposal"] = text, place, proposal
	q := asked{Question: Question{ID: id, Kind: kind, Weight: weight, Place: place, Words: text,
		Ask: a.words.T("intake.ask_"+kind, data), Options: options, Proposal: proposal}}
	switch kind {
	case "each":
		q.of = fmt.Sprint(data["Units"])
	case "lead":
		q.of, _ = data["Doubt"].(string)
	case "cycle", "rhythm":
		q.of = fmt.Sprint(data["Phrase"])
	}
	if grouped[kind] {
		q.group = questionID(kind, "", "*"+q.of)
	}
	for _, key := range []string{id, q.group} {
		raw := strings.TrimSpace(a.answers[key])
		if raw == "" || key == "" {
			continue
		}
		said, ok := a.understand(kind, proposal, options, raw)
		if !ok {
			q.Refused = a.refused(key, raw)
			continue
		}
		q.Answer, q.said = raw, said
		break
	}
	a.seen[id] = len(a.list)
	a.list = append(a.list, q)
	return q.said
}

// forget takes back a question that something else settled.
func (a *asker) forget(kind, place, text string) {
	if i, ok := a.seen[questionID(kind, place, text)]; ok {
		a.list[i].gone = true
	}
}

func (a *asker) refused(key, raw string) string {
	at := a.at[key]
	if at == "" {
		at = key
	}
	return a.words.T("intake.answer_refused", words.Data{"At": at, "Answer": raw})
}

// grouped are the kinds of which many are one question with a list.
var grouped = map[string]bool{"lead": true, "each": true, "date": true, "which_date": true, "past": true, "limit": true, "goal": true, "unread": true, "aside": true, "name": true,
	"rhythm": true, "cycle": true, "near": true, "members": true, "same": true, "table": true, "title": true, "damage": true}

func questionID(kind, place, text string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + place + "\x00" + tight(text)))
	return kind + "-" + hex.EncodeToString(sum[:4])
}

// sorted is the questions, open ones first, the most important first.
func (a *asker) sorted() []Question {
	open, over := a.together(false), a.together(true)
	byWeight := func(x, y Question) int { return y.Weight - x.Weight }
	slices.SortStableFunc(open, byWeight)
	slices.SortStableFunc(over, byWeight)
	return append(open, over...)
}

// together makes one question of those of a group.
func (a *asker) together(done bool) []Question {
	var out []Question
	of, at := map[string][]asked{}, map[string]int{}
	for _, q := range a.list {
		if q.gone || (q.said != "") != done {
			continue
		}
		q.done = done
		if q.also = nil; q.group != "" {
			q.also = []string{q.group}
		}
		if q.group == "" {
			out = append(out, q.Question)
			continue
		}
		if of[q.group] = append(of[q.group], q); len(of[q.group]) == 1 {
			at[q.group] = len(out)
			out = append(out, q.Question)
		}
	}
	for group, list := range of {
		if len(list) > 1 {
			out[at[group]] = a.whole(group, list, done)
		}
	}
	return out
}

// whole is the one question that a group's members make.
func (a *asker) whole(group string, list []asked, done bool) Question {
	first := list[0]
	q := Question{ID: group, Kind: first.Kind, Answer: strings.TrimSpace(a.answers[group]), done: done}
	same := true
	for _, one := range list {
		q.Weight = max(q.Weight, one.Weight)
		if one.Refused != "" && !strings.Contains(q.Refused, one.Refused) {
			q.Refused = strings.TrimPrefix(q.Refused+"\n"+one.Refused, "\n")
		}
		same = same && one.Proposal == first.Proposal
		for _, o := range one.Options {
			if !slices.Contains(q.Options, o) && (optionWord[o] || len(one.Options) == 0) {
				q.Options = append(q.Options, o)
			}
		}
	}
	for _, one := range list {
		i := Item{ID: one.ID, Place: one.Place, Words: one.Words, Answer: strings.TrimSpace(a.answers[one.ID])}
		if !same {
			i.Proposal = one.Proposal
		}
		q.Items = append(q.Items, i)
	}
	if same {
		q.Proposal = first.Proposal
	}
	q.Ask = a.words.T("intake.asks_"+q.Kind, words.Data{"Count": len(list), "Of": first.of, "Proposal": q.Proposal, "Place": list[0].Place})
	return q
}

// optionWord are the options that mean the same at every place of a list.
var optionWord = map[string]bool{"none": true, "yes": true, "no": true, "each": true, "joint": true, "same": true, "different": true,
	"month": true, "quarter": true, "halfyear": true, "year": true}
