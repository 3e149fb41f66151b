package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// A reckoning is what the processors have done until now, as Linux tells it.
type reckoning struct {
	at                     time.Time
	bench, program, others time.Duration
	stolen                 time.Duration // by other machines on the same hardware
}

// tick is the unit of /proc (USER_HZ).
const tick = 10 * time.Millisecond

// reckon reads what the processors have done for this program, for another, and for
// all others: in a bench on PostgreSQL, for its server.
func reckon(pid int) (r reckoning, err error) {
	r.at = time.Now()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return r, err
	}
	r.bench = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return r, err
	}
	var user, system, nice, idle, wait, irq, softirq, steal int64
	_, rest, _ := strings.Cut(string(stat), ") ") // proc_pid_stat(5)
	if fields := strings.Fields(rest); len(fields) > 13 {
		if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
			return r, err
		}
	}
	r.program = time.Duration(user+system) * tick
	if stat, err = os.ReadFile("/proc/stat"); err != nil {
		return r, err
	}
	if _, err := fmt.Sscanf(string(stat), "cpu %d %d %d %d %d %d %d %d", &user, &nice, &system, &idle, &wait, &irq, &softirq, &steal); err != nil {
		return r, err
	}
	r.others = time.Duration(user+nice+system+irq+softirq)*tick - r.bench - r.program
	r.stolen = time.Duration(steal) * tick
	return r, nil
}

// since says how many processors were busy since another reckoning, and with what.
func (r reckoning) since(before reckoning) string {
	took := r.at.Sub(before.at).Seconds()
	of := func(now, then time.Duration) float64 { return (now - then).Seconds() / took }
	return fmt.Sprintf("processors: program %.2f, database and others %.2f, who asks %.2f; stolen %.2f", of(r.program, before.program), of(r.others, before.others),
		of(r.bench, before.bench), of(r.stolen, before.stolen))
}
