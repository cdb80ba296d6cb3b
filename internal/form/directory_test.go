package form_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"duban/internal/accounts"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/words"
)

var directoryUnits = []people.Unit{
	{ID: "shuiwu", Name: "市水务局", Kind: people.CityDepartment, Aliases: []string{"水务局"}, Contacts: []people.Contact{
		{Role: people.Liaison, Name: "王敏", Email: "wang@shuiwu.example", Phone: "0356-1", Pace: "weekly", Beside: "李强 li@shuiwu.example 0356-2"},
	}},
	{ID: "ban", Name: "协调办", Kind: people.OfficeUnit, Contacts: []people.Contact{{Role: people.Office, Name: "值班", Email: "o@ban.example"}}},
}

var directoryHeld = []accounts.Account{{ID: "shuiwu", Name: "水务局联络员", Unit: "shuiwu", Seat: people.Liaison}}

// changed is a downloaded file in which some cells were filled in, by sheet!cell.
func changed(t *testing.T, lang string, cells map[string]string) []byte {
	t.Helper()
	w := words.New(lang)
	raw, err := form.WriteDirectory(directoryUnits, directoryHeld, w)
	require.NoError(t, err)
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	require.NoError(t, err)
	defer f.Close()
	for at, text := range cells {
		sheet, cell, _ := strings.Cut(at, "!")
		require.NoError(t, f.SetCellStr(w.T("form.dir_sheet_"+sheet), cell, text))
	}
	var out bytes.Buffer
	require.NoError(t, f.Write(&out))
	return out.Bytes()
}

// What nobody filled in changes nothing, in either language, also when somebody else has
// changed the directory since; what was filled in changes just that.
func TestAFileOfTheDirectoryComesBack(t *testing.T) {
	t.Parallel()
	since := []people.Unit{{ID: "shuiwu", Name: "市水利局", Kind: people.CityDepartment}, directoryUnits[1]}
	for _, lang := range []string{"zh", "en"} {
		for _, units := range [][]people.Unit{directoryUnits, since} {
			d, faults, err := form.ReadDirectory(changed(t, lang, nil), units, directoryHeld)
			require.NoError(t, err)
			require.Empty(t, faults)
			require.True(t, d.Empty())
			require.Equal(t, 7, d.Rows)
		}
		d, faults, err := form.ReadDirectory(changed(t, lang, map[string]string{
			"seats!E2": " 0356-9 ", "seats!C4": "赵局长", "seats!F4": "zhao@shuiwu.example", "seats!G4": "钱 qian@shuiwu.example\n\n孙 sun@shuiwu.example 138",
			"units!B2": "市水利局", "units!C2": "水务局、水利局", "accounts!B2": "水利局联络员", "accounts!A3": "shuiwu.b", "accounts!B3": "李强", "accounts!C3": "市水务局",
		}), directoryUnits, directoryHeld)
		require.NoError(t, err)
		require.Empty(t, faults)
		liaison, head := people.Recipient{Unit: "shuiwu", Role: people.Liaison}, people.Recipient{Unit: "shuiwu", Role: people.Head}
		was := people.Contact{Name: "王敏", Email: "wang@shuiwu.example", Phone: "0356-1", Beside: "李强 li@shuiwu.example 0356-2"}
		now := was
		now.Phone = "0356-9"
		require.Equal(t, []ledger.Seating{
			{Seat: liaison, Was: was, Now: now},
			{Seat: head, Now: people.Contact{Name: "赵局长", Email: "zhao@shuiwu.example", Beside: "钱 qian@shuiwu.example\n孙 sun@shuiwu.example 138"}},
		}, d.Seats, lang)
		require.Equal(t, []ledger.Calling{{Unit: "shuiwu", Was: ledger.Called{Name: "市水务局", Aliases: []string{"水务局"}}, Now: ledger.Called{Name: "市水利局", Aliases: []string{"水务局", "水利局"}}}}, d.Names)
		renamed := directoryHeld[0]
		renamed.Name = "水利局联络员"
		require.Equal(t, []accounts.Change{{Was: directoryHeld[0], Now: renamed}, {Now: accounts.Account{ID: "shuiwu.b", Name: "李强", Unit: "shuiwu"}}}, d.Accounts)
	}
	d, faults, err := form.ReadDirectory(changed(t, "zh", map[string]string{"seats!C2": "", "seats!E2": "", "seats!F2": "", "seats!G2": ""}), directoryUnits, nil)
	require.NoError(t, err)
	require.Empty(t, faults)
	require.Equal(t, people.Contact{}, d.Seats[0].Now, "the seat is left to nobody")
}

// Each fault names its sheet, row and column, all are said at once, and one is enough that
// nothing is to be done.
func TestFaultsOfAFileOfTheDirectory(t *testing.T) {
	t.Parallel()
	raw := changed(t, "zh", map[string]string{
		"seats!F2": "wang@", "seats!G2": "谁也不是", "seats!D3": "副局长", "seats!C4": "没有邮箱",
		"seats!A6": "市水武局", "seats!B6": "联络员", "seats!C6": "甲", "seats!F6": "a@x.example",
		"seats!A7": "市水务局", "seats!B7": "局长助理", "seats!C7": "甲", "seats!F7": "a@x.example",
		"seats!A8": "市水务局", "seats!B8": "联络员", "seats!C8": "甲", "seats!F8": "a@x.example",
		"seats!A9": "协调办", "seats!B9": "主要负责人", "seats!C9": "甲", "seats!F9": "a@x.example",
		"units!B2": "", "units!A4": "new", "units!B4": "新单位", "accounts!A3": "有中文", "accounts!B3": "乙", "accounts!C3": "市水务局",
	})
	_, faults, err := form.ReadDirectory(raw, directoryUnits, directoryHeld)
	require.NoError(t, err)
	var lines []string
	for _, f := range faults {
		lines = append(lines, f.Text(words.New("zh")))
	}
	require.Equal(t, []string{
		"“通讯录”表第 2 行 F 列：“wang@”不是有效的邮箱。",
		"“通讯录”表第 2 行 G 列：第 1 行看不懂；请每行写一人：姓名 邮箱 电话，最多五人。",
		"“通讯录”表第 3 行 D 列：没有写姓名和邮箱，这一栏不能单独填写。",
		"“通讯录”表第 4 行 F 列：“”不是有效的邮箱。",
		"“通讯录”表第 6 行 A 列：没有单位“市水武局”，是否指 市水务局；新的单位请随计划文件增加。",
		"“通讯录”表第 7 行 B 列：没有席位“局长助理”；请写 " + strings.Join([]string{words.New("zh").T("term.liaison"), words.New("zh").T("term.deputy"), words.New("zh").T("term.head"), words.New("zh").T("term.office"), words.New("zh").T("term.leader")}, "、") + " 之一。",
		"“通讯录”表第 8 行 B 列：第 2 行已经写过。",
		"“通讯录”表第 9 行 B 列：“协调办”没有“主要负责人”这个席位。",
		"“单位”表第 2 行 B 列：请填写。",
		"“单位”表第 4 行 A 列：没有编号为“new”的单位；新的单位请随计划文件增加。",
		"“账号”表第 3 行 A 列：“有中文”不能作账号；请用英文字母、数字和 . _ -，不超过 64 个字符。",
	}, lines)

	// What somebody else has changed since is not undone; what says the same already is no change.
	since := []people.Unit{{ID: "shuiwu", Name: "市水务局", Kind: people.CityDepartment, Aliases: []string{"水务局"}, Contacts: []people.Contact{{Role: people.Liaison, Name: "周", Email: "zhou@x.example"}}}, directoryUnits[1]}
	raw = changed(t, "zh", map[string]string{"seats!E2": "0356-9"})
	_, faults, err = form.ReadDirectory(raw, since, nil)
	require.NoError(t, err)
	require.Len(t, faults, 1)
	require.Equal(t, "“通讯录”表第 2 行 C 列：下载表格以后别人已经把它改为“周 zhou@x.example”；请重新下载表格核对。", faults[0].Text(words.New("zh")))
	since[0].Contacts[0] = directoryUnits[0].Contacts[0]
	since[0].Contacts[0].Phone = "0356-9"
	d, faults, err := form.ReadDirectory(raw, since, nil)
	require.NoError(t, err)
	require.Empty(t, faults)
	require.True(t, d.Empty())

	for text, key := range map[string]string{"PK\x03\x04 broken": "form.sheet_broken", "": "form.sheet_broken"} {
		_, _, err := form.ReadDirectory([]byte(text), directoryUnits, nil)
		require.Equal(t, &form.Fault{Field: "file", Key: key}, err)
	}
	_, _, err = form.ReadDirectory(sheetOf(t, []any{"单位", "人"}), directoryUnits, nil)
	require.Equal(t, &form.Fault{Field: "file", Key: "form.dir_unknown"}, err)
}
