// Package city carries what is one town's: its services, departments, papers,
// words and addresses, as data.
//
// A town is a folder. The programs of all towns are the same, so whatever
// differs from one to the next is here and can be read, and changed, by people
// who do not program. README.md says what each file is.
package city

import "embed"

// Timisoara is the city pack of Timișoara, in the folder "timisoara".
//
//go:embed timisoara
var Timisoara embed.FS
