package main

import (
	"slices"

	"duban/internal/act"
)

// thing is what an act is done to.
type thing string

const (
	onTask thing = "task"
	onDuty thing = "duty"
	onTalk thing = "talk"
)

// deed is one act as a command. What it must say comes from the tables of acts
// (act.Tasks, act.Duties, act.Talks); here is how it is called and what more may
// be said with it, flags by their names.
type deed struct {
	kind act.Kind
	on   thing
	name string   // of the command
	may  []string // flags beside those it needs
	must []string // flags it needs beside those of the table: their absence would change something
}

// deeds are all acts that people do by commands.
var deeds = []deed{
	{act.Acknowledge, onTask, "ack", []string{"reason"}, nil},
	{act.Return, onTask, "return", []string{"file", "url", "paper"}, nil},
	{act.Uphold, onTask, "uphold", []string{"paper"}, nil},
	{act.Progress, onTask, "progress", []string{"file", "url"}, []string{"percent"}},
	{act.Complete, onTask, "complete", []string{"file", "url", "paper"}, nil},
	{act.Verify, onTask, "verify", []string{"file", "url", "paper"}, nil},
	{act.Reject, onTask, "reject", []string{"file", "url", "paper"}, nil},
	{act.Extend, onTask, "extend", []string{"percent", "file", "url", "paper"}, nil},
	{act.Grant, onTask, "grant", []string{"due", "paper"}, nil},
	{act.Refuse, onTask, "refuse", []string{"paper"}, nil},
	{act.Chase, onTask, "chase", []string{"paper"}, nil},
	{act.Suspend, onTask, "suspend", []string{"until", "moves-due", "paper"}, nil},
	{act.Resume, onTask, "resume", []string{"paper"}, nil},
	{act.Reassign, onTask, "reassign", []string{"due", "paper"}, nil},
	{act.Assist, onTask, "assist", []string{"paper"}, []string{"units"}},
	{act.SetPolicy, onTask, "policy", []string{"paper"}, nil},
	{act.Correct, onTask, "correct", []string{"paper"}, nil},
	{act.Reword, onTask, "reword", []string{"paper"}, nil},
	{act.Cancel, onTask, "cancel", nil, nil},
	{act.Instruct, onTask, "instruct", []string{"due", "paper"}, nil},
	{act.Answer, onTask, "answer", []string{"file", "url", "paper"}, nil},
	{act.AskPart, onTask, "part ask", nil, nil},
	{act.GivePart, onTask, "part give", []string{"file", "url", "paper"}, nil},

	{act.EndDuty, onDuty, "end", []string{"paper"}, nil},
	{act.Suspend, onDuty, "pause", []string{"until", "paper"}, nil},
	{act.Resume, onDuty, "resume", []string{"paper"}, nil},
	{act.SetRule, onDuty, "rule", []string{"paper"}, nil},
	{act.Reassign, onDuty, "reassign", []string{"paper"}, nil},
	{act.Assist, onDuty, "assist", []string{"paper"}, []string{"units"}},
	{act.SetPolicy, onDuty, "policy", []string{"paper"}, nil},
	{act.Reword, onDuty, "reword", []string{"paper"}, nil},

	{act.Propose, onTalk, "propose", []string{"unit", "circular", "paper"}, nil},
	{act.Approve, onTalk, "approve", []string{"reason", "paper"}, nil},
	{act.Decline, onTalk, "decline", []string{"paper"}, nil},
	{act.Serve, onTalk, "serve", []string{"reason", "chair", "bring", "public", "file"}, nil},
	{act.Held, onTalk, "held", []string{"reason", "time", "place", "chair", "called", "missing", "file"}, nil},
	{act.Absent, onTalk, "absent", []string{"missing", "file"}, nil},
	{act.Minutes, onTalk, "minutes", []string{"paper", "public", "file", "url"}, nil},
	{act.GivePlan, onTalk, "plan", []string{"file", "paper"}, nil},
	{act.ReturnPlan, onTalk, "return-plan", []string{"file", "paper"}, nil},
	{act.GiveReport, onTalk, "report", []string{"file", "url", "paper"}, nil},
	{act.VerifyTalk, onTalk, "verify", []string{"file", "paper"}, nil},
	{act.CloseTalk, onTalk, "close", []string{"paper", "public"}, nil},
	{act.Keep, onTalk, "keep", []string{"paper"}, nil},
	{act.Again, onTalk, "again", []string{"paper"}, nil},
}

// flagOf is the flag that says a field of an act.
var flagOf = map[act.Field]string{
	act.NeedReason: "reason", act.NeedPaper: "paper", act.NeedDue: "due", act.NeedUnit: "unit", act.NeedUnits: "units", act.NeedPolicy: "policy",
	act.NeedTitle: "title", act.NeedRef: "ref", act.NeedRule: "rule", act.NeedEvidence: "file",
	act.NeedNumber: "number", act.NeedTime: "time", act.NeedPlace: "place", act.NeedCalled: "called",
}

// fieldOf is the field that a flag says, for its name in words.
func fieldOf(flag string) string {
	for f, name := range flagOf {
		if name == flag {
			return string(f)
		}
	}
	return flag
}

// guessed are fields that a command fills in by itself where only one thing can
// be meant.
var guessed = []string{"ref"}

// table is who may do it, when, and what it must say.
func (d deed) table() (by []act.Seat, from []string, needs []act.Field) {
	if d.on == onTalk {
		row, _ := act.OfTalk(d.kind)
		for _, s := range row.From {
			from = append(from, "act.talk_"+string(s))
		}
		return row.By, from, row.Needs
	}
	table := act.Tasks
	if d.on == onDuty {
		table = act.Duties
	}
	row, _ := act.Of(table, d.kind)
	for _, s := range row.From {
		from = append(from, "act.state_"+string(s))
	}
	return row.By, from, row.Needs
}

// needs are the flags without which nothing is sent.
func (d deed) needs() []string {
	_, _, fields := d.table()
	flags := slices.Clone(d.must)
	for _, f := range fields {
		flag, ok := flagOf[f]
		if ok && !slices.Contains(guessed, flag) && !(d.kind == act.Propose && flag == "unit") {
			flags = append(flags, flag)
		}
	}
	slices.Sort(flags)
	return slices.Compact(flags)
}

// flags are all flags of the command, in the order of their names.
func (d deed) flags() []string {
	all := append(d.needs(), d.may...)
	if _, _, fields := d.table(); slices.Contains(fields, act.NeedRef) {
		all = append(all, "ref")
	}
	slices.Sort(all)
	return slices.Compact(all)
}
