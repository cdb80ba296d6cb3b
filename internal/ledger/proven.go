package ledger

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// kind is what a column holds, however a database gives it.
type kind int

const (
	text   kind = iota // string
	number             // int64
	yes                // bool
	moment             // string, a stamp; nil without one
	facts              // string: a JSON object whose changes are kept field by field, or ""
)

// table is a table that can be rebuilt from the chain: what its columns hold.
type table struct {
	name    string
	key     []string
	columns map[string]kind // of all proven columns, the key's among them
	flags   []string        // columns that are not proven and have no default: a replay writes false
	others  []string        // those that are not the key's, sorted; see rest
}

// proven are the tables that every report rests on, in the order in which their
// rows refer to each other.
var proven = []table{
	{name: "plans", key: []string{"id"}, columns: map[string]kind{
		"id": text, "title": text, "hash": text, "zone": text, "doc": text, "clock": text, "launched_at": moment, "version": number, "grace": number, "ended_at": moment, "archived_at": moment}},
	{name: "tasks", key: []string{"plan", "id"}, columns: map[string]kind{
		"plan": text, "id": text, "position": number, "duty": text, "period": text, "kind": text, "title": text, "clause": text,
		"lead": text, "assist": text, "due": text, "first_due": text, "policy": text, "soft": yes, "priority": yes, "revision": number,
		"state": text, "light": text, "last_stage": text, "armed": yes, "assigned_at": moment, "closed_at": moment, "publish": yes, "course": facts, "version": number, "label": text, "origin": text}},
	{name: "talks", key: []string{"plan", "id"}, columns: map[string]kind{
		"plan": text, "id": text, "task": text, "revision": number, "number": number, "lead": text, "state": text, "opens_at": moment,
		"taken": text, "approver": text, "opened_by": text, "what": text, "origin": text, "course": facts, "version": number, "host": text}},
	{name: "stages", key: []string{"plan", "task", "revision", "talk", "id"}, columns: map[string]kind{
		"plan": text, "task": text, "revision": number, "talk": text, "id": text, "kind": text, "at": moment, "moved_from": text,
		"recipients": text, "light": text, "merged": text, "state": text, "decided_at": moment, "matter": text, "scene": text}},
	{name: "digests", key: []string{"key"}, flags: []string{"started"}, columns: map[string]kind{
		"key": text, "plan": text, "unit": text, "role": text, "speak_at": moment, "number": number, "gathered_at": moment, "words": text, "channels": text}},
	{name: "notices", key: []string{"key"}, flags: []string{"reported"}, columns: map[string]kind{
		"key": text, "plan": text, "task": text, "revision": number, "talk": text, "stage": text, "unit": text, "role": text, "channel": text,
		"kind": text, "light": text, "speak_at": moment, "digest": text, "state": text, "message": text, "error": text, "sent_at": moment, "twice": yes}},
	{name: "messages", key: []string{"id"}, columns: map[string]kind{
		"id": text, "plan": text, "digest": text, "channel": text, "state": text, "attempt": number, "error": text, "doubts": number, "via": text, "missed": text}},
	{name: "calendars", key: []string{"year"}, columns: map[string]kind{"year": number, "version": number, "doc": text, "since": moment, "undone": text}},
	{name: "units", key: []string{"id"}, columns: map[string]kind{"id": text, "version": number, "doc": text}},
	{name: "readings", key: []string{"office", "section", "month", "span"}, columns: map[string]kind{
		"office": text, "section": text, "month": text, "span": text, "version": number, "doc": text}},
	{name: "assessments", key: []string{"plan", "period"}, columns: map[string]kind{
		"plan": text, "period": text, "version": number, "state": text, "sheet": text, "result": text, "doc": text}},
	{name: "merits", key: []string{"plan", "number"}, columns: map[string]kind{"plan": text, "number": number, "doc": text}},
	{name: "incidents", key: []string{"plan", "number"}, columns: map[string]kind{
		"plan": text, "number": number, "version": number, "state": text, "section": text, "doc": text}},
	{name: "year_reports", key: []string{"plan"}, columns: map[string]kind{"plan": text, "version": number, "doc": text}},
	{name: "complaints", key: []string{"plan", "number"}, columns: map[string]kind{
		"plan": text, "number": number, "version": number, "state": text, "hotline": text, "doc": text}},
	{name: "public_texts", key: []string{"plan", "number"}, columns: map[string]kind{
		"plan": text, "number": number, "version": number, "state": text, "task": text, "since": text, "doc": text}},
	{name: "office", key: []string{"name"}, columns: map[string]kind{"name": text, "value": text}},
}

// Unproven are the tables and columns that come from no event: no report rests on them.
var Unproven = []string{"identity", "waits", "mornings", "digests.started", "digests.morning", "notices.reported",
	"signins", "invitations", "sessions", "throttles", "signin_log", "standins",
	"tokens", "calendar_dates", "subjects", "audits", "drafts", "draft_files", "draft_fields", "filters", "complainants"}

func init() {
	for i := range proven {
		proven[i].others = proven[i].rest()
	}
}

// byDefault is what a new row holds in a column that its writer does not name: in
// all others ""; 0, false or null.
var byDefault = map[string]any{"plans.version": int64(1), "tasks.version": int64(1), "talks.version": int64(1)}

// tableOf is a proven table by its name, or nil.
func tableOf(name string) *table {
	for i := range proven {
		if proven[i].name == name {
			return &proven[i]
		}
	}
	return nil
}

// rest are the columns that are not the key's, sorted.
func (t *table) rest() []string {
	if t.others != nil {
		return t.others
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(t.columns)), func(c string) bool { return slices.Contains(t.key, c) })
}

// all are the key's columns and the others.
func (t *table) all() []string { return append(slices.Clone(t.key), t.rest()...) }

// cell brings what a database gave to what both give: string, int64, bool or nil.
func (k kind) cell(v any) (any, error) {
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	switch k {
	case number:
		if n, ok := v.(int64); ok {
			return n, nil
		}
	case yes:
		switch b := v.(type) {
		case bool:
			return b, nil
		case int64:
			return b != 0, nil
		}
	case moment:
		switch at := v.(type) {
		case nil:
			return nil, nil
		case time.Time:
			return at.UTC().Format(stamp), nil
		case string:
			return at, nil
		}
	default:
		if s, ok := v.(string); ok {
			return s, nil
		}
	}
	return fmt.Sprintf("%v", v), fmt.Errorf("ledger: a column holds %T %v", v, v)
}

// bound is the cell that a value bound to a statement becomes.
func (k kind) bound(v any) (any, error) {
	switch at := v.(type) {
	case sql.NullTime:
		if !at.Valid {
			return nil, nil
		}
		return k.cell(at.Time)
	case int:
		return int64(at), nil
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.String {
		return k.cell(r.String())
	}
	return k.cell(v)
}

// nothing is the value that the rows of an event leave out.
func (k kind) nothing() any {
	switch k {
	case number:
		return int64(0)
	case yes:
		return false
	case moment:
		return nil
	}
	return ""
}

// Facts are kept as the text of a JSON object whose fields are sorted, so that
// taking over a change gives the same bytes again.

// canonical is this text of a value that marshals to a JSON object.
func canonical(v any) (string, error) {
	whole, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	fields, err := fieldsOf(string(whole))
	if err != nil {
		return "", err
	}
	sorted, err := json.Marshal(fields)
	return string(sorted), err
}

func fieldsOf(text string) (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if text == "" {
		return fields, nil
	}
	return fields, json.Unmarshal([]byte(text), &fields)
}

// turn is the difference between two versions of facts: fields set, lists made longer,
// fields removed.
type turn struct {
	Set map[string]json.RawMessage   `json:"set,omitempty"`
	Add map[string][]json.RawMessage `json:"add,omitempty"`
	Cut []string                     `json:"cut,omitempty"`
}

// turnOf is the turn by which the facts before become the facts now.
func turnOf(before, now string) (t turn, err error) {
	was, err := fieldsOf(before)
	if err != nil {
		return t, err
	}
	is, err := fieldsOf(now)
	if err != nil {
		return t, err
	}
	t = turn{Set: map[string]json.RawMessage{}, Add: map[string][]json.RawMessage{}}
	for name, value := range is {
		old, there := was[name]
		switch more, longer := tail(old, value); {
		case there && bytes.Equal(old, value):
		case there && longer:
			t.Add[name] = more
		default:
			t.Set[name] = value
		}
	}
	for name := range was {
		if _, stays := is[name]; !stays {
			t.Cut = append(t.Cut, name)
		}
	}
	slices.Sort(t.Cut)
	return t, nil
}

// tail is what follows short in the list long; ok is false unless long begins with short
// and is longer.
func tail(short, long json.RawMessage) (more []json.RawMessage, ok bool) {
	var a, b []json.RawMessage
	if len(short) == 0 || short[0] != '[' || json.Unmarshal(short, &a) != nil || json.Unmarshal(long, &b) != nil || len(a) == 0 || len(b) <= len(a) {
		return nil, false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return nil, false
		}
	}
	return b[len(a):], true
}

// on is what the facts before become by a turn.
func (t turn) on(before string) (string, error) {
	fields, err := fieldsOf(before)
	if err != nil {
		return "", err
	}
	for name, more := range t.Add {
		var list []json.RawMessage
		if err := json.Unmarshal(fields[name], &list); err != nil {
			return "", err
		}
		if fields[name], err = json.Marshal(append(list, more...)); err != nil {
			return "", err
		}
	}
	maps.Copy(fields, t.Set)
	for _, name := range t.Cut {
		delete(fields, name)
	}
	now, err := json.Marshal(fields)
	return string(now), err
}
