package intake

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/internal/words"
)

// Unread is a part of a file that was not read, or was left out, with what it is.
type Unread struct {
	Place Place  `json:"place"`
	What  string `json:"what"`           // key intake.unread_<what>
	Count int    `json:"count"`          // how many such things
	Cell  string `json:"cell,omitempty"` // of a sheet: B7
	Words string `json:"words,omitempty"`
	Lost  bool   `json:"lost"` // the file is damaged there, or a program made no text of it
}

// Text is what was not read, in one line in the reader's language.
func (u Unread) Text(w *words.Words) string {
	at := u.Place.String()
	if u.Cell != "" {
		at += " " + u.Cell
	}
	text := at + w.T("notice.colon") + w.T("intake.unread_"+u.What, words.Data{"Count": u.Count})
	if u.Words != "" {
		text += "（" + u.Words + "）"
	}
	return text
}

// skipped adds to the count of a sort of part that is left out.
func (d *Document) skipped(u Unread) {
	u.Count = max(u.Count, 1)
	i := slices.IndexFunc(d.Unread, func(o Unread) bool {
		return o.What == u.What && o.Place == u.Place && o.Cell == u.Cell
	})
	if i < 0 {
		if len(d.Unread) < 500 {
			d.Unread = append(d.Unread, u)
		}
		return
	}
	d.Unread[i].Count += u.Count
}

// unreadable makes one sign of what could not be read: bytes that are no character,
// and characters of a font's own among others. A font's own sign at the
// beginning of a paragraph is a bullet, and goes.
func unreadable(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || own(r) }) {
		return s
	}
	rs := []rune(s)
	out := make([]rune, 0, len(rs))
	for i, r := range rs {
		if !own(r) {
			out = append(out, r)
			continue
		}
		if i > 0 && i+1 < len(rs) && (unicode.Is(unicode.Han, rs[i-1]) || unicode.IsDigit(rs[i-1])) && (unicode.Is(unicode.Han, rs[i+1]) || unicode.IsDigit(rs[i+1])) {
			out = append(out, utf8.RuneError)
		}
	}
	return string(out)
}

// own is true of the private characters of a font.
func own(r rune) bool { return r >= 0xE000 && r <= 0xF8FF || r >= 0xF0000 }

// damaged counts the characters of each block that could not be read.
func (d *Document) damaged() {
	for _, b := range d.Blocks {
		if n := strings.Count(b.Text, string(utf8.RuneError)); n > 0 {
			d.skipped(Unread{Place: b.Place, What: "characters", Count: n, Words: around(b.Text)})
		}
		if b.Table == nil {
			continue
		}
		for _, r := range b.Table.Rows {
			at := b.Place
			at.Row = r.No
			for _, c := range r.Cells {
				if n := strings.Count(c, string(utf8.RuneError)); n > 0 && c != lostCell {
					d.skipped(Unread{Place: at, What: "characters", Count: n, Words: around(c)})
				}
			}
		}
	}
}

// around is the words about the first character that could not be read.
func around(s string) string {
	rs := []rune(s)
	i := slices.Index(rs, utf8.RuneError)
	return string(rs[max(0, i-8):min(len(rs), i+9)])
}
