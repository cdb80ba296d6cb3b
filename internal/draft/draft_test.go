package draft_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/draft"
	"duban/internal/intake"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/planfile"
	"duban/seeds"
)

var now = time.Date(2026, 12, 1, 2, 0, 0, 0, time.UTC)

// TestDraftsAreKept in both databases: begun once, changed by whoever has it, each field
// by itself; what another has filled in meanwhile is given back and not overwritten;
// what has ended is changed no more; nothing of it is in the chain.
func TestDraftsAreKept(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(*testing.T) string{
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "ledger.db") },
		"PostgreSQL": func(t *testing.T) string { return ledgertest.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			store, err := ledger.Open(ctx, address(t))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, store.Close()) })
			s := draft.Open(store, func() time.Time { return now })
			doc, err := draft.Document(draft.File{Name: "计划.docx", Body: []byte("PK\x00\xff")})
			require.NoError(t, err)
			d := ledger.Draft{ID: draft.NewID(), Kind: draft.Plan, Unit: "duban", Title: "一", By: "clerk"}
			for range 2 {
				require.NoError(t, s.Begin(ctx, d, []ledger.DraftFile{doc}, map[string]string{"issued": "2026-12-01"}))
			}
			all, err := s.All(ctx, "duban", 0, 10)
			require.NoError(t, err)
			require.Len(t, all, 1)
			none, err := s.All(ctx, "", 0, 10)
			require.NoError(t, err)
			require.Empty(t, none)
			require.NoError(t, s.Begin(ctx, ledger.Draft{ID: d.ID, Kind: draft.Plan, Unit: "daqi", Title: "二", By: "airclerk"}, []ledger.DraftFile{doc}, map[string]string{"issued": "2027-01-01", "office": "大气办"}))
			all, err = s.All(ctx, "daqi", 0, 10)
			require.NoError(t, err)
			require.Empty(t, all, "an ID that is taken begins nothing")
			body, err := s.Body(ctx, d.ID, "计划.docx")
			require.NoError(t, err)
			require.Equal(t, "PK\x00\xff", string(body))
			_, err = s.Of(ctx, d.ID, "daqi")
			require.ErrorIs(t, err, draft.ErrNone)

			say := func(name, value, was string) []ledger.DraftField {
				others, err := s.Change(ctx, d.ID, ledger.DraftChange{Fields: []ledger.DraftEntry{{Name: name, Value: value, Was: was}}, By: "clerk"})
				require.NoError(t, err)
				return others
			}
			require.Empty(t, say("a-1", "甲", ""))
			require.Empty(t, say("a-2", "乙", ""))
			others := say("a-1", "丙", "")
			require.Len(t, others, 1)
			require.Equal(t, "甲", others[0].Value)
			require.Empty(t, say("a-1", "丙", "甲"))
			require.Empty(t, say("a-1", "丙", "甲"), "the same once more")
			fields, err := s.Fields(ctx, d.ID)
			require.NoError(t, err)
			require.Equal(t, map[string]string{"issued": "2026-12-01", "a-1": "丙", "a-2": "乙"}, fields)

			is, err := s.Of(ctx, d.ID, "duban")
			require.NoError(t, err)
			require.Greater(t, is.Version, 5)
			require.NoError(t, s.Done(ctx, d.ID))
			_, err = s.Change(ctx, d.ID, ledger.DraftChange{Remove: []string{"计划.docx"}})
			require.ErrorIs(t, err, draft.ErrNone)
			require.NoError(t, s.Drop(ctx, d.ID))
			is, err = s.Of(ctx, d.ID, "duban")
			require.NoError(t, err)
			require.Equal(t, ledger.DraftDone, is.State)
			head, _, err := store.Head(ctx)
			require.NoError(t, err)
			require.Zero(t, head)
		})
	}
}

// TestWorkGoesOn while whoever began it has gone; it is done once, tells how far it is,
// and what broke or failed is tried again when it is asked for again.
func TestWorkGoesOn(t *testing.T) {
	t.Parallel()
	s := draft.Open(nil, time.Now)
	hangs, far := make(chan struct{}), make(chan struct{})
	do := func(_ context.Context, watch func(int)) (any, error) {
		watch(40)
		close(far)
		<-hangs
		return "made", nil
	}
	w := s.Do("one", do)
	<-far
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	require.False(t, w.Ended(gone))
	require.Equal(t, 40, w.Percent())
	require.Nil(t, w.Made())
	require.Same(t, w, s.Do("one", do))
	close(hangs)
	require.True(t, w.Ended(t.Context()))
	require.Equal(t, "made", w.Made())

	for name, fails := range map[string]func() error{"fails": func() error { return errors.New("no") }, "breaks": func() error { panic("no") }} {
		tries := 0
		for range 2 {
			w := s.Do(name, func(context.Context, func(int)) (any, error) { tries++; return nil, fails() })
			require.True(t, w.Ended(t.Context()), name)
			require.Eventually(t, func() bool { return s.Under(name) == nil }, time.Minute, time.Millisecond)
		}
		require.Equal(t, 2, tries, name)
	}
}

// TestWhatADraftComesTo is what the command line's packages say of its files; a plan's file
// opens no other file of the machine.
func TestWhatADraftComesTo(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store, err := ledger.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	s := draft.Open(store, func() time.Time { return now })
	begin := func(name, body string) ledger.Draft {
		f, err := draft.Document(draft.File{Name: name, Body: []byte(body)})
		if kept := draft.NameOf(name); kept != "" {
			f, err = draft.Edited(draft.File{Name: kept, Body: []byte(body)})
		}
		require.NoError(t, err)
		d := ledger.Draft{ID: draft.NewID(), Kind: draft.Plan, Unit: "duban", Title: "一", By: "clerk"}
		require.NoError(t, s.Begin(ctx, d, []ledger.DraftFile{f}, nil))
		d, err = s.Of(ctx, d.ID, "duban")
		require.NoError(t, err)
		return d
	}
	for name, want := range map[string]string{"scheme-s01.yaml": "scheme-s01.yaml", "Units.YAML": "units.yaml", "方案.yaml": "plan.yaml", "scheme-s01.txt": ""} {
		require.Equal(t, want, draft.NameOf(name))
	}
	for _, part := range planfile.Parts {
		require.Equal(t, part.File, draft.NameOf("2027-"+strings.ToUpper(part.File)))
		_, err = draft.Edited(draft.File{Name: part.File, Body: []byte("a")})
		require.NoError(t, err, part.File)
		require.True(t, draft.Text(part.File))
	}
	require.False(t, draft.Text("rollover.md"), "it is read, not written")
	_, err = draft.Edited(draft.File{Name: "scheme-../x.yaml", Body: []byte("a")})
	require.Error(t, err)
	r, err := s.Ready(ctx, begin("计划.yml", "id: x\nunits: ../../../../etc/passwd\n"), draft.Setting{Calendar: cal, Lang: "zh"})
	require.NoError(t, err)
	require.True(t, r.Failed())
	require.Nil(t, r.Plan)
	for _, p := range r.Problems {
		require.NotContains(t, p.File, "etc", "no path of the machine")
	}
	_, err = s.Ready(ctx, begin("公告.txt", "今天天气很好。"), draft.Setting{Calendar: cal, Lang: "zh"})
	var refusal *intake.Refusal
	require.ErrorAs(t, err, &refusal)
}
