package accounts

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"duban/internal/people"
)

const (
	seedFile   = "../../seeds/jincheng-2021-water/accounts.yaml"
	schemaFile = "../../seeds/schema/accounts.schema.json"
)

// Every unit of the seeded plan can act, and two leaders can decide.
func TestTheSeededAccounts(t *testing.T) {
	t.Parallel()
	b, problems := Load(seedFile)
	require.Empty(t, problems)
	raw, err := os.ReadFile("../../seeds/jincheng-2021-water/units.yaml")
	require.NoError(t, err)
	var units struct {
		Units []struct{ ID, Name, Kind string }
	}
	require.NoError(t, yaml.Unmarshal(raw, &units))
	dir := people.Directory{}
	for _, u := range units.Units {
		dir.Units = append(dir.Units, people.Unit{ID: u.ID})
		of := b.Of(u.ID)
		switch people.UnitKind(u.Kind) {
		case people.LeadershipUnit:
			require.Len(t, of, 2)
			require.Equal(t, []people.Role{people.Leader, people.Leader}, []people.Role{of[0].Seat, of[1].Seat})
		case people.OfficeUnit:
			require.Equal(t, []Account{{ID: u.ID, Name: u.Name + "督办岗", Unit: u.ID, Seat: people.Office}}, of)
		default:
			require.Equal(t, []Account{{ID: u.ID, Name: u.Name + "联络员", Unit: u.ID, Seat: people.Liaison}}, of)
		}
	}
	require.Len(t, dir.Units, 22)
	require.Len(t, b.All, 23)
	require.Empty(t, b.Check(dir))
	leader, ok := b.Find("fu-shizhang")
	require.True(t, ok)
	require.Equal(t, "lingdao", leader.Unit)
}

func TestTheSeedFitsItsSchema(t *testing.T) {
	t.Parallel()
	s, err := jsonschema.NewCompiler().Compile(schemaFile)
	require.NoError(t, err)
	raw, err := os.ReadFile(seedFile)
	require.NoError(t, err)
	spoilt := func(change func(first map[string]any)) error {
		var root map[string]any
		require.NoError(t, yaml.Unmarshal(raw, &root))
		change(root["accounts"].([]any)[0].(map[string]any))
		return s.Validate(root)
	}
	require.NoError(t, spoilt(func(map[string]any) {}))
	for name, change := range map[string]func(a map[string]any){
		"unknown field": func(a map[string]any) { a["role"] = "office" },
		"no unit":       func(a map[string]any) { delete(a, "unit") },
		"reserved":      func(a map[string]any) { a["id"] = "engine" },
		"Chinese ID":    func(a map[string]any) { a["id"] = "市水务局" },
		"seat":          func(a map[string]any) { a["seat"] = "boss" },
	} {
		require.Error(t, spoilt(change), name)
	}
}

func TestSchemaAndLoaderKnowTheSameFields(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	type schema struct {
		Properties map[string]struct {
			Description string `json:"description"`
		} `json:"properties"`
		Additional *bool             `json:"additionalProperties"`
		Defs       map[string]schema `json:"$defs"`
	}
	var s schema
	require.NoError(t, json.Unmarshal(raw, &s))
	for name, s := range map[string]schema{"accounts": s, "account": s.Defs["account"]} {
		require.Equal(t, slices.Sorted(slices.Values(grammar.Fields[name])), slices.Sorted(maps.Keys(s.Properties)))
		require.False(t, *s.Additional)
		for field, p := range s.Properties {
			require.NotEmpty(t, p.Description, field)
		}
	}
}
