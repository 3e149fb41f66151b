package notices

import (
	"context"
	"encoding/json"
	"time"

	"bega/internal/db"
	"bega/internal/vault"
)

// A Mailbox is a [Mailer] for a demonstration: it keeps the mails, and shows to
// whoever looks what would have been sent.
type Mailbox struct {
	DB    *db.DB
	Vault *vault.Vault
	Now   func() time.Time
}

// A Kept mail is one that would have been sent.
type Kept struct {
	Mail
	At time.Time
}

// Send implements [Mailer]. A mail that is there already is not kept twice.
func (b *Mailbox) Send(ctx context.Context, m Mail) error {
	plain, err := json.Marshal(m)
	if err != nil {
		return err
	}
	sealed := b.Vault.Seal("notices_mailbox.mail:"+m.ID, string(plain))
	return b.DB.Write(ctx, "", func(ctx context.Context, tx *db.Tx) error {
		return insertMail(ctx, tx, m.ID, sealed, b.Now())
	})
}

// Latest returns the newest mails.
func (b *Mailbox) Latest(ctx context.Context, limit int) ([]Kept, error) {
	rows, err := latestMails(ctx, b.DB, limit)
	all := make([]Kept, len(rows))
	for i, row := range rows {
		if all[i], err = b.open(row); err != nil {
			break
		}
	}
	return all, err
}

// ByID returns a mail, or [ErrUnknown].
func (b *Mailbox) ByID(ctx context.Context, id string) (Kept, error) {
	row, err := mailByID(ctx, b.DB, id)
	if err != nil {
		return Kept{}, err
	}
	return b.open(row)
}

func (b *Mailbox) open(row sealedMail) (k Kept, err error) {
	k.At = row.at
	plain, err := b.Vault.Open("notices_mailbox.mail:"+row.id, row.mail)
	if err != nil {
		return k, err
	}
	return k, json.Unmarshal([]byte(plain), &k.Mail)
}
