package planfile

import (
	"slices"

	"github.com/shopspring/decimal"

	"duban/internal/compensation"
	"duban/internal/water"
	"duban/internal/words"
)

// compensation are the tables by which counties are charged for the water of their sections.
func (r *waterRegister) compensation(root object) {
	for _, o := range root.objects("compensation", "compensation") {
		o.Need("title", "authority", "settled", "sum", "scales")
		t := compensation.Table{Title: o.Text("title"), Authority: o.Text("authority"), From: o.month("from"), Until: o.month("until"), Settled: o.Number("settled", 1, 28),
			Items: o.items("items"), Sum: o.OneOf("sum", compensation.SumWorst, compensation.SumItems), Inflow: o.Flag("inflow"),
			Plain: o.amount("plain"), Worse: o.amount("worse"), Cap: o.amount("cap")}
		if (t.Until != water.Month{}) && t.Until.Before(t.From) {
			o.Fault("until", "compensation_until", nil)
		}
		if o.Has("levels") {
			for _, n := range o.Names("levels") {
				if !slices.Contains(levels, n.Text) {
					o.Add(n.Value, "bad_level", words.Data{"Value": n.Text})
				}
				t.Levels = append(t.Levels, n.Text)
			}
		}
		if o.Has("sections") {
			for _, n := range o.Names("sections") {
				id, ok := r.find(n.Text)
				if !ok {
					o.Add(n.Value, "unknown_section", words.Data{"Value": n.Text, "Near": o.Near(n.Text, r.reg.Names())})
				}
				t.Sections = append(t.Sections, id)
			}
		}
		for _, s := range o.objects("scales", "scale") {
			t.Scales = append(t.Scales, s.scale())
		}
		for _, w := range o.objects("rewards", "reward") {
			w.Need("kind", "amount")
			reward := compensation.Reward{Kind: w.OneOf("kind", compensation.Kinds...), Amount: w.amount("amount")}
			if w.Has("months") != (reward.Kind == compensation.MetRunning) {
				w.Fault("months", "reward_months", nil)
			} else if w.Has("months") {
				reward.Months = w.Number("months", 1, 12)
			}
			t.Rewards = append(t.Rewards, reward)
		}
		r.l.plan.Compensation = append(r.l.plan.Compensation, t)
	}
	for i, t := range r.l.plan.Compensation { // a month has one table
		for _, before := range r.l.plan.Compensation[:i] {
			if t.InForce() && before.InForce() && t.Overlaps(before) {
				root.Fault("compensation", "compensation_overlap", words.Data{"Value": t.Title, "Other": before.Title})
			}
		}
	}
}

// scale reads bands or steps.
func (o object) scale() (s compensation.Scale) {
	s.Items, s.Step, s.Amount = o.items("items"), o.amount("step"), o.amount("amount")
	if o.Has("bands") == o.Has("step") || o.Has("step") != o.Has("amount") {
		o.Fault("bands", "bands_or_step", nil)
	}
	bands := o.objects("bands", "band")
	for i, b := range bands {
		b.Need("amount")
		band := compensation.Band{Amount: b.amount("amount")}
		if b.Has("to") {
			to := b.amount("to")
			band.To = &to
		}
		if band.To == nil && i+1 < len(bands) || band.To != nil && i > 0 && s.Bands[i-1].To != nil && !s.Bands[i-1].To.LessThan(*band.To) {
			b.Fault("to", "bands_rise", nil)
		}
		s.Bands = append(s.Bands, band)
	}
	return s
}

// month reads a month like 2021-05.
func (o object) month(field string) water.Month {
	text := o.Text(field)
	if text == "" {
		return water.Month{}
	}
	month, err := water.ReadMonth(text)
	if err != nil {
		o.Fault(field, "bad_month", words.Data{"Value": text})
	}
	return month
}

// amount reads a number above zero: yuan, or a multiple.
func (o object) amount(field string) decimal.Decimal {
	if !o.Has(field) {
		return decimal.Zero
	}
	value, err := water.ReadValue(o.Text(field))
	if err != nil || value.Below || !value.Number().IsPositive() {
		o.Fault(field, "bad_amount", words.Data{"Value": o.Text(field)})
	}
	return value.Number()
}
