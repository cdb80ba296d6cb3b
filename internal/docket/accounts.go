package docket

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/words"
)

// How far the instant that an act names (act.Act.At) may be ahead of or behind the moment at
// which its workflow heard of it, in real time. On a plan clock that is faster than the real
// one, both are multiplied by its rate. Clocks of machines differ, and a message takes its time.
const (
	mostAhead  = 2 * time.Minute
	mostBehind = 10 * time.Minute
)

// Accounts is what a worker knows of the people who act, read from a file that may change while
// the worker runs. Where there is no such file everybody may act. Where the file is there, or a
// setting names it, and it cannot be read, nobody may.
type Accounts struct {
	File  string
	Named bool // a setting names the file
	// StoodIn tells whether the account other was to stand in for the account away, whose owner
	// was absent, at an instant; nil: nobody stands in for anybody.
	StoodIn func(ctx context.Context, away, other string, at time.Time) (bool, error)

	mu   sync.Mutex
	last *accounts.List // as last read without a fault
}

// Now are the accounts as the file has them, or as it last had them without a fault; nil when
// they were never read. unread tells that there should be accounts, and that they were never
// read.
func (a *Accounts) Now() (list *accounts.List, unread bool) {
	if a == nil || a.File == "" {
		return nil, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	list, problems := accounts.Load(a.File)
	if len(problems) == 0 {
		a.last = list
	}
	if a.last == nil && !a.Named {
		_, err := os.Stat(a.File)
		return nil, !errors.Is(err, fs.ErrNotExist)
	}
	return a.last, a.last == nil
}

// Known tells whether there are accounts by which people are checked. unread tells that there
// should be some, and that nobody may act until they can be read.
func (a *Accounts) Known() (known, unread bool) {
	list, unread := a.Now()
	return list != nil, unread
}

// check refuses an actor whose name or unit is not that of the account, and one who stands in
// for somebody at an instant without being named for it; nil is yes.
func (a *Accounts) check(by act.Actor, at time.Time) *act.Refusal {
	list, unread := a.Now()
	if unread {
		return &act.Refusal{Key: "act.refused_no_accounts"}
	}
	if list == nil {
		return nil
	}
	is, ok := list.Find(by.Account)
	if by.StandsFor != "" {
		return a.checkStandIn(list, is, by, at)
	}
	if !ok || is.Name != by.Name || is.Unit != by.Unit {
		return &act.Refusal{Key: "act.refused_account", Data: map[string]string{"Account": by.Account, "Name": by.Name}}
	}
	return nil
}

// standInTime is how long the ledger may take to answer whether somebody stands in for another.
const standInTime = 2 * time.Second

// checkStandIn refuses a stand-in whose account was not named for the one away at that instant,
// or whose unit or name is not what accounts.Account.StandingFor makes of both. It refuses when
// the ledger cannot answer, too: nobody acts for another unchecked.
func (a *Accounts) checkStandIn(list *accounts.List, is accounts.Account, by act.Actor, at time.Time) *act.Refusal {
	away, ok := list.Find(by.StandsFor)
	named := slices.ContainsFunc([]string{"zh", "en"}, func(lang string) bool {
		return by.Name == is.StandingFor(away, words.New(lang))
	})
	if ok && is.ID != "" && away.Unit == by.Unit && named && a.StoodIn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), standInTime)
		defer cancel()
		if stood, err := a.StoodIn(ctx, away.ID, is.ID, at); err == nil && stood {
			return nil
		}
	}
	return &act.Refusal{Key: "act.refused_stand_in", Data: map[string]string{"Name": by.Name}}
}

// Credible refuses an act of an unknown person or in the engine's name, and an act whose instant
// is too far from heard, the real time at which the act came in (mostAhead, mostBehind). An act
// that waits for the ledger after that may wait as long as it takes. A zero heard means that the
// engine does the act itself: nobody sent it, and nothing is checked.
func (a *Accounts) Credible(l ledger.Launched, by act.Act, heard time.Time) *act.Refusal {
	if heard.IsZero() {
		return nil
	}
	if by.By.Account == act.EngineActor.Account {
		return &act.Refusal{Key: "act.refused_account", Data: map[string]string{"Account": by.By.Account, "Name": by.By.Name}}
	}
	who := by.By
	if by.Entered != nil && by.Kind == act.Propose { // units propose no talks, so the office enters none for them
		return &act.Refusal{Key: "act.refused_entered_for"}
	}
	if by.Entered != nil { // By is the unit then, under the account of whoever entered the act: see act.Case.Check
		who = *by.Entered
	}
	if r := a.check(who, heard); r != nil {
		return r
	}
	now, rate := l.Clock.Plan(heard), max(1, l.Clock.Rate)
	told := func(at time.Time) string { return at.In(l.Plan.Location()).Format("2006-01-02 15:04") }
	if early := by.At.Sub(now); early > scaled(mostAhead, rate) || early < -scaled(mostBehind, rate) {
		return &act.Refusal{Key: "act.refused_instant", Data: map[string]string{"At": told(by.At), "Now": told(now)}}
	}
	return nil
}

func scaled(d time.Duration, rate float64) time.Duration {
	return time.Duration(min(float64(d)*rate, float64(calendar.Never)))
}
