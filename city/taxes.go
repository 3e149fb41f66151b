package city

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// Accounts are where taxes are paid to.
type Accounts struct {
	Card   string    `json:"card"` // IBAN that payments by card go to
	Source string    `json:"source"`
	Sure   bool      `json:"sure"`
	Kinds  []Account `json:"accounts"`
}

// An Account is that of one kind of tax, fee or fine.
type Account struct {
	Key     string `json:"key"`     // as in the ledger; never changes
	Class   string `json:"class"`   // "tax", "fee", "fine" or "cost"
	Natural string `json:"natural"` // IBAN that natural persons pay to
	Legal   string `json:"legal"`   // IBAN that legal persons pay to
	Revenue string `json:"revenue"` // code of the budget's revenue
}

// ReadAccounts reads taxes/accounts.json of a pack.
func ReadAccounts(files fs.FS) (a Accounts, err error) {
	data, err := fs.ReadFile(files, "taxes/accounts.json")
	if err == nil {
		err = json.Unmarshal(data, &a)
	}
	if err == nil && (a.Card == "" || len(a.Kinds) == 0) {
		err = errors.New("no account")
	}
	if err != nil {
		return a, fmt.Errorf("city pack: taxes/accounts.json: %w", err)
	}
	seen := map[string]bool{}
	for _, k := range a.Kinds {
		if k.Key == "" || k.Class == "" || k.Natural == "" || k.Legal == "" || seen[k.Key] {
			return a, fmt.Errorf("city pack: taxes/accounts.json: account %q says too little, or is there twice", k.Key)
		}
		seen[k.Key] = true
	}
	return a, nil
}
