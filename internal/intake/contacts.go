package intake

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"regexp"
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
	put(w.T("intake.contact_unit"), w.T("intake.contact_role"), w.T("intake.contact_name"), w.T("intake.contact_email"), w.T("intake.contact_id"), w.T("intake.contact_account"), w.T("intake.contact_post"), w.T("intake.contact_phone"))
	for _, u := range d.Directory.Units {
		for _, c := range contacts(u, d.rolesOf(u)...) {
			name, email := c.Name, c.Email
			if strings.HasSuffix(email, ".example") {
				name, email = "", ""
			}
			put(u.Name, w.T("term."+string(c.Role)), name, email, u.ID+"/"+string(c.Role), accountOf(u.ID, c.Role), c.Post, c.Phone)
		}
	}
	_ = f.SetColWidth(sheet, "A", "H", 24)
	var b bytes.Buffer
	err := f.Write(&b)
	return b.Bytes(), err
}

// accountOf is the account that a seat has until the office says otherwise, "" for
// seats that only read.
func accountOf(unit string, role people.Role) string {
	switch role {
	case people.Liaison:
		return unit
	case people.Office, people.Leader:
		return unit + "-" + string(role)
	}
	return ""
}

const accountsName = "accounts.yaml"

const accountsHead = `# yaml-language-server: $schema=../schema/accounts.schema.json
# 由导入生成的账号：谁以什么名义办事（命令里的 --as）。账号、姓名可在 contacts.xlsx 里填好后再导入一次，
# 也可以直接改本文件：改过的文件不会再被导入覆盖。用时放到数据目录，或用 DUBAN_ACCOUNTS 指明。
`

// AccountsYAML is who may act: a desk for each unit's liaison, the office and the
// leadership, or the accounts that the office filled in, by unit/role.
func (d *Draft) AccountsYAML(filled map[string]string) ([]byte, error) {
	type account struct {
		ID   string      `yaml:"id"`
		Name string      `yaml:"name"`
		Unit string      `yaml:"unit"`
		Seat people.Role `yaml:"seat"`
	}
	var f struct {
		Accounts []account `yaml:"accounts"`
	}
	taken := map[string]bool{}
	for _, u := range d.Directory.Units {
		for _, c := range contacts(u, d.rolesOf(u)...) {
			id, given := filled[u.ID+"/"+string(c.Role)]
			if !given {
				id = accountOf(u.ID, c.Role)
			}
			if id == "" || taken[id] {
				continue
			}
			taken[id] = true
			f.Accounts = append(f.Accounts, account{id, c.Name, u.ID, c.Role})
		}
	}
	return encode(accountsHead, f)
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

// filledContacts are the contacts and the accounts that the office filled in, each by
// unit/role. A row whose account was deleted has "".
func filledContacts(dir string) (out map[string]people.Contact, accounts map[string]string, err error) {
	raw, err := readSmall(filepath.Join(dir, contactsName))
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]people.Contact{}, map[string]string{}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return readContacts(raw)
}

// readContacts reads the filled-in sheet.
func readContacts(raw []byte) (out map[string]people.Contact, accounts map[string]string, err error) {
	out, accounts = map[string]people.Contact{}, map[string]string{}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: maxPart, UnzipXMLSizeLimit: maxPart})
	if err != nil {
		return nil, nil, &Refusal{File: contactsName, Key: "refuse_broken", Err: err}
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			continue
		}
		for _, r := range rows {
			if len(r) < 5 {
				continue
			}
			id := strings.TrimSpace(r[4])
			_, role, ok := strings.Cut(id, "/")
			if !ok {
				continue
			}
			if r = append(r, "", "", ""); accountLike.MatchString(strings.TrimSpace(r[5])) || strings.TrimSpace(r[5]) == "" {
				accounts[id] = strings.TrimSpace(r[5])
			}
			if strings.TrimSpace(r[2]) != "" && strings.TrimSpace(r[3]) != "" {
				out[id] = people.Contact{Role: people.Role(role), Name: strings.TrimSpace(r[2]), Email: strings.TrimSpace(r[3]), Post: strings.TrimSpace(r[6]), Phone: strings.TrimSpace(r[7])}
			}
		}
	}
	return out, accounts, nil
}

// accountLike is what an account may be called.
var accountLike = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

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
