package portal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"duban/internal/draft"
	"duban/internal/ledger"
	"duban/internal/words"
)

// sizeText is a size as people read it.
func sizeText(n int64) string {
	if n < 10<<10 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return strconv.FormatInt(n>>10, 10) + " kB"
}

// sumOf is the SHA-256 of a text in hex, by which a form tells that the text has changed.
func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// draftFileOf is the draft and the file of the address, either brought by a person or made
// by the import. done tells that the request has been answered.
func (v *visit) draftFileOf() (d ledger.Draft, name string, body []byte, done bool, err error) {
	name = v.r.PathValue("name")
	if d, err = v.draftOf(); err != nil {
		return d, name, nil, false, err
	}
	body, err = v.Drafts.Body(v.ctx(), d.ID, name)
	if !errors.Is(err, draft.ErrNone) {
		return d, name, body, false, err
	}
	r, done, err := v.ready(d)
	if done || err != nil {
		return d, name, nil, done, err
	}
	body, there := r.Files[name]
	if !there {
		return d, name, nil, false, ledger.ErrNotFound
	}
	return d, name, body, false, nil
}

// draftFile gives a file of a draft, to be saved, never shown.
func (v *visit) draftFile() error {
	_, name, body, done, err := v.draftFileOf()
	if done || err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", disposition(name))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(body))
	return nil
}

// putDraftFile keeps files that were brought for a draft, or takes one away.
func (v *visit) putDraftFile() error {
	d, err := v.draftOf()
	if err != nil {
		return err
	}
	c := ledger.DraftChange{By: v.who.ID}
	if name := v.form.Get("remove"); name != "" {
		c.Remove = []string{name}
	} else {
		var wrong string
		if c.Put, wrong = v.brought(); wrong == "" && len(c.Put) == 0 {
			wrong = v.say.T("draft.no_file")
		}
		if wrong != "" {
			v.refuseText(http.StatusUnprocessableEntity, wrong)
			return nil
		}
	}
	return v.changed(d, c)
}

// changed changes a draft and shows it.
func (v *visit) changed(d ledger.Draft, c ledger.DraftChange) error {
	_, err := v.Drafts.Change(v.ctx(), d.ID, c)
	var bad *draft.FileError
	switch {
	case errors.Is(err, draft.ErrNone):
		v.refuse(http.StatusConflict, "draft.closed")
		return nil
	case errors.As(err, &bad):
		v.refuseText(http.StatusUnprocessableEntity, v.say.T("draft.file_"+bad.Why, words.Data{"Name": bad.Name, "Most": draft.MostFile >> 20, "Files": draft.MostFiles}))
		return nil
	case err != nil:
		return err
	}
	return v.to("/drafts/" + d.ID)
}

func (v *visit) dropDraft() error {
	d, err := v.draftOf()
	if err != nil {
		return err
	}
	if err := v.Drafts.Drop(v.ctx(), d.ID); err != nil {
		return err
	}
	return v.to("/drafts")
}

// editing is a file's text in a form.
type editing struct {
	Path, Name, Title, Text, Was string
	Other                        string // the text that somebody else has kept since the form was drawn
}

// editDraft shows the text of a file of a draft in a form.
func (v *visit) editDraft() error {
	d, name, body, done, err := v.draftFileOf()
	if done || err != nil {
		return err
	}
	if !draft.Text(name) || len(body) > mostForm*3/4 {
		v.refuse(http.StatusRequestEntityTooLarge, "draft.not_editable")
		return nil
	}
	e := editing{Path: "/drafts/" + d.ID, Name: name, Title: d.Title, Text: string(body), Was: sumOf(string(body))}
	if v.typed != nil {
		if e.Text = v.typed.Get("text"); v.typed.Get("was") != e.Was {
			e.Other = string(body)
		}
	}
	return v.show("draftedit", v.say.T("draft.title_edit", words.Data{"Name": name, "Title": d.Title}), e)
}

// keepDraft keeps the text of a file. Where somebody else has changed the text since the
// form was drawn, the form is drawn again with that text first.
func (v *visit) keepDraft() error {
	d, name, body, done, err := v.draftFileOf()
	if done || err != nil {
		return err
	}
	text := strings.ReplaceAll(v.form.Get("text"), "\r\n", "\n")
	if sumOf(string(body)) != v.form.Get("was") && text != string(body) {
		v.drawAgain(http.StatusConflict, v.say.T("draft.edited_meanwhile", words.Data{"Name": name}))
		return nil
	}
	f, err := draft.Edited(draft.File{Name: name, Body: []byte(text)})
	if err != nil {
		v.drawAgain(http.StatusUnprocessableEntity, v.say.T("portal.form_wrong"))
		return nil
	}
	return v.changed(d, ledger.DraftChange{Put: []ledger.DraftFile{f}, By: v.who.ID})
}
