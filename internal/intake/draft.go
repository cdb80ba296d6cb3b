package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duban/internal/calendar"
	"duban/internal/deadline"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// Options say what the document cannot.
type Options struct {
	ID       string             // of the plan; "" makes one of the day of issue and the title
	Issued   calendar.Day       // day of issue 印发日期; zero: read from the document
	Units    *people.Directory  // units that are known; nil: all are proposed
	Answers  map[string]string  // question ID → answer
	AnswerAt map[string]string  // question ID → file and line of its answer, for messages
	Seasons  deadline.Seasons   // of the region; unset ones are asked about
	Calendar *calendar.Calendar // for festivals and working days; nil: they are asked about
	Words    *words.Words       // language of questions and notes; nil: Chinese
	Watch    func(percent int)  // hears how far the import is; nil: nobody does
}

// Draft is what import made of the documents.
type Draft struct {
	ID        string
	Title     string
	Number    string
	Issuer    string
	Issued    calendar.Day
	Year      int
	Directory people.Directory
	Questions []Question
	Asides    []Aside
	// Expressions are all expressions of time that the documents hold, each with
	// the one thing that became of it.
	Expressions []Expression
	Unread      []Unread // parts of the files that were not read
	Docs        []Document

	clauses  []*clause
	projects []*project
	sections []sectionRow
	proposed []*unit
}

// Parts of an import, in percent of all: reading the files, then their clauses.
const partRead, partClauses = 40, 50

// far tells how far an import is: before it percent, and n of all of the next part.
func (o Options) far(before, part, n, all int) {
	if o.Watch != nil {
		o.Watch(before + part*n/all)
	}
}

// ErrNothing says that the documents hold no commitment that could be found.
var ErrNothing = errors.New("no commitment found in the document")

// Import reads the sources as one issued document with its annexes. Its errors
// are *Refusal, ErrNothing (with the draft, to show what was seen) or ctx's.
func Import(ctx context.Context, sources []Source, opt Options) (*Draft, error) {
	var docs []Document
	var unread []Unread
	for i, s := range sources {
		d, err := Read(ctx, s)
		if err != nil {
			return nil, err
		}
		for j, b := range d.Blocks {
			if b.Table == nil && strings.Contains(fold(b.Text), "|") {
				d.Blocks[j].Text = barLabels(b.Text)
			}
		}
		opt.far(0, partRead, i+1, len(sources))
		docs = append(docs, d)
		unread = append(unread, d.Unread...)
	}
	d, err := build(ctx, docs, opt)
	if d != nil {
		d.Unread = unread
	}
	return d, err
}

func build(ctx context.Context, docs []Document, opt Options) (*Draft, error) {
	if opt.Words == nil {
		opt.Words = words.New("zh")
	}
	docs = upright(docs)
	o := makeOutline(docs)
	f := readFacts(o, opt.Issued)
	a := newAsker(opt.Words, opt.Answers)
	a.at = opt.AnswerAt
	a.ctx = deadline.Context{Issued: f.Issued, PlanYear: f.Year, Calendar: opt.Calendar}
	if f.Issued.IsZero() {
		if d, ok := parseAnswerDay(a.ask("issued", weightLead+10, "", f.Title, "", nil, nil)); ok {
			f.Issued = d
			f.years("")
		} else if f.Year == 0 {
			return nil, &Refusal{File: docs[0].File, Key: "refuse_undated"}
		}
	}
	f.LastDue = lastDue(o.flat, a.ctx)
	reg := newRegistry(a, opt.Units, f.City)
	k := &committer{stages: map[*node]*stage{}, unfit: map[*Table]unfitTable{}, facts: f, asker: a, reg: reg, ctx: deadline.Context{Issued: f.Issued, PlanYear: f.Year, Seasons: answeredSeasons(a, statedSeasons(o.flat, opt.Seasons)), Calendar: opt.Calendar}}
	d := &Draft{ID: opt.ID, Title: f.Title, Number: f.Number, Issuer: f.Issuer, Issued: f.Issued, Year: f.Year, Docs: docs}
	if d.ID == "" {
		sum := sha256.Sum256([]byte(tight(fold(f.Title))))
		when := f.Issued.String()
		if f.Issued.IsZero() {
			when = strconv.Itoa(f.Year)
		}
		d.ID = fmt.Sprintf("plan-%s-%s", when, hex.EncodeToString(sum[:2]))
	}
	k.offices(o, opt.Units, d)
	tables := k.headedTables(o)
	k.learnPlaces(o, tables)
	d.clauses = append(k.headClauses(o), makeClauses(o)...)
	spreadHead(o, d.clauses)
	spreadEverywhere(d.clauses)
	k.resolveClauses(d.clauses)
	for i, c := range d.clauses {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		k.clause(c)
		opt.far(partRead, partClauses, i+1, len(d.clauses))
	}
	k.backOver(d.clauses)
	k.problemsLimit(d.clauses)
	k.byItems(d.clauses)
	k.leadsAbove(d.clauses)
	var rows [][]row
	for _, t := range tables {
		switch {
		case t.isSections():
			d.sections = append(d.sections, k.sectionRows(t)...)
		case t.isTasks():
			if r := t.rows(); len(r) > 0 {
				rows = append(rows, r)
			}
		}
	}
	d.projects = k.projects(rows)
	l := newLinker(k, d.projects)
	for _, c := range d.clauses {
		l.link(c)
	}
	k.matters(d)
	k.account(d, tables)
	k.finish(d)
	if reg.full {
		return nil, &Refusal{File: docs[0].File, Key: "refuse_units"}
	}
	if len(d.Entries()) == 0 && len(d.sections) == 0 {
		return d, ErrNothing
	}
	return d, nil
}

// lastDue is the latest limit within five years of the issue.
func lastDue(ps []para, ctx deadline.Context) calendar.Day {
	var last calendar.Day
	for _, p := range ps {
		for _, r := range deadline.Read(p.text, ctx) {
			if r.Kind == deadline.Due && r.Due.After(last) && r.Due.Year <= ctx.Issued.Year+5 && r.Rule != "A15" {
				last = r.Due
			}
		}
	}
	return last
}

// finish drops what holds nothing and gathers questions and units.
func (k *committer) finish(d *Draft) {
	kept := d.clauses[:0]
	for _, c := range d.clauses {
		for i, e := range c.entries {
			if e.ID == "" {
				e.ID = fmt.Sprintf("%s-x%d", c.id, i+1)
			}
		}
		uniqueIDs(c)
		if len(c.entries) > 0 || len(c.seats) > 0 && c.role == roleTasks {
			kept = append(kept, c)
		}
	}
	d.clauses = kept
	if len(k.reg.proposed()) > 0 {
		k.asker.ask("contacts", weightSetup-5, "", d.Title, "", nil, words.Data{"Count": len(k.reg.proposed())})
	}
	d.Directory = k.reg.directory()
	d.Directory.Office, d.Directory.Leadership = k.reg.seats.Office, k.reg.seats.Leadership
	d.proposed = k.reg.proposed()
	d.Questions = k.asker.sorted()
	d.Asides = k.aside
	d.Expressions = k.found
	for i, e := range d.Expressions {
		if e.entry != nil {
			d.Expressions[i].Of = firstNonEmpty(e.entry.SameAs, e.entry.ID)
		}
	}
}

// uniqueIDs keeps ids apart when one commitment became several mentions.
func uniqueIDs(c *clause) {
	seen := map[string]int{}
	for _, e := range c.entries {
		id := e.ID
		if seen[id]++; seen[id] > 1 {
			e.ID = fmt.Sprintf("%s.%d", id, seen[id])
		}
	}
	// The commitment itself keeps the plain id, its mentions take the others.
	for i, e := range c.entries {
		if e.SameAs == "" {
			for k := range i {
				if c.entries[k].SameAs != "" && strings.HasPrefix(e.ID, c.entries[k].ID+".") {
					c.entries[k].ID, e.ID = e.ID, c.entries[k].ID
					break
				}
			}
		}
	}
}

// Entries is every commitment, in document order.
func (d *Draft) Entries() []*entry {
	var out []*entry
	for _, c := range d.clauses {
		out = append(out, c.entries...)
	}
	for _, p := range d.projects {
		out = append(out, p.entries...)
	}
	return out
}

var officeRe = regexp.MustCompile(`((?:省|市|县|区|州)[\p{Han}“”]{2,24}?(?:领导小组|指挥部|委员会|联席会议|专班))(办公室)`)

// offices settles who coordinates and who leads: from the units file, else from
// the document, else a seat to be filled.
func (k *committer) offices(o outline, given *people.Directory, d *Draft) {
	reg := k.reg
	for _, u := range reg.units {
		if u.Kind == people.OfficeUnit && reg.seats.Office == "" {
			reg.seats.Office = u.ID
		}
		if u.Kind == people.LeadershipUnit && reg.seats.Leadership == "" {
			reg.seats.Leadership = u.ID
		}
	}
	office, leaders := k.asker.words.T("intake.office"), k.asker.words.T("intake.leadership")
	for _, p := range o.flat {
		f := tight(fold(p.text))
		at := officeRe.FindStringSubmatchIndex(f)
		if at == nil || isLabel(f) || slices.ContainsFunc(findBrackets(f), func(b responsibility) bool { return at[0] >= b.from && at[0] < b.to }) {
			continue // an owner of one task, not of the plan
		}
		office, leaders = f[at[2]:at[5]], f[at[2]:at[3]]
		break
	}
	if reg.seats.Office == "" {
		if answer := k.asker.ask("office", weightSetup, "", office, office, nil, nil); answer != "" {
			office = answer
		}
		reg.seats.Office = k.seatUnit(office, people.OfficeUnit)
	}
	if reg.seats.Leadership == "" {
		if answer := k.asker.ask("leadership", weightSetup, "", leaders, leaders, nil, nil); answer != "" {
			leaders = answer
		}
		reg.seats.Leadership = k.seatUnit(leaders, people.LeadershipUnit)
	}
	if u := reg.byID(reg.seats.Office); u != nil {
		reg.officeName = u.Name
	}
}

func (k *committer) seatUnit(name string, kind people.UnitKind) string {
	if u := k.reg.byKey[k.reg.key(name)]; u != nil {
		return u.ID
	}
	u := &unit{Unit: people.Unit{ID: k.reg.newID(name), Name: name, Kind: kind}}
	k.reg.units = append(k.reg.units, u)
	k.reg.claim(name, u)
	return u.ID
}

// learnPlaces makes the governments that tables name known before any
// collective name is read.
func (k *committer) learnPlaces(o outline, tables []headedTable) {
	for _, t := range tables {
		for _, r := range t.body() {
			if c := oneLine(t.cell(r, colCounty)); c != "" && countyName.MatchString(tight(fold(c))) {
				k.reg.learn([]string{c}, rowPlace(t.annex, r.No))
			}
			for _, n := range t.units(r) {
				k.reg.learn([]string{n.name}, rowPlace(t.annex, r.No))
			}
		}
	}
}

func (k *committer) sectionRows(t headedTable) []sectionRow {
	rows := t.sections()
	for i := range rows {
		s := &rows[i]
		if s.county == "" {
			s.county = k.reg.officeName
			continue
		}
		names, _, _ := readUnits(fold(s.county), seatOwner)
		if len(names) > 0 {
			s.county = names[0].name
		}
		if us, several := k.reg.resolve(s.county, rowPlace(s.annex, s.no)); several && !(len(us) == 1 && us[0].dummy) {
			s.county = k.reg.officeName
		}
	}
	return rows
}

// kindCount is how many entries are of each kind; mentions are not counted.
func (d *Draft) kindCount() map[plan.Kind]int {
	n := map[plan.Kind]int{}
	for _, e := range d.Entries() {
		if e.SameAs == "" {
			n[e.Kind]++
		}
	}
	return n
}
