package host_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/settings"
)

// mailed is the environment of a worker that sends through a mail server.
func mailed(dir, port string) map[string]string {
	return map[string]string{
		"DUBAN_DIR": dir, "DUBAN_TEMPORAL_PORT": "0", "DUBAN_UI": "false",
		"SMTP_HOST": "127.0.0.1", "SMTP_PORT": port, "SMTP_TLS": "none", "SMTP_FROM": "duban@city.example",
	}
}

// workHere is the body of a worker process that tests start and kill: this test program,
// started with an engine's folder in its environment (see TestMain).
func workHere(dir string) error {
	cfg, err := settings.Load(mailed(dir, os.Getenv("DUBAN_TEST_SMTP")))
	if err != nil {
		return err
	}
	h, err := host.Open(context.Background(), cfg, host.Options{Work: true, Out: io.Discard, Log: host.Logger(cfg, os.Stderr), Patience: hang})
	if err != nil {
		return err
	}
	return h.Wait(context.Background())
}

// workerProcess starts a worker that joins the engine of a folder.
func workerProcess(t *testing.T, dir, port string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DUBAN_TEST_WORKER="+dir, "DUBAN_TEST_SMTP="+port)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd
}

// post is a mail server that can hold each conversation at a given step.
type post struct {
	*mailServer
	hold chan struct{} // closed when the held conversations go on

	mu   sync.Mutex
	next []string              // the steps at which the next conversations are held, one each
	held map[string]int        // conversations held so far, by step
	deny func(to string) error // the server's answer to a recipient; nil: accepted
	cut  int                   // messages that were broken off before their last byte
}

func (p *post) denies(deny func(to string) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deny = deny
}

func newPost(t *testing.T, steps ...string) *post {
	p := &post{mailServer: newMailServer(t), hold: make(chan struct{}), next: steps, held: map[string]int{}}
	p.mailServer.open = true
	p.mailServer.server.Backend = smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &heldSession{session: session{p.mailServer}, post: p}, nil
	})
	return p
}

type heldSession struct {
	session
	post *post
	step string
}

func (s *heldSession) at(step string) {
	if s.step != step {
		return
	}
	s.post.mu.Lock()
	s.post.held[step]++
	s.post.mu.Unlock()
	<-s.post.hold
}

func (s *heldSession) Mail(from string, o *smtp.MailOptions) error {
	s.post.mu.Lock()
	if len(s.post.next) > 0 {
		s.step, s.post.next = s.post.next[0], s.post.next[1:]
	}
	s.post.mu.Unlock()
	s.at("MAIL")
	return s.session.Mail(from, o)
}

func (s *heldSession) Rcpt(to string, o *smtp.RcptOptions) error {
	s.at("RCPT")
	s.post.mu.Lock()
	deny := s.post.deny
	s.post.mu.Unlock()
	if deny != nil {
		if err := deny(to); err != nil {
			return err
		}
	}
	return s.session.Rcpt(to, o)
}

func (s *heldSession) Data(r io.Reader) error {
	if err := s.session.Data(r); err != nil {
		s.post.mu.Lock()
		defer s.post.mu.Unlock()
		s.post.cut++
		return err
	}
	s.at("dot")
	return nil
}

func (p *post) waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, held := range p.held {
		n += held
	}
	return n
}

// morning launches a plan on a clock that begins just after the speaking time of a day on
// which its tasks are overdue already: the digests of its readers are sent within seconds.
func (w *world) morning(id string) {
	// Each reader has one message: words of earlier mornings come with today's.
	var entries []string
	units := ""
	for i := range 4 {
		name := fmt.Sprintf("市第%d局", i+1)
		entries = append(entries, entry(fmt.Sprintf("t%d", i), "lead: "+name+", due: 2021-05-31"))
		units += fmt.Sprintf("  - id: u%d\n    name: %s\n    kind: city_department\n    contacts:\n", i, name)
		for _, role := range []string{"liaison", "deputy", "head"} {
			units += fmt.Sprintf("      - {role: %s, name: %s%s, email: %s@u%d.example}\n", role, name, role, role, i)
		}
	}
	p := twoUnits(w.t, id, func(file, text string) string {
		if file == "units.yaml" {
			return text + units
		}
		return text
	}, entries...)
	w.launch(p, calendar.Clock{Epoch: time.Now(), Start: time.Date(2021, 6, 4, 9, 0, 1, 0, calendar.Beijing), Rate: 1})
}

// decided waits until every stage that is due by now is decided, so that no message comes that
// was not put together before.
func (w *world) decided(ctx context.Context, id string) bool {
	l, err := w.Ledger.Plan(ctx, id)
	require.NoError(w.t, err)
	due := l.Clock.Plan(time.Now())
	return len(w.unsaid(ctx, id, due)) == 0 && len(w.unsaidOfTalks(ctx, id, due)) == 0
}

// arrived requires that each message of a plan came as often as the ledger says: a sent one once,
// and as often again as it was in doubt, and one that is not dropped and not sent yet at most so
// often. It gives the number of doubts.
func (w *world) arrived(m *mailServer, id string) (doubts int) {
	w.t.Helper()
	all, err := w.Ledger.Messages(w.t.Context(), ledger.MessageFilter{Plan: id})
	require.NoError(w.t, err)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, one := range all {
		n := m.mails["<"+one.ID+"@duban.local>"]
		doubts += one.Doubts
		if one.State == ledger.Sent {
			require.Positive(w.t, n, one.ID)
		}
		if one.State != ledger.Dropped {
			n--
		}
		require.LessOrEqual(w.t, n, one.Doubts, one.ID)
	}
	return doubts
}

// heldUp waits until the server holds n messages and every other message of the plan is
// sent.
func (w *world) heldUp(p *post, id string, n int) {
	w.t.Helper()
	w.eventually("all but those that are held are sent", func(ctx context.Context) bool {
		notices, err := w.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: id, States: []ledger.NoticeState{ledger.Pending}})
		require.NoError(w.t, err)
		left, err := w.Ledger.Messages(ctx, ledger.MessageFilter{Plan: id, States: ledger.Unsettled})
		require.NoError(w.t, err)
		return p.waiting() == n && len(left) == n && len(notices) == 0 && w.decided(ctx, id)
	})
}

// settled waits until no notice of a plan waits or is in doubt, and gives the plan's
// messages.
func (w *world) settled(id string) []ledger.MessageInfo {
	w.t.Helper()
	var all []ledger.MessageInfo
	require.Eventually(w.t, func() bool {
		notices, err := w.Ledger.Notices(context.Background(), ledger.NoticeFilter{Plan: id, States: []ledger.NoticeState{ledger.Pending, ledger.Sending, ledger.Unknown}})
		require.NoError(w.t, err)
		all, err = w.Ledger.Messages(context.Background(), ledger.MessageFilter{Plan: id})
		require.NoError(w.t, err)
		return len(all) > 0 && len(notices) == 0 && w.decided(context.Background(), id)
	}, hang, 100*time.Millisecond, "all is sent")
	return all
}

// A worker is killed while its messages are at different steps of sending. A message that
// had not left arrives once; one that may have left is sent again, and the ledger counts
// that (Doubts).
func TestAWorkerKilledAtEveryStepOfSending(t *testing.T) {
	t.Parallel()
	p := newPost(t, "MAIL", "RCPT", "dot", "dot", "MAIL", "RCPT")
	cfg, err := settings.Load(mailed(t.TempDir(), p.port))
	require.NoError(t, err)
	w := open(t, cfg, false)
	first := workerProcess(t, cfg.Dir, p.port)
	w.eventually("the office sends by mail", func(ctx context.Context) bool {
		channels, err := docket.Docket{Ledger: w.Ledger}.Channels(ctx)
		return err == nil && slices.Equal(channels, []string{"smtp"})
	})
	w.morning("killed")
	w.heldUp(p, "killed", 6)
	require.NoError(t, first.Process.Kill())
	_ = first.Wait()
	close(p.hold)
	workerProcess(t, cfg.Dir, p.port)
	w.settled("killed")
	w.heard("killed")
	require.GreaterOrEqual(t, w.arrived(p.mailServer, "killed"), 2, "both that had left are in doubt")
	ledgertest.Proven(t, w.Ledger)
}

// While the mail server refuses to relay, no message fails: each is tried until the server
// accepts it. A message to an address that does not exist fails, and a person sends it
// again or drops it.
func TestARefusedMorningGoesOutWhenTheServerIsMended(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.denies(func(string) error {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "relay access denied"}
	})
	cfg, err := settings.Load(mailed(t.TempDir(), p.port))
	require.NoError(t, err)
	w := open(t, cfg, true)
	w.morning("denied")
	w.eventually("every message was tried twice", func(ctx context.Context) bool {
		all, err := w.Ledger.Messages(ctx, ledger.MessageFilter{Plan: "denied"})
		require.NoError(t, err)
		tried := 0
		all = notTaken(all)
		for _, m := range all {
			require.Contains(t, ledger.Unsettled, m.State)
			require.NotEqual(t, ledger.Failed, m.State)
			if m.Attempt > 1 {
				tried++
			}
		}
		return tried > 5 && tried == len(all)
	})
	p.denies(func(to string) error {
		if strings.HasPrefix(to, "deputy@") {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		}
		return nil
	})
	all := notTaken(w.settled("denied"))
	var failed []ledger.MessageInfo
	for _, m := range all {
		switch m.State {
		case ledger.Failed:
			require.Equal(t, people.Deputy, m.Recipient.Role)
			require.Contains(t, m.Error, "no such user")
			failed = append(failed, m)
		default:
			require.Equal(t, ledger.Sent, m.State)
		}
	}
	require.Greater(t, len(failed), 1)
	p.denies(nil)
	dropped, err := w.Engine.DropMessage(t.Context(), failed[0], clerk, "已电话通知")
	require.NoError(t, err)
	require.True(t, dropped)
	for _, m := range failed {
		resent, err := w.Engine.Resend(t.Context(), m, clerk)
		require.NoError(t, err)
		require.Equal(t, m.ID != failed[0].ID, resent)
	}
	w.eventually("what was sent again has arrived", func(ctx context.Context) bool {
		left, err := w.Ledger.Messages(ctx, ledger.MessageFilter{Plan: "denied", States: ledger.Unsettled})
		return err == nil && len(left) == 0
	})
	w.arrived(p.mailServer, "denied")
	p.mailServer.mu.Lock()
	defer p.mailServer.mu.Unlock()
	require.Len(t, p.mails, len(all)-1, "all but the one that was ended")
	ledgertest.Proven(t, w.Ledger)
}

// notTaken leaves out dropped messages: those whose words were put into a later message to
// the same person before they had left.
func notTaken(all []ledger.MessageInfo) []ledger.MessageInfo {
	return slices.DeleteFunc(all, func(m ledger.MessageInfo) bool { return m.State == ledger.Dropped })
}

// While the ledger is locked and cannot note that a message is leaving, the message is
// broken off before its last byte; it arrives, once, when the ledger can be written again.
func TestAMessageDoesNotLeaveWithoutItsMark(t *testing.T) {
	t.Parallel()
	p := newPost(t, "RCPT", "RCPT")
	cfg, err := settings.Load(mailed(t.TempDir(), p.port))
	require.NoError(t, err)
	w := open(t, cfg, true)
	w.morning("marked")
	w.heldUp(p, "marked", 2)
	free := w.locked()
	close(p.hold)
	w.eventually("both are broken off", func(context.Context) bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.cut >= 2
	})
	free()
	w.settled("marked")
	w.heard("marked")
	require.Zero(t, w.arrived(p.mailServer, "marked"), "none has left without its mark")
}

// When a worker stops, messages that have not left are broken off at once, and one that has
// left gets a moment for the server's answer; only that one is in doubt.
func TestAStopWhileAMailServerIsSlow(t *testing.T) {
	t.Parallel()
	p := newPost(t, "MAIL", "RCPT", "dot")
	cfg, err := settings.Load(mailed(t.TempDir(), p.port))
	require.NoError(t, err)
	w := open(t, cfg, false)
	worker := w.join(cfg)
	w.morning("slow")
	w.heldUp(p, "slow", 3)
	require.NoError(t, worker.Close(), "though the server still holds them")
	close(p.hold)
	w.join(cfg)
	w.settled("slow")
	w.heard("slow")
	require.Positive(t, w.arrived(p.mailServer, "slow"), "what had left is in doubt")
}

// heard requires that everybody to whom a plan has something to say was told, and that nothing
// failed. Those notices are dropped that a later one has made untrue, as on a busy machine.
func (w *world) heard(planID string) {
	w.t.Helper()
	notices, err := w.Ledger.Notices(w.t.Context(), ledger.NoticeFilter{Plan: planID})
	require.NoError(w.t, err)
	told := map[people.Recipient]bool{}
	for _, n := range notices {
		require.Contains(w.t, []ledger.NoticeState{ledger.Sent, ledger.Dropped}, n.State, "%s %s to %v", n.Task, n.Stage, n.Recipient)
		told[n.Recipient] = told[n.Recipient] || n.State == ledger.Sent
	}
	for to, was := range told {
		require.True(w.t, was, "%v has heard nothing", to)
	}
}

// join starts another worker in this process, on the engine of the world's folder.
func (w *world) join(cfg settings.Config) *host.Host {
	w.t.Helper()
	cfg.Dir = w.cfg.Dir
	h, err := host.Open(w.t.Context(), cfg, host.Options{Work: true, Out: io.Discard, Log: host.Logger(cfg, w.t.Output()), Patience: hang})
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = h.Close() })
	return h
}

// line is a TCP proxy to a mail server that can be cut.
type line struct {
	port string
	mu   sync.Mutex
	open map[net.Conn]bool
	cut  bool
	l    net.Listener
}

func newLine(t *testing.T, to string) *line {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	x := &line{port: port, open: map[net.Conn]bool{}, l: l}
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", "127.0.0.1:"+to)
			x.mu.Lock()
			if err != nil || x.cut {
				near.Close()
				x.mu.Unlock()
				continue
			}
			x.open[near] = true
			x.mu.Unlock()
			go func() { _, _ = io.Copy(far, near); far.Close() }()
			go func() { _, _ = io.Copy(near, far); near.Close() }()
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	return x
}

func (x *line) break_() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.cut = true
	for c := range x.open {
		_ = c.Close()
	}
}

// Of three workers one loses its mail server, one has no settings for a mail server, and
// one works. All messages are sent by the last, and in the office's language.
func TestWorkersThatCannotSendLeaveItToThoseThatCan(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	good, err := settings.Load(mailed(t.TempDir(), p.port))
	require.NoError(t, err)
	w := open(t, good, false)
	way := newLine(t, p.port)
	cut := good
	cut.SMTP.Port = atoi(t, way.port)
	w.join(cut)
	none := config(t)
	none.Lang = "en"
	w.join(none)
	w.morning("before")
	w.settled("before")
	require.NotEmpty(t, way.seen(), "the one that will be cut off has sent all of it")
	way.break_()
	w.join(good)
	w.morning("after")
	began := time.Now()
	for _, m := range w.settled("after") {
		if m.State == ledger.Dropped { // a message that waited: the reader's next one said its notices
			continue
		}
		require.Equal(t, []any{ledger.Sent, "smtp"}, []any{m.State, m.Channel})
	}
	t.Log("all arrived after", time.Since(began))
	w.heard("after")
	w.arrived(p.mailServer, "before")
	w.arrived(p.mailServer, "after")
	p.mailServer.mu.Lock()
	defer p.mailServer.mu.Unlock()
	for _, subject := range p.subjects {
		require.Contains(t, subject, "《", "the office writes in one language")
	}
}

func atoi(t *testing.T, s string) int {
	n, err := net.LookupPort("tcp", s)
	require.NoError(t, err)
	return n
}

// Notices that were decided while the office used the outbox are sent by mail once the
// office sends by mail.
func TestNoticesDecidedForAFormerChannelGoOutOnTheNewOne(t *testing.T) {
	t.Parallel()
	inTime(t, 8*time.Second, func(lead time.Duration) bool {
		p := newPost(t)
		dir := t.TempDir()
		boxed, err := settings.Load(map[string]string{"DUBAN_DIR": dir, "DUBAN_TEMPORAL_PORT": "0", "DUBAN_UI": "false"})
		require.NoError(t, err)
		w := open(t, boxed, true)
		plan := twoUnits(t, "moved", nil, entry("a", "due: 2021-05-31"))
		// The stage is decided in the wake window of two hours before it speaks; shortly before
		// it speaks, a worker with a mail server joins.
		speaks := time.Date(2021, 5, 24, 9, 0, 0, 0, calendar.Beijing)
		clock := calendar.Clock{Epoch: time.Now(), Start: speaks.Add(-lead), Rate: 1}
		w.launch(plan, clock)
		w.eventually("decided for the outbox", func(ctx context.Context) bool {
			decided, err := w.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: "moved"})
			return err == nil && slices.ContainsFunc(decided, func(n ledger.Notice) bool { return n.SpeakAt.Equal(speaks) })
		})
		smtpSet, err := settings.Load(mailed(dir, p.port))
		require.NoError(t, err)
		w.join(smtpSet)
		if !clock.Plan(time.Now()).Before(speaks) {
			return false
		}
		w.settled("moved")
		messages, err := w.Ledger.Messages(t.Context(), ledger.MessageFilter{Plan: "moved", From: speaks.Add(-time.Second)})
		require.NoError(t, err)
		require.NotEmpty(t, messages)
		for _, m := range messages {
			require.Equal(t, []string{string(ledger.Sent), "smtp", ""}, []string{string(m.State), m.Channel, m.Via})
		}
		require.NotEmpty(t, p.mails)
		return true
	})
}

// seen is the number of connections that have come through the line.
func (x *line) seen() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.open)
}
