package config

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// A field is one that can be configured: with its name in the file, its variable
// and where it is.
type field struct {
	name, variable string
	value          reflect.Value
}

// fields returns all fields, in order.
func (c *Config) fields() []field { return fieldsOf(reflect.ValueOf(c).Elem(), "", "BEGA_") }

func fieldsOf(v reflect.Value, name, variable string) (all []field) {
	for i := range v.NumField() {
		key := v.Type().Field(i).Tag.Get("json")
		if sub := v.Field(i); sub.Kind() == reflect.Struct {
			all = append(all, fieldsOf(sub, name+key+".", variable+screaming(key)+"_")...)
		} else {
			all = append(all, field{name + key, variable + screaming(key), sub})
		}
	}
	return all
}

// screaming writes a name as variables are: logLevel is LOG_LEVEL.
func screaming(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// setFromFile takes what an object in JSON says. What is wrong with a field is told
// with its name, which the field's own type does not know.
func (c *Config) setFromFile(group string, data []byte) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return fmt.Errorf("%s%w", group, err)
	}
	fields := c.fields()
	for _, key := range slices.Sorted(maps.Keys(object)) {
		name := group + key
		if i := slices.IndexFunc(fields, func(f field) bool { return f.name == name }); i >= 0 {
			if err := json.Unmarshal(object[key], fields[i].value.Addr().Interface()); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		} else if !slices.ContainsFunc(fields, func(f field) bool { return strings.HasPrefix(f.name, name+".") }) {
			return fmt.Errorf("%s: there is no such key", name)
		} else if err := c.setFromFile(name+".", object[key]); err != nil {
			return err
		}
	}
	return nil
}

// elsewhere are the variables that begin alike and are not ours.
const elsewhere = "BEGA_TEST_"

// setFrom takes what an environment says. Lists are separated by commas.
func (c *Config) setFrom(env []string) error {
	known := map[string]field{}
	for _, f := range c.fields() {
		known[f.variable] = f
	}
	for _, pair := range env {
		variable, text, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(variable, "BEGA_") || strings.HasPrefix(variable, elsewhere) || variable == "BEGA_CNP" {
			continue
		}
		f, ok := known[variable]
		if !ok {
			return fmt.Errorf("%s: there is no such variable", variable)
		}
		if err := f.set(text); err != nil {
			return fmt.Errorf("%s: %w", variable, err)
		}
	}
	return nil
}

// set reads a value as JSON would, but without its quotes.
func (f field) set(text string) error {
	data := []byte(text)
	switch f.value.Kind() {
	case reflect.Bool:
	case reflect.Int:
		if f.name == "logLevel" {
			data, _ = json.Marshal(text)
		}
	case reflect.Slice:
		data, _ = json.Marshal(strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }))
	default:
		data, _ = json.Marshal(text)
	}
	return json.Unmarshal(data, f.value.Addr().Interface())
}

// Print writes what is in force, as it would be in the file, without secrets.
func (c Config) Print(w io.Writer) error {
	if u, err := url.Parse(c.Database); err == nil && c.Database != "" {
		c.Database = u.Redacted()
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(c)
}
