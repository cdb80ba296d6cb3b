package water

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"
)

// fewest is from how many sections on a river is graded by the shares of its classes;
// with fewer it is judged by the means of their concentrations, as one section.
const fewest = 5

// Sample is what a river's grade needs of each of its sections in a period.
type Sample struct {
	Class  Class // NoClass: dry, frozen or not monitored; it does not count
	Values Values
}

// RiverJudgement is the grade of a river, a basin, or all sections of a county.
type RiverJudgement struct {
	Grade Grade     `json:"grade"`
	Of    int       `json:"of"`     // sections with a class
	Count [7]int    `json:"count"`  // by Class
	ByOne Judgement `json:"by_one"` // of the means, with fewer than five sections
	Main  []Over    `json:"main,omitempty"`
	Few   bool      `json:"few"` // it was judged by means
}

// Share is the percentage of sections whose class is from to to, with one decimal.
func (r RiverJudgement) Share(from, to Class) decimal.Decimal {
	if r.Of == 0 {
		return decimal.Zero
	}
	n := 0
	for c := from; c <= to; c++ {
		n += r.Count[c]
	}
	return decimal.NewFromInt(int64(n)).Mul(decimal.NewFromInt(100)).DivRound(decimal.NewFromInt(int64(r.Of)), 1)
}

// atLeast tells that n of all are at least so many percent.
func (r RiverJudgement) atLeast(n, percent int) bool { return n*100 >= percent*r.Of }

// JudgeRiver grades a river by its sections. With fewer than five of them the grade is
// that of the means of their concentrations; there is none where one has only a class.
// Main are then that section's; with five or more, at most three of the items that most
// sections have beyond Ⅲ.
func JudgeRiver(body Body, judged []Item, sections []Sample) (r RiverJudgement) {
	var known []Values
	for _, s := range sections {
		if s.Class == NoClass {
			continue
		}
		r.Of++
		r.Count[s.Class]++
		if len(s.Values) > 0 {
			known = append(known, s.Values)
		}
	}
	if r.Few = r.Of < fewest; r.Few {
		if r.Of > 0 && len(known) == r.Of {
			r.ByOne = Judge(body, judged, Mean(known...))
			r.Grade, r.Main = r.ByOne.Class.Grade(), r.ByOne.Main(body)
		}
		return r
	}
	r.Grade = r.byShares()
	r.Main = mostOver(body, judged, known)
	return r
}

func (r RiverJudgement) byShares() Grade {
	good, worse := r.Count[I]+r.Count[II]+r.Count[III], r.Count[Worse]
	switch {
	case r.atLeast(good, 90):
		return Excellent
	case r.atLeast(good, 75):
		return Good
	case !r.atLeast(worse, 20):
		return Light
	case !r.atLeast(worse, 40):
		return Moderate
	}
	return Heavy
}

// mostOver are at most three of the items that most of the sections have beyond Ⅲ
// 断面超标率, without multiples, which a river does not have.
func mostOver(body Body, judged []Item, all []Values) []Over {
	count := map[Item]int{}
	var over []Over
	for _, i := range judged {
		for _, values := range all {
			if v, ok := values[i]; ok {
				if c, ok := i.Class(body, v); ok && c > III {
					count[i]++
				}
			}
		}
		if count[i] > 0 {
			over = append(over, Over{Item: i})
		}
	}
	slices.SortStableFunc(over, func(a, b Over) int { return cmp.Compare(count[b.Item], count[a.Item]) })
	return over[:min(3, len(over))]
}

// Change is how water has changed between two periods; the zero value is not known.
type Change string

// From much better to much worse.
const (
	NoChange   Change = ""
	MuchBetter Change = "much_better" // 明显好转
	Better     Change = "better"      // 有所好转
	Same       Change = "same"        // 无明显变化
	Poorer     Change = "poorer"      // 有所变差
	MuchPoorer Change = "much_poorer" // 明显变差
)

// Steps is by how many classes a section has become worse: negative when it has become
// better; ok is false where one of the two is not known.
func Steps(was, is Class) (n int, ok bool) {
	if was == NoClass || is == NoClass {
		return 0, false
	}
	return int(is - was), true
}

// Changed is how a section has changed: by its grade, so that Ⅰ and Ⅱ are the same.
func Changed(was, is Class) Change {
	a, b := was.Grade().rank(), is.Grade().rank()
	if a == 0 || b == 0 {
		return NoChange
	}
	return changeBy(a-b, 1, 2)
}

// changeBy names a change for the better by n (negative: for the worse): Better from some
// on, MuchBetter from much on.
func changeBy(n, some, much int) Change {
	switch {
	case n >= much:
		return MuchBetter
	case n >= some:
		return Better
	case n <= -much:
		return MuchPoorer
	case n <= -some:
		return Poorer
	}
	return Same
}

// RiverChanged is how a river of five sections or more has changed: the difference of the
// share of Ⅰ to Ⅲ less that of 劣Ⅴ, in points; up to 10 is no change, above 20 a great one.
func RiverChanged(was, is RiverJudgement) Change {
	if was.Of == 0 || is.Of == 0 {
		return NoChange
	}
	points := func(r RiverJudgement) decimal.Decimal {
		n := r.Count[I] + r.Count[II] + r.Count[III] - r.Count[Worse]
		return decimal.NewFromInt(int64(n)*100).DivRound(decimal.NewFromInt(int64(r.Of)), 9)
	}
	d := points(is).Sub(points(was))
	step := 0
	for _, bound := range []int64{10, 20} {
		if d.Abs().GreaterThan(decimal.NewFromInt(bound)) {
			step++
		}
	}
	return changeBy(step*d.Sign(), 1, 2)
}
