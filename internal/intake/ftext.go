package intake

import "strings"

// ftext is a text folded, with the way back: back[i] is the byte of raw that
// byte i of f came from.
type ftext struct {
	raw, f string
	back   []int
}

func newFtext(raw string) ftext {
	var b strings.Builder
	back := make([]int, 0, len(raw)+1)
	for i, r := range raw {
		n := b.Len()
		b.WriteRune(foldRune(r))
		for ; n < b.Len(); n++ {
			back = append(back, i)
		}
	}
	return ftext{raw, b.String(), append(back, len(raw))}
}

// rawAt is the byte of raw for a byte of f.
func (t ftext) rawAt(i int) int { return t.back[min(max(i, 0), len(t.back)-1)] }
