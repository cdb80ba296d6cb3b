// Package ical writes iCalendar files (RFC 5545) of whole days. It is pure.
package ical

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"duban/internal/calendar"
)

// Calendar is one file.
type Calendar struct {
	Name   string // as a telephone shows it
	Every  time.Duration
	Events []Event
}

// Event is something that is due on a day.
type Event struct {
	UID      string       // the same for ever, whatever else of the event changes
	Sequence int          // higher each time Day moves
	Day      calendar.Day // the whole day
	Changed  time.Time    // when Day was set
	Summary  string
	About    string // several lines
	URL      string // "" none
}

// Type is the content type of a file.
const Type = "text/calendar; charset=utf-8"

const (
	utcStamp = "20060102T150405Z"
	day      = "20060102"
	longest  = 75 // octets of a line, without its end
)

// Bytes is the file, its lines ended by CRLF and folded.
func (c Calendar) Bytes() []byte {
	var b file
	b.line("BEGIN", "VCALENDAR")
	b.line("VERSION", "2.0")
	b.line("PRODID", "-//duban//duban//ZH")
	b.line("CALSCALE", "GREGORIAN")
	b.line("METHOD", "PUBLISH")
	b.line("X-WR-CALNAME", text(c.Name))
	if c.Every > 0 {
		period := fmt.Sprintf("PT%dM", int(c.Every.Minutes()))
		b.line("REFRESH-INTERVAL;VALUE=DURATION", period)
		b.line("X-PUBLISHED-TTL", period)
	}
	for _, e := range c.Events {
		b.event(e)
	}
	b.line("END", "VCALENDAR")
	return b.Bytes()
}

type file struct{ bytes.Buffer }

func (b *file) event(e Event) {
	b.line("BEGIN", "VEVENT")
	b.line("UID", text(e.UID))
	b.line("DTSTAMP", e.Changed.UTC().Format(utcStamp))
	b.line("LAST-MODIFIED", e.Changed.UTC().Format(utcStamp))
	b.line("SEQUENCE", fmt.Sprint(e.Sequence))
	b.line("DTSTART;VALUE=DATE", e.Day.At(0, 0, time.UTC).Format(day))
	b.line("DTEND;VALUE=DATE", e.Day.AddDays(1).At(0, 0, time.UTC).Format(day)) // the first day after the event
	b.line("SUMMARY", text(e.Summary))
	if e.About != "" {
		b.line("DESCRIPTION", text(e.About))
	}
	if e.URL != "" {
		b.line("URL", strings.Map(printable, e.URL))
	}
	b.line("STATUS", "CONFIRMED")
	b.line("TRANSP", "TRANSPARENT") // a deadline does not make its day busy
	b.line("END", "VEVENT")
}

// line writes a content line in pieces of at most 75 octets, never within a character.
func (b *file) line(name, value string) {
	rest, width := name+":"+value, longest
	for len(rest) > width {
		cut := width
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		b.WriteString(rest[:cut] + "\r\n ")
		rest, width = rest[cut:], longest-1 // the space at the beginning of a folded line counts
	}
	b.WriteString(rest + "\r\n")
}

var escapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// text is a value of the type TEXT.
func text(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, escapes.Replace(strings.ToValidUTF8(s, "\uFFFD")))
}

// printable drops characters that would end the line of an address.
func printable(r rune) rune {
	if r <= ' ' || r == 0x7f {
		return -1
	}
	return r
}
