package ledger

import (
	"context"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// Opening is a talk that opens, or is proposed, when its stage speaks.
type Opening struct {
	Plan, Talk string
	Takes      func(act.TalkCase) bool              // whether an open talk takes others: see act.Rules.Takes
	Open       func(task Task, k Talk) act.TalkCase // the facts with which a talk begins that its stage has called for, where it joins no other
	// Calls are the talks that a task or a duty calls for until an instant and that the
	// ledger does not hold yet; nil asks of none.
	Calls func(of Task, until time.Time) []act.Called
	Zone  *time.Location
}

// OpenTalk makes a pending talk what its facts say: open at once, event talk.opened, or
// proposed to a named leader, event talk.proposed. A unit is called to one talk: a talk
// that would open joins an open talk of the unit that takes others, and a talk that would
// be proposed joins a proposal that nobody has decided yet, event talk.joined. Which talk
// is the first follows from the instants at which the unit's tasks call for talks
// (act.Called), not from which task a machine gets to first: pending talks that come before
// this one are opened before it, and the error is a *NotCalledError while such a talk is
// not in the ledger yet. Again, OpenTalk changes nothing. It gives the talk as it is from
// then on: void when an act on its task came first.
func (s *Store) OpenTalk(ctx context.Context, o Opening, when When) (Talk, error) {
	return write(ctx, s, func(t *tx) (Talk, error) {
		talk, task, err := t.talkAndTask(o.Plan, o.Talk)
		if err != nil || talk.State != act.TalkPending {
			return talk, err
		}
		if err := t.called(o, talk); err != nil {
			return Talk{}, err
		}
		before, err := t.pendingBefore(talk)
		if err != nil {
			return Talk{}, err
		}
		for _, first := range before {
			k, of, err := t.talkAndTask(o.Plan, first.ID)
			if err != nil {
				return Talk{}, err
			}
			if err := t.open(o, k, of, when); err != nil {
				return Talk{}, err
			}
		}
		if err := t.open(o, talk, task, when); err != nil {
			return Talk{}, err
		}
		talk, _, err = t.talkAndTask(o.Plan, o.Talk)
		return talk, err
	})
}

// called is a *NotCalledError while a task of the unit calls for a talk that comes before
// the given one and is not in the ledger yet.
func (t *tx) called(o Opening, talk Talk) error {
	if o.Calls == nil {
		return nil
	}
	var rows []taskRow
	if err := t.all(&rows, `SELECT `+taskColumns+` FROM tasks WHERE plan = ? AND lead = ? AND state = ? ORDER BY id`, talk.Plan, talk.Lead, TaskOpen); err != nil {
		return err
	}
	own := talk.called()
	for _, r := range rows {
		of, err := r.task()
		if err != nil {
			return err
		}
		for _, c := range o.Calls(of, talk.OpensAt) {
			if c.Compare(own) < 0 {
				return (*NotCalledError)(&c)
			}
		}
	}
	return nil
}

// called is the task whose ladder has called for the talk, with the instant.
func (t Talk) called() act.Called { return act.Called{Task: t.Task, At: t.OpensAt} }

// pendingBefore are the talks of its unit that are to open before one, in order.
func (t *tx) pendingBefore(talk Talk) ([]Talk, error) {
	var rows []talkRow
	err := t.all(&rows, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND lead = ? AND what = ? AND state = 'pending' AND opens_at <= ?`,
		talk.Plan, talk.Lead, plan.ProposeTalk, instant(talk.OpensAt))
	if err != nil {
		return nil, err
	}
	var all []Talk
	for _, r := range rows {
		k, err := r.talk()
		if err != nil {
			return nil, err
		}
		if k.called().Compare(talk.called()) < 0 {
			all = append(all, k)
		}
	}
	slices.SortFunc(all, func(a, b Talk) int { return a.called().Compare(b.called()) })
	return all, nil
}

// open lets a pending talk begin: by itself, or as part of a talk that goes on already.
func (t *tx) open(o Opening, talk Talk, task Task, when When) (err error) {
	c := o.Open(task, talk)
	var host *Talk
	switch c.State {
	case act.TalkOpen:
		host, err = t.taking(o.Plan, talk, o.Takes)
	case act.TalkProposed:
		host, err = t.waiting(o.Plan, c)
	}
	if host != nil && err == nil {
		c, err = t.join(*host, c, calendar.DayOf(talk.OpensAt.In(o.Zone)), talk.OpensAt)
	}
	if err != nil {
		return err
	}
	return t.begin(talk, c, when)
}

// begin writes a pending talk as it begins.
func (t *tx) begin(talk Talk, c act.TalkCase, when When) (err error) {
	kind := map[act.TalkState]string{act.TalkOpen: TalkOpened, act.TalkProposed: TalkAsked, act.TalkJoined: TalkHasJoined}[c.State]
	if c.State != act.TalkJoined {
		if c.Nth, err = t.nth(talk.Plan, talk.ID, c); err != nil {
			return err
		}
	}
	talk.State, talk.Facts = c.State, &c
	return t.moveTalk(talk, kind, when)
}

// follow lets the talks that have joined a talk go on as parts of into, the talk that
// their host has joined in its turn.
func (t *tx) follow(talk Talk, into string) error {
	var rows []talkRow
	if err := t.all(&rows, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND host = ? ORDER BY id`, talk.Plan, talk.ID); err != nil {
		return err
	}
	for _, r := range rows {
		part, _, err := t.talkAndTask(talk.Plan, r.ID)
		if err != nil {
			return err
		}
		c := *part.Facts
		c.Into = into
		if err := t.putTalk(part, c); err != nil {
			return err
		}
	}
	return nil
}

// host is the ID of the talk as part of which a talk goes on; "" of a talk by itself.
func (t Talk) host() string {
	if t.Facts == nil {
		return ""
	}
	return hostOf(*t.Facts)
}

func hostOf(c act.TalkCase) string {
	if c.State != act.TalkJoined {
		return ""
	}
	return c.Into
}

// join gives the facts of a talk as part of host, and writes host, which is about the
// talk's tasks too from then on.
func (t *tx) join(host Talk, c act.TalkCase, on calendar.Day, at time.Time) (act.TalkCase, error) {
	c.State, c.Into, c.Nth = act.TalkJoined, host.ID, host.Facts.Nth
	return c, t.putTalk(host, host.Facts.With(c, on, at))
}

// taking is the open talk of a unit that takes others; nil without one.
func (t *tx) taking(planID string, talk Talk, takes func(act.TalkCase) bool) (*Talk, error) {
	var rows []talkRow
	err := t.all(&rows, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND lead = ? AND what = ? AND state = 'open' AND id <> ? ORDER BY opens_at, id`,
		planID, talk.Lead, plan.ProposeTalk, talk.ID)
	if err != nil || takes == nil {
		return nil, err
	}
	for _, r := range rows {
		host, _, err := t.talkAndTask(planID, r.ID)
		if err != nil {
			return nil, err
		}
		if host.Facts != nil && takes(*host.Facts) {
			return &host, nil
		}
	}
	return nil, nil
}

// JoinedTo are the IDs of the talks that go on as part of one.
func (s *Store) JoinedTo(ctx context.Context, planID, talk string) (ids []string, err error) {
	err = s.all(ctx, &ids, `SELECT id FROM talks WHERE plan = ? AND host = ? ORDER BY id`, planID, talk)
	return ids, err
}

// TalksAbout are the talks about a task: its own, and in place of one that has joined
// another the one that it is part of.
func (s *Store) TalksAbout(ctx context.Context, planID, task string) ([]Talk, error) {
	own, err := s.Talks(ctx, planID, task)
	if err != nil {
		return nil, err
	}
	var all []Talk
	for _, k := range own {
		for k.Host != "" {
			if k, err = s.Talk(ctx, planID, k.Host); err != nil {
				return nil, err
			}
		}
		if !slices.ContainsFunc(all, func(other Talk) bool { return other.ID == k.ID }) {
			all = append(all, k)
		}
	}
	return all, nil
}
