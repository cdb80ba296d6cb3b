package deadline

import "testing"

// TestSimplified holds the table against the pairs that it is made of, over every character it may have, and outside.
func TestSimplified(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= 0x20000; r++ {
		plain := r
		if s, ok := forms[r]; ok {
			plain = s
		}
		want := plain
		if s, ok := traditional[plain]; ok {
			want = s
		}
		if got := Simplified(r); got != want {
			t.Fatalf("%q (%U) is %q, want %q", r, r, got, want)
		}
	}
}
