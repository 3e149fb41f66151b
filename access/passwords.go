package access

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// The limits of passwords and codes.
const (
	minPassword = 10  // characters
	maxPassword = 200 // bytes: what is longer only keeps the processor busy

	codeLife  = 10 * time.Minute
	codeTries = 5

	// fresh is how long after signing in a new password needs no old one: whoever
	// forgot theirs signs in by code.
	fresh = 10 * time.Minute
)

// common are passwords that guessers try first, and of which a tried one may be
// a part.
var common = strings.Fields(`1234567890 0123456789 0987654321 12345678910 123456789a 123456789q qwertyuiop qwerty1234 qwerty12345 qwerty123456
	password12 password123 password1234 passw0rd123 parola1234 parola12345 parola123456 parolamea1 parolamea123 1q2w3e4r5t 1qaz2wsx3edc
	asdfghjkl1 zxcvbnm123 iloveyou12 iloveyou123 teiubesc12 teiubesc123 timisoara1 timisoara12 timisoara123 timisoara1234 romania123 romania1234
	steaua1986 dinamo1948 administrator welcome123 letmein123 abcdefghij abcd123456 abc1234567 1111111111 0000000000 1212121212 aaaaaaaaaa`)

// checkPassword returns [ErrShort], [ErrLong], or [ErrCommon] for a password
// that would be guessed. There are no rules about kinds of characters: they make
// passwords worse (NIST SP 800-63B, 5.1.1.2).
func checkPassword(password, email, name string) error {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return ErrShort
	case len(password) > maxPassword:
		return ErrLong
	}
	low := strings.ToLower(password)
	if slices.Contains(common, low) || strings.Trim(low, low[:1]) == "" {
		return ErrCommon
	}
	mine := strings.Fields(strings.ToLower(name))
	if local, _, ok := strings.Cut(email, "@"); ok {
		mine = append(mine, local, email)
	}
	for _, word := range mine {
		if rest := strings.Replace(low, word, "", 1); len(word) > 3 && utf8.RuneCountInString(strings.TrimSpace(rest)) < 4 && rest != low {
			return ErrCommon
		}
	}
	return nil
}

// A limit is how often something may fail from somewhere.
type limit struct {
	what string // blind index of it
	free int    // failures that cost nothing
}

const (
	firstWait = time.Minute      // after the first failure that is not free; then twice as long each time
	mostWait  = 15 * time.Minute // and no longer: nobody is locked out for good
	forgetful = 24 * time.Hour   // after which earlier failures do not count
)

// wait returns how long after the latest of some failures the next try has to
// wait.
func (l limit) wait(fails int) time.Duration {
	if fails < l.free {
		return 0
	}
	return min(firstWait<<min(fails-l.free, 8), mostWait)
}

// minutes rounds a wait up, for people.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }
