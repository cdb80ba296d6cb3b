package intake

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// readRTF reads Rich Text: paragraphs and tables of the body. Hidden, struck and
// deleted text is left out.
func readRTF(ctx context.Context, s Source) (Document, error) {
	r := &rtf{in: s.Data, enc: simplifiedchinese.GB18030, state: rtfState{skip1: 1}}
	if err := r.run(ctx); err != nil {
		return Document{}, err
	}
	r.doc.Blocks = splitRunTogether(rejoin(r.doc.Blocks))
	r.doc.number()
	return r.doc, nil
}

type rtfState struct {
	skip   bool // in a destination that is not the body
	hidden string
	table  bool
	skip1  int // characters that old readers show in place of a \u
}

type rtf struct {
	in    []byte
	enc   encoding.Encoding
	state rtfState
	stack []rtfState
	doc   Document
	bud   budget
	raw   []byte // bytes of the code page, not yet decoded
	high  uint16 // first half of a pair of \u
	text  strings.Builder
	cells []string
	rows  [][]string
	drop  int // characters still to drop behind a \u
}

// rtfLeft are destinations whose text is not the body's.
var rtfLeft = map[string]bool{"fonttbl": true, "colortbl": true, "stylesheet": true, "info": true, "pict": true, "object": true, "header": true, "headerl": true, "headerr": true, "headerf": true,
	"footer": true, "footerl": true, "footerr": true, "footerf": true, "themedata": true, "datastore": true, "generator": true, "listtable": true, "listoverridetable": true, "rsidtbl": true,
	"fldinst": true, "latentstyles": true, "xmlnstbl": true, "mmathPr": true, "atnid": true, "atnauthor": true, "annotation": true, "revtbl": true, "bkmkstart": true, "bkmkend": true, "nonshppict": true, "pntext": false}

func (r *rtf) run(ctx context.Context) error {
	for i := 0; i < len(r.in); {
		if i%65536 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch c := r.in[i]; c {
		case '{':
			r.decode()
			if len(r.stack) > 1000 {
				return fmt.Errorf("nesting: %w", errTooBig)
			}
			r.stack = append(r.stack, r.state)
			i++
		case '}':
			r.decode()
			if n := len(r.stack); n > 0 {
				r.state, r.stack = r.stack[n-1], r.stack[:n-1]
			}
			i++
		case '\\':
			n, err := r.control(i)
			if err != nil {
				return err
			}
			i = n
		case '\r', '\n':
			i++
		default:
			r.byte(c)
			i++
		}
	}
	if len(r.stack) > 0 {
		r.doc.skipped(Unread{What: "rest", Lost: true})
	}
	if err := r.para(); err != nil {
		return err
	}
	return r.endTable()
}

func (r *rtf) byte(c byte) {
	if r.drop > 0 {
		r.drop--
		return
	}
	if r.state.skip {
		return
	}
	if r.state.hidden != "" {
		r.doc.skipped(Unread{What: r.state.hidden})
		return
	}
	r.raw = append(r.raw, c)
}

// decode makes text of the bytes gathered.
func (r *rtf) decode() {
	if len(r.raw) == 0 {
		return
	}
	out, err := r.enc.NewDecoder().Bytes(r.raw)
	if err != nil {
		out = r.raw
	}
	r.text.Write(out)
	r.raw = r.raw[:0]
}

func (r *rtf) control(i int) (int, error) {
	if i+1 >= len(r.in) {
		return len(r.in), nil
	}
	c := r.in[i+1]
	if c == '\'' {
		if i+4 <= len(r.in) {
			if v, err := strconv.ParseUint(string(r.in[i+2:i+4]), 16, 8); err == nil {
				r.byte(byte(v))
			}
		}
		return min(i+4, len(r.in)), nil
	}
	if c < 'A' || c > 'z' || c > 'Z' && c < 'a' {
		switch c {
		case '~':
			r.byte(' ')
		case '_':
			r.byte('-')
		case '{', '}', '\\':
			r.byte(c)
		case '*':
			r.state.skip = true
		case '\n', '\r':
			return i + 2, r.para()
		}
		return i + 2, nil
	}
	k := i + 1
	for k < len(r.in) && (r.in[k] >= 'a' && r.in[k] <= 'z' || r.in[k] >= 'A' && r.in[k] <= 'Z') {
		k++
	}
	word := string(r.in[i+1 : k])
	from := k
	if k < len(r.in) && r.in[k] == '-' {
		k++
	}
	for k < len(r.in) && r.in[k] >= '0' && r.in[k] <= '9' && k-from < 12 {
		k++
	}
	arg, err := strconv.Atoi(string(r.in[from:k]))
	has := err == nil
	if k < len(r.in) && r.in[k] == ' ' {
		k++
	}
	if word == "bin" && has && arg > 0 {
		return min(len(r.in), k+arg), nil
	}
	return k, r.word(word, arg, has)
}

func (r *rtf) word(word string, arg int, has bool) error {
	if rtfLeft[word] {
		r.state.skip = true
		return nil
	}
	on := !has || arg != 0
	switch word {
	case "ansicpg":
		if arg == 950 { // any other page is GBK in the papers of these offices
			r.enc = traditionalchinese.Big5
		}
	case "u":
		r.decode()
		if r.state.skip || r.state.hidden != "" {
			break
		}
		u := uint16(arg)
		if utf16.IsSurrogate(rune(u)) {
			if r.high == 0 {
				r.high = u
			} else {
				r.text.WriteRune(utf16.DecodeRune(rune(r.high), rune(u)))
				r.high = 0
			}
		} else {
			r.text.WriteRune(rune(u))
		}
		r.drop = r.state.skip1
	case "uc":
		r.state.skip1 = arg
	case "v", "deleted":
		r.decode()
		r.state.hidden = ""
		if on {
			r.state.hidden = "hidden"
		}
	case "strike", "striked":
		r.decode()
		r.state.hidden = ""
		if on {
			r.state.hidden = "struck"
		}
	case "plain":
		r.decode()
		r.state.hidden = ""
	case "tab":
		r.byte('\t')
	case "intbl":
		r.state.table = true
	case "pard":
		r.state.table = false
	case "par", "sect", "page", "line":
		if r.state.skip {
			return nil
		}
		if r.state.table || len(r.cells) > 0 {
			r.decode()
			r.text.WriteByte('\n')
			return nil
		}
		return r.para()
	case "cell", "nestcell":
		r.decode()
		r.cells = append(r.cells, cellText(unreadable(r.text.String())))
		r.text.Reset()
		return r.bud.cell(1)
	case "row", "nestrow":
		r.rows = append(r.rows, r.cells)
		r.cells = nil
	}
	return nil
}

func (r *rtf) para() error {
	r.decode()
	text := clean(unreadable(r.text.String()))
	r.text.Reset()
	if text == "" {
		return nil
	}
	if err := r.endTable(); err != nil {
		return err
	}
	if err := r.bud.text(text); err != nil {
		return err
	}
	if err := r.bud.block(); err != nil {
		return err
	}
	r.doc.Blocks = append(r.doc.Blocks, Block{Text: text})
	return nil
}

func (r *rtf) endTable() error {
	if len(r.rows) == 0 {
		return nil
	}
	t := &Table{}
	for _, cells := range r.rows {
		t.Rows = append(t.Rows, Row{Cells: cells})
	}
	r.rows = nil
	r.doc.addTable(t, 0)
	return r.bud.block()
}
