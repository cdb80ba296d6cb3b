package smtp

import (
	"errors"
	"net/textproto"
	"regexp"
	"slices"
	"strings"

	"duban/internal/channel"
)

// Carrier is what mail declares of itself. A server's own limits are not known before an answer names them; a letter
// beyond them is tried again later.
var Carrier = channel.Carrier{
	Name: "smtp", Address: channel.Email, Limits: channel.Limits{Bytes: 10 << 20, Format: channel.HTML, Files: true},
	Twice: channel.TwiceIsBearable, // a mail program shows one Message-ID once
	Answers: []channel.Answer{
		{When: "final dot: 2xx", Fate: channel.Accepted},
		{When: "no connection; no TLS; no login; at the door 5xx", Fate: channel.Machine, Do: "channel.mend_server"},
		{When: "RCPT, DATA, final dot: 5xx 5.1.x (the mailbox, its domain, its syntax), but 5.1.7 and 5.1.8", Fate: channel.Refused, Do: mendAddress},
		{When: "RCPT without enhanced code: 551", Fate: channel.Refused, Do: mendAddress},
		{When: "RCPT without enhanced code: 501, 550, 553, where the words name a mailbox that is not there and nothing else", Fate: channel.Refused, Do: mendAddress},
		{When: "the connection ends between the final dot and its answer", Fate: channel.Unknown},
		{When: "any other: 4xx; relaying, logins, senders, rates, lists, content, full boxes", Fate: channel.Later},
	},
}

const mendAddress = "channel.mend_address"

// step is where in a conversation a server may say no.
type step int

const (
	stepSender    step = iota // MAIL
	stepRecipient             // RCPT
	stepMessage               // DATA and its final dot
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

// meaning is what a server's refusal of a step means by the rows of Carrier: Refused when the refusal is about this
// recipient and will not change, else Later: tried again until a person ends the tries. A server that forgets our login,
// limits our messages or dislikes their words answers 5xx as well, so that 5xx alone is not final.
func meaning(at step, err error) channel.Fate {
	var answer *textproto.Error
	if !errors.As(err, &answer) || answer.Code < 500 || answer.Code > 599 || at == stepSender {
		return channel.Later
	}
	text := strings.TrimSpace(answer.Msg)
	e := enhanced.FindStringSubmatch(text)
	if e != nil {
		if e[1] == "5" && e[2] == "1" && e[3] != "7" && e[3] != "8" {
			return channel.Refused
		}
		return channel.Later
	}
	text = strings.ToLower(text)
	names := aboutThem.MatchString(text) && !aboutUs.MatchString(text)
	if at == stepRecipient && (answer.Code == 551 || slices.Contains([]int{501, 550, 553}, answer.Code) && names) {
		return channel.Refused
	}
	return channel.Later
}
