package outbox_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/channel"
	"duban/internal/channel/outbox"
	"duban/internal/channel/smtp"
	"duban/internal/channel/smtp/smtptest"
	"duban/internal/letter"
)

var from = letter.Address{Name: "督办系统", Email: "duban@jincheng.example"}

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

// of is a letter of a morning in April to a unit.
func of(unit string, day int) letter.Letter {
	m := smtptest.Letter()
	m.Recipient.Unit, m.At = unit, time.Date(2021, 4, day, 1, 0, 0, 0, time.UTC)
	m.Date = m.At.In(calendar.Beijing)
	m.ID = fmt.Sprintf("p|%s|%d", unit, day)
	m.MessageID = letter.MessageID(m.ID, "")
	return m
}

func TestTheOutboxHoldsTheVeryMessageAndTwiceIsOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "var", "outbox")
	var out bytes.Buffer
	box, err := outbox.New(dir, from, &out)
	require.NoError(t, err)
	m := smtptest.Letter()
	m.Date = m.Date.In(calendar.Beijing)
	require.NoError(t, box.Send(t.Context(), m, smtptest.Gone))
	require.NoError(t, box.Send(t.Context(), m, smtptest.Gone))

	require.Equal(t, m.Line+"\n", out.String())
	got := names(t, dir)
	require.Equal(t, []string{"20210430T090000-gaoping-liaison-" + m.MessageID[:12] + ".eml"}, got)
	raw, err := os.ReadFile(filepath.Join(dir, got[0]))
	require.NoError(t, err)

	server := smtptest.Serve(t, smtp.NoTLS, nil)
	mail, err := smtp.New(server.Config(smtp.NoTLS))
	require.NoError(t, err)
	require.NoError(t, mail.Send(t.Context(), m, smtptest.Gone))
	require.Equal(t, string(server.Letters()[0].Raw), string(raw), "the file is what SMTP sends")
}

func TestOutboxNamesSortByTimeThenReaderAndStayInside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	box, err := outbox.New(filepath.Join(dir, "box"), from, &bytes.Buffer{})
	require.NoError(t, err)
	for _, unit := range []string{"../../etc/passwd", "b", "a", `..\..\c`, "水务\x00\n", strings.Repeat("long", 200)} {
		for _, on := range []int{9, 8} {
			m := of(unit, on)
			require.NoError(t, box.Send(t.Context(), m, smtptest.Gone))
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

// A plan of another zone has its mornings at its own hours in the folder too.
func TestAnOutboxNameIsOfThePlansZone(t *testing.T) {
	t.Parallel()
	m := of("gaoping", 8)
	require.Contains(t, outbox.FileName(m), "20210408T090000-")
	m.Date = m.Date.In(time.FixedZone("Asia/Urumqi", 6*60*60))
	require.Contains(t, outbox.FileName(m), "20210408T070000-")
}

func TestTheTerminalLineCannotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	box, err := outbox.New(t.TempDir(), from, &out)
	require.NoError(t, err)
	m := smtptest.Letter()
	m.Line = "a\x1b[2J\nb\u202ec"
	require.NoError(t, box.Send(t.Context(), m, smtptest.Gone))
	require.Equal(t, "a [2J b c\n", out.String())
}

func TestTheOutboxServesManyAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out bytes.Buffer
	box, err := outbox.New(dir, from, &out)
	require.NoError(t, err)
	var all sync.WaitGroup
	for on := range 20 {
		m := of("gaoping", on+1)
		all.Go(func() {
			if err := box.Send(t.Context(), m, smtptest.Gone); err != nil {
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
	_, err := outbox.New(dir, letter.Address{Email: "nobody"}, &bytes.Buffer{})
	require.Error(t, err)
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = outbox.New(filepath.Join(file, "box"), from, &bytes.Buffer{})
	require.Error(t, err)

	gone := filepath.Join(dir, "gone")
	box, err := outbox.New(gone, from, &bytes.Buffer{})
	require.NoError(t, err)
	require.NoError(t, os.Remove(gone))
	err = box.Send(t.Context(), smtptest.Letter(), nil)
	require.Error(t, err)
	require.NotErrorIs(t, err, channel.ErrRejected, "a folder can come back")

	m := smtptest.Letter()
	m.To.Email = ""
	box, err = outbox.New(filepath.Join(dir, "box"), from, &bytes.Buffer{})
	require.NoError(t, err)
	require.ErrorIs(t, box.Send(t.Context(), m, nil), channel.ErrRejected)
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
	_, err := outbox.New(dir, letter.Address{Email: "duban@city.example"}, io.Discard)
	require.NoError(t, err)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	require.Equal(t, []string{".hidden", ".writing-2", "a.eml"}, left)
}

// What is in the outbox is read as its reader would see it. Other files, and paths that lead
// elsewhere, are no messages.
func TestAMessageOfTheOutboxIsRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	all, err := outbox.List(filepath.Join(dir, "none"))
	require.NoError(t, err)
	require.Empty(t, all)
	box, err := outbox.New(dir, from, io.Discard)
	require.NoError(t, err)
	m := of("gaoping", 30)
	m.To, m.Subject = letter.Address{Name: "高平联络员", Email: "gaoping@example.com"}, "【督办】“黑臭水体”等3项任务即将到期，请于2021年4月30日前办结并报送情况"
	require.NoError(t, box.Send(t.Context(), m, smtptest.Gone))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "other.txt"), []byte("x"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(dir), "above.eml"), []byte("x"), 0o600))
	all, err = outbox.List(dir)
	require.NoError(t, err)
	require.Len(t, all, 1)
	k, err := outbox.Read(dir, all[0])
	require.NoError(t, err)
	require.Equal(t, m.Subject, k.Subject)
	require.Equal(t, "高平联络员 <gaoping@example.com>", k.To)
	require.Equal(t, strings.TrimSpace(m.Text), strings.TrimSpace(strings.ReplaceAll(k.Text, "\r\n", "\n")))
	require.Equal(t, "2021-04-30 09:00", k.Date.Format("2006-01-02 15:04"))
	for _, name := range []string{"nosuch.eml", "other.txt", "../above.eml", "", "/etc/passwd.eml"} {
		_, err := outbox.Read(dir, name)
		require.ErrorIs(t, err, os.ErrNotExist, name)
	}
}
