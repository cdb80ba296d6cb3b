package intake

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/planfile"
)

// The plan's files, field by field in the order in which a clerk reads them.
type planFile struct {
	ID         string        `yaml:"id"`
	Title      string        `yaml:"title"`
	Number     string        `yaml:"number,omitempty"`
	Issuer     string        `yaml:"issuer"`
	Issued     *yaml.Node    `yaml:"issued"`
	Year       int           `yaml:"year"`
	Zone       string        `yaml:"zone"`
	Policy     string        `yaml:"policy"`
	Office     string        `yaml:"office"`
	Leadership string        `yaml:"leadership"`
	Units      string        `yaml:"units"`
	Clauses    []clauseFile  `yaml:"clauses,omitempty"`
	Projects   []projectFile `yaml:"projects,omitempty"`
	Sections   []sectionFile `yaml:"sections,omitempty"`
}

type clauseFile struct {
	ID       string      `yaml:"id"`
	Chapter  string      `yaml:"chapter,omitempty"`
	Heading  string      `yaml:"heading,omitempty"`
	Title    string      `yaml:"title"`
	Place    string      `yaml:"place,omitempty"`
	Brackets []flowList  `yaml:"brackets,omitempty"`
	Text     *yaml.Node  `yaml:"text"`
	Tasks    []entryFile `yaml:"tasks,omitempty"`
}

type flowList []string

func (f flowList) MarshalYAML() (any, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, s := range f {
		n.Content = append(n.Content, text(s))
	}
	return n, nil
}

type entryFile struct {
	ID        string     `yaml:"id"`
	No        int        `yaml:"no,omitempty"`
	Annex     string     `yaml:"annex,omitempty"`
	Title     string     `yaml:"title"`
	Kind      string     `yaml:"kind,omitempty"`
	Bracket   int        `yaml:"bracket,omitempty"`
	Units     flowList   `yaml:"units,omitempty"`
	Lead      string     `yaml:"lead,omitempty"`
	Assist    *flowList  `yaml:"assist,omitempty"`
	Each      flowList   `yaml:"each,omitempty"`
	SameAs    string     `yaml:"same_as,omitempty"`
	Begin     *yaml.Node `yaml:"begin,omitempty"`
	Due       *yaml.Node `yaml:"due,omitempty"`
	Limit     string     `yaml:"limit,omitempty"`
	Recur     *recurFile `yaml:"recur,omitempty,flow"`
	Milestone string     `yaml:"milestone,omitempty"`
	Soft      bool       `yaml:"soft,omitempty"`
	Priority  bool       `yaml:"priority,omitempty"`
	Publish   bool       `yaml:"publish,omitempty"`
	Remark    string     `yaml:"remark,omitempty"`
	Source    string     `yaml:"source"`
	Ruling    string     `yaml:"ruling,omitempty"`
	Place     string     `yaml:"place,omitempty"`
	Note      string     `yaml:"note,omitempty"`
}

type projectFile = entryFile

type recurFile struct {
	Every string     `yaml:"every,omitempty"`
	Shift int        `yaml:"shift,omitempty"`
	Cron  string     `yaml:"cron,omitempty"`
	From  *yaml.Node `yaml:"from,omitempty"`
	Until *yaml.Node `yaml:"until,omitempty"`
}

type sectionFile struct {
	ID     string `yaml:"id"`
	No     int    `yaml:"no"`
	Annex  string `yaml:"annex,omitempty"`
	County string `yaml:"county"`
	Name   string `yaml:"name"`
	Target string `yaml:"target"`
	Level  string `yaml:"level"`
	Note   string `yaml:"note,omitempty"`
}

func text(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

func dayNode(d calendar.Day) *yaml.Node {
	if d.IsZero() {
		return nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!timestamp", Value: d.String()}
}

// issuedNode is the day of issue, or the mark of what a person has to decide.
func issuedNode(d calendar.Day) *yaml.Node {
	if d.IsZero() {
		return text(planfile.Todo)
	}
	return dayNode(d)
}

func literal(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.LiteralStyle}
	return n
}

const planHead = `# yaml-language-server: $schema=../schema/plan.schema.json
# 由导入生成的草稿。每一项的 source 是原文，note 里的“出处”是它在文件里的位置。
# 没有把握的地方列在 answers.yaml，按重要程度排列；回答后再导入一次即可。
# 也可以直接改本文件：改过的文件不会再被导入覆盖，新的结果写在 plan.yaml.new。
`

const unitsHead = `# yaml-language-server: $schema=../schema/units.schema.json
# 由导入生成的单位名录。联系人的 .example 地址发不出去，请换成实际的姓名和邮箱。
`

// PlanYAML is the draft as plan.yaml, the same bytes for the same draft.
func (d *Draft) PlanYAML() ([]byte, error) {
	f := planFile{ID: d.ID, Title: or(d.Title, noTitle), Number: d.Number, Issuer: or(d.Issuer, "（印发机关待补录）"), Issued: issuedNode(d.Issued), Year: d.Year,
		Zone: "Asia/Shanghai", Policy: "standard", Office: d.Directory.Office, Leadership: d.Directory.Leadership, Units: "units.yaml"}
	for _, c := range d.clauses {
		f.Clauses = append(f.Clauses, c.file())
	}
	for _, p := range d.projects {
		for _, e := range p.entries {
			f.Projects = append(f.Projects, p.file(e))
		}
	}
	seen := map[string]int{}
	for _, s := range d.sections {
		id := fmt.Sprintf("s%02d", s.no)
		if seen[id]++; seen[id] > 1 {
			id = fmt.Sprintf("%s-%d", id, seen[id])
		}
		f.Sections = append(f.Sections, sectionFile{ID: id, No: s.no, Annex: s.annex, County: s.county, Name: s.name, Target: s.target, Level: s.level, Note: "出处：" + s.place.String()})
	}
	return encode(planHead, f)
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func encode(head string, v any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(head)
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

func (c *clause) file() clauseFile {
	f := clauseFile{ID: c.id, Chapter: c.chapter, Heading: c.heading, Title: c.title, Place: c.place, Text: literal(c.text)}
	at := map[int]int{} // bracket of the clause → number in the file
	for i, names := range c.brackets {
		if len(names) > 0 {
			f.Brackets = append(f.Brackets, names)
			at[i] = len(f.Brackets)
		}
	}
	for _, e := range c.entries {
		f.Tasks = append(f.Tasks, e.file(at[e.Bracket], c))
	}
	return f
}

// file is an entry as written; bracket is its number in the clause, from 1.
func (e *entry) file(bracket int, c *clause) entryFile {
	f := entryFile{ID: e.ID, Title: or(e.Title, shorten(e.Source, 40)), Kind: string(e.Kind), Due: dayNode(e.Due), Begin: dayNode(e.Begin), Milestone: e.Milestone,
		Soft: e.Soft, Priority: e.Priority, Publish: e.Publish, Source: strings.ReplaceAll(e.Source, "\n", ""), SameAs: e.SameAs, Ruling: e.Ruling, Lead: e.Lead, Each: e.Each}
	if bracket > 1 {
		f.Bracket = bracket
	}
	if e.SetAssist {
		f.Assist = new(flowList)
		*f.Assist = append(*f.Assist, e.Assist...)
	}
	if e.SameAs != "" {
		f.Kind = ""
	}
	if e.Recur != nil {
		f.Recur = &recurFile{Every: e.Recur.Every, Shift: e.Recur.Shift, Cron: e.Recur.Cron, From: dayNode(e.Recur.From), Until: dayNode(e.Recur.Until)}
	}
	notes := slices.Clone(e.Notes)
	if c != nil && c.inherited {
		notes = append(notes, "责任单位承自"+c.inheritFrom)
	}
	f.Note = strings.Join(append(notes, "出处："+e.At.String()), "；")
	return f
}

func (p *project) file(e *entry) projectFile {
	f := e.file(0, nil)
	f.No, f.Annex, f.Limit, f.Remark, f.Units = p.no, or(p.annex, "附表"), p.limit, p.remark, p.names
	if len(p.extra) > 0 && len(f.Each) == 0 {
		all := flowList(append(p.extra[:len(p.extra):len(p.extra)], p.names[1:]...))
		f.Assist = &all
	}
	return f
}

// UnitsYAML is units.yaml: the units given and those proposed.
func (d *Draft) UnitsYAML() ([]byte, error) {
	type contactFile struct {
		Role  people.Role `yaml:"role"`
		Name  string      `yaml:"name"`
		Email string      `yaml:"email"`
		Pace  string      `yaml:"pace,omitempty"`
		Post  string      `yaml:"post,omitempty"`
		Phone string      `yaml:"phone,omitempty"`

		Beside string `yaml:"-"` // the office says it, no file
	}
	type unitFile struct {
		ID       string          `yaml:"id"`
		Name     string          `yaml:"name"`
		Kind     people.UnitKind `yaml:"kind"`
		Aliases  flowList        `yaml:"aliases,omitempty"`
		Contacts []contactFile   `yaml:"contacts"`
	}
	type groupFile struct {
		Name    string   `yaml:"name"`
		Aliases flowList `yaml:"aliases,omitempty"`
		Members flowList `yaml:"members"`
	}
	var f struct {
		Units  []unitFile  `yaml:"units"`
		Groups []groupFile `yaml:"groups,omitempty"`
	}
	for _, u := range d.Directory.Units {
		roles := d.rolesOf(u)
		w := unitFile{ID: u.ID, Name: u.Name, Kind: u.Kind, Aliases: u.Aliases}
		for _, c := range contacts(u, roles...) {
			w.Contacts = append(w.Contacts, contactFile(c))
		}
		f.Units = append(f.Units, w)
	}
	for _, g := range d.Directory.Groups {
		f.Groups = append(f.Groups, groupFile{Name: g.Name, Aliases: g.Aliases, Members: g.Members})
	}
	return encode(unitsHead, f)
}
