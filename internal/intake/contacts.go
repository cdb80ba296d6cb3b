package intake

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"

	"duban/internal/people"
	"duban/internal/words"
)

const contactsName = "contacts.xlsx"

// ContactsXLSX is a sheet on which the office fills in who answers for the units:
// a row for each placeholder. What is filled in is read by the next import.
func (d *Draft) ContactsXLSX(w *words.Words) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	sheet := w.T("intake.contact_sheet")
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return nil, err
	}
	row := 1
	put := func(cells ...string) {
		for i, c := range cells {
			name, _ := excelize.CoordinatesToCellName(i+1, row)
			_ = f.SetCellStr(sheet, name, c)
		}
		row++
	}
	put(w.T("intake.contact_unit"), w.T("intake.contact_role"), w.T("intake.contact_name"), w.T("intake.contact_email"), w.T("intake.contact_id"))
	for _, u := range d.Directory.Units {
		for _, c := range contacts(u, d.rolesOf(u)...) {
			name, email := c.Name, c.Email
			if strings.HasSuffix(email, ".example") {
				name, email = "", ""
			}
			put(u.Name, w.T("term."+string(c.Role)), name, email, u.ID+"/"+string(c.Role))
		}
	}
	_ = f.SetColWidth(sheet, "A", "E", 24)
	var b bytes.Buffer
	err := f.Write(&b)
	return b.Bytes(), err
}

// rolesOf are the roles that a unit needs somebody for.
func (d *Draft) rolesOf(u people.Unit) []people.Role {
	roles := []people.Role{people.Liaison, people.Deputy, people.Head}
	if u.ID == d.Directory.Office {
		roles = append(roles, people.Office)
	}
	if u.ID == d.Directory.Leadership {
		roles = append(roles, people.Leader)
	}
	return roles
}

// filledContacts are the contacts that the office filled in, by unit/role.
func filledContacts(dir string) (map[string]people.Contact, error) {
	out := map[string]people.Contact{}
	raw, err := readSmall(filepath.Join(dir, contactsName))
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: maxPart, UnzipXMLSizeLimit: maxPart})
	if err != nil {
		return nil, &Refusal{File: contactsName, Key: "refuse_broken", Err: err}
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			continue
		}
		for _, r := range rows {
			if len(r) < 5 || strings.TrimSpace(r[2]) == "" || strings.TrimSpace(r[3]) == "" {
				continue
			}
			id := strings.TrimSpace(r[4])
			_, role, ok := strings.Cut(id, "/")
			if ok {
				out[id] = people.Contact{Role: people.Role(role), Name: strings.TrimSpace(r[2]), Email: strings.TrimSpace(r[3])}
			}
		}
	}
	return out, nil
}

// fill puts the contacts that were filled in in place of the placeholders.
func (d *Draft) fill(filled map[string]people.Contact) {
	for i := range d.Directory.Units {
		u := &d.Directory.Units[i]
		for _, role := range d.rolesOf(*u) {
			c, ok := filled[u.ID+"/"+string(role)]
			if !ok {
				continue
			}
			have := false
			for k := range u.Contacts {
				if u.Contacts[k].Role == role {
					u.Contacts[k], have = c, true
				}
			}
			if !have {
				u.Contacts = append(u.Contacts, c)
			}
		}
	}
}
