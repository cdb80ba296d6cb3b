package notice_test

import (
	"testing"

	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/words"
)

// A peak morning composes a hundred of these between 09:00 and the last message.
func BenchmarkComposeHundred(b *testing.B) {
	w := words.New("zh")
	d := digest("shuizhiban", office.Name, people.Office, "督办岗", day(2021, 5, 6), manyItems(100)...)
	for b.Loop() {
		if _, err := notice.Compose(w, d); err != nil {
			b.Fatal(err)
		}
	}
}
