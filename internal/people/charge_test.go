package people_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/people"
)

// TestWhoAnswersForATask: one for each task of each plan, also after papers were read again.
func TestWhoAnswersForATask(t *testing.T) {
	t.Parallel()
	a, b := people.Charge{Plan: "p", Task: "a", Person: "钱"}, people.Charge{Plan: "q", Task: "a", Leader: "赵"}
	u := people.Unit{ID: "x", Name: "甲局"}
	all := u.WithCharge(a).WithCharge(b)
	require.Equal(t, []people.Charge{a, b}, all.Charges)
	require.Empty(t, u.Charges)
	other := a
	other.Person = "孙"
	require.Equal(t, []people.Charge{b, other}, all.WithCharge(other).Charges)
	require.Equal(t, []people.Charge{a, b}, all.Charges, "a list of its own")
	require.Equal(t, []people.Charge{b}, all.WithCharge(people.Charge{Plan: "p", Task: "a"}).Charges)
	require.True(t, all.Charge("p", "b").Nobody())
	require.Equal(t, all.Charges, people.Revise(all, u, people.Unit{ID: "x", Name: "乙局"}).Charges)
}
