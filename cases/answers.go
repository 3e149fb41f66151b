package cases

import "bega/procedures"

// usedDocuments returns the IDs of the documents that answers name, each once.
func usedDocuments(s *procedures.Service, a procedures.Answers) (ids []string) {
	for _, row := range s.Recap(a, "ro") {
		ids = append(ids, row.Documents...)
	}
	return distinct(ids)
}

// distinct returns each ID once, in the order in which they are first named.
func distinct[T ~string](ids []T) (once []T) {
	seen := map[T]bool{"": true}
	for _, id := range ids {
		if !seen[id] {
			once = append(once, id)
		}
		seen[id] = true
	}
	return once
}
