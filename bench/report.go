package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

// A report is a table, and what it was measured on.
type report struct {
	Title   string   `json:"title"`
	Date    string   `json:"date"`
	Machine string   `json:"machine"`
	Load    []string `json:"load"` // average of the last minute, as each engine began and at the end
	Head    []string `json:"head"`
	Rows    [][]any  `json:"rows"`
	Notes   []string `json:"notes,omitempty"`
}

func (r *report) begin() {
	r.Date = time.Now().Format("2006-01-02 15:04")
	r.Machine = fmt.Sprintf("%d × %s, Linux %s, %s", runtime.NumCPU(), processor(), kernel(), runtime.Version())
}

// note notes in which place the next rows are measured.
func (r *report) note(p *place) {
	if p.server != nil {
		r.Machine += ", PostgreSQL " + p.server.Version()
	}
	r.Load = append(r.Load, loadAverage())
}

// add adds a row.
func (r *report) add(cells ...any) { r.Rows = append(r.Rows, cells) }

// remark adds a sentence below the table.
func (r *report) remark(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

func (r *report) print(w io.Writer, asJSON bool) error {
	r.Load = append(r.Load, loadAverage())
	if asJSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	fmt.Fprintf(w, "%s\n%s; %s; load %s\n\n", r.Title, r.Date, r.Machine, strings.Join(r.Load, " → "))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, strings.Join(r.Head, "\t")+"\t")
	for _, row := range r.Rows {
		for _, cell := range row {
			fmt.Fprint(table, show(cell), "\t")
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, note := range r.Notes {
		fmt.Fprintln(w, note)
	}
	return nil
}

// show writes a number as exactly as it was measured, and not more.
func show(cell any) string {
	number, ok := cell.(float64)
	switch {
	case !ok:
		return fmt.Sprint(cell)
	case number >= 100:
		return fmt.Sprintf("%.0f", number)
	case number >= 10:
		return fmt.Sprintf("%.1f", number)
	}
	return fmt.Sprintf("%.2f", number)
}

// percent writes a ratio.
func percent(ratio float64) string { return fmt.Sprintf("%.0f %%", 100*ratio) }

func processor() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func kernel() string {
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return strings.TrimSpace(string(release))
}

func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
