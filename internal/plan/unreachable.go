package plan

import "strings"

// Unreachable counts the contacts whose address is of the reserved domain .example:
// placeholders, to which no mail can be sent.
func (p *Plan) Unreachable() (n int) {
	for _, u := range p.Directory.Units {
		for _, c := range u.Contacts {
			if strings.HasSuffix(strings.ToLower(c.Email), ".example") {
				n++
			}
		}
	}
	return n
}
