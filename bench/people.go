package main

import (
	"context"
	"fmt"
	"time"

	"bega/bench/kill"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/db"
	"bega/portal"
	"bega/procedures"
)

// registrar enrols everybody.
var registrar = act.Actor{For: "bench", Roles: []act.Role{act.Desk}}

// number returns the i-th personal number of people who were born before 1900,
// so that it is nobody's.
func number(i int) string {
	day := time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i/999)
	for check := range 10 {
		cnp, err := procedures.CheckCNP(fmt.Sprintf("%d%s35%03d%d", 3+i%2, day.Format("060102"), i%999+1, check))
		if err == nil {
			return cnp
		}
	}
	panic("a personal number has a check digit")
}

var (
	givenNames  = []string{"Ana", "Ștefan", "Ileana", "Károly", "Mihai", "Zorana", "Ioan", "Elfriede", "Petru", "Livia", "Andrei"}
	familyNames = []string{"Popescu", "Ionescu", "Lázár", "Dragomir", "Müller", "Jivanov", "Crișan", "Munteanu", "Țăranu", "Balint", "Stoica", "Vuia", "Bega"}
	streetNames = []string{"Strada Alba Iulia", "Bulevardul Mihai Eminescu", "Strada Mărășești", "Strada Gheorghe Lazăr", "Calea Șagului"}
)

// enrol enters the i-th person, with all that the counter asks for.
func enrol(ctx context.Context, rooms portal.Rooms, i int) (act.PartyID, error) {
	check := identity.Check{Document: identity.Documents(identity.Person)[0], Seen: true, Code: number(i),
		Given: givenNames[i%len(givenNames)], Family: familyNames[i%len(familyNames)] + "-Demo"}
	contact := identity.Contact{Email: fmt.Sprintf("p%d@demo.exemplu.ro", i), Phone: fmt.Sprintf("0256%06d", i), Lang: "ro",
		Address: identity.Address{Street: streetNames[i%len(streetNames)], Number: fmt.Sprint(i%90 + 1), Postal: "300077", Locality: "Timișoara"}}
	return rooms.Identity.Enrol(ctx, registrar, db.NewID(), identity.Person, check, contact)
}

// enrolAll enters n people, and returns them as they act for themselves.
func enrolAll(ctx context.Context, rooms portal.Rooms, n int) ([]act.Actor, error) {
	all := make([]act.Actor, n)
	err := kill.Together(ctx, n, 32, func(ctx context.Context, i int) error {
		id, err := enrol(ctx, rooms, i)
		all[i] = act.Actor{Person: id, For: id, Level: act.Verified}
		return err
	})
	return all, err
}
