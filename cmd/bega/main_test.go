package main

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"bega/city"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"bega": main})
}

// TestScripts runs what operators type. Each script has a folder and a port of its
// own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			defer listener.Close()
			at := listener.Addr().String()
			env.Setenv("AT", at)
			env.Setenv("BEGA_LISTEN", at)
			env.Setenv("BEGA_DATA", env.WorkDir+"/town")
			env.Setenv("BEGA_MAKE_KEYS", "true")
			env.Setenv("BEGA_LOG_LEVEL", "WARN")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "answers": answers, "terminate": terminate, "pack": pack, "replace": replace, "tamper": tamper,
		},
	})
}

// exits runs a command that has to end with a code: exits 2 bega audit verify.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s ended with code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// answers asks an address until it answers with a status, half a minute at most, and
// with a text if one is given: answers 200 http://127.0.0.1:8080/healthz ok.
func answers(ts *testscript.TestScript, _ bool, args []string) {
	said := ""
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		answer, err := http.Get(args[1])
		if err != nil {
			said = err.Error()
			continue
		}
		body, err := io.ReadAll(answer.Body)
		ts.Check(err)
		answer.Body.Close()
		if said = fmt.Sprint(answer.StatusCode, " ", string(body)); strconv.Itoa(answer.StatusCode) == args[0] && (len(args) < 3 || strings.Contains(string(body), args[2])) {
			return
		}
	}
	ts.Fatalf("%s: %.300s, want %q", args[1], said, args)
}

// terminate sends SIGTERM to what runs in the background, as an init system does.
func terminate(ts *testscript.TestScript, _ bool, _ []string) {
	for _, command := range ts.BackgroundCmds() {
		ts.Check(command.Process.Signal(syscall.SIGTERM))
	}
}

// pack writes the city pack of the program into a folder.
func pack(ts *testscript.TestScript, _ bool, args []string) {
	files, err := fs.Sub(city.Timisoara, "timisoara")
	ts.Check(err)
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), files))
}

// replace replaces a text in a file, where it has to be.
func replace(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not have %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
}

// tamper runs SQL on the file of a database, as somebody might who has stolen it.
func tamper(ts *testscript.TestScript, _ bool, args []string) {
	pool, err := sql.Open("sqlite", "file:"+ts.MkAbs(args[0]))
	ts.Check(err)
	defer pool.Close()
	_, err = pool.Exec(args[1])
	ts.Check(err)
}
