package accounts_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/accounts"
	"duban/internal/people"
)

// TestAFileOfAccountsIsRewritten: all changes or none; twice changes no more than once; the
// comments at the file's head stay; the file as it was is left beside it.
func TestAFileOfAccountsIsRewritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "accounts.yaml")
	require.NoError(t, os.WriteFile(path, []byte("# 账号\n# 由协调办维护\n"+good), 0o600))
	wang := accounts.Account{ID: "shuiwu.wang", Name: "王某", Unit: "shuiwu"}
	li := accounts.Account{ID: "shuiwu.wang", Name: "李某 \"B岗\"", Unit: "shuiwu", Seat: people.Deputy}
	zhao := accounts.Account{ID: "no", Name: "赵某", Unit: "gaoping"}
	want := []accounts.Change{{Was: wang, Now: li}, {Now: zhao}, {Was: accounts.Account{ID: "shuiwu", Name: "市水务局联络员", Unit: "shuiwu", Seat: people.Liaison}}}
	for _, n := range []int{3, 0} {
		done, err := accounts.Rewrite(path, want)
		require.NoError(t, err)
		require.Equal(t, n, done)
	}
	list, problems := accounts.Load(path)
	require.Empty(t, problems)
	require.Equal(t, []accounts.Account{li, {ID: "01-market", Name: "市长", Unit: "lingdao"}, zhao}, list.All)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(raw), "# 账号\n# 由协调办维护\naccounts:\n")
	before, err := os.ReadFile(path + ".before")
	require.NoError(t, err)
	require.Contains(t, string(before), good)

	// What is not as it was seen, or cannot be an account, changes nothing.
	for _, bad := range [][]accounts.Change{
		{{Now: accounts.Account{ID: "new", Name: "新", Unit: "shuiwu"}}, {Was: wang, Now: zhao}},
		{{Now: accounts.Account{ID: "shuiwu.wang", Name: "抢占", Unit: "gaoping"}}},
		{{Now: accounts.Account{ID: "engine", Name: "引擎", Unit: "shuiwu"}}},
		{{Now: accounts.Account{ID: "x", Name: "名\u202e", Unit: "shuiwu"}}},
	} {
		_, err := accounts.Rewrite(path, bad)
		require.Error(t, err)
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(raw), string(after))
	}
	require.NoError(t, os.WriteFile(path, []byte("accounts: shuiwu\n"), 0o600))
	_, err = accounts.Rewrite(path, want)
	var broken *accounts.WriteError
	require.ErrorAs(t, err, &broken, "a file that was spoilt by hand is not replaced")
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".accounts-*"))
	require.NoError(t, err)
	require.Empty(t, left)

	_, err = accounts.Rewrite(filepath.Join(t.TempDir(), "no", "accounts.yaml"), want[1:2])
	require.ErrorAs(t, err, &broken)
	fresh := filepath.Join(t.TempDir(), "accounts.yaml")
	done, err := accounts.Rewrite(fresh, want[1:2])
	require.NoError(t, err)
	require.Equal(t, 1, done)
}

// TestWhatIsWrittenIsReadAgain, whatever people are called.
func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		path := filepath.Join(dir, rapid.StringMatching(`[a-z]{12}`).Draw(rt, "file")+".yaml")
		a := accounts.Account{ID: rapid.StringMatching(`[a-z0-9][A-Za-z0-9._-]{0,20}`).Draw(rt, "id"), Name: rapid.StringMatching(`x[王#:{}"'\\\-, a@&*!%]{1,12}x`).Draw(rt, "name"), Unit: rapid.StringMatching(`[a-z][a-z0-9-]{0,8}`).Draw(rt, "unit")}
		_, err := accounts.Rewrite(path, []accounts.Change{{Now: a}})
		if a.ID == "engine" {
			return
		}
		require.NoError(rt, err)
		list, problems := accounts.Load(path)
		require.Empty(rt, problems)
		require.Equal(rt, []accounts.Account{a}, list.All)
		require.NoError(rt, os.Remove(path))
	})
}
