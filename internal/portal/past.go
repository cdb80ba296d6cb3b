package portal

import (
	"net/url"

	"duban/internal/calendar"
	"duban/internal/query"
	"duban/internal/words"
)

// asOf is the past day as of which the page is asked for; zero for now. wrong tells that
// the address names no day that can be read.
func (v *visit) asOf() (day calendar.Day, wrong bool) {
	given := v.r.URL.Query().Get("as_of")
	if given == "" {
		return day, false
	}
	day, err := calendar.ReadDay(given)
	return day, err != nil
}

// then reads for a page with do, from the ledger as it is, or as it was on the day that is
// asked for. A note above the page names that day, or says that the address has none.
func (v *visit) then(do func(*query.Reader) error) error {
	day, wrong := v.asOf()
	if wrong {
		v.note = v.say.T("page.bad_day", words.Data{"Value": v.r.URL.Query().Get("as_of")})
		day = calendar.Day{}
	}
	if day.IsZero() {
		return do(v.Reader)
	}
	was, done, err := v.Reader.Past(v.ctx(), v.asks(), day)
	if err != nil {
		return err
	}
	defer done()
	if was != v.Reader {
		v.past = day
		v.note = v.say.T("page.as_of", words.Data{"Day": v.speak().Day(day)})
	}
	return do(was)
}

// at is an address that leads to the same past day that this page shows.
func (v *visit) at(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if !v.past.IsZero() {
		q.Set("as_of", v.past.String())
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
