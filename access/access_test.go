package access

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestPasswords(t *testing.T) {
	for password, want := range map[string]error{
		"tramvaiul 4 spre Ghiroda": nil, "ăîșțâ ĂÎȘȚ": nil, "scurta": ErrShort, "șșșșșșșșș": ErrShort, strings.Repeat("lung ", 41): ErrLong,
		"Timisoara123": ErrCommon, "parola12345": ErrCommon, "zzzzzzzzzzzz": ErrCommon, "stefania.ionescu1": ErrCommon, "stefania.ionescu@exemplu.ro": ErrCommon,
		"ionescu-demo12": ErrCommon, "ionescu-demo și pisica ei": nil,
	} {
		if got := checkPassword(password, "stefania.ionescu@exemplu.ro", "Ștefania Ionescu-Demo"); !errors.Is(got, want) {
			t.Errorf("%q: got %v, want %v", password, got, want)
		}
	}
}

func TestWaitsGrowAndEnd(t *testing.T) {
	l := limit{free: 5}
	last, tries, at := time.Duration(0), 0, time.Duration(0)
	for fails := range 1000 {
		wait := l.wait(fails)
		if wait < last || wait > mostWait || fails < 5 && wait != 0 || fails >= 5 && wait < firstWait {
			t.Fatalf("after %d failures one waits %s", fails, wait)
		}
		if at += wait; at <= time.Hour {
			tries++
		}
		last = wait
	}
	if tries > 20 {
		t.Errorf("whoever guesses as fast as they can tries %d passwords an hour", tries)
	}
	if got := minutes(61 * time.Second); got != 2 {
		t.Errorf("61 seconds are %d minutes", got)
	}
}

func TestFamily(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                        "Firefox, Windows",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                            "Chrome, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":           "Edge, Windows",
		"curl/8.9": "curl", "": "", "<script>": "",
	} {
		if got := family(agent); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
}

func TestExpires(t *testing.T) {
	began := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]time.Duration{0: 30 * time.Minute, time.Hour: 90 * time.Minute, 11*time.Hour + 50*time.Minute: 12 * time.Hour} {
		if got := (Session{Created: began, Seen: began.Add(after)}).Expires(); !got.Equal(began.Add(want)) {
			t.Errorf("seen %s after it began, it ends %s after that, want %s", after, got.Sub(began), want)
		}
	}
}
