package planfile

// known are the fields of every kind of mapping in a plan's files. The JSON
// Schemas in seeds/schema list the same ones; a test compares the two.
var known = map[string][]string{
	"plan": {"id", "title", "number", "issuer", "issued", "year", "zone", "policy", "office",
		"leadership", "units", "policies", "water", "clauses", "projects", "sections"},
	"clause":  {"id", "chapter", "heading", "title", "place", "brackets", "text", "tasks"},
	"task":    append([]string{"bracket"}, entryFields...),
	"project": append([]string{"no", "annex", "units", "limit", "remark"}, entryFields...),
	"section": {"id", "no", "annex", "county", "name", "target", "level", "place", "policy", "note"},
	"recur":   {"every", "shift", "cron", "from", "until"},

	"register": {"data", "sections"},
	"site": {"id", "no", "name", "aliases", "river", "basin", "county", "level", "body", "at", "items", "upstream", "auto",
		"data", "targets", "note"},
	"target": {"year", "class", "limits"},
	"limit":  {"item", "value"},

	"units":   {"units", "groups"},
	"unit":    {"id", "name", "kind", "aliases", "contacts", "was", "successor", "dissolved"},
	"contact": {"role", "name", "email", "pace", "post", "phone"},
	"group":   {"name", "aliases", "members"},

	"policies":    {"policies", "consequences"},
	"consequence": {"id", "title", "count", "at_least", "within", "propose"},

	"policy": {"name", "version", "title", "speak_at", "resend", "ahead", "blue", "yellow", "stages", "acts", "talk", "rhythm"},
	"stage":  {"id", "kind", "from", "before", "after", "to", "light", "unless"},
	"acts": {"return", "rule", "extend", "extensions", "verify", "decide", "chase", "grace", "silent", "part",
		"part_missed", "circular", "yellow", "red"},
	"talk":   {"open", "remind", "missed", "later", "to", "upward", "steps"},
	"step":   {"id", "after", "limit"},
	"rhythm": {"most", "hold", "quiet", "seats"},
	"seat":   {"role", "budget", "asked", "told", "remind", "due", "urge", "warn", "escalate", "talk"},
}

// entryFields are common to tasks and projects.
var entryFields = []string{"id", "title", "kind", "lead", "assist", "each", "due", "begin",
	"milestone", "policy", "soft", "priority", "publish", "recur", "source", "same_as",
	"ruling", "note", "place", "carries", "was", "heir"}
