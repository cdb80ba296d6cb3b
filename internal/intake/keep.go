package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"duban/internal/strictyaml"
)

// keeper knows what import wrote last into a directory, and so what a person
// has edited since.
type keeper struct {
	dir    string
	hashes map[string]string // file name → SHA-256 of what import wrote
}

const recordName = "import-record.json"

func openKeeper(dir string) (*keeper, error) {
	k := &keeper{dir: dir, hashes: map[string]string{}}
	raw, err := readSmall(filepath.Join(dir, recordName))
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(raw, &k.hashes) != nil {
		k.hashes = map[string]string{} // unreadable: every file counts as edited
	}
	return k, nil
}

func hash(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// edited says whether a file is there that is not what import wrote.
func (k *keeper) edited(name string) bool {
	raw, err := os.ReadFile(filepath.Join(k.dir, name))
	return err == nil && hash(raw) != k.hashes[name]
}

// write writes name, or name.new, name.new2 … when a person has edited it; kept
// tells that the file itself was left alone.
func (k *keeper) write(name string, raw []byte) (path string, kept bool, err error) {
	path = filepath.Join(k.dir, name)
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, raw) {
		k.hashes[name] = hash(raw)
		return path, false, nil
	}
	for n := 0; n < 1000; n++ {
		try := name
		if n == 1 {
			try += ".new"
		} else if n > 1 {
			try += fmt.Sprintf(".new%d", n)
		}
		if k.edited(try) {
			continue
		}
		path = filepath.Join(k.dir, try)
		if err := writeFile(path, raw); err != nil {
			return "", false, err
		}
		k.hashes[try] = hash(raw)
		return path, n > 0, k.save()
	}
	return "", true, fmt.Errorf("%s: too many edited drafts beside it", path)
}

func (k *keeper) save() error {
	raw, err := json.MarshalIndent(k.hashes, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(k.dir, recordName), append(raw, '\n'))
}

// writeFile replaces a file at once: a reader sees the old one or the new one.
func writeFile(path string, raw []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".import-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(raw); err != nil {
		f.Close()
		return err
	}
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// answerFile is what answers files hold: question ID → answer, and → where the answer is.
type answerFile struct{ said, at map[string]string }

// readAnswers reads the answers of the directory and those given beside them,
// which win. Both forms are understood: the list that import writes, and a
// mapping of question id to answer.
func readAnswers(paths ...string) (answerFile, error) {
	out := answerFile{map[string]string{}, map[string]string{}}
	for i, path := range paths {
		if path == "" {
			continue
		}
		raw, err := readSmall(path)
		if i == 0 && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return out, err
		}
		root, err := document(raw, path, "refuse_answers")
		if err != nil {
			return out, err
		}
		if root == nil {
			continue
		}
		if err := out.collect(root, filepath.Base(path)); err != nil {
			return out, &Refusal{File: filepath.Base(path), Key: "refuse_answers", Err: err}
		}
	}
	return out, nil
}

// document is the root of a small YAML file of a draft; nil when it is empty. What
// cannot be read is a *Refusal with the key.
func document(raw []byte, path, key string) (*yaml.Node, error) {
	doc, err := tree(raw, path, key)
	if doc == nil {
		return nil, err
	}
	return doc.Content[0], nil
}

// tree is document with the comments at the head and the foot of the file.
func tree(raw []byte, path, key string) (*yaml.Node, error) {
	doc, fault := strictyaml.Tree(raw, smallFile)
	switch {
	case fault == nil:
		return doc, nil
	case fault.Key == "empty_file":
		return nil, nil
	}
	return nil, &Refusal{File: filepath.Base(path), Key: key, Err: fault}
}

// shown is text from a document without the characters that nobody sees, which a YAML
// file of ours may not hold.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if strictyaml.Hidden(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// shown is the question as a person may read it in a file.
func (q Question) shown() Question {
	q.Place, q.Words, q.Ask, q.Proposal, q.Answer = shown(q.Place), shown(q.Words), shown(q.Ask), shown(q.Proposal), shown(q.Answer)
	q.Options, q.Items = slices.Clone(q.Options), slices.Clone(q.Items)
	for i, o := range q.Options {
		q.Options[i] = shown(o)
	}
	for i := range q.Items {
		it := &q.Items[i]
		it.Place, it.Words, it.Proposal, it.Answer = shown(it.Place), shown(it.Words), shown(it.Proposal), shown(it.Answer)
	}
	return q
}

func (f answerFile) collect(n *yaml.Node, file string) error {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, q := range n.Content {
			if err := f.question(q, file); err != nil {
				return err
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			f.take(n.Content[i].Value, n.Content[i+1], file)
		}
	default:
		return errors.New("neither a list of questions nor a mapping of id to answer")
	}
	return nil
}

// question takes the answers of one question of the list and of its items.
func (f answerFile) question(n *yaml.Node, file string) error {
	var q struct {
		ID     string
		Answer yaml.Node
		Items  []struct {
			ID     string
			Answer yaml.Node
		}
	}
	if err := n.Decode(&q); err != nil {
		return err
	}
	f.take(q.ID, &q.Answer, file)
	for _, i := range q.Items {
		f.take(i.ID, &i.Answer, file)
	}
	return nil
}

func (f answerFile) take(id string, v *yaml.Node, file string) {
	if v.Kind == yaml.ScalarNode && v.Value != "" && v.Tag != "!!null" && v.Value != "null" {
		f.said[id], f.at[id] = v.Value, fmt.Sprintf("%s:%d", file, v.Line)
	}
}

const answersHead = `# 导入时没有把握、要由人决定的问题，最要紧的在前。
# 在 answer 后面写上回答，再导入一次；不回答的按 proposal 处理。本文件只会增加，不会被覆盖。
`

// appendQuestions adds the questions that the file does not hold yet.
func appendQuestions(path string, qs []Question) error {
	raw, err := readSmall(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	have := map[string]bool{}
	if root, err := document(raw, path, "refuse_answers"); err == nil && root != nil {
		switch root.Kind {
		case yaml.SequenceNode:
			var list []struct {
				ID    string
				Items []struct{ ID string }
			}
			if root.Decode(&list) == nil {
				for _, q := range list {
					have[q.ID] = true
					for _, i := range q.Items {
						have[i.ID] = true
					}
				}
			}
		default:
			return nil // a person's own mapping: nothing can be added after it
		}
	}
	var fresh []Question
	for _, q := range qs {
		items := len(q.Items)
		q.Items = slices.DeleteFunc(slices.Clone(q.Items), func(i Item) bool { return have[i.ID] })
		if items == 0 && !have[q.ID] || len(q.Items) > 0 {
			fresh = append(fresh, q.shown())
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	added, err := encode("", fresh)
	if err != nil {
		return err
	}
	if len(raw) == 0 {
		raw = []byte(answersHead)
	} else if raw[len(raw)-1] != '\n' {
		raw = append(raw, '\n')
	}
	return writeFile(path, append(raw, added...))
}

// GiveAnswers writes answers, question or item id to text, into the answers.yaml of
// a draft's directory; all else in it stays as it is.
func GiveAnswers(dir string, answers map[string]string) error {
	path := filepath.Join(dir, "answers.yaml")
	raw, err := readSmall(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	doc, err := tree(raw, path, "refuse_answers")
	if err != nil {
		return err
	}
	if doc == nil {
		doc = &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.SequenceNode}}}
	}
	root := doc.Content[0]
	left := maps.Clone(answers)
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode {
			id, answer := "", (*yaml.Node)(nil)
			for i := 0; i+1 < len(n.Content); i += 2 {
				switch n.Content[i].Value {
				case "id":
					id = n.Content[i+1].Value
				case "answer":
					answer = n.Content[i+1]
				}
			}
			if said, ok := answers[id]; ok && id != "" {
				if answer == nil {
					answer = &yaml.Node{}
					n.Content = append(n.Content, text("answer"), answer)
				}
				answer.SetString(said)
				delete(left, id)
			}
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(root)
	for _, id := range slices.Sorted(maps.Keys(left)) {
		if root.Kind == yaml.MappingNode {
			root.Content = append(root.Content, text(id), text(left[id]))
			continue
		}
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{text("id"), text(id), text("answer"), text(left[id])}})
	}
	out, err := encode("", doc)
	if err != nil {
		return err
	}
	return writeFile(path, out)
}
