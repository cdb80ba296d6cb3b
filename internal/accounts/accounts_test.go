package accounts_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/people"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

const good = `accounts:
  - {id: shuiwu, name: 市水务局联络员, unit: shuiwu, seat: liaison}
  - {id: shuiwu.wang, name: 王某, unit: shuiwu}
  - id: 01-market
    name: 市长
    unit: lingdao
    seat:
`

// load writes a file of accounts and reads it; problems name it accounts.yaml.
func load(t *testing.T, text string) (*accounts.List, []strictyaml.Problem) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "accounts.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	b, problems := accounts.Load(file)
	for i := range problems {
		require.Equal(t, file, problems[i].File)
		problems[i].File = "accounts.yaml"
	}
	return b, problems
}

func TestAnAccountsFileIsReadAsWritten(t *testing.T) {
	t.Parallel()
	b, problems := load(t, good)
	require.Empty(t, problems)
	wang := accounts.Account{ID: "shuiwu.wang", Name: "王某", Unit: "shuiwu"}
	require.Equal(t, []accounts.Account{
		{ID: "shuiwu", Name: "市水务局联络员", Unit: "shuiwu", Seat: people.Liaison}, wang, {ID: "01-market", Name: "市长", Unit: "lingdao"},
	}, b.All)
	got, ok := b.Find("shuiwu.wang")
	require.True(t, ok)
	require.Equal(t, wang, got)
	for _, id := range []string{"", "Shuiwu", "王某", "shuiw"} {
		got, ok = b.Find(id)
		require.False(t, ok, id)
		require.Zero(t, got)
	}
	require.Equal(t, b.All[:2], b.Of("shuiwu"))
	require.Empty(t, b.Of("gaoping"))
}

func TestNearMisses(t *testing.T) {
	t.Parallel()
	b, _ := load(t, good)
	for typed, want := range map[string][]string{
		"shuiw": {"shuiwu", "shuiwu.wang"}, "SHUIWU": {"shuiwu", "shuiwu.wang"}, "shiuwu": {"shuiwu"}, "wang": {"shuiwu.wang"}, "gaoping": nil, "": nil,
	} {
		require.Equal(t, want, b.Near(typed), typed)
	}
	require.Empty(t, (&accounts.List{}).Near("shuiwu"))
}

func TestUnitsThatThePlanDoesNotKnow(t *testing.T) {
	t.Parallel()
	b, _ := load(t, good)
	dir := people.Directory{Units: []people.Unit{{ID: "shuiwu2"}, {ID: "lingdao"}}}
	var lines []string
	for _, p := range b.Check(dir) {
		p.File = filepath.Base(p.File)
		lines = append(lines, p.Text(words.New("zh")))
	}
	require.Equal(t, []string{
		"accounts.yaml:2:39: accounts[0].unit: 账号 shuiwu 的单位“shuiwu”不在本计划的单位表里，是否指 shuiwu2；请改正单位编号",
		"accounts.yaml:3:39: accounts[1].unit: 账号 shuiwu.wang 的单位“shuiwu”不在本计划的单位表里，是否指 shuiwu2；请改正单位编号",
	}, lines)
	dir.Units[0].ID = "shuiwu"
	require.Empty(t, b.Check(dir))
}

var faults = map[string]struct{ text, want string }{
	"everything at once": {`accounts:
  - {id: 市水务局, name: [a], unti: shuiwu, seat: boss}
  - {id: engine, name: '', unit: 市水务局}
  - {id: shuiwu, name: 甲, unit: shuiwu}
  - {id: shuiwu, name: 乙, unit: shuiwu, name: 丙}
  - shuiwu
  - {id: no, name: true, unit: shuiwu}
  -
acounts: []
`, `
2:5 accounts[0].unit missing
2:10 accounts[0].id bad_id
2:22 accounts[0].name not_text
2:27 accounts[0].unti unknown_field
2:47 accounts[0].seat not_one_of
3:10 accounts[1].id reserved_id
3:24 accounts[1].name missing
3:34 accounts[1].unit bad_unit_id
5:10 accounts[3].id id_twice
5:41 accounts[3].name field_twice
6:5 accounts[4] not_mapping
7:20 accounts[5].name not_text
8:4 accounts[6] not_mapping
9:1 acounts unknown_field
`},
	"an empty file":       {"# nothing\n", "\n1:1  empty_file\n"},
	"no list":             {"accounts:\n", "\n1:1 accounts missing\n"},
	"an empty list":       {"accounts: []\n", "\n1:11 accounts empty\n"},
	"a text":              {"accounts: shuiwu\n", "\n1:11 accounts not_list\n"},
	"a list at the top":   {"- id: a\n", "\n1:1  not_mapping\n"},
	"two documents":       {good + "---\n" + good, "\n8:1  documents\n"},
	"not UTF-8":           {"accounts:\n  - {id: \xd0\xd0}\n", "\n2:1  not_utf8\n"},
	"not YAML":            {"accounts:\n  - {id: a\nb: c\n", "\n2:1  syntax\n"},
	"a terminal's escape": {"accounts:\n  - {id: a, name: \x1b[31m, unit: b}\n", "\n2:19  control\n"},
	"an escape in words":  {"accounts:\n  - {id: a, name: \"\\e[31m\", unit: b}\n", "\n2:19  control\n"},
	"a name backwards":    {"accounts:\n  - {id: a, name: 王\u202e某, unit: b}\n", "\n2:20  control\n"},
	"an alias of itself":  {"accounts: &a [*a]\n", "\n1:15  alias\n"},
	"a wide colon":        {"accounts：\n", "\n1:9  wide_colon\n"},
	"a workbook":          {"PK\x03\x04", "\n1:1  foreign\n"},
	"brackets":            {strings.Repeat("[", 200), "\n1:1  crowded\n"},
	"a tab":               {"accounts:\n\t- {id: a}\n", "\n2:1  syntax\n"},
	"too large":           {"accounts: []\n" + strings.Repeat("# fill\n", 1<<20/7), "\n0:0  too_large\n"},
	"too many":            {"accounts:\n" + strings.Repeat("  - {}\n", 10_001), "\n2:3 accounts too_many\n"},
}

func TestEveryFault(t *testing.T) {
	t.Parallel()
	for name, c := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, problems := load(t, c.text)
			require.Nil(t, b)
			got := "\n"
			for _, p := range problems {
				got += fmt.Sprintf("%d:%d %s %s\n", p.Line, p.Column, p.Field, p.Key[strings.Index(p.Key, ".")+1:])
				for _, lang := range []string{"zh", "en"} {
					text := p.Text(words.New(lang))
					require.NotContains(t, text, "<no value>")
					require.NotContains(t, text, "\n")
					require.NotEqual(t, p.Key, words.New(lang).T(p.Key), "the key has words")
				}
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, problems := accounts.Load(filepath.Join(dir, "none.yaml"))
	require.Len(t, problems, 1)
	require.Equal(t, dir+"/none.yaml: 没有这个文件；请核对路径", problems[0].Text(words.New("zh")))
	_, problems = accounts.Load(dir)
	require.Equal(t, dir+": this is no file but a folder or a device; check the path", problems[0].Text(words.New("en")))
}

// TestEveryWordOfTheCatalogueIsSaid keeps the faults complete.
func TestEveryWordOfTheCatalogueIsSaid(t *testing.T) {
	t.Parallel()
	catalogue, err := words.Catalogue("zh")
	require.NoError(t, err)
	all := " unreadable\n unknown_unit\n" // in the tests above
	for _, c := range faults {
		all += c.want
	}
	for key := range catalogue {
		if name, ours := strings.CutPrefix(key, "accounts."); ours {
			require.Contains(t, all, " "+name+"\n")
		}
	}
}
