package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"duban/internal/act"
)

// Files keeps the files of evidence, each once under its SHA-256. The ledger holds their
// names, sizes and sums; whoever may see an act may have the files that it names.
type Files struct {
	Dir  string // is made when the first file is kept
	Most int64  // bytes of one file; 0 is MostFile
}

// MostFile is how large one file of evidence may be.
const MostFile = 20 << 20

// fileKinds are the endings of files that are taken: papers, tables, pictures, archives.
var fileKinds = []string{
	"pdf", "ofd", "doc", "docx", "wps", "xls", "xlsx", "et", "ppt", "pptx", "dps", "txt", "csv", "eml",
	"jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "heic", "mp4", "zip", "rar", "7z",
}

// FileError is a file that is not taken: Why is name, kind, empty or large.
type FileError struct {
	Why, Name string
	Most      string // how large a file may be
	Kinds     string // endings of files that are taken
}

func (e *FileError) Error() string { return "portal: file " + e.Name + ": " + e.Why }

// errUnkept: the file could not be written to the disk.
var errUnkept = errors.New("portal: the file could not be kept")

// Keep takes one file. Errors: *FileError for a file that is not taken, errUnkept where the
// file cannot be written; errors of reading r are given as they are.
func (f *Files) Keep(name string, r io.Reader) (e act.Evidence, err error) {
	most := f.Most
	if most == 0 {
		most = MostFile
	}
	bad := &FileError{Name: fileName(name), Most: fmt.Sprintf("%d MB", most>>20), Kinds: strings.Join(fileKinds, " ")}
	if bad.Name == "" {
		bad.Why = "name"
		return e, bad
	}
	if !slices.Contains(fileKinds, strings.ToLower(strings.TrimPrefix(filepath.Ext(bad.Name), "."))) {
		bad.Why = "kind"
		return e, bad
	}
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return e, fmt.Errorf("%w: %w", errUnkept, err)
	}
	temp, err := os.CreateTemp(f.Dir, "coming-*")
	if err != nil {
		return e, fmt.Errorf("%w: %w", errUnkept, err)
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	sum := sha256.New()
	written := &sink{w: temp}
	n, err := io.Copy(io.MultiWriter(written, sum), io.LimitReader(r, most+1))
	switch {
	case written.err != nil:
		return e, fmt.Errorf("%w: %w", errUnkept, written.err)
	case err != nil:
		return e, err
	case n == 0:
		bad.Why = "empty"
		return e, bad
	case n > most:
		bad.Why = "large"
		return e, bad
	}
	e = act.Evidence{Name: bad.Name, Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}
	at := f.path(e.SHA256)
	if err := errors.Join(temp.Sync(), temp.Close(), os.MkdirAll(filepath.Dir(at), 0o700)); err != nil {
		return e, fmt.Errorf("%w: %w", errUnkept, err)
	}
	if err := os.Rename(temp.Name(), at); err != nil {
		return e, fmt.Errorf("%w: %w", errUnkept, err)
	}
	return e, nil
}

// sink remembers an error of writing, which io.Copy does not tell from one of reading.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(b []byte) (n int, err error) {
	n, s.err = s.w.Write(b)
	return n, s.err
}

// path is where a file is kept.
func (f *Files) path(sum string) string { return filepath.Join(f.Dir, sum[:2], sum) }

// fileName is the last part of a name as whatever system writes it, without what steers
// a terminal or a page; "" when nothing is left.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\:`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if all := []rune(name); len(all) > 150 {
		ext := []rune(filepath.Ext(name))
		if len(ext) > 10 {
			return ""
		}
		name = string(all[:150-len(ext)]) + string(ext)
	}
	return name
}

// giveTime is how long a browser may take to read a file.
const giveTime = 30 * time.Minute

var hexSum = regexp.MustCompile(`^[0-9a-f]{64}$`)

// give sends the file with this SHA-256 where one of the acts names it. The browser saves
// the file and never shows it.
func (v *visit) give(sum string, acts []act.Act) error {
	for _, a := range acts {
		i := slices.IndexFunc(a.Evidence, func(e act.Evidence) bool { return e.SHA256 == sum && hexSum.MatchString(sum) })
		if i < 0 {
			continue
		}
		if v.Files == nil {
			break
		}
		file, err := os.Open(v.Files.path(sum))
		if errors.Is(err, os.ErrNotExist) {
			break // the act names a file that is kept elsewhere, and only its sum is known here
		}
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		h := v.w.Header()
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", disposition(a.Evidence[i].Name))
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		_ = http.NewResponseController(v.w).SetWriteDeadline(time.Now().Add(giveTime))
		http.ServeContent(v.w, v.r, "", info.ModTime(), file)
		return nil
	}
	v.refuse(http.StatusNotFound, "portal.no_file")
	return nil
}

// disposition is the header that names a file to be saved (RFC 6266): filename* in UTF-8,
// and a plain filename for browsers that do not know it.
func disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	var coded strings.Builder
	for _, b := range []byte(name) {
		if b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b == '.' || b == '-' || b == '_' {
			coded.WriteByte(b)
		} else {
			fmt.Fprintf(&coded, "%%%02X", b)
		}
	}
	return fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain, coded.String())
}
