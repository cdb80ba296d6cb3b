package portal

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"duban/internal/channel/carriers"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/report"
	"duban/internal/words"
)

type settingsPage struct {
	Parts []settingPart
	Fixed string // why nothing can be changed here; "" where it can
}

// settingPart is one of the office's settings with the form that changes it.
type settingPart struct {
	Name, Title, Help string
	Kind              string   // choice, several, text or number
	Options           []Option // of a choice or of several
	Value             string   // of a text or a number
	Was               string   // what was decided when the form was drawn; "" for nothing
	Wrong             bool
}

// settingKinds are the settings in the order of the page, and how each is typed.
var settingKinds = []struct{ name, kind string }{
	{ledger.OfficePublicPage, "choice"}, {ledger.OfficeUnitContacts, "choice"}, {ledger.OfficeSecondFactor, "several"}, {ledger.OfficeRankFloor, "number"},
	{ledger.OfficeLanguage, "choice"}, {ledger.OfficeSender, "text"}, {ledger.OfficeChannels, "choice"},
}

// unsaid is what holds where the office has not decided a setting; what is not here follows
// from how each worker is set.
var unsaid = map[string]string{
	ledger.OfficePublicPage: ledger.PublicPageOff, ledger.OfficeUnitContacts: ledger.ContactsByOffice, ledger.OfficeSecondFactor: ledger.NoSecondFactor, ledger.OfficeRankFloor: fmt.Sprint(report.DefaultRankFloor),
}

// settings is the page on which the office decides for all plans and every worker.
func (v *visit) settings() error {
	decided, err := v.Reader.Decided(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	out := settingsPage{}
	if len(v.who.seats.Office) < v.who.seats.Plans {
		out.Fixed = v.say.T("portal.settings_other")
	}
	for _, s := range settingKinds {
		was := decided[s.name]
		p := settingPart{Name: s.name, Title: v.say.T("portal.set_" + s.name), Help: v.say.T("portal.set_help_" + s.name), Kind: s.kind, Was: was, Value: cmp.Or(was, unsaid[s.name])}
		if v.typed != nil && v.typed.Get("name") == s.name {
			p.Wrong, p.Value, p.Was = true, settingOf(v.typed), v.typed.Get("was")
		}
		p.Options = v.settingOptions(s.name, p.Value)
		out.Parts = append(out.Parts, p)
	}
	if done := v.r.URL.Query().Get("done"); decided[done] != "" {
		v.note = v.say.T("portal.settings_done", words.Data{"Name": v.say.T("portal.set_" + done), "Value": v.settingSaid(done, decided[done])})
	}
	return v.show("settings", v.say.T("portal.title_settings"), out)
}

// settingOptions are what a setting can be, the chosen ones marked.
func (v *visit) settingOptions(name, value string) (all []Option) {
	var can []string
	chosen := []string{value}
	switch name {
	case ledger.OfficePublicPage:
		can = []string{ledger.PublicPageOn, ledger.PublicPageOff}
	case ledger.OfficeUnitContacts:
		can = []string{ledger.ContactsByOffice, ledger.ContactsByUnit}
	case ledger.OfficeSecondFactor:
		can, chosen = ledger.SecondFactorRoles, strings.Split(value, ",")
	case ledger.OfficeLanguage:
		can = []string{"zh", "en"}
	case ledger.OfficeChannels:
		for _, c := range carriers.All {
			can = append(can, c.Name)
		}
		if value != "" && !slices.Contains(can, value) { // several, as the command line can have it
			can = append(can, value)
		}
	}
	for _, one := range can {
		all = append(all, Option{one, v.settingSaid(name, one), slices.Contains(chosen, one)})
	}
	return all
}

// settingSaid is a value of a setting in words.
func (v *visit) settingSaid(name, value string) string {
	prefix := "portal.set_" + name + "_"
	switch name {
	case ledger.OfficeRankFloor, ledger.OfficeSender:
		return value
	case ledger.OfficeChannels:
		prefix = "report.channel_"
	}
	var said []string
	for one := range strings.SplitSeq(value, ",") {
		said = append(said, v.say.T(prefix+one))
	}
	return strings.Join(said, v.say.T("report.comma"))
}

// settingOf is the value that was typed of a setting.
func settingOf(form map[string][]string) string {
	all := slices.DeleteFunc(slices.Clone(form["value"]), func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(all) == 0 && slices.Contains(form["name"], ledger.OfficeSecondFactor) {
		return ledger.NoSecondFactor
	}
	return strings.TrimSpace(strings.Join(all, ","))
}

// setSetting decides one setting. Where somebody else has decided it since the form was
// drawn, the form is drawn again with that first.
func (v *visit) setSetting() error {
	name, value := v.form.Get("name"), settingOf(v.form)
	decided, err := v.Reader.Decided(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	if is := decided[name]; is != v.form.Get("was") && is != value && slices.Contains(ledger.OfficeSettings, name) {
		v.form.Set("was", is)
		v.drawAgain(http.StatusConflict, v.say.T("portal.settings_meanwhile", words.Data{"Name": v.say.T("portal.set_" + name), "Value": v.settingSaid(name, is)}))
		return nil
	}
	_, err = v.Acts.SetOffice(v.ctx(), name, value, v.who.actor())
	var only *engine.OfficeError
	var wrong *engine.SettingError
	switch {
	case errors.As(err, &only):
		v.drawAgain(http.StatusForbidden, v.say.T("portal.settings_other"))
		return nil
	case errors.Is(err, ErrLookOnly):
		v.drawAgain(http.StatusForbidden, v.say.T("portal.look_only"))
		return nil
	case errors.As(err, &wrong) && wrong.Known:
		v.drawAgain(http.StatusUnprocessableEntity, v.say.T("portal.set_wrong_"+name))
		return nil
	case errors.As(err, &wrong):
		v.refuse(http.StatusBadRequest, "portal.bad_form")
		return nil
	case err != nil:
		return err
	}
	return v.to("/settings?done=" + name)
}
