package engine

import (
	"errors"
	"strings"

	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/words"
)

// mostNamed is how many tasks the sentence for an UnarmedError names at the most.
const mostNamed = 8

// Sentence is the catalogue's sentence for an error of this package, which tells a person
// why something was not done; ok is false for other errors.
func Sentence(w *words.Words, err error) (text string, ok bool) {
	var refused *RefusedError
	var unarmed *UnarmedError
	var office *OfficeError
	var setting *SettingError
	var contact *ContactError
	switch {
	case errors.As(err, &refused):
		return notice.Refused(w, refused.Refusal, refused.Unit), true
	case errors.As(err, &unarmed):
		names := strings.Join(unarmed.Tasks[:min(len(unarmed.Tasks), mostNamed)], " ")
		if len(unarmed.Tasks) > mostNamed {
			names += " …"
		}
		return w.T("cli.unarmed", words.Data{"Count": len(unarmed.Tasks), "Tasks": names, "Error": unarmed.First}), true
	case errors.Is(err, ledger.ErrCorrects): // somebody else has brought readings in since these were compared with the ledger
		return w.T("water.meanwhile"), true
	case errors.As(err, &office) && office.Water:
		return w.T("water.only", words.Data{"Office": strings.Join(office.Offices, w.T("cli.list_comma"))}), true
	case errors.As(err, &office) && len(office.Offices) > 0:
		return w.T("message.only_office", words.Data{"Office": strings.Join(office.Offices, w.T("cli.list_comma"))}), true
	case errors.As(err, &office):
		return w.T("office.no_such_unit", words.Data{"Unit": office.Of}), true
	case errors.As(err, &contact) && contact.Pace != "":
		return w.T("office.bad_pace", words.Data{"Value": contact.Pace}), true
	case errors.As(err, &contact):
		return w.T("office.needs_contact"), true
	case errors.As(err, &setting) && !setting.Known:
		return w.T("office.no_such", words.Data{"Name": setting.Name, "Known": strings.Join(ledger.OfficeSettings, w.T("cli.list_comma"))}), true
	case errors.As(err, &setting):
		return w.T("office.bad_"+setting.Name, words.Data{"Value": setting.Value}), true
	}
	return "", false
}
