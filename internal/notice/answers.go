package notice

import (
	"errors"
	"net/textproto"
	"regexp"
	"strings"
)

// The steps of a conversation at which a server may say no.
type smtpStep int

const (
	stepSender    smtpStep = iota // MAIL
	stepRecipient                 // RCPT
	stepMessage                   // DATA and its final dot
)

// enhanced is an enhanced status code (RFC 3463) at the beginning of an answer.
var enhanced = regexp.MustCompile(`^([245])\.(\d{1,3})\.(\d{1,3})\b`)

var (
	// aboutUs are words of refusals that are not about the recipient, though the
	// code may be the one for an unknown mailbox: relaying, logins, senders, rates,
	// lists, content, full boxes. All in lower case.
	aboutUs = regexp.MustCompile(`relay|denied|policy|block|black|spam|reject(ed)? by|rate|limit|too many|frequen|auth|login|log in|credential|sender|mail from|quota|full|size|space|content|virus|reputation|listed|spf|dkim|dmarc|ip address|client host|temporar|try again|later|greylist|tls|helo|ehlo`)
	// aboutThem are words of refusals of one mailbox.
	aboutThem = regexp.MustCompile(`no such|unknown (user|recipient|mailbox|local)|(user|recipient|mailbox|address|account)( name)?( is)? (unknown|not found|invalid|unavailable|disabled|suspended|does ?n.t exist|not exist)|does ?n.t exist|does not exist|not exist|not found|not local|invalid (user|recipient|mailbox|address)|no mailbox|unrouteable|undeliverable|bad (recipient|address)|user suspended`)
)

// refusal is what a server's answer means: ErrRejected when it is about this
// recipient and will not change, nil otherwise: to be tried again until a person
// says no. A server that forgets our login, counts our messages or dislikes their
// words answers 5xx as well, and what it refuses today is owed all the same.
//
//	step       code and enhanced code                  meaning
//	RCPT       551, or 5xx 5.1.x but 5.1.7 and 5.1.8   refused: the mailbox, its domain, its syntax
//	RCPT       501, 550, 553 without enhanced code     refused when the words say so
//	RCPT       any other                               later
//	DATA, dot  5xx 5.1.x but 5.1.7 and 5.1.8           refused: said late, about the only recipient
//	DATA, dot  any other                               later
//	MAIL       any                                     later: it is about the sender
func refusal(step smtpStep, err error) error {
	var answer *textproto.Error
	if !errors.As(err, &answer) || answer.Code < 500 || answer.Code > 599 || step == stepSender {
		return nil
	}
	text := strings.TrimSpace(answer.Msg)
	if e := enhanced.FindStringSubmatch(text); e != nil {
		if e[1] == "5" && e[2] == "1" && e[3] != "7" && e[3] != "8" {
			return ErrRejected
		}
		return nil
	}
	if step != stepRecipient {
		return nil
	}
	text = strings.ToLower(text)
	switch answer.Code {
	case 551:
		return ErrRejected
	case 501, 550, 553:
		if aboutThem.MatchString(text) && !aboutUs.MatchString(text) {
			return ErrRejected
		}
	}
	return nil
}
