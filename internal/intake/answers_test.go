package intake

import (
	"context"
	"slices"
	"testing"

	"duban/internal/calendar"
)

// TestEveryAnswerMakesAPlanThatLoads answers every question, twice over as
// answers raise new ones, and holds that the plan still loads and the questions
// answered keep their ids.
func TestEveryAnswerMakesAPlanThatLoads(t *testing.T) {
	t.Parallel()
	given := map[string][]string{
		"each": {"joint", "each"}, "same": {"different", "same"}, "conflict": {"body", "annex"}, "near": {"same", "different"},
		"members": {"甲县政府、乙县人民政府、丙区政府、开发区管委会"}, "lead": {"市督查室、市财政局"}, "date": {"2026-12-01"}, "limit": {"2026年12月1日"},
		"past": {"2026.12.1"}, "which_date": {"2026/12/1", "none"}, "cycle": {"quarter", "none"}, "season": {"06-01至09-30"}, "office": {"市政府督查室"},
		"leadership": {"市政府常务会议"}, "issued": {"2021-04-08"}, "contacts": {"已补"},
		"goal": {"是", "否"}, "unread": {"2026-12-01", "无"}, "aside": {"否", "2026-12-01"}, "name": {"市审计局", "是"}, "rhythm": {"每月5日前", "none"}, "title": {"清理河道", "清理河道"}, "damage": {"2026-12-01", "none"},
		"table": {"任务=1 时限=2", "无"},
	}
	sources := []struct {
		src    Source
		issued string
	}{}
	s, err := Open(seedDir + "/document.txt")
	if err != nil {
		t.Fatal(err)
	}
	sources = append(sources, struct {
		src    Source
		issued string
	}{s, "2021-04-08"})
	for _, p := range passages(t) {
		for _, src := range p.sources(t) {
			sources = append(sources, struct {
				src    Source
				issued string
			}{src, p.Issued})
			break
		}
	}
	for _, one := range sources {
		issued, err := calendar.ParseDay(one.issued)
		if err != nil {
			t.Fatal(err)
		}
		for pick := range 2 {
			answers := map[string]string{}
			for range 3 {
				d, err := Import(context.Background(), []Source{one.src}, Options{Issued: issued, Answers: answers, Calendar: holidays(t)})
				if err != nil {
					t.Fatalf("%s: %v", one.src.Name, err)
				}
				loadDraft(t, d)
				for _, q := range d.Questions {
					if q.Answer != answers[q.ID] && !slices.ContainsFunc(q.also, func(id string) bool { return answers[id] == q.Answer }) {
						t.Errorf("%s: %s was answered %q and shows %q", one.src.Name, q.ID, answers[q.ID], q.Answer)
					}
					options := given[q.Kind]
					if len(options) == 0 {
						t.Fatalf("no answer for a question of kind %s", q.Kind)
					}
					answers[q.ID] = options[pick%len(options)]
				}
			}
			if t.Failed() {
				t.Fatalf("%s with answers %d", one.src.Name, pick)
			}
		}
	}
}

// TestADailyDutyIsMadeWhereAPersonSaysSo: what is done every day is asked about, and made a duty of every day by the
// answer 每天, by another rhythm's name one of that.
func TestADailyDutyIsMadeWhereAPersonSaysSo(t *testing.T) {
	t.Parallel()
	read := func(answers map[string]string) *Draft {
		d, err := Import(t.Context(), []Source{{Name: "x.txt", Data: []byte(usualHead + "一、任务\n1.值守。市防办每日8时前汇总水情。\n")}}, Options{Issued: calendar.NewDay(2022, 3, 1), Calendar: holidays(t), Answers: answers})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	d := read(nil)
	i := slices.IndexFunc(d.Questions, func(q Question) bool { return q.Kind == "rhythm" })
	if i < 0 {
		t.Fatalf("not asked: %v", asksOfDraft(d))
	}
	for said, want := range map[string]string{"每天": "0 9 * * *", "每周五": "0 9 * * 5"} {
		p := loadDraft(t, read(map[string]string{d.Questions[i].ID: said}))
		if got := p.Tasks[0].Recur; got == nil || got.Cron != want {
			t.Errorf("answered %s: %+v, want %s", said, got, want)
		}
	}
}
