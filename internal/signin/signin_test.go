package signin_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/signin"
	"duban/internal/words"
)

func TestMain(m *testing.M) { os.Exit(ledgertest.Main(m)) }

const (
	pass  = "水清岸绿鱼翔浅底之城"
	other = "correct horse battery"
	desk  = "10.1.2.3:50000"
)

// world is a ledger with a service over it, and a clock to push.
type world struct {
	*signin.Service
	t       *testing.T
	ctx     context.Context
	address string
	store   *ledger.Store
	now     time.Time
	o       signin.Options
	gone    map[string]bool // accounts that the file has no more
	second  map[string]bool // accounts that need a second factor
}

// addresses give an empty ledger of each kind.
var addresses = map[string]func(testing.TB) string{
	"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "ledger.db") },
	"postgres": ledgertest.Program,
}

// both runs a test on both databases.
func both(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	for name, address := range addresses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{t: t, ctx: t.Context(), address: address(t), now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), gone: map[string]bool{}, second: map[string]bool{}}
			w.o = signin.Options{AtOnce: 8, Now: func() time.Time { return w.now },
				Known:  func(a string) bool { return !w.gone[a] && !strings.HasPrefix(a, "nobody") },
				Second: func(_ context.Context, a string) (bool, error) { return w.second[a], nil }}
			w.store, w.Service = w.another()
			test(t, w)
			n, err := w.store.Verify(w.ctx)
			w.ok(err)
			require.Zero(t, n, "none of it stands in the chain")
		})
	}
}

// another is the service of another worker over the same ledger.
func (w *world) another() (*ledger.Store, *signin.Service) {
	s, err := ledger.Open(w.ctx, w.address)
	w.ok(err)
	w.t.Cleanup(func() { s.Close() })
	return s, signin.Open(s, w.o)
}

func (w *world) ok(err error) { w.t.Helper(); require.NoError(w.t, err) }

// hired is an account that has made its password.
func (w *world) hired(account string) {
	w.t.Helper()
	secret, _, err := w.Invite(w.ctx, account, "")
	w.ok(err)
	got, err := w.Redeem(w.ctx, secret, pass, desk)
	w.ok(err)
	require.Equal(w.t, account, got)
}

func (w *world) enter(account, password string) (string, error) {
	_, cookie, err := w.SignIn(w.ctx, signin.Attempt{Account: account, Password: password, Address: desk, Agent: "Mozilla"})
	return cookie, err
}

func (w *world) in(account string) string {
	w.t.Helper()
	cookie, err := w.enter(account, pass)
	w.ok(err)
	return cookie
}

func (w *world) out(cookie string) {
	w.t.Helper()
	_, err := w.Who(w.ctx, cookie)
	require.ErrorIs(w.t, err, signin.ErrNoSession)
}

func (w *world) raw() *sql.DB {
	w.t.Helper()
	driver, dsn := "postgres", ledgertest.Owner(w.address)
	if file, ok := strings.CutPrefix(w.address, "sqlite:"); ok {
		driver, dsn = "sqlite", file+"?_pragma=busy_timeout(60000)"
	}
	db, err := sql.Open(driver, dsn)
	w.ok(err)
	w.t.Cleanup(func() { db.Close() })
	return db
}

func (w *world) log(account string) (lines []string) {
	w.t.Helper()
	all, err := w.Log(w.ctx, account, 0, 0)
	w.ok(err)
	for _, e := range all {
		lines = append(lines, strings.TrimSpace(strings.Join([]string{e.Account, e.What, e.By}, " ")))
	}
	return lines
}

func TestAnInvitationMakesAPasswordOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		can, err := w.AnyoneCan(w.ctx)
		w.ok(err)
		require.False(t, can)
		_, _, err = w.Invite(w.ctx, "nobody", "")
		require.ErrorIs(t, err, signin.ErrUnknown)
		first, _, err := w.Invite(w.ctx, "shuizhiban", "")
		w.ok(err)
		secret, ends, err := w.Invite(w.ctx, "shuizhiban", "")
		w.ok(err)
		require.Equal(t, w.now.AddDate(0, 0, 7), ends)
		for _, bad := range []string{first, "", "x", secret + "x", secret[:len(secret)-1]} {
			_, err = w.Redeem(w.ctx, bad, pass, desk)
			require.ErrorIs(t, err, signin.ErrInvitation, "another one came in its place, or it never was")
		}
		var weak *signin.PasswordError
		for password, why := range map[string]string{"short": "short", strings.Repeat("长", 129): "long", "aaaaaaaaaaaa": "plain", "my-Shuizhiban-2026": "account"} {
			_, err = w.Redeem(w.ctx, secret, password, desk)
			require.ErrorAs(t, err, &weak)
			require.Equal(t, why, weak.Why)
		}
		account, err := w.Invited(w.ctx, secret)
		w.ok(err)
		require.Equal(t, "shuizhiban", account)
		var wg sync.WaitGroup
		results := make([]error, 6)
		_, second := w.another()
		for i := range results {
			wg.Go(func() {
				_, results[i] = []*signin.Service{w.Service, second}[i%2].Redeem(w.ctx, secret, fmt.Sprint(pass, i), desk)
			})
		}
		wg.Wait()
		good := -1
		for i, err := range results {
			if err == nil {
				require.Equal(t, -1, good, "it was good twice")
				good = i
				continue
			}
			require.ErrorIs(t, err, signin.ErrInvitation)
		}
		require.NotEqual(t, -1, good)
		_, err = w.enter("shuizhiban", fmt.Sprint(pass, good))
		w.ok(err)
		can, err = w.AnyoneCan(w.ctx)
		w.ok(err)
		require.True(t, can)
		w.gone["shuizhiban"] = true
		can, err = w.AnyoneCan(w.ctx)
		w.ok(err)
		require.False(t, can, "who left the accounts file cannot")

		late, _, err := w.Invite(w.ctx, "gaoping", "shuizhiban")
		w.ok(err)
		w.now = w.now.AddDate(0, 0, 7)
		_, err = w.Redeem(w.ctx, late, pass, desk)
		require.ErrorIs(t, err, signin.ErrInvitation, "it has ended")
		require.Equal(t, []string{"gaoping invited shuizhiban"}, w.log("gaoping"))
	})
}

func TestSessions(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.hired("gaoping")
		w.hired("shuiwu")
		for _, bad := range []string{"", ".", "a.b", strings.Repeat("a", 500), "x'--.y", "\x00.a"} {
			w.out(bad)
		}
		first := w.in("gaoping")
		who, err := w.Who(w.ctx, first)
		w.ok(err)
		require.Equal(t, []string{"gaoping", "10.1.2.3", "Mozilla", "password"}, []string{who.Account, who.Address, who.Agent, who.Way})
		require.NotEmpty(t, who.Form)
		id, secret, _ := strings.Cut(first, ".")
		w.out(id + "." + strings.Repeat("A", len(secret)))
		w.out("A" + first)

		// Renewed at sign-in: what the browser brought does not go on, whoever put it there.
		_, cookie, err := w.SignIn(w.ctx, signin.Attempt{Account: "shuiwu", Password: pass, Address: desk, Old: first})
		w.ok(err)
		require.NotEqual(t, first, cookie)
		w.out(first)
		again, err := w.Who(w.ctx, cookie)
		w.ok(err)
		require.NotEqual(t, who.Form, again.Form)

		// Idle and absolute limits.
		for range 9 {
			w.now = w.now.Add(70 * time.Minute)
			_, err = w.Who(w.ctx, cookie)
			w.ok(err)
		}
		idle := w.in("gaoping")
		w.now = w.now.Add(119 * time.Minute)
		w.out(cookie) // twelve hours have passed
		_, err = w.Who(w.ctx, idle)
		w.ok(err)
		w.now = w.now.Add(2 * time.Hour)
		w.out(idle)

		// Listed and ended, by the owner and by the office; nobody ends another's as his own.
		a, b, c := w.in("gaoping"), w.in("gaoping"), w.in("shuiwu")
		all, err := w.Sessions(w.ctx, "gaoping")
		w.ok(err)
		require.Len(t, all, 2)
		require.Empty(t, all[0].Form)
		every, err := w.Sessions(w.ctx, "")
		w.ok(err)
		require.Len(t, every, 3)
		whose, err := w.Who(w.ctx, a)
		w.ok(err)
		ended, err := w.End(w.ctx, "shuiwu", whose.ID, "shuiwu")
		w.ok(err)
		require.False(t, ended)
		ended, err = w.End(w.ctx, "gaoping", whose.ID, "shuizhiban")
		w.ok(err)
		require.True(t, ended)
		w.out(a)
		_, err = w.Who(w.ctx, b)
		w.ok(err)
		w.ok(w.SignOut(w.ctx, c))
		w.ok(w.SignOut(w.ctx, c))
		w.out(c)
		require.ElementsMatch(t, []string{"shuiwu signed_out", "shuiwu signed_in", "shuiwu signed_in", "shuiwu redeemed", "shuiwu invited"}, w.log("shuiwu"))

		// Another password ends all other sessions; who leaves the accounts file is out.
		d := w.in("gaoping")
		require.ErrorIs(t, w.ChangePassword(w.ctx, d, "wrong password", other, desk), signin.ErrRefused)
		w.ok(w.ChangePassword(w.ctx, d, pass, other, desk))
		w.out(b)
		_, err = w.Who(w.ctx, d)
		w.ok(err)
		_, err = w.enter("gaoping", pass)
		require.ErrorIs(t, err, signin.ErrRefused)
		secret, _, err = w.Invite(w.ctx, "gaoping", "shuizhiban")
		w.ok(err)
		_, err = w.Redeem(w.ctx, secret, pass, desk)
		w.ok(err)
		w.out(d)
		e := w.in("gaoping")
		w.gone["gaoping"] = true
		w.out(e)
		_, err = w.enter("gaoping", pass)
		require.ErrorIs(t, err, signin.ErrRefused)
	})
}

func TestFailuresWaitLongerAndLonger(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.hired("gaoping")
		_, second := w.another()
		services := []*signin.Service{w.Service, second} // several workers share what they know
		for _, account := range []string{"gaoping", "nobody-of-the-file"} {
			var waits []time.Duration
			for i := range 14 {
				_, _, err := services[i%2].SignIn(w.ctx, signin.Attempt{Account: account, Password: "wrong password", Address: fmt.Sprintf("10.0.%d.%d", len(account), i)})
				var wait *signin.WaitError
				if errors.As(err, &wait) {
					waits = append(waits, wait.For)
					w.now = w.now.Add(wait.For)
					continue
				}
				require.ErrorIs(t, err, signin.ErrRefused)
			}
			require.Equal(t, []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second}, waits, account)
		}
		_, err := w.enter("gaoping", pass)
		var wait *signin.WaitError
		require.ErrorAs(t, err, &wait, "the right password waits too")
		w.now = w.now.Add(wait.For)
		w.in("gaoping")
		_, err = w.enter("gaoping", "wrong password")
		require.ErrorIs(t, err, signin.ErrRefused, "a success has them forgotten")

		// One address that tries one account after another.
		refused := 0
		for i := range 60 {
			_, _, err := w.SignIn(w.ctx, signin.Attempt{Account: fmt.Sprint("nobody", i), Password: "x", Address: "[2001:db8::" + fmt.Sprint(i+1) + "]:443"})
			if errors.As(err, &wait) {
				break
			}
			require.ErrorIs(t, err, signin.ErrRefused)
			refused++
		}
		require.Equal(t, 31, refused, "thirty are free for an office behind one address; one network is one address")
		w.in("gaoping") // from elsewhere
		w.now = w.now.Add(25 * time.Hour)
		_, _, err = w.SignIn(w.ctx, signin.Attempt{Account: "nobody", Password: "x", Address: "2001:db8::1"})
		require.ErrorIs(t, err, signin.ErrRefused, "a day later they are forgotten")
	})
}

// TestTriesAtOnceAreNoWayAround: many guesses sent at the same moment are counted one
// after another.
func TestTriesAtOnceAreNoWayAround(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.hired("gaoping")
		_, second := w.another()
		var wg sync.WaitGroup
		results := make([]error, 24)
		for i := range results {
			wg.Go(func() {
				s := []*signin.Service{w.Service, second}[i%2]
				_, _, results[i] = s.SignIn(w.ctx, signin.Attempt{Account: "gaoping", Password: "guess", Address: fmt.Sprintf("10.9.0.%d", i)})
			})
		}
		wg.Wait()
		guesses := 0
		for _, err := range results {
			var wait *signin.WaitError
			if errors.As(err, &wait) {
				continue
			}
			guesses++
			if !errors.Is(err, signin.ErrBusy) {
				require.ErrorIs(t, err, signin.ErrRefused)
			}
		}
		require.Equal(t, 6, guesses)
	})
}

func TestNoSecretIsKept(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		secret, _, err := w.Invite(w.ctx, "gaoping", "")
		w.ok(err)
		_, err = w.Redeem(w.ctx, secret, pass, desk)
		w.ok(err)
		cookie := w.in("gaoping")
		_, err = w.enter("nobody "+other, pass) // the password in the wrong field
		require.ErrorIs(t, err, signin.ErrRefused)
		db := w.raw()
		var all strings.Builder
		for _, table := range []string{"signins", "invitations", "sessions", "throttles", "signin_log", "standins", "events"} {
			rows, err := db.Query(`SELECT * FROM ` + table)
			w.ok(err)
			columns, err := rows.Columns()
			w.ok(err)
			for rows.Next() {
				row := make([]any, len(columns))
				for i := range row {
					row[i] = new(any)
				}
				w.ok(rows.Scan(row...))
				for _, v := range row {
					switch v := (*v.(*any)).(type) {
					case []byte:
						all.Write(v)
					default:
						fmt.Fprint(&all, v)
					}
					all.WriteString("\n")
				}
			}
			w.ok(rows.Err())
		}
		require.Contains(t, all.String(), "$argon2id$v=19$m=19456,t=2,p=1$")
		_, of, _ := strings.Cut(cookie, ".")
		for _, what := range []string{pass, secret, of, other} {
			require.NotContains(t, all.String(), what)
		}
	})
}

func TestASecondFactorWhereItIsAskedFor(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.hired("fu-shizhang")
		w.second["fu-shizhang"] = true
		setting := w.in("fu-shizhang")
		w.out(setting)
		is, err := w.Pending(w.ctx, setting)
		w.ok(err)
		require.Equal(t, signin.StepFactor, is.Step)
		f, err := w.SetUp(w.ctx, setting)
		w.ok(err)
		same, err := w.SetUp(w.ctx, setting)
		w.ok(err)
		require.Equal(t, f, same, "drawn again it is the same")
		require.Contains(t, f.URL, "otpauth://totp/")
		require.Equal(t, "\x89PNG", string(f.PNG[:4]))
		code := func() string {
			c, err := totp.GenerateCode(f.Secret, w.now)
			w.ok(err)
			return c
		}
		rival := w.in("fu-shizhang") // who has the password alone is as far
		_, err = w.SetUp(w.ctx, rival)
		w.ok(err)
		_, _, err = w.Confirm(w.ctx, setting, "000000", desk)
		require.ErrorIs(t, err, signin.ErrCode)
		who, cookie, err := w.Confirm(w.ctx, setting, code()[:3]+" "+code()[3:], desk)
		w.ok(err)
		require.Empty(t, who.Step)
		w.out(setting)
		_, err = w.Pending(w.ctx, setting)
		require.ErrorIs(t, err, signin.ErrNoSession)
		_, err = w.Who(w.ctx, cookie)
		w.ok(err)
		theirs, err := w.SetUp(w.ctx, rival)
		w.ok(err)
		late, err := totp.GenerateCode(theirs.Secret, w.now)
		w.ok(err)
		_, _, err = w.Confirm(w.ctx, rival, late, desk)
		require.ErrorIs(t, err, signin.ErrCode, "the factor that stands is not written over")

		// From now on a code is asked for, and each is good once.
		next := w.in("fu-shizhang")
		is, err = w.Pending(w.ctx, next)
		w.ok(err)
		require.Equal(t, signin.StepCode, is.Step)
		_, err = w.SetUp(w.ctx, next)
		require.ErrorIs(t, err, signin.ErrNoSession, "the password alone does not change the telephone")
		_, _, err = w.Confirm(w.ctx, next, code(), desk)
		require.ErrorIs(t, err, signin.ErrCode, "it was used")
		w.now = w.now.Add(30 * time.Second)
		one, two := w.in("fu-shizhang"), w.in("fu-shizhang")
		results := make([]error, 2)
		var wg sync.WaitGroup
		for i, c := range []string{one, two} {
			wg.Go(func() { _, _, results[i] = w.Confirm(w.ctx, c, code(), desk) })
		}
		wg.Wait()
		good := 0
		for _, err := range results {
			if err == nil {
				good++
			}
		}
		require.Equal(t, 1, good, "%v", results)
		w.now = w.now.Add(90 * time.Second)
		old := code()
		w.now = w.now.Add(time.Minute + 30*time.Second)
		_, _, err = w.Confirm(w.ctx, next, old, desk)
		require.ErrorIs(t, err, signin.ErrCode, "it is too old")

		// Guessing codes waits as guessing passwords does, and the password takes no guess back.
		var wait *signin.WaitError
		for i := 0; i < 12 && !errors.As(err, &wait); i++ {
			if next, err = w.enter("fu-shizhang", pass); err == nil {
				_, _, err = w.Confirm(w.ctx, next, "123456", desk)
			}
		}
		require.ErrorAs(t, err, &wait)
		w.now = w.now.Add(11 * time.Minute)
		_, err = w.Pending(w.ctx, next)
		require.ErrorIs(t, err, signin.ErrNoSession, "half a sign-in ends after ten minutes")

		// A lost telephone.
		w.ok(w.DropFactor(w.ctx, "fu-shizhang", "shuizhiban"))
		w.out(cookie)
		w.now = w.now.Add(time.Hour)
		is, err = w.Pending(w.ctx, w.in("fu-shizhang"))
		w.ok(err)
		require.Equal(t, signin.StepFactor, is.Step)
		require.Contains(t, w.log("fu-shizhang"), "fu-shizhang factor_dropped shuizhiban")
	})
}

func TestWhoSignedInIsKeptForSixMonths(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.o.Keep = time.Hour // nobody can set it shorter than the law
		_, w.Service = w.another()
		w.hired("gaoping")
		w.in("gaoping")
		w.now = w.now.AddDate(0, 6, 0)
		w.hired("shuiwu")
		w.in("shuiwu")
		require.Equal(t, 3, len(w.log("gaoping")))
		w.now = w.now.AddDate(0, 0, 8)
		w.in("shuiwu")
		require.Empty(t, w.log("gaoping"))
		require.NotEmpty(t, w.log("shuiwu"))
		page, err := w.Log(w.ctx, "", 1, 2)
		w.ok(err)
		require.Len(t, page, 2)
	})
}

func TestWhoIsAwayNamesAStandIn(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		from, until := w.now.AddDate(0, 0, 1), w.now.AddDate(0, 0, 8)
		for _, bad := range []struct {
			account, other string
			from, until    time.Time
			want           error
		}{
			{"a", "a", from, until, signin.ErrStandIn}, {"a", "nobody", from, until, signin.ErrUnknown}, {"nobody", "a", from, until, signin.ErrUnknown},
			{"a", "b", until, from, signin.ErrStandIn}, {"a", "b", from.AddDate(-1, 0, 0), w.now, signin.ErrStandIn}, {"a", "b", from, from.AddDate(2, 0, 0), signin.ErrStandIn},
		} {
			_, err := w.NameStandIn(w.ctx, bad.account, bad.other, bad.from, bad.until, bad.account)
			require.ErrorIs(t, err, bad.want)
		}
		n, err := w.NameStandIn(w.ctx, "fu-shizhang", "shuizhiban", from, until, "fu-shizhang")
		w.ok(err)
		actsFor := func(want ...string) {
			t.Helper()
			all, err := w.ActsFor(w.ctx, "shuizhiban")
			w.ok(err)
			var got []string
			for _, n := range all {
				got = append(got, n.Account)
			}
			require.Equal(t, want, got)
			good, err := w.store.StoodIn(w.ctx, "fu-shizhang", "shuizhiban", w.now)
			w.ok(err)
			require.Equal(t, len(want) == 1, good)
			good, err = w.store.StoodIn(w.ctx, "shuizhiban", "fu-shizhang", w.now)
			w.ok(err)
			require.False(t, good, "not the other way round")
		}
		actsFor()
		w.now = from
		actsFor("fu-shizhang")
		ended, err := w.EndStandIn(w.ctx, "shuizhiban", n.ID, "shuizhiban")
		w.ok(err)
		require.False(t, ended, "it is not his")
		w.now = until.Add(-time.Second)
		actsFor("fu-shizhang")
		w.now = until
		actsFor()
		w.now = from
		ended, err = w.EndStandIn(w.ctx, "fu-shizhang", n.ID, "fu-shizhang")
		w.ok(err)
		require.True(t, ended)
		actsFor()
		require.ElementsMatch(t, []string{"fu-shizhang standin_named", "fu-shizhang standin_ended"}, w.log("fu-shizhang"))
	})
}

// TestReadingGoesOnWhileTheLedgerIsHeld: who is signed in stays so while another holds
// the ledger's write lock; signing in says why it cannot be.
func TestReadingGoesOnWhileTheLedgerIsHeld(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.hired("gaoping")
		cookie := w.in("gaoping")
		w.now = w.now.Add(time.Hour) // it would be noted that it was seen
		conn, err := w.raw().Conn(w.ctx)
		w.ok(err)
		defer conn.Close()
		if strings.HasPrefix(w.address, "sqlite:") {
			_, err = conn.ExecContext(w.ctx, `BEGIN IMMEDIATE`)
		} else {
			_, err = conn.ExecContext(w.ctx, `BEGIN; SELECT * FROM chain FOR UPDATE`)
		}
		w.ok(err)
		who, err := w.Who(w.ctx, cookie)
		w.ok(err)
		require.Equal(t, "gaoping", who.Account)
		short, cancel := context.WithTimeout(w.ctx, time.Second)
		defer cancel()
		_, _, err = w.SignIn(short, signin.Attempt{Account: "gaoping", Password: pass, Address: desk})
		require.True(t, ledger.Later(err), "%v", err)
		_, err = conn.ExecContext(w.ctx, `ROLLBACK`)
		w.ok(err)
		w.in("gaoping")
		_, err = w.Who(w.ctx, cookie)
		w.ok(err)
	})
}

// TestWhatWasAnsweredIsNotDoneTwice: a call whose answer was lost is made again by the
// ledger itself, and comes to the same.
func TestWhatWasAnsweredIsNotDoneTwice(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		secret := "an invitation"
		w.ok(w.store.Invite(w.ctx, ledger.Invitation{Hash: secret, Account: "gaoping", MadeAt: w.now, EndsAt: w.now.Add(time.Hour)}, ledger.SignInEntry{}))
		line := ledger.SignInEntry{ID: "line", At: w.now, Account: "gaoping", What: signin.Redeemed}
		for range 2 {
			w.ok(w.store.Redeem(w.ctx, secret, "hash", "", w.now, line))
		}
		require.ErrorIs(t, w.store.Redeem(w.ctx, secret, "another", "", w.now, line), ledger.ErrNotFound)
		b := ledger.Beginning{Session: ledger.Session{ID: "old", Hash: "h", Account: "gaoping", BegunAt: w.now, SeenAt: w.now, EndsAt: w.now.Add(time.Hour)}}
		w.ok(w.store.BeginSession(w.ctx, b, line))
		b.ID, b.Hash, b.Old, b.CodeStep, b.Factor = "new", "i", "old", 7, "SECRET"
		for range 2 {
			w.ok(w.store.BeginSession(w.ctx, b, line))
		}
		b.ID, b.Hash, b.Old, b.Factor = "third", "k", "new", ""
		require.ErrorIs(t, w.store.BeginSession(w.ctx, b, line), ledger.ErrOvertaken)
		require.Len(t, w.log("gaoping"), 1)
	})
}

func TestEveryErrorHasItsSentence(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		said := words.New(lang)
		for _, err := range []error{signin.ErrRefused, signin.ErrCode, signin.ErrNoSession, signin.ErrInvitation, signin.ErrBusy, signin.ErrUnknown, signin.ErrStandIn,
			&signin.WaitError{For: 3 * time.Second}, &signin.WaitError{For: time.Hour}, &signin.PasswordError{Why: "short"}, &signin.PasswordError{Why: "long"},
			&signin.PasswordError{Why: "plain"}, &signin.PasswordError{Why: "account"}} {
			text, ok := signin.Sentence(said, fmt.Errorf("wrapped: %w", err))
			require.True(t, ok)
			require.NotContains(t, text, "signin.")
			require.NotContains(t, text, "<no value>")
		}
		_, ok := signin.Sentence(said, ledger.ErrBusy)
		require.False(t, ok)
	}
	text, _ := signin.Sentence(words.New("zh"), &signin.WaitError{For: 90 * time.Second})
	require.Equal(t, "失败次数过多，请过 2 分钟再试。", text)
}

// TestAStandInNeedsTheSecondFactorOfWhoeverIsAway: it gets no further than they would
// without one, and is asked for one when it signs in the next time.
func TestAStandInNeedsTheSecondFactorOfWhoeverIsAway(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		w.hired("shuizhiban")
		w.second["fu-shizhang"] = true
		_, err := w.NameStandIn(w.ctx, "fu-shizhang", "shuizhiban", w.now.Add(time.Hour), w.now.AddDate(0, 0, 8), "fu-shizhang")
		w.ok(err)
		in, _, err := w.SignIn(w.ctx, signin.Attempt{Account: "shuizhiban", Password: pass, Address: desk})
		w.ok(err)
		require.Empty(t, in.Step, "before it begins")
		w.now = w.now.Add(2 * time.Hour)
		all, err := w.ActsFor(w.ctx, "shuizhiban")
		w.ok(err)
		require.Len(t, all, 1)
		require.True(t, all[0].Second)
		in, cookie, err := w.SignIn(w.ctx, signin.Attempt{Account: "shuizhiban", Password: pass, Address: desk})
		w.ok(err)
		require.Equal(t, signin.StepFactor, in.Step)
		f, err := w.SetUp(w.ctx, cookie)
		w.ok(err)
		code, err := totp.GenerateCode(f.Secret, w.now)
		w.ok(err)
		_, _, err = w.Confirm(w.ctx, cookie, code, desk)
		w.ok(err)
		all, err = w.ActsFor(w.ctx, "shuizhiban")
		w.ok(err)
		require.False(t, all[0].Second)
	})
}
