package notices

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// A postOffice is a mail server that does as it is told.
type postOffice struct {
	mu     sync.Mutex
	got    [][]byte                // what arrived
	answer func(step string) error // what it says at MAIL, RCPT and DATA
	hangUp func(step string) bool  // whether it breaks off after DATA or instead of an answer to QUIT
}

func (p *postOffice) NewSession(c *smtp.Conn) (smtp.Session, error) { return &session{p, c}, nil }

type session struct {
	p *postOffice
	c *smtp.Conn
}

func (s *session) said(step string) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.p.answer != nil {
		return s.p.answer(step)
	}
	return nil
}

func (s *session) Mail(string, *smtp.MailOptions) error { return s.said("MAIL") }
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return s.said("RCPT") }
func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.said("DATA"); err != nil {
		return err
	}
	s.p.mu.Lock()
	s.p.got = append(s.p.got, data)
	hangUp := s.p.hangUp != nil && s.p.hangUp("DATA")
	s.p.mu.Unlock()
	if hangUp {
		s.c.Conn().Close()
	}
	return nil
}

// opens starts the server, and returns how to reach it.
func (p *postOffice) opens(t *testing.T) SMTP {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(p)
	server.ErrorLog = quiet{}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	t.Cleanup(func() { listener.Close(); server.Close(); <-done })
	return SMTP{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, From: "Primăria Demo <portal@exemplu.ro>", TLS: "none"}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

var aMail = Mail{ID: "abc", To: "ana@exemplu.ro", Lang: "ro", Subject: "Cererea ta: ne trebuie\r\nBcc: toti@exemplu.ro",
	Text: "Bună ziua, Ștefania.\n", HTML: "<p>Bună ziua, Ștefania.</p>", Unsubscribe: "https://portal.exemplu.ro/mesaje/dezabonare/x"}

func TestSMTPSendsBothParts(t *testing.T) {
	p := &postOffice{}
	if err := p.opens(t).Send(t.Context(), aMail); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(p.got[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "Cererea ta: ne trebuie Bcc: toti@exemplu.ro" || m.Header.Get("Bcc") != "" {
		t.Errorf("the subject is %q, %v", subject, err)
	}
	for name, want := range map[string]string{"Message-Id": "<abc@exemplu.ro>", "To": "<ana@exemplu.ro>", "List-Unsubscribe": "<https://portal.exemplu.ro/mesaje/dezabonare/x>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Content-Language": "ro", "Auto-Submitted": "auto-generated"} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || media != "multipart/alternative" {
		t.Fatalf("it is %s, %v", media, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{"text/plain", "text/html"} { // the best last
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if media, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); media != want || err != nil || !strings.Contains(string(body), "Bună ziua, Ștefania.") {
			t.Errorf("part %s: %q, %v", media, body, err)
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Error("there is a third part")
	}
}

func TestSMTPAnswers(t *testing.T) {
	says := func(where string, code int, enhanced smtp.EnhancedCode) func(string) error {
		return func(step string) error {
			if step != where {
				return nil
			}
			return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: "ana@exemplu.ro is not here"}
		}
	}
	for _, test := range []struct {
		name   string
		answer func(string) error
		want   []error // that it is; none means try again
	}{
		{"greylisted", says("RCPT", 451, smtp.EnhancedCode{4, 7, 1}), nil},
		{"no such address", says("RCPT", 550, smtp.EnhancedCode{5, 1, 1}), []error{ErrAddress}},
		{"no such address, without a status", says("RCPT", 550, smtp.NoEnhancedCode), []error{ErrAddress}},
		{"full box", says("RCPT", 552, smtp.EnhancedCode{5, 2, 2}), []error{ErrForGood}},
		{"blocked", says("RCPT", 550, smtp.EnhancedCode{5, 7, 1}), []error{ErrForGood}},
		{"our sender refused", says("MAIL", 553, smtp.EnhancedCode{5, 7, 1}), nil},
		{"busy", says("DATA", 421, smtp.EnhancedCode{4, 3, 2}), nil},
		{"taken for spam", says("DATA", 554, smtp.EnhancedCode{5, 7, 1}), []error{ErrForGood}},
	} {
		p := &postOffice{answer: test.answer}
		err := p.opens(t).Send(t.Context(), aMail)
		for _, kind := range []error{ErrAddress, ErrForGood, ErrUnsure} {
			if want := len(test.want) > 0 && test.want[0] == kind; errors.Is(err, kind) != want {
				t.Errorf("%s: %v; is %v: %v", test.name, err, kind, !want)
			}
		}
		if err == nil || len(p.got) > 0 || strings.Contains(err.Error(), "ana") {
			t.Errorf("%s: %v, and %d mails arrived", test.name, err, len(p.got))
		}
	}
	nobody := SMTP{Host: "127.0.0.1", Port: 1, From: "portal@exemplu.ro", TLS: "none"}
	if err := nobody.Send(t.Context(), aMail); err == nil || errors.Is(err, ErrForGood) || errors.Is(err, ErrAddress) {
		t.Errorf("nobody is there: %v", err)
	}
	p := &postOffice{}
	plain := p.opens(t)
	plain.TLS = ""
	if err := plain.Send(t.Context(), aMail); err == nil || len(p.got) > 0 {
		t.Errorf("without encryption: %v, and %d mails arrived", err, len(p.got))
	}
	bad := aMail
	bad.To = "ana"
	if err := p.opens(t).Send(t.Context(), bad); !errors.Is(err, ErrAddress) {
		t.Errorf("to no address: %v", err)
	}
	for _, s := range []SMTP{{Host: "x", From: "a@b.ro", TLS: "ssl"}, {Host: "x", From: "nobody"}, {From: "a@b.ro"}} {
		if s.Check() == nil {
			t.Errorf("%+v: nothing is wrong", s)
		}
	}
	if err := (SMTP{Host: "mail.exemplu.ro", From: "Portal <a@b.ro>"}).Check(); err != nil {
		t.Error(err)
	}
}

// TestServerThatBreaksOff counts what arrives from a server that takes mails and
// breaks off before it says so, one in three times: nothing is lost, and no mail
// arrives more than twice.
func TestServerThatBreaksOff(t *testing.T) { eachTown(t, testServerThatBreaksOff) }

func testServerThatBreaksOff(t *testing.T, o *town) {
	n := 0
	p := &postOffice{hangUp: func(string) bool { n++; return n%3 == 0 }}
	o.Mailer = p.opens(t)
	const mails = 60
	for i := range mails {
		id := o.pays("ana", fmt.Sprint("p", i))
		for try := 0; !o.deliver(id).Final(); try++ {
			if o.wait(backOff[try]); try > 3 {
				t.Fatalf("it does not end: %+v", o.email(id))
			}
		}
		if d := o.email(id); d.State != Sent {
			t.Errorf("mail %d: %+v", i, d)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := map[string]int{}
	for _, data := range p.got {
		m, err := mail.ReadMessage(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		seen[m.Header.Get("Message-Id")]++
	}
	twice := 0
	for id, n := range seen {
		if n > 2 {
			t.Errorf("%s arrived %d times", id, n)
		}
		twice += n - 1
	}
	if len(seen) != mails || twice != n/3 {
		t.Errorf("%d of %d mails arrived, %d of them twice; the server broke off %d times", len(seen), mails, twice, n/3)
	}
}

func TestServerThatAlwaysBreaksOff(t *testing.T) { eachTown(t, testServerThatAlwaysBreaksOff) }

func testServerThatAlwaysBreaksOff(t *testing.T, o *town) {
	p := &postOffice{hangUp: func(string) bool { return true }}
	o.Mailer = p.opens(t)
	id := o.pays("ana", "p1")
	for !o.deliver(id).Final() {
		o.wait(time.Hour)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := o.email(id); d.State != Failed || d.Reason != "notices.unsure" || len(p.got) != 2 {
		t.Errorf("%+v, and it got %d", d, len(p.got))
	}
	if n, err := o.Unread(t.Context(), "ana"); err != nil || n != 1 {
		t.Errorf("in the portal there are %d, %v", n, err)
	}
}
