package treasury

import (
	"errors"

	"bega/internal/db"
)

// missing makes what is not there a fault.
func missing(err error) error {
	if errors.Is(err, db.ErrNone) {
		return ErrUnknown
	}
	return err
}
