package portal

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/draft"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/whatif"
	"duban/internal/words"
)

// bringing is the notice of holidays of a draft as a change: the days on which it differs
// from the notice in force, and the stages still to come that it moves.
func (v *visit) bringing(r draft.Ready) (*undertaking, error) {
	u := &undertaking{page: changesPage{Do: v.say.T("draft.bring_notice")}}
	given, err := calendar.ReadYear(bytes.NewReader(r.Files["notice.json"]))
	if text, wrong := whatif.FaultSaid(v.say, err); wrong {
		u.page.Fault = v.say.T("draft.notice_wrong", words.Data{"Why": text})
		return u, nil
	}
	if err != nil {
		return nil, err
	}
	found, err := v.Reader.Notices(v.ctx(), v.asks(), []string{"notice.json"}, []calendar.Year{given})
	if err != nil {
		return nil, err
	}
	y := found.Years[0]
	u.page.Lines = []string{whatif.NoticeSaid(v.say, y)}
	for _, c := range y.Changes {
		u.page.Lines = append(u.page.Lines, v.say.T("draft.day_change", words.Data{"Day": c.Date, "Was": whatif.HolidaySaid(v.say, c.Date, c.Was), "Is": whatif.HolidaySaid(v.say, c.Date, c.Is)}))
	}
	if u.page.Can = found.ToDo; !u.page.Can {
		return u, nil
	}
	for _, worked := range found.Worked {
		var days []string
		for _, h := range worked.Days {
			days = append(days, h.Date.String()+" "+h.Name)
		}
		u.page.Asks = append(u.page.Asks, changeAsk{Name: "meant", Kind: "check", Label: v.say.T("draft.meant", words.Data{"Year": y.Year, "Days": strings.Join(days, v.say.T("notice.comma"))})})
		kept, err := v.Drafts.Fields(v.ctx(), v.r.PathValue("draft"))
		if err != nil {
			return nil, err
		}
		u.page.Can = kept["meant"] != ""
	}
	u.page.Table = &changeTable{Head: []string{v.say.T("amend.col_task"), v.say.T("amend.col_title"), v.say.T("amend.col_stage"), v.say.T("amend.col_from"), v.say.T("amend.col_to")}}
	for _, m := range found.Moves {
		u.page.Table.Rows = append(u.page.Table.Rows, []string{m.Plan + "/" + m.Task, m.Title, v.stageWords(m.Kind), m.From.Format("2006-01-02 15:04"), m.To.Format("2006-01-02 15:04")})
	}
	if len(found.Moves) == 0 {
		u.page.Lines = append(u.page.Lines, v.say.T("calendar.no_moves"))
	}
	acts, by, say := v.Acts, v.who.actor(), v.say
	u.do = func(ctx context.Context, watch func(done, total int)) (string, error) {
		things, err := acts.BringHolidays(ctx, []calendar.Year{y.Notice}, by, watch)
		return say.T("calendar.applied", words.Data{"Years": 1, "Tasks": things}), err
	}
	return u, nil
}

// stageWords is the name of a kind of stage in the reader's language.
func (v *visit) stageWords(k plan.StageKind) string { return v.say.T("term." + string(k)) }

// applying is another version of a policy of a draft, to be followed by the open tasks
// of a plan.
func (v *visit) applying(r draft.Ready, kept map[string]string) (*undertaking, error) {
	u := &undertaking{page: changesPage{Do: v.say.T("draft.apply")}}
	all, problems := planfile.LoadPolicies("policies.yaml", r.Files["policies.yaml"])
	if strictyaml.Failed(problems) {
		for _, p := range problems {
			u.page.Lines = append(u.page.Lines, p.Text(v.say))
		}
		u.page.Fault = v.say.T("draft.obstacle_problems")
		return u, nil
	}
	names, err := v.Reader.Names(v.ctx(), v.asks())
	if err != nil {
		return nil, err
	}
	of := changeAsk{Name: "of_plan", Kind: "choice", Label: v.say.T("portal.plan"), Need: true}
	for _, id := range v.who.seats.Office {
		of.Options = append(of.Options, Option{Value: id, Name: names.Plans[id]})
	}
	which := changeAsk{Name: "policy", Kind: "choice", Label: v.say.T("draft.policy"), Need: true}
	titles := map[string]string{}
	for name, p := range all {
		titles[name] = fmt.Sprintf("%s（%s v%d）", p.Title, name, p.Version)
	}
	which.Options = options(titles, "")
	u.page.Asks = []changeAsk{of, which, {Name: "reason", Kind: "area", Label: v.say.T("amend.flag_reason_policy"), Need: true}}
	planID := kept["of_plan"]
	p, known := all[kept["policy"]]
	if planID == "" || !known {
		return u, nil
	}
	moves, err := v.Reader.PolicyMoves(v.ctx(), v.asks(), planID, p)
	if text, ok := whatif.Sentence(v.say, err); ok {
		u.page.Fault = text
		return u, nil
	}
	if err != nil {
		return nil, err
	}
	l, err := v.Reader.Plan(v.ctx(), v.asks(), planID)
	if err != nil {
		return nil, err
	}
	data := words.Data{"Title": l.Plan.Title, "Policy": p.Name, "Version": p.Version, "N": len(moves)}
	if len(moves) == 0 {
		u.page.Lines = []string{v.say.T("amend.policy_none", data)}
		return u, nil
	}
	u.page.Lines = []string{v.say.T("amend.policy_shows", data)}
	zone := l.Plan.Location()
	clock := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(zone).Format("2006-01-02 15:04")
	}
	u.page.Table = &changeTable{Head: []string{v.say.T("amend.col_task"), v.say.T("amend.col_title"), v.say.T("amend.col_stage"), v.say.T("amend.col_from"), v.say.T("amend.col_to")}}
	for _, m := range moves {
		if len(m.Stages) == 0 {
			u.page.Table.Rows = append(u.page.Table.Rows, []string{m.Task, m.Title, v.say.T("amend.no_stage"), "", ""})
		}
		for _, s := range m.Stages {
			u.page.Table.Rows = append(u.page.Table.Rows, []string{m.Task, m.Title, v.stageWords(s.Kind), clock(s.From), clock(s.To)})
		}
	}
	u.page.Can = kept["reason"] != ""
	acts, by, say, reason := v.Acts, v.who.actor(), v.say, kept["reason"]
	units := map[string]string{}
	for _, one := range l.Plan.Directory.Units {
		units[one.ID] = one.Name
	}
	u.do = func(ctx context.Context, watch func(done, total int)) (string, error) {
		moved, left, err := acts.ApplyPolicy(ctx, planID, p, by, reason)
		return say.T("amend.policy_done", words.Data{"Moved": moved, "Policy": p.Name, "Version": p.Version}) + leftSaid(say, left, units), err
	}
	return u, nil
}
