package plan_test

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/water"
)

// unwritable are the places in a type at which json.Marshal may fail. A type with a method
// of its own may fail, too, unless it is one of sure.
func unwritable(t reflect.Type, sure []reflect.Type, path string, within []reflect.Type) (bad []string) {
	if slices.Contains(sure, t) {
		return nil
	}
	if t.Kind() != reflect.Pointer && (t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())) {
		return []string{path + ": " + t.String() + " writes itself"}
	}
	if slices.Contains(within, t) {
		return []string{path + ": " + t.String() + " may hold itself"}
	}
	within = append(slices.Clone(within), t)
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return nil
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return unwritable(t.Elem(), sure, path, within)
	case reflect.Map:
		return append(unwritable(t.Key(), sure, path, within), unwritable(t.Elem(), sure, path, within)...)
	case reflect.Struct:
		for f := range t.Fields() {
			if f.IsExported() && f.Tag.Get("json") != "-" {
				bad = append(bad, unwritable(f.Type, sure, path+"."+f.Name, within)...)
			}
		}
		return bad
	}
	return []string{path + ": " + t.String()}
}

// TestAPlanCanBeWritten: json.Marshal never fails on a plan; Plan.Meaning relies on this.
func TestAPlanCanBeWritten(t *testing.T) {
	t.Parallel()
	// Their methods return no error.
	sure := []reflect.Type{reflect.TypeFor[calendar.Day](), reflect.TypeFor[people.Recipient](), reflect.TypeFor[plan.Offset](),
		reflect.TypeFor[water.Month](), reflect.TypeFor[water.Value](), reflect.TypeFor[water.Class](), reflect.TypeFor[decimal.Decimal]()}
	require.Empty(t, unwritable(reflect.TypeFor[plan.Plan](), sure, "plan", nil))
	type loop struct {
		Next *loop
		Rate float64
		Any  any
	}
	require.Len(t, unwritable(reflect.TypeFor[loop](), sure, "loop", nil), 3)
}
