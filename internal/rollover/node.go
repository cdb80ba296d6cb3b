package rollover

import (
	"regexp"

	"gopkg.in/yaml.v3"
)

// plainCopy is a copy of a node with its aliases written out, since the node with the
// anchor may not be in the draft.
func plainCopy(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	c := *n
	c.Anchor = ""
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = plainCopy(child)
	}
	return &c
}

func text(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

// value is the node under a key of a mapping; nil when it is not there or empty.
func value(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if v := n.Content[i+1]; n.Content[i].Value == key && v.ShortTag() != "!!null" {
			return v
		}
	}
	return nil
}

func list(n *yaml.Node, key string) *yaml.Node {
	if v := value(n, key); v != nil && v.Kind == yaml.SequenceNode {
		return v
	}
	return nil
}

func scalar(n *yaml.Node, key string) string {
	if v := value(n, key); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// leaves are the texts of a list, or the one text.
func leaves(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

// put sets a key's node, at its place or at the end; a comment on its line goes,
// since it spoke of the old value.
func put(n *yaml.Node, key string, v *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content[i+1] = v
			return
		}
	}
	n.Content = append(n.Content, text(key), v)
}

// set is put with a text and a comment behind it.
func set(n *yaml.Node, key, to, comment string) *yaml.Node {
	v := text(to)
	v.LineComment = comment
	put(n, key, v)
	return v
}

func remove(n *yaml.Node, key string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
			return
		}
	}
}

var (
	clauseLine = regexp.MustCompile(`(?m)^(  - id:|  # )`)
	afterHead  = regexp.MustCompile(`(?m)^(  # .*\n)\n(  - id:)`)
	listLine   = regexp.MustCompile(`(?m)^((?:#.*\n)*(?:clauses|projects|sections):)`)
	underList  = regexp.MustCompile(`(?m)^(clauses:\n)\n`)
	rowsLine   = regexp.MustCompile(`(?m)^(projects|sections):`)
)

// airy puts an empty line before every clause and list, which the encoder drops.
func airy(raw []byte) []byte {
	end := len(raw)
	if at := rowsLine.FindIndex(raw); at != nil {
		end = at[0]
	}
	body := clauseLine.ReplaceAll(raw[:end], []byte("\n$1"))
	body = afterHead.ReplaceAll(body, []byte("$1$2"))
	raw = listLine.ReplaceAll(append(body, raw[end:]...), []byte("\n$1"))
	return underList.ReplaceAll(raw, []byte("$1"))
}
