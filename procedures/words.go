package procedures

import (
	"bega/internal/deadline"
	"bega/internal/form"
	"bega/internal/text"
)

// The words of forms, for those who speak of services: see package form.
type (
	Text       = form.Text
	CEL        = form.CEL
	Step       = form.Step
	Repeat     = form.Repeat
	Field      = form.Field
	Option     = form.Option
	Kind       = form.Kind
	Rule       = form.Rule
	Values     = form.Values
	Answers    = form.Answers
	Env        = form.Env
	Applicant  = form.Applicant
	Problem    = form.Problem
	SummaryRow = form.SummaryRow
)

// The kinds of answers.
const (
	Line       = form.Line
	Textarea   = form.Textarea
	Number     = form.Number
	Money      = form.Money
	Date       = form.Date
	Choice     = form.Choice
	Select     = form.Select
	Checkboxes = form.Checkboxes
	YesNo      = form.YesNo
	Plate      = form.Plate
	VIN        = form.VIN
	CNP        = form.CNP
	CUI        = form.CUI
	IBAN       = form.IBAN
	Cadastral  = form.Cadastral
	Address    = form.Address
	Person     = form.Person
	Phone      = form.Phone
	Email      = form.Email
	Document   = form.Document
	FileList   = form.FileList
	Consent    = form.Consent
)

// PartOf reports whether an element of a form is of a field, as [form.PartOf] does.
func PartOf(element, name string) bool { return form.PartOf(element, name) }

// CheckCNP returns a personal number in its normal form, as [form.CheckCNP] does.
func CheckCNP(typed string) (string, error) { return form.CheckCNP(typed) }

// CheckCUI returns the code of a firm in its normal form, as [form.CheckCUI] does.
func CheckCUI(typed string) (string, error) { return form.CheckCUI(typed) }

// CheckIBAN returns an account in its normal form, as [form.CheckIBAN] does.
func CheckIBAN(typed string) (string, error) { return form.CheckIBAN(typed) }

// DecodeAnswers restores answers from their JSON, as [form.DecodeAnswers] does.
func DecodeAnswers(data []byte) (Answers, error) { return form.DecodeAnswers(data) }

// SayDate returns a day as people read it: "1 decembrie 2026".
func SayDate(t *text.Translator, d deadline.Date) string { return form.SayDate(t, d) }
