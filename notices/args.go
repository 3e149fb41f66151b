package notices

import (
	"encoding/json"
	"fmt"

	"bega/internal/deadline"
	"bega/internal/money"
	"bega/internal/text"
)

// An arg is an argument of a text as it is stored: exactly one field is set.
type arg struct {
	Text  *string           `json:"s,omitempty"`
	Int   *int              `json:"i,omitempty"`
	Day   *deadline.Date    `json:"d,omitempty"`
	Money *money.Bani       `json:"m,omitempty"`
	Texts map[string]string `json:"l,omitempty"` // by language
}

// encode writes arguments down. It fails for those of other types.
func encode(args []any) (string, error) {
	all := make([]arg, len(args))
	for i, value := range args {
		switch v := value.(type) {
		case string:
			all[i].Text = &v
		case int:
			all[i].Int = &v
		case deadline.Date:
			all[i].Day = &v
		case money.Bani:
			all[i].Money = &v
		case map[string]string:
			all[i].Texts = v
		default:
			return "", fmt.Errorf("notices: an argument of type %T", value)
		}
	}
	data, err := json.Marshal(all)
	return string(data), err
}

// decode reads arguments, and says them in a language.
func decode(data string, t *text.Translator) ([]any, error) {
	var all []arg
	if err := json.Unmarshal([]byte(data), &all); err != nil {
		return nil, err
	}
	args := make([]any, len(all))
	for i, a := range all {
		switch {
		case a.Text != nil:
			args[i] = *a.Text
		case a.Int != nil:
			args[i] = *a.Int
		case a.Day != nil:
			args[i] = day(*a.Day, t)
		case a.Money != nil:
			args[i] = a.Money.Format(t.Lang())
		default:
			args[i] = said(a.Texts, t.Lang())
		}
	}
	return args, nil
}

// said returns the text in a language, or in Romanian if there is none.
func said(texts map[string]string, lang string) string {
	if texts[lang] != "" {
		return texts[lang]
	}
	return texts["ro"]
}

// day returns a civil day as pages do: "30 noiembrie 2026".
func day(d deadline.Date, t *text.Translator) string {
	if d.IsZero() {
		return ""
	}
	keys := [...]string{"ui.january", "ui.february", "ui.march", "ui.april", "ui.may", "ui.june", "ui.july",
		"ui.august", "ui.september", "ui.october", "ui.november", "ui.december"}
	return t.T("ui.date", fmt.Sprint(d.Day), t.T(keys[d.Month-1]), fmt.Sprint(d.Year))
}
