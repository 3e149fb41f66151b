package folder

import (
	"testing"
	"time"

	"bega/internal/deadline"
)

func date(text string) deadline.Date {
	d, err := deadline.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestValidity(t *testing.T) {
	for _, test := range []struct {
		until, day  string
		valid, soon bool
	}{
		{"", "2026-11-24", true, false}, {"2026-11-24", "2026-11-24", true, true}, {"2026-11-23", "2026-11-24", false, false},
		{"2026-12-24", "2026-11-24", true, true}, {"2026-12-25", "2026-11-24", true, false},
	} {
		var d Document
		if test.until != "" {
			d.Until = date(test.until)
		}
		if valid, soon := d.ValidOn(date(test.day)), d.ExpiresSoon(date(test.day)); valid != test.valid || soon != test.soon {
			t.Errorf("until %q on %s: valid %v, soon %v", test.until, test.day, valid, soon)
		}
	}
	if gone := (Document{Removed: time.Now()}); gone.ValidOn(date("2026-11-24")) {
		t.Error("a removed document can be used")
	}
}

func TestReminder(t *testing.T) {
	for _, test := range []struct {
		until, added, day string
		want              int
	}{
		{"2026-12-31", "2026-01-01", "2026-11-30", 0}, {"2026-12-31", "2026-01-01", "2026-12-01", 30}, {"2026-12-31", "2026-01-01", "2026-12-23", 30},
		{"2026-12-31", "2026-01-01", "2026-12-24", 7}, {"2026-12-31", "2026-01-01", "2026-12-31", 7},
		{"2026-12-31", "2026-12-01", "2026-12-10", 0}, {"2026-12-31", "2026-12-01", "2026-12-24", 7}, {"2026-12-31", "2026-12-26", "2026-12-27", 0},
	} {
		d := Document{Until: date(test.until)}
		if got := d.reminder(date(test.day), date(test.added)); got != test.want {
			t.Errorf("until %s, added on %s: on %s got %d, want %d", test.until, test.added, test.day, got, test.want)
		}
	}
}

func TestFold(t *testing.T) {
	for text, want := range map[string]string{"TM 07 ABC": "tm07abc", "Știință-Țară": "stiintatara", "Székely Őr": "szekelyor", "\u015e\u0162": "st"} {
		if got := fold(text); got != want {
			t.Errorf("fold(%q) = %q, want %q", text, got, want)
		}
	}
}
