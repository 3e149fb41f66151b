package portal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"bega/intake"
	"bega/internal/act"
	"bega/taxroll"
)

// ErrOfficial is returned for an e-mail address that is no official's, or of several.
var ErrOfficial = errors.New("there is not one official with this address")

// LoadRegister reads the tax register of another program from a workbook, or from two
// CSV files, the taxpayers and what they have, in the name of an official of local taxes.
// Nothing counts until somebody else publishes it at /lucru/taxe/calcul. An interrupted
// one goes on where it was, if it is begun again. It says on w how far it is.
func (t *Town) LoadRegister(ctx context.Context, email string, year int, files []string, w io.Writer) (taxroll.Import, error) {
	official, err := t.officialBy(ctx, email)
	if err != nil {
		return taxroll.Import{}, err
	}
	reading, err := t.revenue.Intake.Busy(ctx)
	if reading {
		err = intake.ErrReading
	}
	if err != nil {
		return taxroll.Import{}, err
	}
	source, closing, err := openRegister(files)
	if err != nil {
		return taxroll.Import{}, err
	}
	loaded, err := t.revenue.Roll.Load(ctx, official, source, year, func(i taxroll.Import) {
		fmt.Fprintf(w, "\r%d rows, %d rejected ", i.Done, i.Summary.Rejected)
	})
	fmt.Fprintln(w)
	return loaded, errors.Join(err, closing())
}

// officialBy returns an official, with the roles that they have.
func (t *Town) officialBy(ctx context.Context, email string) (act.Actor, error) {
	ids, err := t.identity.ByEmail(ctx, t.db, email)
	if err != nil {
		return act.Actor{}, err
	}
	if len(ids) != 1 {
		return act.Actor{}, ErrOfficial
	}
	actor, err := t.official(ctx, ids[0])
	if err == nil && len(actor.Roles) == 0 {
		err = ErrOfficial
	}
	return actor, err
}

// official returns somebody with the roles that they have now, which may be none.
func (t *Town) official(ctx context.Context, id act.PartyID) (act.Actor, error) {
	found, err := t.staff.Official(ctx, act.Actor{For: "operator", Roles: []act.Role{act.Admin}}, id)
	return act.Actor{Person: id, For: id, Level: act.Verified, Roles: found.Roles, Unit: found.Unit}, err
}

// openRegister opens a workbook, or two CSV files.
func openRegister(names []string) (source taxroll.Source, closing func() error, err error) {
	var files []*os.File
	closing = func() (err error) {
		for _, file := range files {
			err = errors.Join(err, file.Close())
		}
		return err
	}
	for _, name := range names {
		file, err := os.Open(name)
		if err != nil {
			return source, closing, errors.Join(err, closing())
		}
		files = append(files, file)
	}
	switch {
	case len(files) == 1 && strings.EqualFold(filepath.Ext(names[0]), ".xlsx"):
		found, done, openErr := intake.XLSX(files[0], "")
		if source, err = found, openErr; err == nil {
			atLast := closing
			closing = func() error { return errors.Join(done(), atLast()) }
		}
	case len(files) == 2:
		var err1, err2 error
		source.Taxpayers, err1 = taxroll.CSV(files[0])
		source.Objects, err2 = taxroll.CSV(files[1])
		err = errors.Join(err1, err2)
	default:
		err = errors.New("a register is one workbook (.xlsx), or two CSV files: taxpayers, objects")
	}
	if err != nil {
		err = errors.Join(err, closing())
	}
	return source, closing, err
}
