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

// How far the instant of an act may be from the moment its workflow heard of it, on
// the real clock; on a fast clock, as much more as the clock is faster. Clocks of
// machines differ, and a message takes its time.
const (
	mostAhead  = 2 * time.Minute
	mostBehind = 10 * time.Minute
)

// Accounts is what a worker knows of the people who act: a file that may change
// while it works. Where there is none everybody may act; where there is one, or a
// setting names one, and it cannot be read, nobody may.
type Accounts struct {
	File  string
	Named bool // by a setting
	// StoodIn tells whether an account was to act for another, which was away, at an
	// instant; nil: nobody stands in for anybody.
	StoodIn func(ctx context.Context, away, other string, at time.Time) (bool, error)

	mu   sync.Mutex
	last *accounts.Book // as last read without a fault
}

// Now is the accounts as they are now, or as they were before the file was spoilt
// or went away; nil when there never were any. unread tells that there should be
// some, and they were never read.
func (a *Accounts) Now() (book *accounts.Book, unread bool) {
	if a == nil || a.File == "" {
		return nil, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	book, problems := accounts.Load(a.File)
	if len(problems) == 0 {
		a.last = book
	}
	if a.last == nil && !a.Named {
		_, err := os.Stat(a.File)
		return nil, !errors.Is(err, fs.ErrNotExist)
	}
	return a.last, a.last == nil
}

// Known tells whether there are accounts to hold people against; unread that there
// should be some and that nobody may act until they can be read.
func (a *Accounts) Known() (known, unread bool) {
	book, unread := a.Now()
	return book != nil, unread
}

// check refuses somebody who says to be another than the account is, or to stand in at
// an instant for somebody for whom it does not.
func (a *Accounts) check(by act.Actor, at time.Time) *act.Refusal {
	book, unread := a.Now()
	if unread {
		return &act.Refusal{Key: "act.refused_no_accounts"}
	}
	if book == nil {
		return nil
	}
	is, ok := book.Find(by.Account)
	if by.StandsFor != "" {
		return a.checkStandIn(book, is, by, at)
	}
	if !ok || is.Name != by.Name || is.Unit != by.Unit {
		return &act.Refusal{Key: "act.refused_account", Data: map[string]string{"Account": by.Account, "Name": by.Name}}
	}
	return nil
}

// standInTime is how long the ledger is asked whether somebody stands in.
const standInTime = 2 * time.Second

// checkStandIn refuses whoever does not stand in for another, or says more than that.
// When the ledger cannot say, it is a no: nobody acts for another on trust.
func (a *Accounts) checkStandIn(book *accounts.Book, is accounts.Account, by act.Actor, at time.Time) *act.Refusal {
	away, ok := book.Find(by.StandsFor)
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

// Credible refuses an act of somebody unknown or in the engine's own name, and one
// whose instant is not about the moment heard, when it came in. What waits for the
// ledger after that may wait as long as it takes. A zero heard is for what the engine
// does by itself: nobody sent it, and nothing is compared.
func (a *Accounts) Credible(l ledger.Launched, by act.Act, heard time.Time) *act.Refusal {
	if heard.IsZero() {
		return nil
	}
	if by.By.Account == act.EngineActor.Account {
		return &act.Refusal{Key: "act.refused_account", Data: map[string]string{"Account": by.By.Account, "Name": by.By.Name}}
	}
	who := by.By
	if by.Entered != nil && by.Kind == act.Propose { // no unit proposes
		return &act.Refusal{Key: "act.refused_entered_for"}
	}
	if by.Entered != nil { // By is a unit, under the account of whoever entered it: see act.Case.Check
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
