package intake

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"duban/internal/calendar"
)

// TestBrokenFilesOfEveryKind damages good files at many places: none may stop the
// program.
func TestBrokenFilesOfEveryKind(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	good := map[string]string{
		"a.html": `<html><body><p>1.清淤。6月底前完成清淤。（市水务局）</p><table><tr><td rowspan=3 colspan=2>a<td>b<tr><td>c</table></body></html>`,
		"a.rtf":  `{\rtf1\ansi\ansicpg936 \'c7\'e5\u28165?{\v x}{\*\x y}\trowd\intbl a\cell b\cell\row\par 6\'d4\'c2\par }`,
		"a.csv":  "序号,任务,责任单位,完成时限\n1,\"清淤\n\",市水务局,2022年6月底前\n",
		"a.mht":  "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>6月底前</p>\r\n--x--",
		"a.txt":  "一、任务\n1.清淤。2022年6月底前完成清淤。〔责任单位：市水务局〕\n",
	}
	for name, text := range good {
		for range 300 {
			data := []byte(strings.Repeat(text, 1+rng.IntN(3)))
			for n := rng.IntN(6); n >= 0 && len(data) > 1; n-- {
				switch i := rng.IntN(len(data)); rng.IntN(3) {
				case 0:
					data[i] = byte(rng.IntN(256))
				case 1:
					data = append(data[:i:i], data[i+1:]...)
				default:
					data = data[:i+1]
				}
			}
			d, _ := Import(context.Background(), []Source{{Name: name, Data: data}}, Options{Issued: calendar.Day{Year: 2022, Month: 3, Date: 1}})
			if d == nil {
				continue
			}
			for _, e := range d.Expressions {
				if e.Of == "" || e.Words == "" {
					t.Errorf("%s: an expression became nothing: %+v of %q", name, e, data)
				}
			}
		}
	}
}
