package portal

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"duban/internal/ledger"
)

// proofPage is what a check of the ledger has found.
type proofPage struct {
	Since       string
	Full, Asked bool
	Bad         string // the text that was typed, where it is not a head
	Fault       string // what in the ledger does not fit the chain
	Lines       []string
	Differences [][]string
	Found       int
}

// notedHead matches a head of the chain as duban prints it: 4697:9f3a…
var notedHead = regexp.MustCompile(`^([0-9]{1,18}):([0-9a-f]{16,64})$`)

// proof checks the ledger, for whoever may see all of every plan. The check runs only when
// it is asked for, since it reads the whole ledger.
func (v *visit) proof() error {
	q := v.r.URL.Query()
	out := proofPage{Since: strings.TrimSpace(q.Get("since")), Full: q.Get("full") != "", Asked: q.Get("check") != ""}
	check := ledger.Check{Full: out.Full}
	if out.Since != "" {
		noted := notedHead.FindStringSubmatch(out.Since)
		if noted == nil {
			out.Bad = v.say.T("portal.proof_bad_since")
		} else {
			check.Seq, _ = strconv.ParseInt(noted[1], 10, 64) // at most 18 digits
			check.Hash = noted[2]
		}
	}
	if err := v.Reader.Office(v.ctx(), v.asks()); err != nil {
		return err
	}
	if !out.Asked || out.Bad != "" {
		return v.show("proof", v.say.T("portal.title_proof"), out)
	}
	ctx, cancel := context.WithTimeout(v.whole, checkupTime)
	defer cancel()
	p, err := v.Reader.Prove(ctx, v.asks(), check)
	if out.Fault = v.speak().ProofFault(check, p, err); out.Fault == "" && err != nil {
		return err
	}
	if out.Fault == "" && p.Found == 0 {
		out.Lines = v.speak().ProofLines(check, p)
	}
	out.Found = p.Found
	for _, d := range p.Differences {
		out.Differences = append(out.Differences, []string{d.Table, strings.Trim(fmt.Sprint(d.Key), "[]"), d.Column, short(d.Have), short(d.Want)})
	}
	return v.show("proof", v.say.T("portal.title_proof"), out)
}

// short is the text of a table's cell, "—" for an empty one.
func short(cell any) string {
	if cell == nil {
		return "—"
	}
	text := []rune(fmt.Sprint(cell))
	if len(text) > 200 {
		return string(text[:200]) + "…"
	}
	return string(text)
}
