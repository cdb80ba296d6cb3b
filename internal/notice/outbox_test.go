package notice_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

var from = notice.Address{Name: "督办系统", Email: "duban@jincheng.example"}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestTheOutboxHoldsTheVeryMessageAndTwiceIsOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "var", "outbox")
	var out bytes.Buffer
	box, err := notice.NewOutbox(dir, from, &out)
	require.NoError(t, err)
	m := aMail(t)
	require.NoError(t, box.Send(t.Context(), m, gone))
	require.NoError(t, box.Send(t.Context(), m, gone))

	require.Equal(t, "2021-04-30 09:00  致 高平市政府联络员 《晋城市2021年水生态环境保护行动计划》3 项：逾期提醒 1、今日到期 1、到期前提醒 1\n", out.String())
	got := names(t, dir)
	require.Equal(t, []string{"20210430T090000-gaoping-liaison-" + m.MessageID[:12] + ".eml"}, got)
	raw, err := os.ReadFile(filepath.Join(dir, got[0]))
	require.NoError(t, err)

	server := serve(t, notice.NoTLS, nil)
	require.NoError(t, sender(t, server.config(notice.NoTLS)).Send(t.Context(), m, gone))
	require.Equal(t, string(server.letters()[0].Raw), string(raw), "the file is what SMTP sends")
}

func TestOutboxNamesSortByTimeThenReaderAndStayInside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	box, err := notice.NewOutbox(filepath.Join(dir, "box"), from, &bytes.Buffer{})
	require.NoError(t, err)
	for _, unit := range []string{"../../etc/passwd", "b", "a", `..\..\c`, "水务\x00\n", strings.Repeat("long", 200)} {
		for _, on := range []int{9, 8} {
			m, err := notice.Compose(words.New("zh"), digest(unit, "x", people.Liaison, "", day(2021, 4, on), survey(plan.Remind, "r", plan.Blue, 1, 1)))
			require.NoError(t, err)
			m.To.Email = "a@b.example"
			require.NoError(t, box.Send(t.Context(), m, gone))
		}
	}
	require.Equal(t, []string{"box"}, names(t, dir))
	got := names(t, filepath.Join(dir, "box"))
	require.Len(t, got, 12)
	require.True(t, sort.StringsAreSorted(got))
	for i, name := range got {
		require.Regexp(t, `^2021040[89]T090000-[A-Za-z0-9-]{1,40}-liaison-[0-9a-f]{12}\.eml$`, name)
		require.Equal(t, i < 6, strings.HasPrefix(name, "20210408"))
	}
}

func TestTheTerminalLineCannotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	box, err := notice.NewOutbox(t.TempDir(), from, &out)
	require.NoError(t, err)
	m := aMail(t)
	m.Line = "a\x1b[2J\nb\u202ec"
	require.NoError(t, box.Send(t.Context(), m, gone))
	require.Equal(t, "a [2J b c\n", out.String())
}

func TestTheOutboxServesManyAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out bytes.Buffer
	box, err := notice.NewOutbox(dir, from, &out)
	require.NoError(t, err)
	var all sync.WaitGroup
	for on := range 20 {
		m, err := notice.Compose(words.New("zh"), digest("gaoping", "x", people.Liaison, "", day(2021, 4, on+1), survey(plan.Remind, "r", plan.Blue, 1, 1)))
		require.NoError(t, err)
		all.Go(func() {
			if err := box.Send(t.Context(), m, gone); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.Len(t, names(t, dir), 20)
	require.Equal(t, 20, strings.Count(out.String(), "\n"))
}

func TestTheOutboxSaysWhatItCannotDo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := notice.NewOutbox(dir, notice.Address{Email: "nobody"}, &bytes.Buffer{})
	require.Error(t, err)
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = notice.NewOutbox(filepath.Join(file, "box"), from, &bytes.Buffer{})
	require.Error(t, err)

	gone := filepath.Join(dir, "gone")
	box, err := notice.NewOutbox(gone, from, &bytes.Buffer{})
	require.NoError(t, err)
	require.NoError(t, os.Remove(gone))
	err = box.Send(t.Context(), aMail(t), nil)
	require.Error(t, err)
	require.NotErrorIs(t, err, notice.ErrRejected, "a folder can come back")

	m := aMail(t)
	m.To.Email = ""
	box, err = notice.NewOutbox(filepath.Join(dir, "box"), from, &bytes.Buffer{})
	require.NoError(t, err)
	require.ErrorIs(t, box.Send(t.Context(), m, nil), notice.ErrRejected)
}

type onlyLeaders struct{ *notice.Outbox }

func (onlyLeaders) Name() string                    { return "leaders" }
func (onlyLeaders) Reaches(r people.Recipient) bool { return r.Role == people.Leader }

func TestChannelsAreChosenForEachRecipient(t *testing.T) {
	t.Parallel()
	box, err := notice.NewOutbox(t.TempDir(), from, &bytes.Buffer{})
	require.NoError(t, err)
	set := notice.Set{box, onlyLeaders{box}}
	require.Equal(t, []string{"outbox"}, set.For(people.Recipient{Unit: "gaoping", Role: people.Liaison}))
	require.Equal(t, []string{"outbox", "leaders"}, set.For(people.Recipient{Unit: "lingdao", Role: people.Leader}))
	c, ok := set.Get("leaders")
	require.True(t, ok)
	require.Equal(t, "leaders", c.Name())
	_, ok = set.Get("smtp")
	require.False(t, ok)
	require.Equal(t, notice.TwiceIsOne, box.Twice())
	require.Equal(t, notice.TwiceIsBearable, sender(t, notice.SMTPConfig{Host: "mx.example", From: from}).Twice())
}

// What a killed process left half written goes when the next one starts; what another may be
// writing at the moment stays, and so do people's files.
func TestOutboxClearsWhatWasNeverFinished(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "out*box[1]?")
	require.NoError(t, os.Mkdir(dir, 0o750))
	for name, old := range map[string]bool{".writing-1": true, ".writing-2": false, "a.eml": true, ".hidden": true} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		if old {
			require.NoError(t, os.Chtimes(file, time.Time{}, time.Now().Add(-2*time.Hour)))
		}
	}
	_, err := notice.NewOutbox(dir, notice.Address{Email: "duban@city.example"}, io.Discard)
	require.NoError(t, err)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	require.Equal(t, []string{".hidden", ".writing-2", "a.eml"}, left)
}
