package intake

import (
	"context"
	"slices"
	"strings"
	"testing"

	"duban/internal/calendar"
)

// askedAbout are the kinds of the questions about a paper of one sentence that hold the words.
func askedAbout(t *testing.T, sentence, words string) []string {
	t.Helper()
	src := Source{Name: "x.txt", Data: []byte(usualHead + "一、重点任务\n1.清淤。" + sentence + "\n2.护岸。市水务局9月底前完成护岸。\n")}
	d, err := Import(context.Background(), []Source{src}, Options{Issued: calendar.NewDay(2022, 3, 1), Calendar: holidays(t)})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, q := range d.Questions {
		if strings.Contains(q.Words, words) || slices.ContainsFunc(q.Items, func(i Item) bool { return strings.Contains(i.Words, words) }) {
			kinds = append(kinds, q.Kind)
		}
	}
	return kinds
}

// TestWhatIsDoneThenIsNotSetAsideInSilence: words around a time that make it none are too weak
// where the sentence says what somebody does then; where it does not they stand.
func TestWhatIsDoneThenIsNotSetAsideInSilence(t *testing.T) {
	t.Parallel()
	for sentence, asked := range map[string]bool{
		"省厅将于9月中旬组织复查。":                       true,
		"省厅将于9月25日对我市开展评估。":                   true,
		"3月1日至3月20日为动员阶段，市水务局5月底前完成清淤。":       false,
		"普查标准时点为2022年12月31日，市水务局5月底前完成清淤。":    false,
		"实行“周调度、月通报”，市水务局5月底前完成清淤。":           false,
		"市水务局5月底前完成清淤，逾期未完成的通报批评。":            false,
		"2022年10月1日至2023年5月31日为防火期，市水务局加强巡护。": false,
	} {
		if got := slices.Contains(askedAbout(t, sentence, strings.TrimRight(sentence, "。")[:12]), "aside"); got != asked {
			t.Errorf("%s: asked %v, want %v", sentence, got, asked)
		}
	}
}

// TestWhoWasNamedBeforeIsAskedWhereAnotherMayAct: a part of a sentence that begins with what
// may be a body nobody knows is not its neighbour's in silence.
func TestWhoWasNamedBeforeIsAskedWhereAnotherMayAct(t *testing.T) {
	t.Parallel()
	for sentence, asked := range map[string]bool{
		"市水务局5月底前完成检测，承建商6月底前返工完毕。":     true,
		"市水务局5月底前完成检测，养护队每月冲洗管道两次。":     true,
		"市水务局5月底前完成检测，6月底前全线贯通。":        false,
		"市水务局5月底前完成检测，并于6月底前报市政府。":      false,
		"市水务局5月底前完成检测，补助资金于6月底前兑付到户。":   false,
		"市水务局5月底前完成检测，年底前与施工单位签订养护协议。":  false,
		"市水务局5月底前完成检测，同步编制方案，7月10日前印发。": false,
	} {
		part := strings.TrimRight(sentence[strings.LastIndex(sentence[:len(sentence)-9], "，")+3:], "。")
		if got := slices.Contains(askedAbout(t, sentence, part), "lead"); got != asked {
			t.Errorf("%s: asked %v, want %v (%s)", sentence, got, asked, part)
		}
	}
}
