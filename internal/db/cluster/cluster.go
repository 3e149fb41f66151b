// Package cluster starts a PostgreSQL of one's own, from Debian's package, for
// tests and measurements. It ends with the program that started it, however that
// ends, and leaves nothing behind.
package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// ErrNone is returned where there is no PostgreSQL to start.
var ErrNone = errors.New("install Debian's package postgresql")

// A Cluster is a PostgreSQL server. It listens on a socket in its own folder
// alone, and lets everybody in.
type Cluster struct {
	// URL is that of its database, for whoever may do everything.
	URL string

	bin, dir, options string
	attr              *syscall.SysProcAttr
}

// Start makes an empty cluster and starts it, with settings such as "fsync=off".
func Start(settings ...string) (*Cluster, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return nil, ErrNone
	}
	dir, err := os.MkdirTemp("/tmp", "bega") // the name of a socket has to be short
	if err != nil {
		return nil, err
	}
	c := &Cluster{
		URL: "postgres://postgres@/postgres?sslmode=disable&host=" + dir,
		bin: filepath.Dir(found[len(found)-1]), dir: dir,
		options: "-k " + dir + " -c listen_addresses= -c max_connections=200",
		attr:    &syscall.SysProcAttr{Setpgid: true}, // ^C is for the program
	}
	for _, setting := range settings {
		c.options += " -c " + setting
	}
	if os.Geteuid() == 0 { // whom PostgreSQL refuses
		if c.attr.Credential, err = credential("nobody"); err != nil {
			return nil, err
		}
		if err := os.Chown(dir, int(c.attr.Credential.Uid), int(c.attr.Credential.Gid)); err != nil {
			return nil, err
		}
	}
	if err := c.run("initdb", "--no-sync", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"); err != nil {
		return nil, err
	}
	if err := c.endWithUs(); err != nil {
		return nil, err
	}
	return c, c.Restart()
}

// Crash stops the server as if its machine had: it writes nothing any more.
func (c *Cluster) Crash() error { return c.run("pg_ctl", "-D", "data", "-m", "immediate", "stop") }

// Restart starts a server that has stopped, and returns once it answers.
func (c *Cluster) Restart() error {
	return c.run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", "60", "-o", c.options, "start")
}

// Version returns which PostgreSQL it is, such as "15.20".
func (c *Cluster) Version() string {
	out, err := exec.Command(filepath.Join(c.bin, "postgres"), "--version").Output()
	words := strings.Fields(string(out)) // postgres (PostgreSQL) 15.20 (Debian …)
	if err != nil || len(words) < 3 {
		return "unknown"
	}
	return words[2]
}

func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.SysProcAttr = c.dir, c.attr
	return cmd
}

func (c *Cluster) run(name string, args ...string) error {
	if out, err := c.command(filepath.Join(c.bin, name), args...).CombinedOutput(); err != nil {
		log, _ := os.ReadFile(filepath.Join(c.dir, "log")) // there is none before the first start
		return fmt.Errorf("%s: %w: %s%s", name, err, out, log)
	}
	return nil
}

// endWithUs has a shell wait for the end of a pipe, which is the end of this
// process, and then stop the server and remove its folder.
func (c *Cluster) endWithUs() error {
	wait := c.command("sh", "-c", `read -r line; "$0/pg_ctl" -D data -m immediate stop; rm -rf "$1"`, c.bin, c.dir)
	if _, err := wait.StdinPipe(); err != nil {
		return err
	}
	if err := wait.Start(); err != nil {
		return err
	}
	go wait.Wait() // keeps the pipe
	return nil
}

func credential(name string) (*syscall.Credential, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}
