// Package pdf makes the paper twin of an official document, seals it, and
// checks the seal.
//
// A [Document] is the content alone: what a receipt, a decision or a request
// says, block by block. The room that issues it keeps it as JSON, shows it as a
// page, and lets [Make] print it, so that page and paper cannot differ.
//
// The page is the accessible original. The PDF has its language, its title, a
// text layer that reads in order, and embedded fonts, but no tags: it is not
// PDF/UA (ISO 14289), and whoever hears a document rather than sees it is better
// served by the page, whose address is printed on it.
//
// A [Sealer] adds the electronic seal of the town hall: PAdES-B-B (ETSI EN 319
// 142-1), without a time stamp from a third party and without proof that the
// certificate was not revoked. [Verify] is stricter than readers of PDF are: it
// accepts one seal over the whole file, and nothing after it.
package pdf

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A Document is what an official document says. All texts are printed as they
// are: the issuer has already written dates and amounts in the language Lang.
// A line break in a text is kept.
type Document struct {
	Lang    string `json:"lang"`    // as in HTML: "ro"; empty means Romanian
	Title   string `json:"title"`   // what it is: "Dovadă de înregistrare"
	Subject string `json:"subject"` // what it is about, one sentence; may be empty
	Author  string `json:"author"`  // for the properties of the file; empty means the issuing authority

	Issuer    Issuer   `json:"issuer"`
	Number    string   `json:"number"`    // as registered: "12345/2026"; empty for what has none
	Date      string   `json:"date"`      // as printed: "3 martie 2026"
	Recipient []string `json:"recipient"` // name first, then the lines of the address

	Blocks     Blocks        `json:"blocks"`
	Signatures []Signature   `json:"signatures"`
	Verify     *Verification `json:"verify"` // nil: nothing to verify online
	Footer     string        `json:"footer"` // at the foot of every page, one or two lines
	Draft      bool          `json:"draft"`  // every page then says that it has no legal effect
}

// An Issuer is the public authority that answers for a document.
type Issuer struct {
	Authority string `json:"authority"` // "Municipiul Timișoara"
	Unit      string `json:"unit"`      // "Direcția Urbanism"; may be empty
	Address   string `json:"address"`
	Phone     string `json:"phone"`
	Email     string `json:"email"`
}

// A Signature says who decided. It is a line on the paper and proves nothing;
// the proof is the seal.
type Signature struct {
	Name     string `json:"name"`
	Capacity string `json:"capacity"` // "Secretar general"
	Date     string `json:"date"`     // as printed; may be empty
}

// A Verification tells the reader of a printed copy where to compare it.
type Verification struct {
	Code string `json:"code"` // to type by hand
	URL  string `json:"url"`  // what the QR code holds; at most 500 bytes
	Note string `json:"note"` // "Compară documentul tipărit cu originalul"; may be empty
}

// A Block is a piece of a document: one of [Heading], [Paragraph], [List],
// [Facts], [Table] and [Note].
type Block interface {
	kind() string
}

// A Heading opens a part of the document and stays with what follows.
type Heading struct {
	Text string `json:"text"`
}

// A Paragraph is running text.
type Paragraph struct {
	Text string `json:"text"`
}

// A List is a bulleted list.
type List struct {
	Items []string `json:"items"`
}

// Facts are labelled values: a description list.
type Facts struct {
	Rows []Fact `json:"rows"`
}

// A Fact is a value and what it is called.
type Fact struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// A Table repeats its head on every page it runs over. A row shorter than the
// head has empty cells at its end; a longer one is refused by [Make].
// A column whose cells below the head all begin with a digit or a minus sign
// and hold no letters but a currency is set flush right.
type Table struct {
	Head []string   `json:"head"`
	Rows [][]string `json:"rows"`
}

// A Note is set apart in a box: "Pe scurt", "Cum poți contesta".
type Note struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

func (Heading) kind() string   { return "heading" }
func (Paragraph) kind() string { return "paragraph" }
func (List) kind() string      { return "list" }
func (Facts) kind() string     { return "facts" }
func (Table) kind() string     { return "table" }
func (Note) kind() string      { return "note" }

// Blocks are the body of a document. In JSON each has its name as "type".
type Blocks []Block

// MarshalJSON refuses a nil block: it would come back as nothing.
func (b Blocks) MarshalJSON() ([]byte, error) {
	out := bytes.NewBufferString("[")
	for i, block := range b {
		if block == nil {
			return nil, fmt.Errorf("pdf: block %d is nil", i)
		}
		body, err := json.Marshal(block)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		// Every block has at least one field, so its body is never "{}".
		fmt.Fprintf(out, `{"type":%q,%s`, block.kind(), body[1:])
	}
	out.WriteByte(']')
	return out.Bytes(), nil
}

// UnmarshalJSON refuses a type or a field it does not know, rather than show an
// official document with a part missing.
func (b *Blocks) UnmarshalJSON(data []byte) error {
	var raw []map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	blocks := make(Blocks, len(raw))
	for i, fields := range raw {
		block, err := decode(fields)
		if err != nil {
			return fmt.Errorf("pdf: block %d: %w", i, err)
		}
		blocks[i] = block
	}
	*b = blocks
	return nil
}

func decode(fields map[string]json.RawMessage) (Block, error) {
	var kind string
	if err := json.Unmarshal(fields["type"], &kind); err != nil {
		return nil, fmt.Errorf("its type: %w", err)
	}
	delete(fields, "type")
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	switch kind {
	case Heading{}.kind():
		return as[Heading](body)
	case Paragraph{}.kind():
		return as[Paragraph](body)
	case List{}.kind():
		return as[List](body)
	case Facts{}.kind():
		return as[Facts](body)
	case Table{}.kind():
		return as[Table](body)
	case Note{}.kind():
		return as[Note](body)
	}
	return nil, fmt.Errorf("unknown type %q", kind)
}

func as[B Block](body []byte) (Block, error) {
	var block B
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(&block)
	return block, err
}
