package portal_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/portal"
)

// crowd is the beginning of the IDs of two hundred accounts, each of a unit of its own.
const crowd = "crowd"

// TestTwoHundredPeopleAtOnce: on the morning after a launch everybody comes in at the same
// moment, from behind one address, makes a password, reads what waits for them, receives
// their task; some go and come in again, some report. Nobody gets an error but that the machine is
// busy, after which the same is sent again; nobody sees what is another's, and each act is in the
// ledger once.
func TestTwoHundredPeopleAtOnce(t *testing.T) {
	t.Parallel()
	const people = 200
	unit := func(i int) string { return fmt.Sprintf("%s%d", crowd, i) }
	accounts, units, clauses := staff, "", "clauses:\n"
	for i := range people {
		accounts += fmt.Sprintf("  - {id: %s, name: 第%d局联络员, unit: %s, seat: liaison}\n", unit(i), i, unit(i))
		units += fmt.Sprintf("%s 第%d局 city_department,", unit(i), i)
		clauses += fmt.Sprintf("  - id: \"%d\"\n    chapter: 一、任务\n    heading: （一）\n    title: %d.任务\n    place: 一（一）%d\n    brackets:\n      - [第%d局]\n    text: 9月底前完成。\n    tasks:\n      - {id: t%d, title: 第%d局的事, due: 2021-09-30, source: 9月底前完成}\n", i+1, i+1, i+1, i, i, i)
	}
	w, err := makeWorld(accounts)
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.host.Close() })
	clock := calendar.Clock{Epoch: time.Now(), Start: calendar.NewDay(2021, 6, 7).At(10, 0, calendar.Beijing), Rate: 1}
	require.NoError(t, w.launch(crowd, "duban", units+"duban 协调办 office,lingdao 领导小组 leadership", clauses, clock))
	links := make([]string, people)
	for i := range links {
		secret, _, err := w.sign.Invite(t.Context(), unit(i), "")
		require.NoError(t, err)
		links[i] = "/invitation/" + secret
	}
	s := w.open(t, func(o *portal.Options) { o.Acts, o.Patience = w.host.Engine.Patient(crowdTime), crowdTime })

	var all sync.WaitGroup
	begin, failed := make(chan struct{}), make([]error, people)
	for i := range people {
		all.Go(func() {
			<-begin
			failed[i] = s.browser().day(t.Context(), links[i], i)
		})
	}
	close(begin)
	all.Wait()
	require.NoError(t, errors.Join(failed...))

	for i := range people {
		events, err := w.host.Ledger.Events(t.Context(), ledger.EventFilter{Plan: crowd, Task: fmt.Sprintf("t%d", i)})
		require.NoError(t, err)
		done := map[string]int{}
		for _, e := range events {
			if strings.HasPrefix(e.Kind, "act.") {
				done[e.Kind]++
			}
		}
		want := map[string]int{"act.acknowledge": 1}
		if i%4 == 1 {
			want["act.progress"] = 1
		}
		require.Equal(t, want, done, "task %d", i)
	}
	ledgertest.Proven(t, w.host.Ledger)
}

// crowdTime is how long the test waits for an answer: long enough for the busiest machine.
const crowdTime = 10 * time.Minute

// day is the morning of one of the crowd; the error says at which step it went wrong.
func (b *browser) day(ctx context.Context, link string, i int) error {
	ask := func(method, path string, form url.Values) (answer, error) {
		r, err := http.NewRequestWithContext(ctx, method, b.site.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			return answer{}, err
		}
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		res, err := b.Do(r)
		if err != nil {
			return answer{}, err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		a := answer{b.t, res.StatusCode, res.Header, string(body)}
		if err == nil && a.status >= http.StatusBadRequest && a.status != http.StatusServiceUnavailable {
			err = fmt.Errorf("person %d: %s %s: %d %s", i, method, path, a.status, a.text())
		}
		return a, err
	}
	until := time.Now().Add(crowdTime)
	busy := func(a answer) bool {
		again := a.status == http.StatusServiceUnavailable && time.Now().Before(until)
		if again {
			time.Sleep(time.Second) // as somebody who reads the sentence and presses again
		}
		return again
	}
	fill := func(path string, more map[string]string) error {
		for {
			a, err := ask(http.MethodGet, path, nil)
			if err != nil {
				return err
			}
			form := a.fields()
			for k, v := range more {
				form.Set(k, v)
			}
			a, err = ask(http.MethodPost, path, form)
			if err == nil && busy(a) {
				continue
			}
			if err == nil && a.status != http.StatusSeeOther {
				err = fmt.Errorf("person %d: POST %s: %d %s", i, path, a.status, a.text())
			}
			return err
		}
	}
	secret := fmt.Sprintf("清漳河畔-第%d号断面", i)
	if err := fill(link, map[string]string{"password": secret, "repeated": secret}); err != nil {
		return err
	}
	if i%4 == 0 {
		a, err := ask(http.MethodGet, "/me", nil)
		if err != nil {
			return err
		}
		if _, err := ask(http.MethodPost, "/signout", url.Values{"token": {a.fields().Get("token")}}); err != nil {
			return err
		}
		if err := fill("/signin", map[string]string{"account": fmt.Sprintf("%s%d", crowd, i), "password": secret}); err != nil {
			return err
		}
	}
	a, err := ask(http.MethodGet, "/todo", nil)
	if err != nil {
		return err
	}
	if !strings.Contains(a.text(), fmt.Sprintf("第%d局的事", i)) || strings.Count(a.text(), "局的事") != strings.Count(a.text(), fmt.Sprintf("第%d局的事", i)) {
		return fmt.Errorf("person %d reads: %s", i, a.text())
	}
	task := fmt.Sprintf("/plans/%s/tasks/t%d", crowd, i)
	form := a.fieldsOf(task + "/do/acknowledge")
	for {
		a, err := ask(http.MethodPost, task+"/do/acknowledge", form)
		if err != nil {
			return err
		}
		if !busy(a) {
			break
		}
		form = a.fieldsOf(task + "/do/acknowledge")
	}
	if i%4 != 1 {
		return nil
	}
	if err := fill(task+"/do/progress", map[string]string{"percent": "30", "reason": "已开工"}); err != nil {
		return err
	}
	a, err = ask(http.MethodGet, task, nil)
	if err == nil && !strings.Contains(a.text(), "已开工") {
		err = fmt.Errorf("person %d does not read what they wrote: %s", i, a.text())
	}
	return err
}
