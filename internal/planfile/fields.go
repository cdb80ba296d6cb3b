package planfile

// known are the fields of every kind of mapping in a plan's files. The JSON
// Schemas in seeds/schema list the same ones; a test compares the two.
var known = map[string][]string{
	"plan": {"id", "title", "number", "issuer", "issued", "year", "zone", "policy", "office",
		"leadership", "units", "policies", "water", "schemes", "zones", "assessment", "report", "incidents", "complaints", "publicity", "clauses", "projects", "sections"},
	"addressee": {"to", "by", "basis"},
	"clause":    {"id", "chapter", "heading", "title", "place", "brackets", "text", "tasks"},
	"task":      append([]string{"bracket"}, entryFields...),
	"project":   append([]string{"no", "annex", "units", "limit", "remark"}, entryFields...),
	"section":   {"id", "no", "annex", "county", "name", "target", "level", "place", "policy", "note"},
	"recur":     {"every", "shift", "cron", "from", "until"},

	"register": {"data", "readings", "rules", "compensation", "sections"},
	"compensation": {"title", "authority", "from", "until", "settled", "items", "levels", "sections", "sum", "scales", "plain", "worse",
		"inflow", "rewards", "cap"},
	"scale":    {"items", "bands", "step", "amount"},
	"band":     {"to", "amount"},
	"reward":   {"kind", "months", "amount"},
	"readings": {"id", "title", "recur", "policy", "place", "carries", "was", "note"},
	"sectionrule": {"id", "title", "basis", "over", "year_over", "poorer", "year_poorer", "worse_than", "months", "inflow", "opens",
		"asks", "policy", "within", "from"},
	"site": {"id", "no", "name", "aliases", "river", "basin", "county", "level", "body", "at", "items", "upstream", "auto",
		"data", "targets", "note"},
	"target": {"year", "class", "limits"},
	"limit":  {"item", "value"},

	"scheme": {"section", "title", "number", "lead", "person", "post", "problem", "example", "measures"},
	"measure": {"id", "title", "lead", "assist", "due", "begin", "milestone", "policy", "soft", "priority", "publish", "note",
		"place", "carries", "was", "same_as", "ruling"},

	"zones":     {"example", "bulletin", "zones"},
	"zone":      {"id", "no", "name", "kind", "basin", "river", "county", "sections", "target", "note"},
	"bulletin":  {"id", "title", "lead", "assist", "recur", "policy", "publish", "place", "carries", "was", "note"},
	"publicity": {"title", "example", "exposure"},
	"exposure":  {"id", "of", "title", "basis", "lead", "policy", "within", "from"},

	"assessment": {"title", "source", "example", "base", "least", "most", "assist", "objection", "groups", "rules"},
	"scored":     {"title", "units"},
	"score": {"id", "title", "block", "source", "fact", "of", "only", "points", "every", "step", "share", "cap", "total",
		"assist"},

	"incidents":      {"example", "replenish", "trace", "data", "readings", "outlets"},
	"replenish":      {"unit", "begin", "report", "end", "remind", "escalate", "within", "policy"},
	"trace":          {"within", "policy"},
	"outlet":         {"id", "name", "kind", "section", "unit", "permit", "standard", "limits", "data", "note"},
	"outletlimit":    {"item", "value"},
	"outletreadings": {"id", "title", "recur", "policy", "place", "carries", "was", "note"},
	"complaints":     {"title", "source", "example", "sort", "call", "window", "contact", "matters", "limits"},
	"urgency":        {"id", "title", "hours", "workdays", "policy"},

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
