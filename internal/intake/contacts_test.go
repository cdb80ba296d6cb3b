package intake

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/people"
	"duban/internal/words"
)

// The sheet gives back who sits where, with post and telephone; a sheet of a former
// version, without these columns, is read too.
func TestTheSheetOfContactsBringsPostAndTelephone(t *testing.T) {
	t.Parallel()
	head := people.Contact{Role: people.Head, Name: "王建国", Email: "w@minzheng.gov.cn", Post: "局长", Phone: "0356-0000000"}
	d := &Draft{Directory: people.Directory{Units: []people.Unit{{ID: "minzheng", Name: "县民政局", Contacts: []people.Contact{head}}}}}
	raw, err := d.ContactsXLSX(words.New("zh"))
	require.NoError(t, err)
	got, _, err := readContacts(raw)
	require.NoError(t, err)
	require.Equal(t, head, got["minzheng/head"])
	units, err := d.UnitsYAML()
	require.NoError(t, err)
	again, err := readUnitsText(units, "units.yaml")
	require.NoError(t, err)
	require.Contains(t, again.Units[0].Contacts, head)
}
