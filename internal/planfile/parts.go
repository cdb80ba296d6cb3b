package planfile

// Part is a file beside plan.yaml that holds a part of the plan.
type Part struct {
	Field string // of plan.yaml, which names the file
	File  string // what the file is called where nobody has called it otherwise
	Word  string // in the name that somebody has given it
}

// Parts are the files that plan.yaml may name, one each. Accounts, and the schemes of
// sections, of which there are several, are not among them.
var Parts = []Part{
	{"units", "units.yaml", "units"},
	{"policies", "policies.yaml", "polic"},
	{"publicity", "publicity.yaml", "public"},
	{"zones", "zones.yaml", "zone"}, // before the sections: the word section may stand beside it
	{"water", "sections.yaml", "section"},
	{"assessment", "assessment.yaml", "assess"},
	{"incidents", "incidents.yaml", "incident"},
	{"complaints", "complaints.yaml", "complaint"},
}
