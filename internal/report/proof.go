package report

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"duban/internal/ledger"
	"duban/internal/words"
)

// HeadOf writes the head of the chain in the form in which people note it outside the
// ledger: its sequence number, a colon and its hash.
func HeadOf(p ledger.Proof) string { return fmt.Sprintf("%d:%s", p.Seq, p.Hash) }

// notedHead is a head as HeadOf writes it: 4697:9f3a…
var notedHead = regexp.MustCompile(`^([0-9]{1,18}):([0-9a-f]{16,64})$`)

// ReadHead reads a head that HeadOf wrote; its hash may be shortened to 16 digits. ok is
// false for any other text.
func ReadHead(text string) (seq int64, hash string, ok bool) {
	noted := notedHead.FindStringSubmatch(strings.TrimSpace(text))
	if noted == nil {
		return 0, "", false
	}
	seq, err := strconv.ParseInt(noted[1], 10, 64)
	return seq, noted[2], err == nil
}

// ProofFault says which fault a check of the ledger has found; "" when the error is not a
// fault of the ledger.
func (s Speaker) ProofFault(check ledger.Check, p ledger.Proof, err error) string {
	var broken *ledger.BrokenChainError
	var count *ledger.CountError
	switch {
	case errors.As(err, &broken):
		return s.w.T("cli.ledger_broken", words.Data{"Seq": broken.Seq, "Error": broken.Error()})
	case errors.As(err, &count):
		return s.w.T("proof.count", words.Data{"What": count.What, "Rows": count.Rows, "Chain": count.FromChain})
	case errors.Is(err, ledger.ErrOtherHead):
		return s.w.T("proof.other_head", words.Data{"Head": fmt.Sprintf("%d:%s", check.Seq, check.Hash), "Now": HeadOf(p)})
	case err == nil && p.Seq == 0 && p.Found == 0:
		return s.w.T("proof.empty")
	}
	return ""
}

// ProofLines say that a check of the ledger has found no fault, and what was checked.
func (s Speaker) ProofLines(check ledger.Check, p ledger.Proof) []string {
	lines := []string{s.w.T("cli.ledger_whole", words.Data{"Events": p.Seq})}
	if check.Seq > 0 {
		lines = append(lines, s.w.T("proof.since", words.Data{"Seq": check.Seq}))
	}
	if check.Full {
		var proven, unproven []string
		for _, t := range p.Tables {
			proven = append(proven, fmt.Sprintf("%s %d", s.w.T("proof.table_"+t.Table), t.Rows))
		}
		for _, u := range ledger.Unproven {
			unproven = append(unproven, s.w.T("proof.unproven_"+strings.ReplaceAll(u, ".", "_")))
		}
		comma := s.w.T("cli.list_comma")
		lines = append(lines, s.w.T("proof.full", words.Data{"Tables": strings.Join(proven, comma), "Unproven": strings.Join(unproven, comma)}))
	}
	return append(lines, s.w.T("proof.head", words.Data{"Head": HeadOf(p)}))
}
