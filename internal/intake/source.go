package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"duban/internal/words"
)

// Limits on what is read, so that a hostile file costs bounded time and memory.
const (
	maxFile   = 64 << 20 // bytes of a source file
	maxPart   = 48 << 20 // bytes of one unpacked part of a docx or xlsx
	maxRunes  = 1 << 20  // runes of text in a document, roughly; a 40-page plan has about 30,000
	maxBlocks = 50_000
	maxCells  = 100_000 // cells of all tables
	maxDepth  = 100     // nesting of XML elements
)

// Source is one file of the issued document.
type Source struct {
	Name string // base name, shown to people
	Data []byte
}

// Refusal says why a source cannot be read: Key is a word of the catalogue
// (intake.<key>), Err the technical cause, if any.
type Refusal struct {
	File string
	Key  string
	Err  error
}

func (r *Refusal) Error() string {
	text := fmt.Sprintf("%s: %s", r.File, words.New("en").T("intake."+r.Key))
	if r.Err != nil {
		text += ": " + r.Err.Error()
	}
	return text
}

func (r *Refusal) Unwrap() error { return r.Err }

// Text is the refusal in the reader's language.
func (r *Refusal) Text(w *words.Words) string {
	return r.File + w.T("notice.colon") + w.T("intake."+r.Key)
}

// Sentence is why a document cannot be read, for a *Refusal; ok is false for other errors.
func Sentence(w *words.Words, err error) (text string, ok bool) {
	var no *Refusal
	if ok = errors.As(err, &no); ok {
		text = no.Text(w)
	}
	return text, ok
}

var errTooBig = errors.New("over the limit")

// Open reads a source file of at most 64 MiB.
func Open(path string) (Source, error) {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Source{}, &Refusal{File: path, Key: "refuse_missing", Err: err}
	}
	if err != nil {
		return Source{}, &Refusal{File: path, Key: "refuse_closed", Err: err}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return Source{}, &Refusal{File: path, Key: "refuse_closed", Err: err}
	}
	if len(data) > maxFile {
		return Source{}, &Refusal{File: name, Key: "refuse_big"}
	}
	return Source{Name: name, Data: data}, nil
}

// Read makes the neutral document of a source, choosing the reader by what the
// bytes are and only then by the name. Its errors are *Refusal or ctx's.
func Read(ctx context.Context, s Source) (Document, error) { return readInside(ctx, s, 0) }

// readInside is Read of a file that is inside of others, depth of them.
func readInside(ctx context.Context, s Source, depth int) (Document, error) {
	if len(s.Data) > maxFile {
		return Document{}, &Refusal{File: s.Name, Key: "refuse_big"}
	}
	d, err := readKind(ctx, s, depth)
	if err != nil {
		var no *Refusal
		if errors.As(err, &no) || ctx.Err() != nil {
			return Document{}, err
		}
		key := "refuse_broken"
		if errors.Is(err, errTooBig) {
			key = "refuse_big"
		}
		return Document{}, &Refusal{File: s.Name, Key: key, Err: err}
	}
	d.File = s.Name
	for i := range d.Unread {
		d.Unread[i].Place.File = s.Name
	}
	empty := true
	for i := range d.Blocks {
		d.Blocks[i].Place.File = s.Name
		d.Blocks[i].Text = bulletHead.ReplaceAllString(boxMid.ReplaceAllString(boxLabel.ReplaceAllString(d.Blocks[i].Text, "$1："), "；$1："), "●")
		empty = empty && strings.TrimSpace(d.Blocks[i].Text) == "" && d.Blocks[i].Table == nil
	}
	if empty {
		return Document{}, &Refusal{File: s.Name, Key: "refuse_empty"}
	}
	d.damaged()
	return d, nil
}

// bulletHead is a sign at the beginning of a line that only marks it as a point of many.
var bulletHead = regexp.MustCompile(`(?m)^ *[▶►▷▸➤➔✓✔√◎※☆❖◈▫❏⬛➡→◆◇■□▪○➢⚫◉⦿★▲△] *`)

// readKind reads a file by its kind.
func readKind(ctx context.Context, s Source, depth int) (Document, error) {
	switch kind := kindOf(s); kind {
	case "pdf":
		return readPDF(ctx, s)
	case "zip":
		parts, err := openParts(s.Data)
		if err != nil {
			return Document{}, err
		}
		switch {
		case parts.has("word/document.xml"):
			return readDocx(ctx, parts, depth)
		case parts.has("xl/workbook.xml"):
			return readXlsx(ctx, s, parts)
		case parts.has("OFD.xml"):
			return Document{}, &Refusal{File: s.Name, Key: "refuse_ofd"}
		case parts.has("content.xml") || parts.has("mimetype"):
			return converted(ctx, s, depth, "refuse_opendocument")
		}
		return Document{}, &Refusal{File: s.Name, Key: "refuse_zip"}
	case "ole", "wordxml":
		return converted(ctx, s, depth, "refuse_old")
	case "html":
		return readHTML(ctx, s)
	case "mhtml":
		return readMHTML(ctx, s)
	case "rtf":
		return readRTF(ctx, s)
	case "csv":
		return readCSV(ctx, s)
	case "picture", "kind":
		return Document{}, &Refusal{File: s.Name, Key: "refuse_" + kind}
	}
	return readTxt(ctx, s)
}

// budget counts what a reader has taken and says when it is too much.
type budget struct{ runes, blocks, cells, worked int }

func (b *budget) text(s string) error {
	b.runes += len(s) / 2 // a rough count of runes, enough for a limit
	if b.runes > maxRunes {
		return fmt.Errorf("text: %w", errTooBig)
	}
	return nil
}

func (b *budget) block() error {
	if b.blocks++; b.blocks > maxBlocks {
		return fmt.Errorf("paragraphs: %w", errTooBig)
	}
	return nil
}

func (b *budget) cell(n int) error {
	if b.cells += n; b.cells > maxCells {
		return fmt.Errorf("table cells: %w", errTooBig)
	}
	return nil
}
