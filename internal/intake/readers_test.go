package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"duban/internal/calendar"
	"duban/internal/words"
)

func refused(t *testing.T, s Source, key string) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Read(context.Background(), s)
	runtime.ReadMemStats(&after)
	var no *Refusal
	if !errors.As(err, &no) || no.Key != key {
		t.Fatalf("%s: %v, want a refusal %s", s.Name, err, key)
	}
	if text := no.Text(words.New("zh")); strings.Contains(text, "intake.") {
		t.Errorf("%s is refused without words: %s", s.Name, text)
	}
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 100 {
		t.Errorf("%s took %d MB to refuse", s.Name, used)
	}
}

func TestHostileFilesAreRefused(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	bomb := docWith(strings.Repeat("<w:p><w:r><w:t>零</w:t></w:r></w:p>", 3_000_000))
	refused(t, Source{Name: "bomb.docx", Data: zipFile(t, map[string]string{"word/document.xml": bomb})}, "refuse_big")
	refused(t, Source{Name: "deep.docx", Data: zipFile(t, map[string]string{"word/document.xml": strings.Repeat("<w:tbl><w:tr><w:tc>", 5000)})}, "refuse_big")
	row := "<w:tr>" + strings.Repeat(`<w:tc><w:tcPr><w:gridSpan w:val="63"/></w:tcPr><w:p/></w:tc>`, 50) + "</w:tr>"
	refused(t, Source{Name: "table.docx", Data: zipFile(t, map[string]string{"word/document.xml": docWith("<w:tbl>" + strings.Repeat(row, 100) + "</w:tbl>")})}, "refuse_big")
	refused(t, Source{Name: "paras.docx", Data: zipFile(t, map[string]string{"word/document.xml": docWith(strings.Repeat("<w:p><w:r><w:t>甲</w:t></w:r></w:p>", maxBlocks+10))})}, "refuse_big")
	refused(t, Source{Name: "numbering.docx", Data: zipFile(t, map[string]string{"word/document.xml": docWith("<w:p/>"), "word/numbering.xml": strings.Repeat("<a>", 200)})}, "refuse_big")
	refused(t, Source{Name: "big.txt", Data: []byte(strings.Repeat("水", maxRunes))}, "refuse_big")
	refused(t, Source{Name: "lines.txt", Data: []byte(strings.Repeat("水\n", maxBlocks+1))}, "refuse_big")
	refused(t, Source{Name: "bytes.bin", Data: bytes.Repeat([]byte{0, 1, 2, 255}, 1000)}, "refuse_kind")
	refused(t, Source{Name: "old.doc", Data: append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 512)...)}, "refuse_old")
	refused(t, Source{Name: "other.zip", Data: zipFile(t, map[string]string{"a.txt": "甲"})}, "refuse_zip")
	refused(t, Source{Name: "cut.docx", Data: docxFile(t, []string{"一、任务"}, nil)[:60]}, "refuse_broken")
	refused(t, Source{Name: "empty.txt", Data: []byte(" \n\r\n")}, "refuse_empty")
	refused(t, Source{Name: "scan.pdf", Data: pdfFile(nil2())}, "refuse_scan")
	refused(t, Source{Name: "broken.pdf", Data: []byte("%PDF-1.4\nnothing")}, "refuse_broken")
	refused(t, Source{Name: "latin.txt", Data: bytes.Repeat([]byte{0xff, 0x80, 0xfe, 0x81}, 400)}, "refuse_encoding")
	runtime.ReadMemStats(&after)
	if grown := int64(after.Sys) - int64(before.Sys); grown > 1<<30 {
		t.Errorf("the refusals took %d MB from the system", grown>>20)
	}
}

// nil2 is a page without words, as a scan is.
func nil2() []string { return []string{""} }

func docWith(body string) string {
	return `<w:document ` + wordNS + `><w:body>` + body + `</w:body></w:document>`
}

func TestWordNumberingAsShown(t *testing.T) {
	t.Parallel()
	para := func(num, lvl int, style, text string) string {
		pr := ""
		if style != "" {
			pr += `<w:pStyle w:val="` + style + `"/>`
		}
		if num > 0 {
			pr += fmt.Sprintf(`<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>`, lvl, num)
		}
		return `<w:p><w:pPr>` + pr + `</w:pPr><w:r><w:t>` + text + `</w:t></w:r></w:p>`
	}
	body := para(1, 0, "", "总体要求") + para(1, 0, "", "重点任务") + para(1, 1, "", "加强监管。") + para(1, 2, "", "排查隐患") + para(1, 2, "", "整改销号") +
		para(1, 1, "", "压实责任。") + para(1, 2, "", "签订责任书") + para(0, 0, "a3", "样式里的编号") + para(2, 0, "", "圈码") + para(3, 0, "", "项目符号") +
		`<w:p><w:r><w:t>删</w:t></w:r><w:del><w:r><w:delText>去</w:delText></w:r></w:del><w:r><w:t>后</w:t><w:tab/><w:t>制表</w:t></w:r></w:p>`
	numbering := `<w:numbering>
<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimalEnclosedCircleChinese"/><w:lvlText w:val="%1"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="9"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="●"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="9"/></w:num></w:numbering>`
	styles := `<w:styles><w:style w:styleId="a3"><w:basedOn w:val="a2"/></w:style><w:style w:styleId="a2"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>`
	d, err := Read(context.Background(), Source{Name: "n.docx", Data: zipFile(t, map[string]string{"word/document.xml": docWith(body), "word/numbering.xml": numbering, "word/styles.xml": styles})})
	if err != nil {
		t.Fatal(err)
	}
	want := "一、总体要求\n二、重点任务\n（一）加强监管。\n1.排查隐患\n2.整改销号\n（二）压实责任。\n1.签订责任书\n三、样式里的编号\n③圈码\n项目符号\n删后制表\n"
	if got := d.Text(); got != want {
		t.Errorf("read\n%s\nwant\n%s", got, want)
	}
}

func TestMergedCellsAndTwoHeaderRows(t *testing.T) {
	t.Parallel()
	cell := func(text, pr string) string {
		return `<w:tc><w:tcPr>` + pr + `</w:tcPr><w:p><w:r><w:t>` + text + `</w:t></w:r></w:p></w:tc>`
	}
	start, more := `<w:vMerge w:val="restart"/>`, `<w:vMerge/>`
	body := `<w:p><w:r><w:t>2022年重点工程一览表</w:t></w:r></w:p><w:tbl>` +
		`<w:tr>` + cell("序号", start) + cell("工程名称", start) + cell("责任分工", `<w:gridSpan w:val="2"/>`) + cell("完成时限", start) + `</w:tr>` +
		`<w:tr>` + cell("", more) + cell("", more) + cell("牵头单位", "") + cell("配合单位", "") + cell("", more) + `</w:tr>` +
		`<w:tr>` + cell("1", start) + cell("城北水厂", start) + cell("市水利局", "") + cell("市财政局", "") + cell("2022年5月底前开工", "") + `</w:tr>` +
		`<w:tr>` + cell("", more) + cell("", more) + cell("市水利局", "") + cell("市住建局", "") + cell("2022年12月20日前通水", "") + `</w:tr>` +
		`</w:tbl>`
	d, err := Import(context.Background(), []Source{{Name: "m.docx", Data: zipFile(t, map[string]string{"word/document.xml": docWith(body)})}}, Options{Issued: calendar.Day{Year: 2022, Month: 1, Date: 10}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range d.projects {
		for _, e := range p.entries {
			got = append(got, fmt.Sprint(e.ID, " ", e.Title, " ", e.Due, " ", e.Milestone, " ", p.names))
		}
	}
	want := "p01 城北水厂 2022-05-31 开工 [市水利局 市财政局]\np01-2 城北水厂 2022-12-20 通水 [市水利局 市住建局]"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("rows\n%s\nwant\n%s", s, want)
	}
	loadDraft(t, d)
}

func TestPageBreaksAndFootersInPlainText(t *testing.T) {
	t.Parallel()
	text := "一、任务\n1.推进城镇节水，2021年全市公共供水管网漏损率控制\n- 3 -\n\f在10%以内。〔责任单位：市城市管理局、\n\n- 4 -\n\n市水务局〕\n"
	d, err := Read(context.Background(), Source{Name: "p.txt", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	want := "一、任务\n1.推进城镇节水，2021年全市公共供水管网漏损率控制在10%以内。〔责任单位：市城市管理局、市水务局〕\n"
	if got := d.Text(); got != want {
		t.Errorf("read\n%s\nwant\n%s", got, want)
	}
}

func TestPDFWithoutProgram(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	refused(t, Source{Name: "x.pdf", Data: pdfFile([]string{"一、任务"})}, "refuse_no_pdftotext")
}

// fortyPages is the founding document over and over, some 40 pages of text.
func fortyPages(t testing.TB) []byte {
	raw, err := os.ReadFile(filepath.Join(seedDir, "document.txt"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	at, end := strings.Index(text, "三、重点任务"), strings.Index(text, "四、保障措施")
	chapter := text[at:end]
	var b strings.Builder
	b.WriteString(text[:at])
	for n := 3; b.Len() < 40*28*22*3-len(text)+end; n++ {
		b.WriteString(strings.Replace(chapter, "三、", chinese(n)+"、", 1))
	}
	b.WriteString(text[end:])
	return []byte(b.String())
}

func BenchmarkFortyPages(b *testing.B) {
	raw := fortyPages(b)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := Import(context.Background(), []Source{{Name: "forty.txt", Data: raw}}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTablesDrawnWithSpaces(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"numbers in the middle": `
附件
                    2021年重点工程
 序号            工作任务             责任主体        完成时限       备注
        高平市天阳污水处理厂                      2021 年 6 月底
  1                          高平市政府                     省重点
        提标改造工程
  2     阳城县第二污水处理厂       阳城县政府     2021 年 8 月底
        泽州县周村镇、李寨乡、
  3     大箕镇、犁川镇污水        泽州县政府      2021 年 9 月底
        集中处理设施                                 投入运行
`,
		"numbers at the top": `
附件
                    2021年重点工程
 序号            工作任务             责任主体        完成时限       备注
  1     高平市天阳污水处理厂      高平市政府     2021 年 6 月底    省重点
        提标改造工程
  2     阳城县第二污水处理厂       阳城县政府     2021 年 8 月底
  3     泽州县周村镇、李寨乡、     泽州县政府      2021 年 9 月底
        大箕镇、犁川镇污水                            投入运行
        集中处理设施
`} {
		d, err := Import(context.Background(), []Source{{Name: "t.txt", Data: []byte(text)}}, Options{Issued: calendar.Day{Year: 2021, Month: 4, Date: 8}})
		if err != nil {
			t.Fatal(name, err)
		}
		var got []string
		for _, p := range d.projects {
			got = append(got, fmt.Sprint(p.no, " ", p.title, " ", p.names, " ", p.entries[0].Due))
		}
		want := "1 高平市天阳污水处理厂提标改造工程 [高平市政府] 2021-06-30\n2 阳城县第二污水处理厂 [阳城县政府] 2021-08-31\n3 泽州县周村镇、李寨乡、大箕镇、犁川镇污水集中处理设施 [泽州县政府] 2021-09-30"
		if s := strings.Join(got, "\n"); s != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, s, want)
		}
	}
}

func TestTableInPDFOverPages(t *testing.T) {
	t.Parallel()
	head := []cellAt{{60, "序号"}, {150, "工作任务"}, {300, "责任主体"}, {390, "完成时限"}, {490, "备注"}}
	lines := [][]cellAt{{{60, "附件"}}, {{200, "2021年重点工程表"}}, head}
	for i, r := range []struct{ a, b, unit, limit string }{
		{"高平市天阳污水处理厂", "提标改造工程", "高平市政府", "2021年6月底"},
		{"阳城县第二污水处理厂", "", "阳城县政府", "2021年8月底"},
		{"晋北市污水处理厂下游", "人工湿地建设项目", "市城市管理局", "2021年9月底"},
		{"石淙头人工湿地", "", "泽州县政府", "2021年10月底"},
	} {
		if i == 2 {
			lines = append(lines, head)
		}
		if r.b == "" {
			lines = append(lines, []cellAt{{65, fmt.Sprint(i + 1)}, {110, r.a}, {295, r.unit}, {380, r.limit}})
			continue
		}
		lines = append(lines, []cellAt{{110, r.a}}, []cellAt{{65, fmt.Sprint(i + 1)}, {295, r.unit}, {380, r.limit}}, []cellAt{{110, r.b}})
	}
	d, err := Import(context.Background(), []Source{{Name: "t.pdf", Data: pdfCells(lines, 7, 20)}}, Options{Issued: calendar.Day{Year: 2021, Month: 4, Date: 8}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range d.projects {
		got = append(got, fmt.Sprint(p.no, " ", p.title, " ", p.names, " ", p.entries[0].Due))
	}
	want := "1 高平市天阳污水处理厂提标改造工程 [高平市政府] 2021-06-30\n2 阳城县第二污水处理厂 [阳城县政府] 2021-08-31\n3 晋北市污水处理厂下游人工湿地建设项目 [市城市管理局] 2021-09-30\n4 石淙头人工湿地 [泽州县政府] 2021-10-31"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("rows\n%s\nwant\n%s", s, want)
	}
}

func TestDocumentAndLedgerTogether(t *testing.T) {
	t.Parallel()
	body := Source{Name: "方案.docx", Data: docxFile(t, []string{"东平市2022年防汛工作方案", "一、重点任务", "（一）水库除险。5月底前完成白龙水库除险加固。（市水利局牵头，各县政府配合）"}, nil)}
	ledger := Source{Name: "附件.xlsx", Data: xlsxFile(t, "附件 重点工程台账", [][]string{{"序号", "项目名称", "责任单位", "完成时间"}, {"1", "白龙水库除险加固工程", "青山县政府", "2022-05-31"}, {"2", "城南泵站", "市住建局", "44742"}})}
	d, err := Import(context.Background(), []Source{body, ledger}, Options{Issued: calendar.Day{Year: 2022, Month: 3, Date: 1}})
	if err != nil {
		t.Fatal(err)
	}
	p := loadDraft(t, d)
	for _, k := range p.Tasks {
		if k.ID == "p01" && (len(k.Also) != 1 || k.Due.String() != "2022-05-31" || !strings.Contains(k.Note, "附件.xlsx")) {
			t.Errorf("p01 is %+v", k)
		}
	}
}
