package form

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bega/internal/deadline"
	"bega/internal/fault"
)

// The faults of codes. Their texts say what to do about them.
var (
	ErrCNPLength = fault.New(fault.Invalid, "form.error-cnp-length")
	ErrCNP       = fault.New(fault.Invalid, "form.error-cnp")
	ErrCUI       = fault.New(fault.Invalid, "form.error-cui")
	ErrIBAN      = fault.New(fault.Invalid, "form.error-iban")
	ErrPlate     = fault.New(fault.Invalid, "form.error-plate")
	ErrVIN       = fault.New(fault.Invalid, "form.error-vin")
	ErrCadastral = fault.New(fault.Invalid, "form.error-cadastral")
	ErrPhone     = fault.New(fault.Invalid, "form.error-phone")
	ErrEmail     = fault.New(fault.Invalid, "form.error-email")
)

// compact returns what was typed in capitals, without the spaces and marks that
// people put between groups.
func compact(typed string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(".-–/()", r) || !unicode.IsGraphic(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, typed)
}

func digits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// weigh returns the sum of the digits of a code, each times its weight.
func weigh(code, weights string) (sum int) {
	for i := range len(weights) {
		sum += int(code[i]-'0') * int(weights[i]-'0')
	}
	return sum
}

// closes reports whether the last digit of a code is the one that it should be
// for a remainder modulo 11, where 10 counts as ten.
func closes(code string, remainder, ten int) bool {
	if remainder == 10 {
		remainder = ten
	}
	return int(code[len(code)-1]-'0') == remainder
}

// CheckCNP returns a personal number ("cod numeric personal") as 13 digits, or
// [ErrCNPLength] or [ErrCNP]. The NIF of a person without one passes, too: it
// has the same form, and begins with 9.
//
// Codes of counties are not checked against a list: new ones are issued. What
// begins with 9 is not searched for a day of birth, since a NIF has none.
func CheckCNP(typed string) (string, error) {
	code := compact(typed)
	if n := utf8.RuneCountInString(code); n != 13 && (digits(code) || n == 0) {
		return "", ErrCNPLength.With(n)
	}
	if len(code) != 13 || !digits(code) || code[0] != '9' && !born(code) || !closes(code, weigh(code, "279146358279")%11, 1) {
		return "", ErrCNP
	}
	return code, nil
}

// born reports whether a personal number has a day of birth and a place. 7 and
// 8, for residents, do not say in which century that was.
func born(code string) bool {
	centuries := [...]string{1: "19", 2: "19", 3: "18", 4: "18", 5: "20", 6: "20", 7: "19 20", 8: "19 20", 9: ""}[code[0]-'0']
	return code[7:9] != "00" && slices.ContainsFunc(strings.Fields(centuries), func(century string) bool {
		_, err := deadline.Parse(century + code[1:3] + "-" + code[3:5] + "-" + code[5:7])
		return err == nil
	})
}

// CheckCUI returns the fiscal code of a firm ("cod unic de înregistrare") as 2 to
// 10 digits without the RO of those who pay VAT, or [ErrCUI].
func CheckCUI(typed string) (string, error) {
	code := strings.TrimPrefix(compact(typed), "RO")
	if !digits(code) || len(code) < 2 || len(code) > 10 || code[0] == '0' {
		return "", ErrCUI
	}
	code = strings.Repeat("0", 10-len(code)) + code
	if !closes(code, weigh(code, "753217532")*10%11, 0) {
		return "", ErrCUI
	}
	return strings.TrimLeft(code, "0"), nil
}

var isIBAN = regexp.MustCompile(`^RO[0-9]{2}[A-Z]{4}[A-Z0-9]{16}$`)

// CheckIBAN returns a Romanian account in 24 capitals and digits, or [ErrIBAN]
// (ISO 13616, remainder 1 modulo 97).
func CheckIBAN(typed string) (string, error) {
	code := compact(typed)
	if !isIBAN.MatchString(code) {
		return "", ErrIBAN
	}
	var number strings.Builder
	for _, r := range code[4:] + code[:4] {
		if r >= 'A' {
			number.WriteString(big.NewInt(int64(r - 'A' + 10)).String())
		} else {
			number.WriteRune(r)
		}
	}
	n, ok := new(big.Int).SetString(number.String(), 10)
	if !ok || n.Mod(n, big.NewInt(97)).Int64() != 1 {
		return "", ErrIBAN
	}
	return code, nil
}

// counties are those that plates begin with, one after the other.
const counties = "AB AR AG BC BH BN BT BV BR B BZ CS CL CJ CT CV DB DJ GL GR GJ HR HD IL IS IF MM MH MS NT OT PH SM SJ SB SV TR TM TL VS VL VN"

var (
	isPlate     = regexp.MustCompile(`^([A-Z]+)([0-9]+)([A-Z]*)$`)
	isForeigner = regexp.MustCompile(`^[A-Z0-9]{4,10}$`)
)

// CheckPlate returns the number of a vehicle as "TM 07 ABC" or "B 123 ABC", or
// [ErrPlate]. Those of temporary plates and of what towns register, such as "TM
// 012345", pass as well; so does what may be the plate of another country.
func CheckPlate(typed string) (string, error) {
	code := compact(typed)
	m := isPlate.FindStringSubmatch(code)
	if m != nil && slices.Contains(strings.Fields(counties), m[1]) {
		n := len(m[2])
		switch {
		case len(m[3]) == 3 && (n == 2 || n == 3 && m[1] == "B"):
			return m[1] + " " + m[2] + " " + m[3], nil
		case m[3] == "" && n >= 3 && n <= 7:
			return m[1] + " " + m[2], nil
		}
		return "", ErrPlate
	}
	if isForeigner.MatchString(code) && strings.ContainsAny(code, "0123456789") && !digits(code) {
		return code, nil
	}
	return "", ErrPlate
}

var isVIN = regexp.MustCompile(`^[A-HJ-NPR-Z0-9]{17}$`)

// CheckVIN returns the number of a chassis ("serie de șasiu") in capitals, or
// [ErrVIN]. It has no I, O and Q (ISO 3779).
func CheckVIN(typed string) (string, error) {
	if code := compact(typed); isVIN.MatchString(code) {
		return code, nil
	}
	return "", ErrVIN
}

var isCadastral = regexp.MustCompile(`^[0-9]{1,7}(?:[-/][0-9]{1,7})*(?:-C[0-9]{1,3})?(?:-U[0-9]{1,4})?$`)

// CheckCadastral returns the number of a parcel, building or flat as "426643",
// "426643-C1" or "426643-C1-U12", or [ErrCadastral]. The old numbers on paper,
// such as "12485-12486" and "30235/1", pass as well.
func CheckCadastral(typed string) (string, error) {
	code := strings.ToUpper(strings.Join(strings.Fields(typed), ""))
	for _, word := range []string{"CF", "NR.", "NR", "CAD."} {
		code = strings.TrimPrefix(code, word)
	}
	if !isCadastral.MatchString(code) {
		return "", ErrCadastral
	}
	return code, nil
}

// CheckPhone returns a telephone number as "+40256408300", or [ErrPhone]. One
// without the code of a country is Romanian and has ten digits.
func CheckPhone(typed string) (string, error) {
	code := compact(typed)
	if rest, ok := strings.CutPrefix(code, "00"); ok {
		code = "+" + rest
	}
	if rest, ok := strings.CutPrefix(code, "0"); ok {
		code = "+40" + rest
	}
	number, ok := strings.CutPrefix(code, "+")
	romanian := strings.HasPrefix(number, "40")
	if !ok || !digits(number) || len(number) < 8 || len(number) > 15 || romanian && (len(number) != 11 || number[2] == '0') {
		return "", ErrPhone
	}
	return code, nil
}

var isEmail = regexp.MustCompile(`^[^@\s"(),:;<>\[\]\\]{1,64}@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*\.[a-zA-Z]{2,}$`)

// CheckEmail returns an address of e-mail without spaces around it, or
// [ErrEmail].
func CheckEmail(typed string) (string, error) {
	if typed = strings.TrimSpace(typed); len(typed) <= 254 && isEmail.MatchString(typed) && !strings.Contains(typed, "..") {
		return typed, nil
	}
	return "", ErrEmail
}
