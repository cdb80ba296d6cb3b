package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"duban/internal/words"
)

// Question is what import is not sure of. Its ID is made of its kind, place and
// words only, so that it stays the same when import runs again.
type Question struct {
	ID       string   `json:"id" yaml:"id"`
	Kind     string   `json:"kind" yaml:"kind"` // a key intake.ask_<kind> of the catalogue
	Weight   int      `json:"weight" yaml:"-"`  // higher is asked first
	Place    string   `json:"place" yaml:"place"`
	Words    string   `json:"words" yaml:"words"`
	Ask      string   `json:"ask" yaml:"ask"`
	Options  []string `json:"options,omitempty" yaml:"options,omitempty,flow"`
	Proposal string   `json:"proposal" yaml:"proposal"` // what the draft does without an answer
	Answer   string   `json:"answer,omitempty" yaml:"answer"`
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
	list    []Question
	seen    map[string]int
}

func newAsker(w *words.Words, answers map[string]string) *asker {
	return &asker{words: w, answers: answers, seen: map[string]int{}}
}

// ask records a question once and returns the answer given to it, "" for none.
func (a *asker) ask(kind string, weight int, place, text, proposal string, options []string, data words.Data) string {
	id := questionID(kind, place, text)
	answer := strings.TrimSpace(a.answers[id])
	if i, ok := a.seen[id]; ok {
		return a.list[i].Answer
	}
	if data == nil {
		data = words.Data{}
	}
	data["Words"], data["Place"], data["Proposal"] = text, place, proposal
	a.seen[id] = len(a.list)
	a.list = append(a.list, Question{ID: id, Kind: kind, Weight: weight, Place: place, Words: text,
		Ask: a.words.T("intake.ask_"+kind, data), Options: options, Proposal: proposal, Answer: answer})
	return answer
}

func questionID(kind, place, text string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + place + "\x00" + tight(text)))
	return kind + "-" + hex.EncodeToString(sum[:4])
}

// sorted is the questions, open ones first, the most important first.
func (a *asker) sorted() []Question {
	out := slices.Clone(a.list)
	slices.SortStableFunc(out, func(x, y Question) int {
		if (x.Answer == "") != (y.Answer == "") {
			if x.Answer == "" {
				return -1
			}
			return 1
		}
		return y.Weight - x.Weight
	})
	return out
}
