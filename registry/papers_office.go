package registry

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"time"

	"bega/internal/act"
	"bega/internal/blob"
	"bega/internal/fault"
	"bega/internal/pdf"
)

// place is where what a paper says is sealed for.
func place(code string) string { return "registry_papers.document:" + code }

// newCode returns a code that nobody can guess.
func newCode() string {
	var numbers [drawn]byte
	_, _ = rand.Read(numbers[:]) // never fails
	return codeOf(numbers)
}

// Issue issues a paper in an act, and returns the code by which it is verified.
// Its PDF is made and sealed right after the act commits. A decision or a
// request is noted as an answer under its number.
func (o *Office) Issue(ctx context.Context, tx *act.Tx, p Paper) (code string, err error) {
	code = newCode()
	p.Document.Verify = &pdf.Verification{Code: code, URL: o.URL + "/verifica/" + code, Note: o.Texts.For(p.Document.Lang).T("registry.compare")}
	text, err := json.Marshal(p.Document)
	if err != nil {
		return "", err
	}
	s := stored{Issued{Code: code, Paper: p, At: tx.At}, o.Vault.Seal(place(code), string(text))}
	if err := insertPaper(ctx, tx, s); err != nil {
		return "", err
	}
	if p.Kind.answers() && !p.Number.IsZero() {
		if err := o.Answered(ctx, tx, p.Number, p.Unit); err != nil {
			return "", err
		}
	}
	return code, o.Seal.Add(ctx, tx.Tx, code)
}

// Revoke says that a paper no longer holds. It fails with [ErrUnknown].
func (o *Office) Revoke(ctx context.Context, tx *act.Tx, code string) error {
	if _, err := paperByCode(ctx, tx, code); err != nil {
		return err
	}
	return revoke(ctx, tx, code, tx.At)
}

// SealPaper makes and seals the PDF of a paper, unless that was done. Several
// programs may do so at once: what the first has sealed is the paper.
func (o *Office) SealPaper(ctx context.Context, code string) error {
	_, err := o.sealed(ctx, code)
	return err
}

// errLate says that another program has sealed the paper meanwhile.
var errLate = errors.New("registry: the paper has been sealed")

// sealed returns the hash of the sealed PDF of a paper. If there is none, it is
// made: the file first, and then the row that names it.
func (o *Office) sealed(ctx context.Context, code string) (blob.Hash, error) {
	s, err := paperByCode(ctx, o.DB, code)
	if err != nil || s.Hash != "" {
		return blob.Hash(s.Hash), err
	}
	if err := o.read(&s); err != nil {
		return "", err
	}
	at := o.Now()
	file, err := pdf.Make(s.Paper.Document, s.At)
	if err != nil {
		return "", err
	}
	if file, err = o.Sealer.Seal(file, s.Paper.Document.Title, s.Paper.Document.Issuer.Authority, at); err != nil {
		return "", err
	}
	hash, err := o.Blobs.Put(ctx, file)
	if err != nil {
		return "", err
	}
	err = o.Acts.Do(ctx, act.Machine, act.IssueDocument, func(ctx context.Context, tx *act.Tx) error {
		if won, err := setHash(ctx, tx, code, string(hash), at); err != nil || !won {
			return errors.Join(err, errLate)
		}
		return tx.Allow(act.On{Subject: subject(code), Owner: s.Paper.Owner, Case: s.Paper.Case, Purpose: "registry.for-seal"})
	})
	if !errors.Is(err, errLate) {
		return hash, err
	}
	s, err = paperByCode(ctx, o.DB, code)
	return blob.Hash(s.Hash), err
}

func subject(code string) string { return "paper " + code }

// read opens what a paper says.
func (o *Office) read(s *stored) error {
	text, err := o.Vault.Open(place(s.Code), s.document)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), &s.Paper.Document)
}

// Paper returns an issued paper to whoever may open it: its owner, the
// department that issued it, and the one that its case is in. An official's
// opening is recorded. It fails with [ErrUnknown].
func (o *Office) Paper(ctx context.Context, actor act.Actor, code string) (Issued, error) {
	s, err := o.open(ctx, actor, code)
	if err != nil {
		return Issued{}, err
	}
	return s.Issued, o.read(&s)
}

// File returns the sealed PDF of a paper, under the same rules. If it has not
// been sealed yet, it is now.
func (o *Office) File(ctx context.Context, actor act.Actor, code string) ([]byte, error) {
	s, err := o.open(ctx, actor, code)
	if err != nil {
		return nil, err
	}
	return o.Bytes(ctx, s.Code)
}

// Bytes returns the sealed PDF for other rooms, which have checked that whoever
// asks may have it.
func (o *Office) Bytes(ctx context.Context, code string) ([]byte, error) {
	hash, err := o.sealed(ctx, code)
	if err != nil {
		return nil, err
	}
	return o.Blobs.Get(ctx, hash)
}

// open returns a paper whose opening is permitted, and recorded if that is an
// act. Who is refused learns what they would if there were no such paper.
func (o *Office) open(ctx context.Context, actor act.Actor, typed string) (stored, error) {
	code, err := ParseCode(typed)
	if err != nil {
		return stored{}, ErrUnknown
	}
	s, err := paperByCode(ctx, o.DB, code)
	if err != nil {
		return stored{}, err
	}
	on := act.On{Subject: subject(code), Owner: s.Paper.Owner, Service: s.Paper.Service, Case: s.Paper.Case}
	if actor.May(act.OpenDocument, on) == nil { // for no department, it is the owner alone
		return s, nil
	}
	if !actor.Staff() {
		return stored{}, ErrUnknown
	}
	on.Unit, on.Purpose = s.Paper.Unit, "registry.for-case"
	if actor.Unit != on.Unit && o.CaseUnit != nil && on.Case != "" {
		if on.Unit, err = o.CaseUnit(ctx, on.Case); err != nil {
			return stored{}, hidden(err)
		}
	}
	err = o.Acts.Do(ctx, actor, act.OpenDocument, func(_ context.Context, tx *act.Tx) error { return tx.Allow(on) })
	return s, hidden(err)
}

// hidden makes what is refused look like what is missing.
func hidden(err error) error {
	if err != nil && fault.Of(err).Kind == fault.Missing {
		return ErrUnknown
	}
	return err
}

// Check returns what anybody may know about the paper with a code, however it
// was typed. It fails with [ErrCode] and [ErrUnissued].
func (o *Office) Check(ctx context.Context, typed string) (Public, error) {
	code, err := ParseCode(typed)
	if err != nil {
		return Public{}, err
	}
	s, err := paperByCode(ctx, o.DB, code)
	if errors.Is(err, ErrUnknown) {
		return Public{}, ErrUnissued
	}
	return s.public(), err
}

// LookUp is [Office.Check] for whoever asks from a network address. Guessing is slowed
// down by network, and locks nobody out: after many codes that were not issued, it fails
// with [ErrWait] for some seconds.
func (o *Office) LookUp(ctx context.Context, typed, address string) (Public, error) {
	if wait := o.Guesses.Wait(address); wait > 0 {
		return Public{}, ErrWait.With(int((wait + time.Second - 1) / time.Second)).Later(wait)
	}
	p, err := o.Check(ctx, typed)
	if errors.Is(err, ErrUnissued) {
		o.Guesses.Count(address)
	}
	return p, err
}

// Examine says what a file is that claims to be a paper of the town hall. The
// register decides; the seal explains.
func (o *Office) Examine(ctx context.Context, file []byte) (Verdict, error) {
	v := Verdict{Hash: string(blob.Of(file))}
	s, err := paperByHash(ctx, o.DB, v.Hash)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return v, err
	}
	at := o.Now()
	if err == nil {
		v.Finding, v.Paper, at = Authentic, s.public(), s.Sealed
	}
	seal, sealErr := pdf.Verify(file, o.Sealer.Roots(), at)
	v.Signer = seal.Signer
	switch {
	case v.Finding != "":
	case errors.Is(sealErr, pdf.ErrChanged):
		v.Finding = Changed
	case sealErr != nil:
		v.Finding = Unsealed
	case seal.Trusted:
		v.Finding = Unrecorded
	default:
		v.Finding = Foreign
	}
	return v, nil
}

// Names reports whether a file of the store is a paper's, for the sweep of those
// that nobody needs.
func (o *Office) Names(ctx context.Context, hash blob.Hash) (bool, error) {
	_, err := paperByHash(ctx, o.DB, string(hash))
	if errors.Is(err, ErrUnknown) {
		return false, nil
	}
	return err == nil, err
}
