package form

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"duban/internal/act"
	"duban/internal/complaint"
	"duban/internal/intake"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/water"
	"duban/internal/words"
)

// complain fills in the fields of acts on a complaint.
func complain(_ query.Subject, row act.Row, s Said, said *act.Act) error {
	if !row.Kind.OfComplaint() {
		return nil
	}
	facts := act.ComplaintFacts{Hotline: strings.TrimSpace(s.one("hotline")), Matter: s.one("matter"), Where: strings.TrimSpace(s.one("where")),
		Section: s.one("section"), Limit: s.one("limit"), Outcome: act.Outcome(s.one("outcome")), Again: s.set("again")}
	if text := s.one("into"); text != "" {
		n, err := Whole(text)
		if err != nil {
			return &Fault{"into", "form.bad_number", words.Data{"Value": text}}
		}
		facts.Into = int(n)
	}
	said.Complaint = &facts
	return nil
}

// TypedComplaint is a complaint as it is typed, with who made it.
type TypedComplaint struct {
	Row     int // of the file; 0 of one that is in no file
	Hotline string
	Title   string
	Words   string
	Matter  string
	Where   string
	Section string // ID or name
	Caller  complaint.Caller
}

// ComplaintFault is a cell of a file of complaints that cannot be taken. It does not quote the
// cell, which may tell who complained. Row is 0 of a fault of the whole file.
type ComplaintFault struct {
	Row    int
	Column string // complain.col_<column>
	Key    string // complain.bad_<key>
	Data   words.Data
}

// Text is the fault as a sentence.
func (f ComplaintFault) Text(w *words.Words) string {
	why := w.T("complain.bad_"+f.Key, f.Data)
	if f.Row == 0 {
		return why
	}
	return w.T("complain.bad_row", words.Data{"Row": f.Row, "Column": w.T("complain.col_" + f.Column), "Why": why})
}

// MostComplaints is how many complaints a file has at most.
const MostComplaints = 2000

// complaintColumns are the columns of a file, and how many characters each takes; the first five
// are needed.
var complaintColumns = []struct {
	name string
	most int
}{{"hotline", 40}, {"title", 500}, {"words", 2000}, {"matter", 100}, {"where", 200}, {"section", 100}, {"name", 100}, {"phone", 100}, {"address", 300}}

const neededColumns = 5

// complaintHeads are the columns by what their heads may be called.
var complaintHeads = sync.OnceValue(func() map[string]string {
	all := map[string]string{"12345工单号": "hotline", "工单编号": "hotline", "诉求标题": "title", "内容": "words", "事项分类": "matter", "诉求人": "name", "联系电话": "phone", "联系地址": "address", "诉求地点": "where"}
	for _, lang := range []string{"zh", "en"} {
		w := words.New(lang)
		for _, c := range complaintColumns {
			all[strings.ToLower(w.T("complain.col_"+c.name))] = c.name
		}
	}
	return all
})

// ReadComplaints reads a file of complaints: Excel, or CSV in UTF-8 or GB18030. Columns are found
// by their heads. There are no complaints where there is a fault.
func ReadComplaints(ctx context.Context, name string, raw []byte, p *plan.Plan) (all []TypedComplaint, faults []ComplaintFault, err error) {
	doc, err := intake.Read(ctx, intake.Source{Name: name, Data: raw})
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		return nil, []ComplaintFault{{Key: "file"}}, nil
	}
	r := complaintsReader{plan: p, rows: map[string]int{}}
	for _, b := range doc.Blocks {
		if b.Table != nil {
			r.table(b.Table)
		}
	}
	switch {
	case !r.known:
		var columns []string
		for _, c := range complaintColumns[:neededColumns] {
			columns = append(columns, words.New("zh").T("complain.col_"+c.name))
		}
		r.faults = append(r.faults, ComplaintFault{Key: "head", Data: words.Data{"Columns": strings.Join(columns, "、")}})
	case len(r.all) > MostComplaints:
		r.faults = append(r.faults, ComplaintFault{Key: "many", Data: words.Data{"N": MostComplaints}})
	case len(r.all) == 0:
		r.faults = append(r.faults, ComplaintFault{Key: "empty"})
	}
	if len(r.faults) > 0 {
		return nil, r.faults, nil
	}
	return r.all, nil, nil
}

type complaintsReader struct {
	plan   *plan.Plan
	known  bool
	all    []TypedComplaint
	rows   map[string]int // by number at the hotline
	faults []ComplaintFault
}

func (r *complaintsReader) table(t *intake.Table) {
	at, head := map[string]int{}, -1
	for i, row := range t.Rows[:min(len(t.Rows), 10)] {
		at = map[string]int{}
		for k, text := range row.Cells {
			if c, known := complaintHeads()[strings.ToLower(strings.Join(strings.Fields(strings.TrimPrefix(norm.NFKC.String(text), "\ufeff")), ""))]; known {
				at[c] = k
			}
		}
		if slices.ContainsFunc(complaintColumns[:neededColumns], func(c struct {
			name string
			most int
		}) bool {
			_, ok := at[c.name]
			return !ok
		}) {
			continue
		}
		head = i
		break
	}
	if head < 0 {
		return
	}
	r.known = true
	for _, row := range t.Rows[head+1:] {
		r.row(row, at)
	}
}

func (r *complaintsReader) row(row intake.Row, at map[string]int) {
	said := map[string]string{}
	for c, k := range at {
		if k < len(row.Cells) && strings.TrimSpace(row.Cells[k]) != "" {
			said[c] = strings.TrimSpace(row.Cells[k])
		}
	}
	if len(said) == 0 {
		return
	}
	fault := func(column, key string, data words.Data) {
		r.faults = append(r.faults, ComplaintFault{row.No, column, key, data})
	}
	for i, c := range complaintColumns {
		switch {
		case said[c.name] == "" && i < neededColumns:
			fault(c.name, "empty", nil)
		case len([]rune(said[c.name])) > c.most:
			fault(c.name, "long", words.Data{"N": c.most})
		}
	}
	t := TypedComplaint{Row: row.No, Hotline: said["hotline"], Title: said["title"], Words: said["words"], Matter: said["matter"], Where: said["where"], Section: said["section"],
		Caller: complaint.Caller{Name: said["name"], Phone: said["phone"], Address: said["address"]}}
	if t.Matter != "" && !slices.Contains(r.plan.Complaints.Matters, t.Matter) {
		fault("matter", "matter", words.Data{"Matters": strings.Join(r.plan.Complaints.Matters, "、")})
	}
	if t.Section != "" {
		if s, ok := sectionOf(r.plan, t.Section); ok {
			t.Section = s.ID
		} else {
			fault("section", "section", nil)
		}
	}
	if _, named := t.Caller.Redact(t.Where); named {
		fault("where", "names", nil)
	}
	if before := r.rows[t.Hotline]; before > 0 && t.Hotline != "" {
		fault("hotline", "twice", words.Data{"Row": before})
	}
	r.rows[t.Hotline] = row.No
	r.all = append(r.all, t)
}

// sectionOf is a section of a plan's register by its ID or name.
func sectionOf(p *plan.Plan, text string) (s water.Section, ok bool) {
	if p.Water == nil {
		return s, false
	}
	if s, ok = p.Water.Section(text); ok {
		return s, true
	}
	return p.Water.ByName(text)
}

// Act is the act that takes the complaint in. Its ID follows from id and the complaint's number
// at the hotline, or its place in the file: the same file again is the same acts.
func (t TypedComplaint) Act(id string, by act.Actor) act.Act {
	sum := sha256.Sum256([]byte(id + "\x00" + t.Hotline + "\x00" + strconv.Itoa(t.Row)))
	return act.Act{ID: "in-" + hex.EncodeToString(sum[:12]), Kind: act.TakeIn, By: by, Title: t.Title, Reason: t.Words,
		Complaint: &act.ComplaintFacts{Hotline: t.Hotline, Matter: t.Matter, Where: t.Where, Section: t.Section}}
}
