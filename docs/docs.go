// Package docs has what the program itself serves of its documentation: the published
// forms of what is taxed, and of why an amount is what it is.
package docs

import _ "embed" // for the files

// TaxInput and TaxExplanation are JSON Schemas (draft 2020-12) of what bega tax explain
// reads and writes.
var (
	//go:embed tax-input.schema.json
	TaxInput []byte
	//go:embed tax-explanation.schema.json
	TaxExplanation []byte
)
