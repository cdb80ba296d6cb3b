package act_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
)

func TestAnOriginIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for _, o := range []struct {
		is   act.Origin
		text string
	}{
		{act.Origin{}, ""},
		{act.Origin{Kind: act.OriginPlan}, "plan"},
		{act.Origin{Kind: act.OriginStage}, "stage"},
		{act.Origin{Kind: act.OriginHand}, "hand"},
		{act.FromAmendment(3), "amendment:3"},
		{act.Origin{Kind: act.OriginDuty, Of: "p7"}, "duty:p7"},
		{act.Origin{Kind: act.OriginCarried, Of: "water-2026/p14"}, "carried:water-2026/p14"},
		{act.Origin{Kind: act.OriginRule, Of: "second:talk"}, "rule:second:talk"},
		{act.FromSection("牛村", "2027-03"), "section:牛村/2027-03"},
		{act.Origin{Kind: act.OriginComplaint, Of: "12345-0007"}, "complaint:12345-0007"},
	} {
		written, err := json.Marshal(o.is)
		require.NoError(t, err)
		require.Equal(t, `"`+o.text+`"`, string(written))
		var read act.Origin
		require.NoError(t, json.Unmarshal(written, &read))
		require.Equal(t, o.is, read)
	}
	for _, wrong := range []string{"second-talk", "rule", "plan:x", "section:", ":x", "Plan"} {
		_, err := act.ParseOrigin(wrong)
		require.Error(t, err, wrong)
	}
}
