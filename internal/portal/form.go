package portal

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"time"

	"duban/internal/draft"
	"duban/internal/words"
)

// silence is how long a browser may be silent while it sends a form, however long the
// form is.
const silence = 30 * time.Second

// received reads a posted form and checks that it was drawn for whoever sends it. false
// when the request has been answered.
func (v *visit) received(rt route) bool {
	if !v.read(rt, true) {
		return false
	}
	if goodToken(v.form.Get("token"), v.tokenCookie()) {
		return true
	}
	v.w.Header().Set("Duban-Form", "stale")
	v.drawAgain(http.StatusForbidden, v.say.T("portal.form_stale"))
	return false
}

// read reads the posted fields into v.form and, where files is set, the posted files into
// v.files or v.papers. Files are taken only after a good token. false when the request has
// been answered.
func (v *visit) read(rt route, files bool) bool {
	_ = http.NewResponseController(v.w).SetReadDeadline(time.Now().Add(v.Silence)) // a test's recorder has no deadline
	kind, params, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/x-www-form-urlencoded":
		raw, err := io.ReadAll(io.LimitReader(v.r.Body, mostForm+1))
		if err != nil {
			return v.unread(err)
		}
		if len(raw) > mostForm {
			v.refuse(http.StatusRequestEntityTooLarge, "portal.too_large")
			return false
		}
		if v.form, err = url.ParseQuery(string(raw)); err != nil {
			v.refuse(http.StatusBadRequest, "portal.bad_form")
			return false
		}
		return true
	case err == nil && kind == "multipart/form-data" && rt.files != nothing:
		return v.readParts(multipart.NewReader(v.r.Body, params["boundary"]), rt.files, files)
	}
	v.refuse(http.StatusUnsupportedMediaType, "portal.bad_form")
	return false
}

// readParts reads a form with files. Where a file is not taken, the form is drawn again
// with the reason above it.
func (v *visit) readParts(parts *multipart.Reader, kind brings, files bool) bool {
	v.form = url.Values{}
	size, wrong := 0, ""
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return v.unread(err)
		}
		_ = http.NewResponseController(v.w).SetReadDeadline(time.Now().Add(v.Silence))
		if part.FileName() == "" {
			raw, err := io.ReadAll(io.LimitReader(part, int64(mostForm-size)+1))
			if err != nil {
				return v.unread(err)
			}
			if size += len(raw) + len(part.FormName()); size > mostForm {
				v.refuse(http.StatusRequestEntityTooLarge, "portal.too_large")
				return false
			}
			if part.FormName() != "file" { // "file" is here the field of files in which none was chosen
				v.form.Add(part.FormName(), string(raw))
			}
			continue
		}
		if kind == papers && files && wrong == "" && goodToken(v.form.Get("token"), v.tokenCookie()) {
			body, err := io.ReadAll(io.LimitReader(v.slow(part), draft.MostFile+1))
			if err != nil {
				return v.unread(err)
			}
			if name := fileName(part.FileName()); name != "" {
				v.papers = append(v.papers, draft.File{Name: name, Body: body})
			}
			if len(v.papers) > draft.MostFiles || len(body) > draft.MostFile {
				wrong = v.say.T("draft.file_large", words.Data{"Name": fileName(part.FileName()), "Most": draft.MostFile >> 20, "Files": draft.MostFiles})
				v.papers = nil
				if _, err := io.Copy(io.Discard, v.slow(part)); err != nil {
					return v.unread(err)
				}
			}
			continue
		}
		if kind == papers || !files || v.Files == nil || wrong != "" || !goodToken(v.form.Get("token"), v.tokenCookie()) {
			if _, err := io.Copy(io.Discard, v.slow(part)); err != nil {
				return v.unread(err)
			}
			continue
		}
		kept, err := v.Files.Keep(part.FileName(), v.slow(part))
		var bad *FileError
		switch {
		case errors.As(err, &bad):
			wrong = v.say.T("portal.file_"+bad.Why, words.Data{"Name": bad.Name, "Most": bad.Most, "Kinds": bad.Kinds})
			if _, err := io.Copy(io.Discard, v.slow(part)); err != nil {
				return v.unread(err)
			}
		case errors.Is(err, errUnkept):
			v.Log.Error("A file of evidence could not be kept", "account", v.who.ID, "error", err)
			wrong = v.say.T("portal.file_unkept", words.Data{"Name": part.FileName()})
			if _, err := io.Copy(io.Discard, v.slow(part)); err != nil {
				return v.unread(err)
			}
		case err != nil:
			return v.unread(err)
		default:
			v.files = append(v.files, kept)
		}
	}
	_ = http.NewResponseController(v.w).SetWriteDeadline(time.Now().Add(writeTime)) // reading the form may have used up the time for the answer
	if wrong != "" {
		v.drawAgain(http.StatusUnprocessableEntity, wrong)
		return false
	}
	return true
}

// slow is a reader whose deadline moves on as long as the browser sends something.
func (v *visit) slow(r io.Reader) io.Reader {
	return &slowly{r, http.NewResponseController(v.w), v.Silence}
}

type slowly struct {
	io.Reader
	control *http.ResponseController
	silence time.Duration
}

func (s *slowly) Read(b []byte) (int, error) {
	_ = s.control.SetReadDeadline(time.Now().Add(s.silence))
	return s.Reader.Read(b)
}

// unread answers a request whose body could not be read.
func (v *visit) unread(err error) bool {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		v.refuse(http.StatusRequestEntityTooLarge, "portal.too_large")
	case errors.Is(err, os.ErrDeadlineExceeded):
		v.w.Header().Set("Connection", "close")
		v.refuse(http.StatusRequestTimeout, "portal.too_slow")
	default:
		v.w.Header().Set("Connection", "close")
		v.refuse(http.StatusBadRequest, "portal.bad_form")
	}
	return false
}
