package taxes

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/pdf"
	"bega/ledger"
	"bega/taxlaw"
	"bega/taxroll"
)

// valid30 is for how many days a certificate is good (CPF art. 159 par. 4).
const valid30 = 30

// A Purpose is what a certificate is for.
type Purpose string

// The purposes.
const (
	ForSale       Purpose = "sale" // of an object: all has to be paid before (CPF art. 159 par. 5)
	ForPurchase   Purpose = "purchase"
	ForTender     Purpose = "tender"
	ForSuccession Purpose = "succession"
	ForOther      Purpose = "other"
)

// purposes are the keys of texts that name them on the paper.
var purposes = map[Purpose]string{ForSale: "taxes.for-sale", ForPurchase: "taxes.for-purchase", ForTender: "taxes.for-tender",
	ForSuccession: "taxes.for-succession", ForOther: "taxes.for-other"}

// capacities are those of who may ask, and how the paper names them.
var capacities = map[string]string{"owner": "taxes.by-owner", "mandate": "taxes.by-mandate", "notary": "taxes.by-notary", byOfficial: "taxes.by-official"}

// byOfficial is the capacity of an official who has one issued.
const byOfficial = "official"

// A Request asks for a certificate.
type Request struct {
	Party   act.PartyID
	Purpose Purpose
	Words   string // what else it is for
	Object  string // what is to be sold: ID, plate or cadastral number, or as [Office.Things] calls it
}

// A Certificate is a certificate of tax status that was issued ("certificat de atestare
// fiscală", CPF art. 159, model ITL 011).
type Certificate struct {
	ID       string
	Party    act.PartyID
	Purpose  Purpose
	Object   string
	Capacity string
	Paper    string // code by which it is verified
	Number   string
	Until    deadline.Date // the last day on which it is good
	By       act.PartyID
	At       time.Time
}

// A Standing is what somebody owes as far as a certificate says so.
type Standing struct {
	Day    deadline.Date
	Next   deadline.Date   // the first day of the next month
	Late   []ledger.Debt   // overdue
	Due    []ledger.Debt   // from now until Next
	Titles []ledger.Debt   // fines in enforceable titles
	Object taxroll.Holding // that is to be sold
	// ObjectTax is what this year's tax of that object comes to, and ObjectOwed what
	// has to be paid of it before.
	ObjectTax, ObjectOwed money.Bani
	ToPay                 money.Bani // before the certificate can be issued; 0 if it can be now
}

// Standing returns what a certificate would say now, to whoever may ask for it.
func (o *Office) Standing(ctx context.Context, actor act.Actor, q Request) (Standing, error) {
	if _, err := o.capacity(ctx, actor, q.Party); err != nil {
		return Standing{}, err
	}
	s, _, err := o.standing(ctx, o.DB, q, o.today())
	return s, err
}

// capacity returns by which right somebody asks for a certificate.
func (o *Office) capacity(ctx context.Context, actor act.Actor, party act.PartyID) (string, error) {
	on := o.on("certificate", party)
	on.Service = o.Certified
	if err := actor.May(act.Certify, on); err != nil {
		return "", hidden(err)
	}
	if actor.For != party || actor.Person == "" {
		return byOfficial, nil
	}
	capacity, err := o.People.Capacity(ctx, actor, party)
	if err == nil && capacities[capacity] == "" {
		err = ErrCapacity
	}
	return capacity, err
}

// Certificate issues a certificate at once. For a sale, it fails with [ErrDebts] if
// something has to be paid before: the standing says what.
func (o *Office) Certificate(ctx context.Context, actor act.Actor, key string, q Request) (c Certificate, s Standing, err error) {
	capacity, err := o.capacity(ctx, actor, q.Party)
	if err != nil {
		return c, s, err
	}
	err = o.Acts.Once(ctx, actor, act.Certify, key, ledger.Queue(q.Party), &c, func(ctx context.Context, tx *act.Tx) error {
		c, s, err = o.certify(ctx, tx, o.Papers, capacity, q)
		return err
	})
	return c, s, err
}

// CertifyIn is [Office.Certificate] as a part of the act of another room, such as the
// one that files the application for it. Papers issues it under the number that the
// application has. Of whoever is no official, it fails as [Office.Foresee] does.
func (o *Office) CertifyIn(ctx context.Context, tx *act.Tx, papers Papers, q Request) (c Certificate, s Standing, err error) {
	capacity, err := o.capacity(ctx, tx.Actor, q.Party)
	if err == nil && capacity != byOfficial {
		err = o.known(ctx, tx, q, o.day(tx.At))
	}
	if err != nil {
		return c, s, err
	}
	tx = tx.As(tx.Actor, act.Certify)
	if c, s, err = o.certify(ctx, tx, papers, capacity, q); err != nil {
		return c, s, err
	}
	return c, s, tx.Enter(ctx)
}

// Foresee returns what a certificate would say that is issued without an official. It
// fails with [ErrLook] if one has to look first: they have no file, what they have
// cannot be taxed as it is described, or this year's tax of what is to be sold is not
// known; and with [taxroll.ErrWhich] if they do not have that.
func (o *Office) Foresee(ctx context.Context, actor act.Actor, q Request) (s Standing, err error) {
	if _, err = o.capacity(ctx, actor, q.Party); err == nil {
		err = o.known(ctx, o.DB, q, o.today())
	}
	if err == nil {
		s, _, err = o.standing(ctx, o.DB, q, o.today())
	}
	return s, err
}

// known returns nil if all that a certificate says is known, and otherwise [ErrLook].
func (o *Office) known(ctx context.Context, r db.Reader, q Request, today deadline.Date) error {
	dossier, err := o.Roll.Dossier(ctx, r, q.Party, today.Year)
	if errors.Is(err, taxroll.ErrUnknown) {
		return ErrLook
	} else if err != nil {
		return err
	}
	rules, err := o.Rules(today.Year)
	if errors.Is(err, taxlaw.ErrNoLaw) {
		return ErrLook
	} else if err != nil {
		return err
	}
	levies, err := leviesBetween(ctx, r, q.Party, q.Party, today.Year)
	if err != nil {
		return err
	}
	changed, gaps, err := o.outcomes(law{Rules: rules}, today.Year, dossier, levies)
	if err == nil && (len(gaps) > 0 || q.Purpose == ForSale && len(changed) > 0) {
		err = ErrLook
	}
	return err
}

// certify issues a certificate in an act of the verb [act.Certify].
func (o *Office) certify(ctx context.Context, tx *act.Tx, papers Papers, capacity string, q Request) (c Certificate, s Standing, err error) {
	if purposes[q.Purpose] == "" || q.Purpose == ForOther && strings.TrimSpace(q.Words) == "" {
		return c, s, ErrPurpose
	}
	on := o.on("certificate", q.Party)
	on.Service = o.Certified
	if err := tx.Allow(on); err != nil {
		return c, s, hidden(err)
	}
	role, err := o.Roll.OpenRole(ctx, tx, q.Party)
	if err != nil {
		return c, s, err
	}
	today := o.day(tx.At)
	s, holdings, err := o.standing(ctx, tx, q, today)
	if err != nil {
		return c, s, err
	}
	if s.ToPay > 0 {
		return c, s, ErrDebts.With(s.ToPay)
	}
	code, err := o.People.Code(ctx, tx, on)
	if err != nil {
		return c, s, err
	}
	c = Certificate{ID: db.NewID(), Party: q.Party, Purpose: q.Purpose, Object: s.Object.Object.ID, Capacity: capacity,
		Until: today.AddDays(valid30), By: tx.Actor.Person, At: tx.At}
	c.Paper, c.Number, err = papers.Issue(ctx, tx, Paper{Type: certificateType, Owner: q.Party, Service: o.Certified,
		Document: o.writer(role).certificate(q, c, code, s, holdings), Until: c.Until, Notice: "taxes.certified"})
	if err != nil {
		return c, s, err
	}
	return c, s, insertCertificate(ctx, tx, c)
}

// standing works out what a certificate says on a day, and what the party has.
func (o *Office) standing(ctx context.Context, r db.Reader, q Request, today deadline.Date) (s Standing, holdings []taxroll.Holding, err error) {
	next := deadline.Date{Year: today.Year, Month: today.Month, Day: 1}.AddMonths(1)
	s = Standing{Day: today, Next: next}
	sheet, err := o.Ledger.OwedOn(ctx, r, q.Party, today, forever)
	if err != nil {
		return s, nil, err
	}
	for _, d := range sheet.Debts {
		switch {
		case d.Class == ledger.Fine && d.Enforceable:
			s.Titles = append(s.Titles, d)
		case d.Plan != "": // not overdue while the plan is kept (CPF art. 157)
		case d.Obligation.Due.Before(today):
			s.Late = append(s.Late, d)
		case !d.Obligation.Due.After(next): // CPF art. 159 par. 2
			s.Due = append(s.Due, d)
		}
	}
	role, err := o.Roll.RoleOf(ctx, r, q.Party)
	if err != nil && !errors.Is(err, taxroll.ErrUnknown) {
		return s, nil, err
	}
	if holdings, err = o.Roll.Holdings(ctx, r, role, today); err != nil {
		return s, nil, err
	}
	if q.Purpose != ForSale {
		return s, holdings, nil
	}
	i := o.find(holdings, q.Object)
	if i < 0 {
		return s, nil, taxroll.ErrWhich
	}
	s.Object = holdings[i]
	for _, debts := range [][]ledger.Debt{s.Late, s.Due, s.Titles} {
		for _, d := range debts {
			s.ToPay += d.Principal + d.Surcharge
		}
	}
	return s, holdings, o.objectTax(ctx, r, &s, sheet, q.Party)
}

// objectTax adds what has to be paid of this year's tax of what is to be sold. What is
// unpaid of the tax may at most be that of the other objects (CPF art. 159 par. 5).
func (o *Office) objectTax(ctx context.Context, r db.Reader, s *Standing, sheet ledger.Sheet, party act.PartyID) error {
	levies, err := leviesOf(ctx, r, party, s.Day.Year, s.Object.Object.Kind.Type())
	if err != nil || len(levies) == 0 {
		return err
	}
	a := levies[0]
	for _, item := range a.Items {
		if item.Object == s.Object.Object.ID {
			s.ObjectTax += money.Bani((item.Amount + taxlaw.Whole(1)/2) / taxlaw.Whole(1) * 100)
		}
	}
	s.ObjectTax = min(s.ObjectTax, a.Levy.Total)
	var later money.Bani
	for _, d := range sheet.Debts {
		if d.Kind == kindOf[a.Type] && d.Year == a.Year && d.Obligation.Due.After(s.Next) {
			later += d.Principal
		}
	}
	s.ObjectOwed = max(0, later-(a.Levy.Total-s.ObjectTax))
	s.ToPay += s.ObjectOwed
	return nil
}

// certificate returns what a certificate says. The code is the CNP or CUI of the
// taxpayer, which the model has; without it, anybody of that name could show the paper.
func (w writer) certificate(q Request, c Certificate, code string, s Standing, holdings []taxroll.Holding) pdf.Document {
	title, label := w.T("taxes.certificate-natural"), w.T("taxes.code-natural")
	if w.role.Owner == taxlaw.Legal {
		title, label = w.T("taxes.certificate-legal"), w.T("taxes.code-legal")
	}
	var who []pdf.Fact
	if code != "" {
		who = append(who, pdf.Fact{Label: label, Value: code})
	}
	purpose := w.T(purposes[q.Purpose])
	if q.Words != "" {
		purpose += ": " + q.Words
	}
	doc := pdf.Document{Lang: "ro", Title: w.T("taxes.certificate-title"), Subject: title, Blocks: pdf.Blocks{
		pdf.Paragraph{Text: w.T("taxes.certificate-basis", w.date(s.Day))},
		pdf.Facts{Rows: append(who, pdf.Fact{Label: w.T("taxes.role-number"), Value: strconv.Itoa(w.role.Number)},
			pdf.Fact{Label: w.T("taxes.asked-by"), Value: w.T(capacities[c.Capacity])}, pdf.Fact{Label: w.T("taxes.asked-for"), Value: purpose})}}}
	add := func(blocks ...pdf.Block) { doc.Blocks = append(doc.Blocks, blocks...) }
	if len(holdings) > 0 {
		list := pdf.List{}
		for _, h := range holdings {
			list.Items = append(list.Items, w.holding(h))
		}
		add(pdf.Heading{Text: w.T("taxes.has")}, list)
	}
	add(pdf.Heading{Text: w.T("taxes.owes")})
	if len(s.Late)+len(s.Due)+len(s.Titles) == 0 {
		add(pdf.Paragraph{Text: w.T("taxes.owes-nothing", w.date(s.Next))})
	} else {
		add(pdf.Paragraph{Text: w.T("taxes.owes-this", w.date(s.Next))}, w.debts(s))
	}
	if q.Purpose == ForSale {
		add(pdf.Paragraph{Text: w.T("taxes.object-paid", w.holding(s.Object), strconv.Itoa(s.Day.Year))})
	}
	add(pdf.Note{Title: w.T("taxes.validity"), Text: w.T("taxes.validity-text", w.date(c.Until))})
	return doc
}

// debts lists what is owed.
func (w writer) debts(s Standing) pdf.Table {
	table := pdf.Table{Head: []string{w.T("taxes.what"), w.T("taxes.due"), w.T("taxes.principal"), w.T("taxes.surcharge")}}
	for _, debts := range [][]ledger.Debt{s.Late, s.Due, s.Titles} {
		for _, d := range debts {
			table.Rows = append(table.Rows, []string{w.tax(d.Kind) + " " + strconv.Itoa(d.Year), w.date(d.Obligation.Due), w.money(d.Principal), w.money(d.Surcharge)})
		}
	}
	return table
}
