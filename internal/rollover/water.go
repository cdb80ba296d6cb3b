package rollover

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// schemes writes the schemes of sections 一断面一方案 of which measures go on, with these
// measures alone, and has the plan name them. A scheme of which nothing is left is left out:
// next year's measures are for the counties to draw.
func (r *rewriter) schemes(root *yaml.Node, file func(of string) (name string, raw []byte, err error)) (left []File, err error) {
	n := value(root, "schemes")
	if n == nil {
		return nil, nil
	}
	names := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, leaf := range leaves(n) {
		name, raw, err := file(leaf.Value)
		if err != nil {
			return nil, err
		}
		scheme, fault := strictyaml.Document(raw, planfile.Largest)
		if fault != nil {
			return nil, fmt.Errorf("plan %s: %s cannot be read: %w", r.From.ID, leaf.Value, fault)
		}
		scheme = plainCopy(scheme)
		measures := list(scheme, "measures")
		r.entries(measures)
		if measures == nil || len(measures.Content) == 0 {
			continue
		}
		r.links(scheme)
		head := strings.TrimSpace(r.w.T("rollover.scheme_head", words.Data{"Old": r.From.Year, "Year": r.Year}))
		out, err := rewritten(raw, scheme, head)
		if err != nil {
			return nil, err
		}
		left = append(left, File{name, out})
		names.Content = append(names.Content, text(name))
	}
	if len(left) == 0 {
		remove(root, "schemes")
		return nil, nil
	}
	put(root, "schemes", names)
	return left, nil
}

// register is the file of sections with a target of the new year for each section that has one
// of the old year and none of the new: the same, until the new one is known. raw itself where
// no section lacks one, or where it is no such file.
func (d Draft) register(raw []byte, w *words.Words) []byte {
	root, fault := strictyaml.Document(raw, planfile.Largest)
	if fault != nil || root.Kind != yaml.MappingNode {
		return raw
	}
	root = plainCopy(root)
	sections := list(root, "sections")
	if sections == nil {
		return raw
	}
	old, year, added := strconv.Itoa(d.From.Year), strconv.Itoa(d.Year), 0
	for _, s := range sections.Content {
		targets := list(s, "targets")
		if targets == nil {
			continue
		}
		var last *yaml.Node
		known := false
		for _, t := range targets.Content {
			switch scalar(t, "year") {
			case old:
				last = t
			case year:
				known = true
			}
		}
		if last == nil || known {
			continue
		}
		next := plainCopy(last)
		next.HeadComment, next.LineComment, next.FootComment = "", "", ""
		set(next, "year", year, "").Tag = "!!int"
		targets.Content = append(targets.Content, next)
		added++
	}
	if added == 0 {
		return raw
	}
	out, err := rewritten(raw, root, strings.TrimSpace(w.T("rollover.targets_head", words.Data{"Old": d.From.Year, "Year": d.Year, "Count": added})))
	if err != nil {
		return raw
	}
	return out
}

// dutyIn are the mappings of the plan's parts that are duties of the plan, by the part's field.
var dutyIn = map[string]string{"water": "readings", "incidents": "readings", "zones": "bulletin"}

// partsDuty is a part of which the mapping field, a duty of the plan, is brought to the new year and goes on
// from the one of the old plan; it is left out where the duty is. raw itself where the part has no such
// mapping.
func (d Draft) partsDuty(raw []byte, field string, w *words.Words) (out []byte, marks []mark, err error) {
	root, fault := strictyaml.Document(raw, planfile.Largest)
	if field == "" || fault != nil || root.Kind != yaml.MappingNode {
		return raw, nil, nil
	}
	root = plainCopy(root)
	o := value(root, field)
	if o == nil || o.Kind != yaml.MappingNode {
		return raw, nil, nil
	}
	id := scalar(o, "id")
	var items []Item
	carries := true
	for _, i := range d.Items {
		if i.Task.Kind == plan.Duty && entry(i.Task) == id && i.Do != Drop {
			items, carries = append(items, i), carries && i.Carries
		}
	}
	if len(items) == 0 {
		remove(root, field)
	} else {
		r := d.rewriter(w)
		remove(o, "was")
		remove(o, "carries")
		r.recur(o, items[0])
		if marks = r.marks; carries {
			set(o, "carries", d.From.ID+"/"+id, "")
		}
	}
	out, err = rewritten(raw, root, "")
	return out, marks, err
}

// topLine is a key of a file's outermost mapping with the comments right above it.
var topLine = regexp.MustCompile(`(?m)^((?:#.*\n)*[a-z_]+:)`)

// rewritten is a file of which root is the changed content: under the comments with which raw
// begins, and under head.
func rewritten(raw []byte, root *yaml.Node, head string) ([]byte, error) {
	var b, body bytes.Buffer
	for line := range strings.Lines(string(raw)) {
		if !strings.HasPrefix(line, "#") {
			break
		}
		b.WriteString(line)
	}
	for line := range strings.Lines(head) {
		b.WriteString("# " + strings.TrimSpace(line) + "\n")
	}
	root.HeadComment = ""
	if len(root.Content) > 0 {
		root.Content[0].HeadComment = ""
	}
	enc := yaml.NewEncoder(&body)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(root), enc.Close()); err != nil {
		return nil, err
	}
	b.Write(topLine.ReplaceAll(body.Bytes(), []byte("\n$1")))
	return b.Bytes(), nil
}
