package intake

import (
	"context"
	"errors"
	"testing"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// check imports whatever bytes and holds what every import must keep: no
// panic, bounded time, and a draft whose dates lie within reason.
func check(t *testing.T, s Source) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	began := time.Now()
	d, err := Import(ctx, []Source{s}, Options{Issued: calendar.Day{Year: 2021, Month: 4, Date: 8}})
	if took := time.Since(began); took > 15*time.Second {
		t.Fatalf("%d bytes took %s", len(s.Data), took)
	}
	var no *Refusal
	if err != nil && !errors.As(err, &no) && !errors.Is(err, ErrNothing) {
		t.Fatalf("an error of no kind: %v", err)
	}
	if d == nil {
		return
	}
	for _, e := range d.Entries() {
		if e.Kind == plan.Dated && e.SameAs == "" && e.Due.IsZero() {
			t.Fatalf("%s is dated without a date", e.ID)
		}
		if e.Kind == plan.Dated && e.Due.Before(d.Issued) {
			t.Fatalf("%s is due %s, before the document", e.ID, e.Due)
		}
	}
	if _, err := d.PlanYAML(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.UnitsYAML(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ReportJSON(d.Summary(nil)); err != nil {
		t.Fatal(err)
	}
}

func corpus(f *testing.F, layouts ...string) {
	for _, p := range passages(f) {
		for _, l := range layouts {
			if (l == "xlsx" || l == "tabs") == (p.Table != nil) || l == "docx" {
				f.Add(p.bytes(f, l))
			}
		}
	}
}

func FuzzImportText(f *testing.F) {
	corpus(f, "txt", "tabs")
	f.Fuzz(func(t *testing.T, data []byte) { check(t, Source{Name: "f.txt", Data: data}) })
}

func FuzzDocx(f *testing.F) {
	corpus(f, "docx")
	f.Fuzz(func(t *testing.T, data []byte) { check(t, Source{Name: "f.docx", Data: data}) })
}

// FuzzDocxXML puts the fuzzer's bytes in place of Word's XML, in a zip that opens.
func FuzzDocxXML(f *testing.F) {
	f.Add([]byte(`<w:document><w:body><w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>重点任务</w:t></w:r></w:p></w:body></w:document>`),
		[]byte(`<w:numbering><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`))
	f.Fuzz(func(t *testing.T, doc, num []byte) {
		check(t, Source{Name: "f.docx", Data: zipFile(t, map[string]string{"word/document.xml": string(doc), "word/numbering.xml": string(num)})})
	})
}

func FuzzXlsx(f *testing.F) {
	corpus(f, "xlsx")
	f.Fuzz(func(t *testing.T, data []byte) { check(t, Source{Name: "f.xlsx", Data: data}) })
}

func FuzzPDF(f *testing.F) {
	corpus(f, "pdf")
	f.Fuzz(func(t *testing.T, data []byte) { check(t, Source{Name: "f.pdf", Data: data}) })
}

func FuzzAnswers(f *testing.F) {
	f.Add("- id: a\n  answer: b\n")
	f.Add("a: b\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := t.TempDir() + "/answers.yaml"
		if err := writeFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if _, err := readAnswers(path); err == nil {
			if err := appendQuestions(path, []Question{{ID: "each-1"}}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzOther feeds web pages, RTF, CSV and saved mail: none may stop the program, and
// what is read accounts for its times.
func FuzzOther(f *testing.F) {
	f.Add(uint8(0), []byte(`<html><body><p>1.清淤。6月底前完成清淤。（市水务局）</p><table><tr><td rowspan=3 colspan=2>a<td>b</table></body>`))
	f.Add(uint8(1), []byte(`{\rtf1\ansi\ansicpg936 \'c7\'e5\u28165?{\v x}\trowd\intbl a\cell b\cell\row\par }`))
	f.Add(uint8(2), []byte("序号,任务,责任单位,完成时限\n1,\"清淤\n\",市水务局,2022年6月底前\n"))
	f.Add(uint8(3), []byte("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>6月底前</p>\r\n--x--"))
	f.Fuzz(func(t *testing.T, kind uint8, data []byte) {
		name := []string{"a.html", "a.rtf", "a.csv", "a.mht", "a.doc"}[int(kind)%5]
		d, _ := Import(context.Background(), []Source{{Name: name, Data: data}}, Options{Issued: calendar.Day{Year: 2022, Month: 3, Date: 1}})
		if d == nil {
			return
		}
		for _, e := range d.Expressions {
			if e.Of == "" || e.Words == "" {
				t.Errorf("an expression became nothing: %+v", e)
			}
		}
	})
}
