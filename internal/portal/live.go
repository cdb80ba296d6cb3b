package portal

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// How a stream of news is kept.
const (
	liveEvery   = time.Second      // between two looks for new events
	liveBreath  = 20 * time.Second // after so long without news a comment is sent, since proxies close a silent stream
	liveLongest = 10 * time.Minute // a stream ends then; the browser comes again, with its session
	liveWrite   = 10 * time.Second // a browser that takes longer to read is given up
	mostLive    = 200              // streams at once; pages beyond these are reloaded by hand
)

// live tells a page that something has happened, as server-sent events with the number of
// the ledger's last event; the page then asks for its own content. A browser that comes
// again says which number it was told last (Last-Event-ID), and is told only later ones.
func (v *visit) live() error {
	if v.streams.Add(1) > mostLive {
		v.streams.Add(-1)
		v.w.Header().Set("Retry-After", "60")
		v.w.WriteHeader(http.StatusServiceUnavailable)
		return nil
	}
	defer v.streams.Add(-1)
	since := cmp.Or(v.r.Header.Get("Last-Event-ID"), v.r.URL.Query().Get("since")) // since is the last event when the page was drawn
	head, err := strconv.ParseInt(since, 10, 64)
	if err != nil {
		if head, err = v.headNow(); err != nil {
			return err
		}
	}
	leaving, _ := v.whole.Value(leavingKey{}).(<-chan struct{}) // nil, from which nothing is ever received, where the server is not Serve's
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	control := http.NewResponseController(v.w)
	say := func(text string) error {
		if err := control.SetWriteDeadline(time.Now().Add(liveWrite)); err != nil {
			return err
		}
		if _, err := fmt.Fprint(v.w, text); err != nil {
			return err
		}
		return control.Flush()
	}
	if say("retry: 5000\n\n") != nil {
		return nil // whoever asked has gone away
	}
	tick, began, spoke := time.NewTicker(liveEvery), time.Now(), time.Now()
	defer tick.Stop()
	for time.Since(began) < liveLongest {
		select {
		case <-v.whole.Done():
			return nil
		case <-leaving:
			return nil
		case <-tick.C:
		}
		text := ""
		now, err := v.headNow()
		switch {
		case err != nil: // the ledger cannot be read: the browser comes again
			return nil
		case now != head:
			text = fmt.Sprintf("id: %d\ndata: %d\n\n", now, now)
		case time.Since(spoke) > liveBreath:
			text = ":\n\n"
		default:
			continue
		}
		if say(text) != nil {
			return nil
		}
		head, spoke = now, time.Now()
	}
	return nil
}

// headNow is the number of the ledger's last event. A stream lasts longer than
// Options.Patience, but each reading of the ledger does not.
func (v *visit) headNow() (int64, error) {
	ctx, cancel := context.WithTimeout(v.whole, v.Patience)
	defer cancel()
	return v.Reader.Head(ctx, v.asks())
}
