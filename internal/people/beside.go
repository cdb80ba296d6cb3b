package people

import (
	"net/mail"
	"strings"
	"unicode/utf8"
)

const (
	mostBeside  = 5   // who sit beside a person
	longestWord = 100 // characters of a name, of a telephone number
)

// Other is somebody who sits beside the person on a seat.
type Other struct{ Name, Email, Phone string }

// Others are the people whom Contact.Beside names.
func (c Contact) Others() []Other {
	all, _ := ReadBeside(c.Beside)
	return all
}

// Besides is the text of Contact.Beside that names these people.
func Besides(all []Other) string {
	var lines []string
	for _, o := range all {
		lines = append(lines, strings.TrimSpace(o.Name+" "+o.Email+" "+o.Phone))
	}
	return strings.Join(lines, "\n")
}

// ReadBeside reads who sits beside a person, one a line: a name, an e-mail address and,
// where there is one, a telephone number, in this order, with blanks between. bad is the
// first line that says something else, from 1; 0 for none.
func ReadBeside(text string) (all []Other, bad int) {
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		at := 0
		for at < len(words) && !strings.Contains(words[at], "@") {
			at++
		}
		if at == 0 || at == len(words) || len(all) == mostBeside {
			return nil, i + 1
		}
		o := Other{strings.Join(words[:at], " "), words[at], strings.Join(words[at+1:], " ")}
		if a, err := mail.ParseAddress(o.Email); err != nil || a.Address != o.Email || utf8.RuneCountInString(o.Name) > longestWord || utf8.RuneCountInString(o.Phone) > longestWord {
			return nil, i + 1
		}
		all = append(all, o)
	}
	return all, 0
}
