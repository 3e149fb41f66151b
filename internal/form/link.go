package form

// Schema describes what a link from another site may fill in beforehand, in a
// language, as a JSON Schema of the query's parameters. It is nothing that says
// who somebody is, since addresses end up in logs, and no consent.
func (form *Form) Schema(lang string) map[string]any {
	properties := map[string]any{}
	for _, step := range form.Steps {
		if step.Repeat != nil {
			continue
		}
		for _, f := range step.Fields {
			name, is := f.Key, map[string]any{"type": "string", "title": f.Label.In(lang)}
			switch f.Kind {
			case Number, Money:
			case Date: // all of it in the first of its three elements
				name += ".zi"
				is["format"] = "date"
			case YesNo:
				is["enum"] = []string{"da", "nu"}
			case Choice, Select:
				is["enum"] = f.values()
			case Checkboxes:
				is["type"], is["items"] = "array", map[string]any{"enum": f.values()}
			default:
				continue
			}
			properties[name] = is
		}
	}
	return map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false, "properties": properties}
}

func (f *Field) values() (values []string) {
	for _, o := range f.Options {
		values = append(values, o.Value)
	}
	return values
}

// Linked returns those parameters of a link that it may fill in.
func (form *Form) Linked(query map[string][]string) Values {
	v, may := Values{}, form.Schema("")["properties"].(map[string]any)
	for name, values := range query {
		if may[name] != nil {
			v[name] = values
		}
	}
	return v
}
