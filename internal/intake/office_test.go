package intake

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/words"
)

// office imports a file and returns its tasks as "due | lead | title", what was not
// read, and the kinds of questions.
func office(t *testing.T, name string, data []byte) (tasks, unread, asked []string) {
	t.Helper()
	d, err := Import(context.Background(), []Source{{Name: name, Data: data}}, Options{Issued: calendar.Day{Year: 2021, Month: 3, Date: 1}, Calendar: holidays(t)})
	if d == nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(d.Entries()) > 0 {
		p := loadDraft(t, d)
		for _, k := range p.Tasks {
			due := ruleOf(k)
			if k.Kind == plan.Standing {
				due = "standing"
			}
			tasks = append(tasks, fmt.Sprintf("%s | %s | %s", due, p.Directory.Name(k.Lead), k.Title))
		}
	}
	for _, u := range d.Unread {
		unread = append(unread, u.What)
		for _, lang := range []string{"zh", "en"} {
			if text := u.Text(words.New(lang)); strings.Contains(text, "intake.") || strings.Contains(text, "<no value>") {
				t.Errorf("%s: unread %s has no words: %s", name, u.What, text)
			}
		}
	}
	return tasks, unread, asksOfDraft(d)
}

func wantOffice(t *testing.T, name string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", name, got, want)
	}
}

var tableHead = []string{"序号", "工作任务", "责任单位", "完成时限"}

// sheetWith is a workbook whose cells are set by f after the header row.
func sheetWith(t *testing.T, f func(*excelize.File)) []byte {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	for i, h := range tableHead {
		cell, _ := excelize.CoordinatesToCellName(i+1, 1)
		if err := x.SetCellStr("Sheet1", cell, h); err != nil {
			t.Fatal(err)
		}
	}
	f(x)
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// edited is a zip with one part changed.
func edited(t *testing.T, data []byte, part string, change func(string) string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(rc)
		rc.Close()
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(raw)
		if f.Name == part {
			out[f.Name] = change(string(raw))
		}
	}
	return zipFile(t, out)
}

func TestSheetsAsPeopleSeeThem(t *testing.T) {
	t.Parallel()
	set := func(x *excelize.File, row int, cells ...any) {
		for i, c := range cells {
			name, _ := excelize.CoordinatesToCellName(i+1, row)
			if text, ok := c.(string); ok && strings.HasPrefix(text, "=") {
				_ = x.SetCellFormula("Sheet1", name, text[1:])
			} else {
				_ = x.SetCellValue("Sheet1", name, c)
			}
		}
	}
	tasks, unread, asked := office(t, "formula.xlsx", sheetWith(t, func(x *excelize.File) {
		set(x, 2, 1, "东闸改造", "市水务局", "=DATE(2021,6,30)")
		set(x, 3, 2, `="西闸"&"改造"`, "市水务局", "2021年7月底前")
		set(x, 4, 3, "北闸改造", `=IF(1,"市林业局","")`, "=EOMONTH(DATE(2021,8,1),0)")
		set(x, 5, 4, "=NOSUCH(1)", "市财政局", "2021年9月底前")
		set(x, 6, 5, "南闸改造", "市财政局", "=NOSUCH(2)")
	}))
	wantOffice(t, "formulas", tasks, []string{"2021-06-30 | 市水务局 | 东闸改造", "2021-07-31 | 市水务局 | 西闸改造", "2021-08-31 | 市林业局 | 北闸改造", "2021-09-30 | 市财政局 | （第5行，任务名称待补录）", "standing | 市财政局 | 南闸改造"})
	wantOffice(t, "formulas", unread, []string{"formula", "formula"})
	for _, k := range []string{"title", "limit"} {
		if !slices.Contains(asked, k) {
			t.Errorf("a formula that cannot be worked out is not asked about as %s: %v", k, asked)
		}
	}

	tasks, unread, asked = office(t, "errors.xlsx", sheetWith(t, func(x *excelize.File) {
		set(x, 2, 1, "#REF!", "市水务局", "2021年6月底前")
		set(x, 3, 2, "西闸改造", "#N/A", "2021年7月底前")
		set(x, 4, 3, "", "市财政局", "2021年8月底前")
		set(x, 5, 4, "东闸改造", "市水务局", 44377)
		set(x, 6, 5, "北闸改造", "市水务局", "20210731")
	}))
	wantOffice(t, "errors", unread, []string{"error_value", "error_value"})
	if len(tasks) != 5 || tasks[3] != "2021-06-30 | 市水务局 | 东闸改造" || tasks[4] != "2021-07-31 | 市水务局 | 北闸改造" || strings.Contains(strings.Join(tasks, ""), "#") {
		t.Errorf("error values and bare numbers: %q", tasks)
	}
	for _, k := range []string{"title", "lead", "which_date"} {
		if !slices.Contains(asked, k) {
			t.Errorf("not asked: %s of %v", k, asked)
		}
	}

	many := sheetWith(t, func(x *excelize.File) {
		for i := range 40 {
			set(x, i+2, i+1, fmt.Sprintf("第%d座水闸改造", i+1), "市水务局", "2021年6月底前")
		}
		_, _ = x.NewSheet("草稿")
		_ = x.SetSheetVisible("草稿", false)
	})
	for what, change := range map[string]func(string) string{
		"cut":     func(s string) string { return s[:len(s)/2] },
		"damaged": func(s string) string { return s[:len(s)/2] + "<\x01>&&" + s[len(s)/2:] },
	} {
		d, err := Import(context.Background(), []Source{{Name: what + ".xlsx", Data: edited(t, many, "xl/worksheets/sheet1.xml", change)}}, Options{Issued: calendar.Day{Year: 2021, Month: 3, Date: 1}})
		if err != nil {
			if no, ok := err.(*Refusal); !ok || no.Key != "refuse_broken" {
				t.Errorf("%s: %v", what, err)
			}
			continue
		}
		if sum := d.Summary(nil); !sum.Lost() || sum.Dated > 39 {
			t.Errorf("%s: %d rows read and nothing told: %v", what, sum.Dated, sum.Unread)
		}
	}
	_, unread, _ = office(t, "hidden.xlsx", many)
	wantOffice(t, "hidden sheet", unread, []string{"hidden_sheet"})
}

func wordFile(t *testing.T, body string, parts map[string]string) []byte {
	t.Helper()
	if parts == nil {
		parts = map[string]string{}
	}
	parts["word/document.xml"] = `<?xml version="1.0"?><w:document ` + wordNS + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>` + body + `</w:body></w:document>`
	return zipFile(t, parts)
}

func wp(s string) string { return `<w:p><w:r><w:t>` + s + `</w:t></w:r></w:p>` }

func TestWordAsPeopleSeeIt(t *testing.T) {
	t.Parallel()
	head := wp("清源市2021年河湖治理工作方案") + wp("一、重点任务")
	for _, c := range []struct {
		name, body   string
		parts        map[string]string
		want, unread []string
	}{
		{"hidden text", head + `<w:p><w:r><w:t>1.清淤。</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>2021年7月31日前完成旧闸拆除。</w:t></w:r><w:r><w:t>2021年</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>8</w:t></w:r><w:r><w:t>9月底前完成清淤。（市水务局）</w:t></w:r></w:p>`, nil,
			[]string{"2021-09-30 | 市水务局 | 清淤：完成清淤"}, []string{"hidden"}},
		{"hidden by style", head + `<w:p><w:r><w:t>1.清淤。6月底前完成清淤。</w:t></w:r><w:r><w:rPr><w:rStyle w:val="H2"/></w:rPr><w:t>7月底前完成拆除。</w:t></w:r><w:r><w:t>（市水务局）</w:t></w:r></w:p>`,
			map[string]string{"word/styles.xml": `<w:styles ` + wordNS + `><w:style w:styleId="H1"><w:rPr><w:vanish/></w:rPr></w:style><w:style w:styleId="H2"><w:basedOn w:val="H1"/></w:style></w:styles>`},
			[]string{"2021-06-30 | 市水务局 | 清淤：完成清淤"}, []string{"hidden"}},
		{"white letters", head + `<w:p><w:r><w:t>1.清淤。</w:t></w:r><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>7月底前完成旧闸拆除。</w:t></w:r><w:r><w:t>9月底前完成清淤。（市水务局）</w:t></w:r></w:p>`, nil,
			[]string{"2021-09-30 | 市水务局 | 清淤：完成清淤"}, []string{"white"}},
		{"white letters on a colour", head + `<w:p><w:pPr><w:shd w:val="clear" w:fill="1F4E79"/></w:pPr><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>1.清淤。6月底前完成清淤。（市水务局）</w:t></w:r></w:p><w:p><w:r><w:rPr><w:color w:val="ffffff"/><w:highlight w:val="blue"/></w:rPr><w:t>2.绿化。7月底前完成绿化。（市林业局）</w:t></w:r></w:p>`, nil,
			[]string{"2021-06-30 | 市水务局 | 清淤：完成清淤", "2021-07-31 | 市林业局 | 绿化：完成绿化"}, nil},
		{"not hidden", head + `<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>1.清淤。6月底前完成清淤。（市水务局）</w:t></w:r></w:p>`, nil,
			[]string{"2021-06-30 | 市水务局 | 清淤：完成清淤"}, nil},
		{"struck text", head + `<w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>1.拆除。2021年7月31日前完成旧闸拆除。（市水务局）</w:t></w:r></w:p>` + wp("1.清淤。6月底前完成清淤。（市水务局）"), nil,
			[]string{"2021-06-30 | 市水务局 | 清淤：完成清淤"}, []string{"struck"}},
		{"a limit in a footnote", head + `<w:p><w:r><w:t>1.清淤。完成清源河清淤</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>。（市水务局）</w:t></w:r></w:p>`,
			map[string]string{"word/footnotes.xml": `<w:footnotes ` + wordNS + `><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote><w:footnote w:id="2">` + wp("此项2021年6月底前完成。") + `</w:footnote></w:footnotes>`},
			nil, nil},
		{"a part taken in", head + `<w:altChunk r:id="rId5"/>`,
			map[string]string{"word/_rels/document.xml.rels": `<Relationships><Relationship Id="rId5" Target="chunk.html"/></Relationships>`, "word/chunk.html": `<html><body><p>1.清淤。6月底前完成清淤。（市水务局）</p></body></html>`},
			[]string{"2021-06-30 | 市水务局 | 清淤：完成清淤"}, nil},
		{"a part that cannot be read", head + wp("1.清淤。6月底前完成清淤。（市水务局）") + `<w:altChunk r:id="rId5"/>`,
			map[string]string{"word/_rels/document.xml.rels": `<Relationships><Relationship Id="rId5" Target="chunk.bin"/></Relationships>`, "word/chunk.bin": "\x00\x01"},
			[]string{"2021-06-30 | 市水务局 | 清淤：完成清淤"}, []string{"part"}},
		{"comments, header, embedded", head + wp("1.清淤。6月底前完成清淤。（市水务局）"),
			map[string]string{"word/comments.xml": `<w:comments ` + wordNS + `><w:comment w:id="1">` + wp("7月底前？") + `</w:comment></w:comments>`, "word/header1.xml": `<w:hdr ` + wordNS + `>` + wp("清源市河湖治理领导小组") + `</w:hdr>`, "word/embeddings/oleObject1.bin": "x"},
			[]string{"2021-06-30 | 市水务局 | 清淤：完成清淤"}, []string{"comment", "embedded", "header"}},
		{"former states", head + `<w:p><w:pPr><w:pPrChange><w:pPr><w:numPr><w:numId w:val="9"/></w:numPr></w:pPr></w:pPrChange></w:pPr><w:r><w:t>1.清淤。6月</w:t></w:r><w:del><w:r><w:delText>5月</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>4月</w:t></w:r></w:moveFrom><w:r><w:t>底前完成清淤。（市水务局）</w:t></w:r></w:p>`, nil,
			[]string{"2021-06-30 | 市水务局 | 清淤：完成清淤"}, nil},
		{"a deleted paragraph mark", head + `<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr><w:r><w:t>1.清淤。6月</w:t></w:r></w:p>` + wp("底前完成清淤。（市水务局）"), nil,
			[]string{"2021-06-30 | 市水务局 | 清淤：完成清淤"}, nil},
	} {
		tasks, unread, _ := office(t, c.name+".docx", wordFile(t, c.body, c.parts))
		if c.want == nil { // the footnote's limit is a task or asked about
			if !strings.Contains(strings.Join(tasks, ";"), "2021-06-30") {
				t.Errorf("%s: %q", c.name, tasks)
			}
			continue
		}
		wantOffice(t, c.name, tasks, c.want)
		wantOffice(t, c.name+", unread", unread, c.unread)
	}

	cell := func(s string) string { return `<w:tc>` + wp(s) + `</w:tc>` }
	row := func(pr string, cells ...string) string {
		out := `<w:tr>` + pr
		for _, c := range cells {
			out += cell(c)
		}
		return out + `</w:tr>`
	}
	table := `<w:tbl>` + row("", tableHead...) + row("", "1", "东闸改造", "市水务局", "2021年6月底前") +
		row(`<w:trPr><w:gridBefore w:val="1"/></w:trPr>`, "西闸改造", "市林业局", "2021年7月底前") +
		`<w:tr><w:tc><w:tcPr><w:tcPrChange><w:tcPr><w:gridSpan w:val="3"/></w:tcPr></w:tcPrChange></w:tcPr>` + wp("3") + `</w:tc>` + cell("北闸改造") + cell("市财政局") + cell("2021年8月底前") + `</w:tr>` +
		`<w:tr><w:trPr><w:del w:id="7"/></w:trPr><w:tc><w:p><w:del><w:r><w:delText>4</w:delText></w:r></w:del></w:p></w:tc><w:tc><w:p><w:del><w:r><w:delText>旧闸拆除</w:delText></w:r></w:del></w:p></w:tc></w:tr></w:tbl>`
	tasks, _, _ := office(t, "table.docx", wordFile(t, wp("重点任务清单")+table, nil))
	wantOffice(t, "a row that starts late", tasks, []string{"2021-06-30 | 市水务局 | 东闸改造", "2021-07-31 | 市林业局 | 西闸改造", "2021-08-31 | 市财政局 | 北闸改造"})
}

func TestKindsOfFiles(t *testing.T) {
	t.Parallel()
	gbk := func(s string) []byte {
		out, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	page := `<!DOCTYPE html><html><head><meta charset="%s"><title>政务公开</title><style>p{color:red}</style><script>var x="6月底前";</script></head><body><div class="nav"><a href="/">首页</a></div>
<h1>清源市2021年河湖治理工作方案</h1><p>一、重点任务</p><p>&nbsp;&nbsp;1.清淤。6月底前完成清淤。（市水务局）</p><p style="display:none">2.拆除。7月底前完成拆除。（市水务局）</p>
<table><tr><th>序号</th><th>工作任务</th><th>责任单位</th><th>完成时限</th></tr><tr><td>1</td><td>东闸改造</td><td rowspan="2">市林业局</td><td>2021年8月底前</td></tr><tr><td>2</td><td>西闸<br>改造</td><td>2021年9月底前</td></tr></table></body></html>`
	fromPage := []string{"2021-06-30 | 市水务局 | 清淤：完成清淤", "2021-08-31 | 市林业局 | 东闸改造", "2021-09-30 | 市林业局 | 西闸改造"}
	lines := "清源市2021年重点任务清单,,,\n序号,工作任务,责任单位,完成时限\n1,东闸改造,市水务局,2021年6月底前\n2,\"西闸改造\n（二期）\",\"市林业局、市水务局\",2021年7月底前\n"
	fromLines := []string{"2021-06-30 | 市水务局 | 东闸改造", "2021-07-31 | 市林业局 | 西闸改造（二期）"}
	rtf := `{\rtf1\ansi\ansicpg936{\fonttbl{\f0 SimSun;}}{\info{\title x}}\pard ` + rtfText("清源市2021年河湖治理工作方案") + `\par ` + rtfText("一、重点任务") + `\par ` + rtfText("1.清淤。6月底前完成清淤。") + `{\v ` + rtfText("7月底前完成拆除。") + `}` + rtfText("（市水务局）") + `\par }`
	mht := "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf(page, "utf-8"))) + "\r\n--x--\r\n"
	for _, c := range []struct {
		name string
		data []byte
		want []string
	}{
		{"page.html", []byte(fmt.Sprintf(page, "utf-8")), fromPage},
		{"page without a name", []byte(fmt.Sprintf(page, "utf-8")), fromPage},
		{"saved as.doc", []byte(fmt.Sprintf(page, "utf-8")), fromPage},
		{"gbk.htm", gbk(fmt.Sprintf(page, "gb2312")), fromPage},
		{"page.mht", []byte(mht), fromPage},
		{"list.csv", []byte("\ufeff" + lines), fromLines},
		{"gbk.csv", gbk(lines), fromLines},
		{"semicolon.csv", []byte(strings.ReplaceAll(lines, ",", ";")), fromLines},
		{"plan.rtf", []byte(rtf), []string{"2021-06-30 | 市水务局 | 清淤：完成清淤"}},
		{"rtf named.doc", []byte(rtf), []string{"2021-06-30 | 市水务局 | 清淤：完成清淤"}},
	} {
		tasks, _, _ := office(t, c.name, c.data)
		wantOffice(t, c.name, tasks, c.want)
	}
	for name, key := range map[string]string{"a.png": "picture", "a.zip": "zip", "a.ofd": "ofd", "a.rar": "kind"} {
		data := map[string][]byte{"a.png": []byte("\x89PNG\r\n\x1a\n0000"), "a.zip": zipFile(t, map[string]string{"a.txt": "甲"}), "a.ofd": zipFile(t, map[string]string{"OFD.xml": "<a/>"}), "a.rar": []byte("Rar!\x1a\x07\x00")}[name]
		refused(t, Source{Name: name, Data: data}, "refuse_"+key)
	}
}

// rtfText writes text as GBK bytes in RTF's escapes.
func rtfText(s string) string {
	raw, _ := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	var b strings.Builder
	for _, c := range raw {
		if c < 0x80 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, `\'%02x`, c)
		}
	}
	return b.String()
}

// TestLostBytesAreToldAndAsked loses one byte at every place of a text, and holds
// that no unit and no limit becomes another without a question.
func TestLostBytesAreToldAndAsked(t *testing.T) {
	text := "清源市2021年河湖治理工作方案\n一、重点任务\n1.清淤。6月底前完成清源河清淤。〔责任单位：市水务局、市财政局〕\n2.绿化。9月底前完成滨河绿化。〔责任单位：市商务局〕\n"
	raw := []byte(text)
	from := strings.Index(text, "1.清淤")
	for i := from; i < len(raw); i++ {
		if raw[i] < 0x80 {
			continue
		}
		lost := slices.Concat(raw[:i], raw[i+1:])
		tasks, unread, asked := office(t, "lost.txt", lost)
		whole := strings.Join(tasks, "\n")
		right := strings.Contains(whole, "2021-06-30 | 市水务局") && strings.Contains(whole, "2021-09-30 | 市商务局")
		if !slices.Contains(unread, "characters") {
			t.Errorf("byte %d lost (%q): not counted: %v", i, string(lost[max(0, i-9):min(len(lost), i+9)]), unread)
		}
		doubt := slices.ContainsFunc(asked, func(k string) bool {
			return k == "lead" || k == "damage" || k == "date" || k == "unread" || k == "which_date"
		})
		if !right && !doubt {
			t.Errorf("byte %d lost (%q): %q without a question; asked %v", i, string(lost[max(0, i-9):min(len(lost), i+9)]), tasks, asked)
		}
	}
}
