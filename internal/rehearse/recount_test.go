package rehearse_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/recount"
	"duban/internal/report"
)

// archiveOf is the archive of a ledger's only plan, as `ledger export --format events` writes it.
func archiveOf(t *testing.T, store *ledger.Store) recount.Archive {
	t.Helper()
	var file bytes.Buffer
	events, err := query.New(store, query.Options{Now: time.Now, Calendar: inForce}).EventFile(t.Context(), query.Operator(), "")
	require.NoError(t, err)
	lines := json.NewEncoder(&file)
	_, err = events.Each(t.Context(), func(line any) error { return lines.Encode(line) })
	require.NoError(t, err)
	a, err := recount.Read(&file)
	require.NoError(t, err)
	for i, e := range a.Events {
		require.Equal(t, int64(i+1), e.Seq, "the chain has no hole in the archive")
	}
	return a
}

func inForce(imported ...calendar.Year) (*calendar.Calendar, error) {
	return calendar.New(imported...), nil
}

// bookOf is the book of a ledger's only plan on a day, in JSON.
func bookOf(t *testing.T, store *ledger.Store, day calendar.Day) []byte {
	t.Helper()
	ctx := t.Context()
	plans, err := store.Plans(ctx)
	require.NoError(t, err)
	require.Len(t, plans, 1)
	id := plans[0].ID
	l, err := store.Plan(ctx, id)
	require.NoError(t, err)
	tasks, err := store.Tasks(ctx, ledger.TaskFilter{Plan: id})
	require.NoError(t, err)
	stages, err := store.Stages(ctx, id, "")
	require.NoError(t, err)
	notices, err := store.Notices(ctx, ledger.NoticeFilter{Plan: id})
	require.NoError(t, err)
	talks, err := store.Talks(ctx, id, "")
	require.NoError(t, err)
	years, err := store.Calendar(ctx)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, report.WriteJSON(&out, report.Book(l, tasks, stages, notices, talks, day, calendar.New(years...))))
	return out.Bytes()
}

// recounted compares the book of a ledger with what package recount computes from its
// events alone: as it was on three days, of which the second is before a notice that
// corrects the calendar, and as it reads a year after the third. The stages that a book
// lists as still to come are compared with those that were decided after its day.
func recounted(t *testing.T, store *ledger.Store, middle, end calendar.Day) {
	t.Helper()
	whole := archiveOf(t, store)
	later := calendar.NewDay(end.Year+1, end.Month, end.Date)
	for _, day := range []calendar.Day{middle, calendar.NewDay(2021, 8, 31), end, later} {
		events, read := whole, store
		if day != later {
			was, err := store.AsOf(t.Context(), func(zone *time.Location) time.Time { return day.AddDays(1).At(0, 0, zone).Add(-1) })
			require.NoError(t, err)
			defer was.Close()
			events, read = whole.Until(day.String(), calendar.Beijing), was
		}
		book := bookOf(t, read, day)
		differences, compared, err := recount.Compare(events, day.String(), book)
		require.NoError(t, err)
		f, err := recount.Foretold(whole, day.String(), book)
		require.NoError(t, err)
		t.Logf("%s: %d values recounted; of what was still to be said %d words came true, %d of them next, and acts overtook %d", day, compared, f.Came, f.Next, f.Overtaken)
		require.Empty(t, append(differences, f.Differences...), day.String())
		require.Greater(t, compared, 5000)
		if day != later {
			require.Greater(t, f.Next, 10)
		}
		if day == later { // nothing has happened since
			continue
		}
		files := caseFiles(t, read, store, day)
		differences, compared, err = recount.CompareCases(events, day.String(), files)
		require.NoError(t, err)
		t.Logf("%s: %d values of %d case files recounted", day, compared, len(files))
		require.Empty(t, differences, day.String())
		require.Greater(t, compared, 30000)
		differences, came, err := recount.Openings(whole, day.String(), files)
		require.NoError(t, err)
		t.Logf("%s: %d occurrences opened as foretold", day, came)
		require.Empty(t, differences, day.String())
		if day == middle {
			planted(t, whole, day, book)
			plantedInCases(t, events, day, files)
		}
	}
}

// caseFiles are the case files of all lines of a ledger's only plan as it was on a day, as
// `task show -o json` writes them.
func caseFiles(t *testing.T, was, live *ledger.Store, day calendar.Day) (files [][]byte) {
	t.Helper()
	r := query.New(was, query.Options{Now: time.Now, Calendar: inForce, Live: live, AsOf: day})
	tasks, err := was.Tasks(t.Context(), ledger.TaskFilter{})
	require.NoError(t, err)
	for _, line := range tasks {
		c, err := r.Case(t.Context(), query.Operator(), line.Plan, line.Shown())
		require.NoError(t, err)
		file, err := json.Marshal(c)
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}

// inNoCase are the parts of a case file that package recount does not compute, with the reason.
var inNoCase = map[string]string{
	"as_of": "is the day asked for", "plan": "is the document's own head", "units": "are names of IDs that stand beside them", "seats": "are names of the plan's units",
	"course": "stands on no page: it is what the other parts are made from", "upcoming": "is held against what was opened: see recount.Openings",
	"stuck": "is told by the machine, and by no event",
}

// plantedInCases changes a value in each part of the case files, and requires that the
// recount names each change.
func plantedInCases(t *testing.T, events recount.Archive, day calendar.Day, files [][]byte) {
	t.Helper()
	parts := map[string]string{}
	require.NotEmpty(t, files)
	for part, column := range map[string]string{"task": "title", "facts": "policy_title", "ladder": "at", "talks": "approver", "occurrences": "due", "waits": "on", "pauses": "from", "history": "actor"} {
		found := false
		parts[part] = column
		for _, file := range files {
			var all map[string]any
			require.NoError(t, json.Unmarshal(file, &all))
			row, ok := all[part].(map[string]any)
			if rows, _ := all[part].([]any); len(rows) > 0 {
				row, ok = rows[len(rows)-1].(map[string]any)
			}
			if !ok || part == "ladder" && row["state"] != "decided" || part == "waits" && (row["for"] == "part" || row["for"] == "instruction") {
				continue
			}
			row[column] = "2020-02-02"
			wrong, err := json.Marshal(all)
			require.NoError(t, err)
			differences, _, err := recount.CompareCases(events, day.String(), [][]byte{wrong})
			require.NoError(t, err)
			require.NotEmpty(t, differences, "%s of a case file", part)
			found = true
			break
		}
		require.True(t, found, "a case file has %s", part)
	}
	for _, file := range files {
		var all map[string]any
		require.NoError(t, json.Unmarshal(file, &all))
		for part := range all {
			require.True(t, parts[part] != "" || inNoCase[part] != "", "%s of a case file is not recounted", part)
		}
	}
}

// notCounted are the columns of each block of the book that package recount does not
// compute, with the reason.
var notCounted = map[string]map[string]string{
	"tasks":  {"id": "names the line"},
	"stages": {"task": "names the line", "talk": "names the line", "stage": "names the line", "revision": "names the line"},
	"talks":  {"id": "names the line", "course": "stands in no list and on no sheet: it is what the other columns are made from"},
}

// planted changes one cell of each column of the book, and every count, and requires
// that the recount names all of them and nothing else. The columns of notCounted are
// left alone.
func planted(t *testing.T, whole recount.Archive, day calendar.Day, book []byte) {
	t.Helper()
	var all map[string]any
	require.NoError(t, json.Unmarshal(book, &all))
	var want []string
	for _, block := range []string{"tasks", "stages", "talks"} {
		columns := map[string]bool{}
		var rows []map[string]any
		for _, line := range all[block].([]any) {
			row := line.(map[string]any)
			for column := range row {
				columns[column] = notCounted[block][column] == ""
			}
			said, _ := row["messages"].([]any)
			if block == "tasks" && row["kind"] == "dated" || block == "stages" && row["state"] == "decided" && len(said) > 0 || block == "talks" && row["what"] == "talk" {
				rows = append(rows, row)
			}
		}
		for n, column := range slices.Sorted(maps.Keys(columns)) {
			if !columns[column] {
				continue
			}
			rows[n%len(rows)][column] = []any{map[string]any{"to": "somebody/else", "state": "else"}}
			if column == "messages" {
				column = "fates"
			}
			want = append(want, ": "+column+" is ")
		}
	}
	for count, is := range all["counts"].(map[string]any) {
		if _, number := is.(float64); number && notCounted["counts"][count] == "" {
			all["counts"].(map[string]any)[count] = 4711
			want = append(want, "counts: "+count+" is 4711")
		}
	}
	for _, line := range all["stages"].([]any) {
		if s := line.(map[string]any); s["state"] == "expected" {
			s["to"] = []any{"somebody/else"}
		}
	}
	want = append(want, " was foretold with to ")
	wrong, err := json.Marshal(all)
	require.NoError(t, err)
	found, _, err := recount.Compare(whole.Until(day.String(), calendar.Beijing), day.String(), wrong)
	require.NoError(t, err)
	f, err := recount.Foretold(whole, day.String(), wrong)
	require.NoError(t, err)
	found = append(found, f.Differences...)
	for _, w := range want {
		require.True(t, slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, w) }), "%s\n%s", w, strings.Join(found, "\n"))
	}
	want = append(want, ": taken is ") // the column taken is computed from the steps
	for _, f := range found {
		require.True(t, slices.ContainsFunc(want, func(w string) bool { return strings.Contains(f, w) }), f)
	}
}
