package notices

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/wneessen/go-mail"
)

// SMTP hands mails to a mail server (RFC 5321).
type SMTP struct {
	Host     string
	Port     int    // 0 means 587, or 465 with implicit TLS
	User     string // "" for a server that asks for none
	Password string
	From     string // "Primăria <portal@primarie.example>"
	TLS      string // "starttls", which is also what "" means; "tls"; "none" for a server on this machine
}

// Check returns an error if a field cannot be right.
func (s SMTP) Check() error {
	if s.TLS != "" && s.TLS != "starttls" && s.TLS != "tls" && s.TLS != "none" {
		return fmt.Errorf("smtp: tls is starttls, tls or none, not %q", s.TLS)
	}
	if _, err := s.client(); err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	if err := mail.NewMsg().From(s.From); err != nil {
		return fmt.Errorf("smtp: from: %w", err)
	}
	return nil
}

func (s SMTP) client() (*mail.Client, error) {
	options := []mail.Option{mail.WithTimeout(handing / 4)}
	switch s.TLS {
	case "tls":
		options = append(options, mail.WithSSLPort(false))
	case "none":
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPortPolicy(mail.TLSMandatory))
	}
	if s.Port != 0 {
		options = append(options, mail.WithPort(s.Port))
	}
	if s.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	return mail.NewClient(s.Host, options...)
}

// message puts a mail into the form of RFC 5322.
func (s SMTP) message(m Mail) (*mail.Msg, error) {
	msg := mail.NewMsg()
	if err := msg.From(s.From); err != nil {
		return nil, err
	}
	if err := msg.To(m.To); err != nil {
		return nil, ErrAddress
	}
	msg.Subject(oneLine(m.Subject))
	msg.SetDate()
	from := msg.GetFrom()[0].Address
	msg.SetMessageIDWithValue(m.ID + from[strings.LastIndex(from, "@"):])
	msg.SetGenHeader("Content-Language", m.Lang)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answers from those on holiday
	if m.Unsubscribe != "" {
		msg.SetGenHeader("List-Unsubscribe", "<"+m.Unsubscribe+">")
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") // RFC 8058
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	return msg, nil
}

// Send implements [Mailer]. What the server refuses with a code of the hundreds
// of 5 is refused for good, unless it is us that it refuses. Its errors leave out
// what the server says, which may name people.
func (s SMTP) Send(ctx context.Context, m Mail) error {
	msg, err := s.message(m)
	if err != nil {
		return err
	}
	client, err := s.client()
	if err != nil {
		return err
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return errors.New("smtp: the mail server cannot be reached, or does not let us in")
	}
	err = client.SendWithSMTPClient(conn, msg)
	_ = client.CloseWithSMTPClient(conn) // the mail is there or not, however they part
	if err == nil || msg.IsDelivered() {
		return nil
	}
	return verdict(err)
}

// verdict says what an error means for the mail.
func verdict(err error) error {
	e, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return errors.New("smtp: the mail could not be handed over")
	}
	code, refused := e.ErrorCode(), e.ErrorCode() >= 500
	switch {
	case e.Reason == mail.ErrSMTPDataClose && code == 0:
		return ErrUnsure
	case e.Reason == mail.ErrSMTPRcptTo && noSuchAddress(code, e.EnhancedStatusCode()):
		return fmt.Errorf("smtp: code %d: %w", code, ErrAddress)
	case refused && e.Reason != mail.ErrSMTPMailFrom:
		return fmt.Errorf("smtp: code %d: %w", code, ErrForGood)
	}
	return fmt.Errorf("smtp: code %d at step %d", code, e.Reason)
}

// noSuchAddress reports whether codes say so: the status 5.1 of RFC 3463, or
// without one 550, 551 or 553 of RFC 5321. Others are about us, or a full box.
func noSuchAddress(code int, status string) bool {
	if status != "" {
		return strings.HasPrefix(status, "5.1.")
	}
	return code == 550 || code == 551 || code == 553
}
