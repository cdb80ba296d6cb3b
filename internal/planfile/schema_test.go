package planfile

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

const seedDir = "../../seeds"

func schemaFile(name string) string { return filepath.Join(seedDir, "schema", name+".schema.json") }

// asJSON is a YAML node as an editor's schema checker sees it: dates are texts.
func asJSON(t *testing.T, n *yaml.Node) any {
	switch n.Kind {
	case yaml.AliasNode:
		return asJSON(t, n.Alias)
	case yaml.DocumentNode:
		return asJSON(t, n.Content[0])
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = asJSON(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		all := []any{}
		for _, c := range n.Content {
			all = append(all, asJSON(t, c))
		}
		return all
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		return json.Number(n.Value)
	}
	return n.Value
}

func validate(t *testing.T, schema, file string, change func(root map[string]any)) error {
	s, err := jsonschema.NewCompiler().Compile(schemaFile(schema))
	require.NoError(t, err)
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var n yaml.Node
	require.NoError(t, yaml.Unmarshal(raw, &n))
	root := asJSON(t, &n).(map[string]any)
	change(root)
	return s.Validate(root)
}

func TestTheSeedsFitTheirSchemas(t *testing.T) {
	t.Parallel()
	files := map[string][]string{
		"policies":   {filepath.Join(seedDir, "policies.yaml"), filepath.Join(seedDir, "exceedance.yaml"), filepath.Join(seedDir, "hotline.yaml")},
		"plan":       {"testdata/small/plan.yaml"},
		"units":      {"testdata/small/units.yaml"},
		"register":   {filepath.Join(seedDir, "jincheng-2021-water", "sections.yaml")},
		"scheme":     {filepath.Join(seedDir, "jincheng-2021-water", "scheme-example.yaml")},
		"publicity":  {filepath.Join(seedDir, "jincheng-2021-water", "publicity-example.yaml")},
		"zones":      {filepath.Join(seedDir, "jincheng-2021-water", "zones-example.yaml")},
		"assessment": {filepath.Join(seedDir, "jincheng-2021-water", "assessment-example.yaml")},
		"incidents":  {filepath.Join(seedDir, "jincheng-2021-water", "incidents-example.yaml")},
		"complaints": {filepath.Join(seedDir, "jincheng-2021-water", "complaints-example.yaml")},
	}
	for _, name := range []string{"plan", "units"} {
		found, err := filepath.Glob(filepath.Join(seedDir, "*", name+".yaml"))
		require.NoError(t, err)
		require.NotEmpty(t, found)
		files[name] = append(files[name], found...)
	}
	for schema, all := range files {
		for _, file := range all {
			require.NoError(t, validate(t, schema, file, func(map[string]any) {}), file)
			require.Error(t, validate(t, schema, file, func(root map[string]any) { root["titel"] = "x" }), "an unknown field")
			require.Error(t, validate(t, schema, file, func(root map[string]any) { clear(root) }), "everything missing")
		}
	}
	require.Error(t, validate(t, "plan", files["plan"][0], func(root map[string]any) { root["issued"] = "2021年4月8日" }))
}

// What depends on another field is in the schema too.
func TestThePoliciesSchemaHoldsFieldsAgainstEachOther(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	one := func(list any, i int) object { return list.([]any)[i].(object) }
	for name, change := range map[string]func(root object){
		"unless from the due date": func(root object) { one(one(root["policies"], 0)["stages"], 2)["unless"] = "acknowledged" },
		"unless on a talk":         func(root object) { one(one(root["policies"], 0)["stages"], 0)["kind"] = "talk" },
		"talks without within":     func(root object) { delete(one(root["consequences"], 2), "within") },
		"overdue with within":      func(root object) { one(root["consequences"], 0)["within"] = "30 days" },
		"one overdue task":         func(root object) { one(root["consequences"], 0)["at_least"] = json.Number("1") },
		"ten extensions":           func(root object) { one(root["policies"], 0)["acts"].(object)["extensions"] = json.Number("10") },
	} {
		require.Error(t, validate(t, "policies", filepath.Join(seedDir, "policies.yaml"), change), name)
	}
}

// TestSchemaAndLoaderKnowTheSameFields compares the schemas' property names
// with the loader's own tables, and asks for a description of each.
func TestSchemaAndLoaderKnowTheSameFields(t *testing.T) {
	t.Parallel()
	type schema struct {
		ID         string `json:"$schema"`
		Properties map[string]struct {
			Ref         string `json:"$ref"`
			Description string `json:"description"`
		} `json:"properties"`
		Additional *bool             `json:"additionalProperties"`
		Defs       map[string]schema `json:"$defs"`
	}
	got := map[string][]string{}
	note := func(name string, s schema) {
		require.NotNil(t, s.Additional, name)
		require.False(t, *s.Additional, name)
		for field, p := range s.Properties {
			got[name] = append(got[name], field)
			require.NotEmpty(t, p.Description+p.Ref, "%s.%s", name, field)
		}
	}
	for _, name := range []string{"plan", "units", "policies", "register", "scheme", "zones", "publicity", "assessment", "incidents", "complaints"} {
		raw, err := os.ReadFile(schemaFile(name))
		require.NoError(t, err)
		require.True(t, bytes.Contains(raw, []byte("责任")) || name == "policies", "in Chinese, unescaped")
		var s schema
		require.NoError(t, json.Unmarshal(raw, &s))
		require.Equal(t, "https://json-schema.org/draft/2020-12/schema", s.ID)
		note(name, s)
		for def, d := range s.Defs {
			note(def, d)
		}
	}
	want := map[string][]string{}
	for name, fields := range known {
		want[name] = slices.Sorted(slices.Values(fields))
	}
	for name := range got {
		slices.Sort(got[name])
	}
	require.Equal(t, want, got)
}
