package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"duban/activities"
	"duban/internal/channel"
	"duban/internal/channel/carriers"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/settings"
	"duban/workflows"
)

// post is the part of a worker that sends messages out. It polls Temporal's send queue
// only while it can serve every channel of the office: a worker without the mail server's
// settings, or without a connection to the server, would take messages and not send them.
type post struct {
	channels channel.Set // this worker's channels, kept to the limits that their carriers declare
	watched  []*watched  // the same channels without these limits
	ledger   *ledger.Store
	gate     *gate
	tripped  chan error // gets why a channel does not work from this machine
	worker   worker.Worker
	log      *slog.Logger
	slow     time.Duration // see slowAfter
	rest     time.Duration // see firstRest

	mu       sync.Mutex
	failures int    // failed tries of the channels and failed messages, in a row
	said     string // the reason for not sending that was logged last
}

// Limits of the post.
const (
	sendersAtOnce = 8                // messages sent at the same time, each over a connection of its own
	checkWithin   = 90 * time.Second // for trying all channels once
	lookAgain     = 10 * time.Second // between two readings of the channels that the office has decided on
	firstRest     = 2 * time.Second  // after a failure; doubled with each further one, up to longestRest
	longestRest   = 5 * time.Minute
	// slowAfter is how long sending a message may take before its last byte. After that the
	// post takes no more messages until its channels are tried and answer. The slow message
	// itself goes on within its channel's own limits.
	slowAfter = 45 * time.Second
)

// newPost makes a post of a worker's channels, wrapped so that the post learns whether
// their messages are taken.
func newPost(channels channel.Set, store *ledger.Store, log *slog.Logger) *post {
	p := &post{ledger: store, gate: newGate(), tripped: make(chan error, 1), log: log, slow: slowAfter, rest: firstRest}
	for _, c := range channels {
		w := &watched{c, p}
		p.watched = append(p.watched, w)
		carrier, _ := carriers.Of(c.Name())
		p.channels = append(p.channels, channel.Within(w, carrier.Limits)) // outside watched: waiting for a turn does not count as slow
	}
	return p
}

// start begins to try the channels and to poll the send queue; stop ends both.
func (p *post) start(c client.Client, acts *activities.Activities) (stop func(), err error) {
	slots, err := worker.NewFixedSizeTuner(worker.FixedSizeTunerOptions{NumWorkflowSlots: 1, NumActivitySlots: sendersAtOnce, NumLocalActivitySlots: 1, NumNexusSlots: 1})
	if err != nil {
		return nil, fmt.Errorf("host: %w", err)
	}
	p.worker = worker.New(c, workflows.SendQueue, worker.Options{
		DisableWorkflowWorker: true, MaxConcurrentActivityTaskPollers: 2,
		// Longer than smtp.Patience.Stop, which is how long a message whose last byte has left
		// waits for the server's answer when the worker stops: its receipt is written then.
		WorkerStopTimeout: workerStop,
		// By default the SDK sends a heartbeat only every 24 of the 30 seconds after which
		// Temporal gives a message to another worker: a short delay would make it go twice.
		MaxHeartbeatThrottleInterval: 5 * time.Second,
		Tuner:                        gatedTuner{slots, p.gate},
		//lint:ignore SA1019 its successor opts in to versioned deployments; this only names the worker: see workflows.BuildID
		BuildID: workflows.BuildID,
	})
	acts.Register(p.worker)
	if err := p.worker.Start(); err != nil {
		return nil, fmt.Errorf("host: worker: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	watching.Go(func() { p.watch(ctx) })
	return func() {
		cancel()
		p.worker.Stop()
		watching.Wait()
	}, nil
}

// watch tries the channels when the worker starts and whenever one did not work from this
// machine (channel.ErrMachine), opens the gate while they answer, and shuts it otherwise.
func (p *post) watch(ctx context.Context) {
	for ctx.Err() == nil {
		why, machine := p.able(ctx)
		rest := lookAgain
		switch {
		case why == nil:
			p.say("", func() { p.log.Info("This worker sends", "channels", p.names()) })
			p.gate.set(true)
		case machine:
			p.gate.set(false)
			rest = p.failed()
			p.say(why.Error(), func() {
				p.log.Error("This worker sends nothing until its channels answer; others do", "error", why, "again_in", rest)
			})
		default:
			p.gate.set(false)
			p.say(why.Error(), func() { p.log.Error("This worker does not send what the office sends", "error", why) })
		}
		select {
		case <-ctx.Done():
		case <-time.After(rest):
		case err := <-p.tripped:
			p.gate.set(false)
			p.log.Error("This worker stops sending until its channels answer; others do", "error", err)
			p.say(err.Error(), func() {})
			select {
			case <-time.After(p.failed()):
			case <-ctx.Done():
			}
		}
	}
}

// able tells why this worker cannot send over the office's channels at the moment; nil
// when it can. machine tells that a channel or the ledger does not answer, as against a
// channel for which this worker has no settings. While the gate is open the channels are
// not tried: the messages sent over them show whether they work.
func (p *post) able(ctx context.Context) (why error, machine bool) {
	ctx, cancel := context.WithTimeout(ctx, checkWithin)
	defer cancel()
	wanted, err := p.wanted(ctx)
	if err != nil {
		return err, true
	}
	for _, name := range wanted {
		i := slices.IndexFunc(p.watched, func(w *watched) bool { return w.Name() == name })
		if i < 0 {
			return fmt.Errorf("the office sends by %s, and this worker is not set up for it", name), false
		}
		if p.gate.isOpen() {
			continue
		}
		if err := Try(ctx, p.watched[i].Channel); err != nil {
			return err, true
		}
	}
	return nil, false
}

// wanted are the names of the channels that the office has decided on
// (ledger.OfficeChannels), or of this worker's where it has decided nothing.
func (p *post) wanted(ctx context.Context) ([]string, error) {
	decided, err := p.ledger.Office(ctx)
	if err != nil {
		return nil, err
	}
	if names := decided[ledger.OfficeChannels]; names != "" {
		return strings.Split(names, ","), nil
	}
	return p.names(), nil
}

func (p *post) names() (names []string) {
	for _, c := range p.channels {
		names = append(names, c.Name())
	}
	return names
}

// failed counts a failure and gives how long to wait before the channels are tried again.
func (p *post) failed() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures++
	return min(p.rest<<min(p.failures-1, 20), longestRest)
}

// say calls log unless the same reason was logged last. reason is "" when the worker can
// send.
func (p *post) say(reason string, log func()) {
	p.mu.Lock()
	same := reason == p.said && reason != ""
	first := reason == "" && p.said == "" && p.gate.isOpen()
	p.said = reason
	p.mu.Unlock()
	if !same && !first {
		log()
	}
}

// watched is a channel that tells the post when it takes a message, when it is slow and
// when it does not work.
type watched struct {
	channel.Channel
	post *post
}

func (w *watched) Ready() bool { return w.post.gate.isOpen() }

func (w *watched) Send(ctx context.Context, m letter.Letter, leaving channel.Leaving) error {
	hangs := time.AfterFunc(w.post.slow, func() { w.post.trip(fmt.Errorf("%s: a message has been under way for %s", w.Name(), w.post.slow)) })
	defer hangs.Stop()
	err := w.Channel.Send(ctx, m, func(ctx context.Context, missed []channel.Missed) error {
		hangs.Stop()
		return leaving(ctx, missed)
	})
	switch {
	case errors.Is(err, channel.ErrMachine):
		w.post.trip(err)
	case err == nil:
		w.post.mu.Lock()
		w.post.failures = 0
		w.post.mu.Unlock()
	}
	return err
}

// trip shuts the gate until watch has tried the channels and they answer.
func (p *post) trip(why error) {
	p.gate.set(false)
	select {
	case p.tripped <- why:
	default:
	}
}

// Try connects to a channel and sends nothing. The error says why the channel cannot be
// used from this machine at the moment; nil for a channel that cannot be tried.
func Try(ctx context.Context, c channel.Channel) error {
	if checker, ok := c.(channel.Checker); ok {
		return checker.Check(ctx)
	}
	return nil
}

// ChannelAnswer is the result of trying a channel from this machine.
type ChannelAnswer struct {
	Name  string        `json:"name"`
	Error string        `json:"error,omitempty"` // why nothing can be sent over the channel; "" when messages can
	Took  time.Duration `json:"took"`            // in nanoseconds
}

// TryChannels tries the office's channels from this machine, with these settings, and sends
// nothing.
func TryChannels(ctx context.Context, cfg settings.Config, store *ledger.Store, out io.Writer) ([]ChannelAnswer, error) {
	own, err := Channels(cfg, out)
	if err != nil {
		return nil, err
	}
	decided, err := store.Office(ctx)
	if err != nil {
		return nil, err
	}
	if own, err = withDecided(own, cfg, decided, out); err != nil {
		return nil, err
	}
	wanted, err := (&post{channels: own, ledger: store}).wanted(ctx)
	if err != nil {
		return nil, err
	}
	var answers []ChannelAnswer
	for _, name := range wanted {
		c, ok := own.Get(name)
		began := time.Now()
		answer := ChannelAnswer{Name: name, Error: "not set up here"}
		if ok {
			answer.Error = ""
			within, cancel := context.WithTimeout(ctx, checkWithin)
			if err := Try(within, c); err != nil {
				answer.Error = err.Error()
			}
			cancel()
		}
		answer.Took = time.Since(began)
		answers = append(answers, answer)
	}
	return answers, nil
}

// gate keeps pollers from asking for activities while it is shut. It is shut at first.
type gate struct {
	mu      sync.Mutex
	open    bool
	changed chan struct{} // closed when open changes, and replaced
}

func newGate() *gate { return &gate{changed: make(chan struct{})} }

func (g *gate) set(open bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open != open {
		g.open = open
		close(g.changed)
		g.changed = make(chan struct{})
	}
}

func (g *gate) isOpen() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open
}

func (g *gate) wait(ctx context.Context) error {
	for {
		g.mu.Lock()
		open, changed := g.open, g.changed
		g.mu.Unlock()
		if open {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// gatedTuner gives no slot for an activity while the gate is shut, so that the worker does
// not ask Temporal for one.
type gatedTuner struct {
	worker.WorkerTuner
	gate *gate
}

func (t gatedTuner) GetActivityTaskSlotSupplier() worker.SlotSupplier {
	return gatedSlots{t.WorkerTuner.GetActivityTaskSlotSupplier(), t.gate}
}

type gatedSlots struct {
	worker.SlotSupplier
	gate *gate
}

func (s gatedSlots) ReserveSlot(ctx context.Context, info worker.SlotReservationInfo) (*worker.SlotPermit, error) {
	if err := s.gate.wait(ctx); err != nil {
		return nil, err
	}
	return s.SlotSupplier.ReserveSlot(ctx, info)
}
