package publicity

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// generic are words with which the name of a post or of an office ends. A contact is often
// entered by its post; a text may say the word all the same.
var generic = []string{"联络员", "负责人", "负责同志", "领导", "办公室", "值班室", "主任", "局长", "处长", "科长", "县长", "市长", "区长", "乡长", "镇长", "组长", "书记", "秘书", "秘书长", "专员", "人员", "干部", "工作组", "专班"}

// Personal tells that a contact's name is that of a person, so that no public text may have it:
// two to four Chinese characters, or several words or initials in letters, that are neither a post
// nor part of a unit's name. units are the names of units.
func Personal(name string, units []string) bool {
	plain := squeeze(name)
	han, letters := 0, 0
	for _, r := range plain {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.IsLetter(r):
			letters++
		case r != '·' && r != '.' && r != '-':
			return false
		}
	}
	switch {
	case slices.ContainsFunc(units, func(u string) bool { return strings.Contains(squeeze(u), plain) }):
		return false
	case letters == 0:
		return han >= 2 && han <= 4 && !slices.ContainsFunc(generic, func(g string) bool { return strings.HasSuffix(plain, g) })
	}
	return han > 0 && han+letters <= 12 || letters >= 4
}

// numbers are numbers of persons: of an identity card, or of a mobile telephone.
var numbers = regexp.MustCompile(`(?:^|\D)(\d{17}[\dXx]|1[3-9]\d{9})(?:\D|$)`)

// Names is the first of names that a text has, or a person's number in it. Blanks within a name
// hide nothing. "": none.
func Names(text string, names []string) string {
	plain := squeeze(text)
	for _, name := range names {
		if n := squeeze(name); n != "" && strings.Contains(plain, n) {
			return name
		}
	}
	if found := numbers.FindStringSubmatch(plain); found != nil {
		return found[1]
	}
	return ""
}

// squeeze is a text without blanks, its letters small and its digits narrow.
func squeeze(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return r
	}, text))
}
