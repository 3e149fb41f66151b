package config

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestNothingIsConfiguredForATrial(t *testing.T) {
	c, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if name, err := c.DatabaseName(); err != nil || name != filepath.Join("bega-data", "town.db") {
		t.Errorf("the database is %q, %v", name, err)
	}
	if c.URL != "http://127.0.0.1:8080" || c.Secure() || len(c.MetricsFrom) != 2 {
		t.Errorf("in force is %+v", c)
	}
}

func TestTheEnvironmentComesAfterTheFile(t *testing.T) {
	file := write(t, `{"listen": ":80", "url": "https://portal.exemplu.ro", "smtp": {"host": "mail", "from": "p@exemplu.ro"}, "proxies": ["10.0.0.0/8"]}`, 0o600)
	c, err := Load(file, []string{"BEGA_LISTEN=:81", "BEGA_SMTP_PORT=25", "BEGA_LOG_LEVEL=WARN", "BEGA_MAKE_KEYS=true",
		"BEGA_METRICS_FROM=10.1.0.0/16, 10.2.0.0/16", "BEGA_TEST_DB=x", "PATH=/bin"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":81" || c.SMTP.Port != 25 || c.SMTP.Host != "mail" || c.LogLevel != slog.LevelWarn || !c.MakeKeys || len(c.MetricsFrom) != 2 || !c.Secure() {
		t.Errorf("in force is %+v", c)
	}
}

func TestWhatIsWrongStopsTheStart(t *testing.T) {
	for text, want := range map[string]string{
		`{"lissen": ":80"}`:                              "lissen",
		`{"listen": 80}`:                                 "listen",
		`{"listen": "80"}`:                               "listen",
		`{"url": "portal.exemplu.ro"}`:                   "url",
		`{"url": "https://portal.exemplu.ro/"}`:          "url",
		`{"database": "mysql://db"}`:                     "database",
		`{"s3": {"endpoint": "https://s3"}}`:             "bucket",
		`{"smtp": {"host": "mail"}}`:                     "smtp.from",
		`{"smtp": {"tls": "maybe"}}`:                     "smtp.tls",
		`{"smtp": {"tls": "none", "passwordFile": "x"}}`: "clear",
		`{"clamd": "/run/clamd"}`:                        "clamd",
		`{"provider": "bank"}`:                           "provider",
		`{"provider": "netopia"}`:                        "netopia",
		`{"provider": "euplatesc", "url": "https://portal.exemplu.ro", "euplatesc": {"merchant": "1"}}`: "keyFile",
		`{"provider": "euplatesc", "euplatesc": {"merchant": "1", "keyFile": "x"}}`:                     "https",
		`{"workers": 1000}`:                              "workers",
		`{"proxies": ["10.0.0.0"]}`:                      "proxies",
		`{"logLevel": "LOUD"}`:                           "logLevel",
		`{"smtp": {"port": "many"}}`:                     "smtp.port",
		`{"smtp": {"hast": "mail"}}`:                     "smtp.hast",
		`{"smtp": []}`:                                   "smtp.",
		`{"Listen": ":80"}`:                              "Listen",
		`{"database": "postgres://u:hunter2@db:x/bega"}`: "database",
		`{"": 1}`: "no such key",
		`{} {}`:   "after",
		`{`:       "JSON",
	} {
		if _, err := Load(write(t, text, 0o600), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error about %q", text, err, want)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error says a password: %v", err)
		}
	}
	for _, variable := range []string{"BEGA_LISSEN=:80", "BEGA_WORKERS=many", "BEGA_MAKE_KEYS=perhaps"} {
		name, _, _ := strings.Cut(variable, "=")
		if _, err := Load("", []string{variable}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", variable, err)
		}
	}
}

func TestABankHasAllThatItNeeds(t *testing.T) {
	c, err := Load(write(t, `{"provider": "netopia", "url": "https://portal.exemplu.ro", "netopia": {"api": "https://secure-sandbox.netopia-payments.com", "signature": "A", "publicKeyFile": "p"}}`, 0o600),
		[]string{"BEGA_NETOPIA_API_KEY_FILE=k", "BEGA_EUPLATESC_MERCHANT=44840000000"})
	if err != nil || len(c.Netopia.Pages) != 1 || c.Netopia.Pages[0] != "https://secure-sandbox.netopia-payments.com" || c.Netopia.APIKeyFile != "k" || c.EuPlatesc.Merchant == "" || c.EuPlatesc.Page == "" {
		t.Errorf("in force is %+v, %v", c, err)
	}
	c.Netopia.APIKeyFile, c.Netopia.PublicKeyFile, c.EuPlatesc.KeyFile = write(t, "key\n", 0o600), write(t, "public", 0o644), write(t, "00ff\n", 0o600)
	if key, public, err := c.NetopiaKeys(); key != "key" || string(public) != "public" || err != nil {
		t.Errorf("NetopiaKeys = %q, %q, %v", key, public, err)
	}
	if key, err := c.EuPlatescKey(); key != "00ff" || err != nil {
		t.Errorf("EuPlatescKey = %q, %v", key, err)
	}
	for _, file := range []string{write(t, "open", 0o644), "/nowhere"} {
		c.Netopia.APIKeyFile, c.EuPlatesc.KeyFile = file, file
		if _, _, err := c.NetopiaKeys(); err == nil {
			t.Errorf("%s was taken for a secret", file)
		}
		if _, err := c.EuPlatescKey(); err == nil {
			t.Errorf("%s was taken for a secret", file)
		}
	}
}

func TestSecretsAreInFilesOfTheirOwn(t *testing.T) {
	c := Config{Database: "postgres://bega:old@db/bega", DatabasePasswordFile: write(t, "p@ss/word\n", 0o600)}
	if name, err := c.DatabaseName(); err != nil || name != "postgres://bega:p%40ss%2Fword@db/bega" {
		t.Errorf("the database is %q, %v", name, err)
	}
	for _, file := range []string{write(t, "", 0o600), write(t, "open", 0o644), "/nowhere"} {
		if _, err := (Config{SMTP: SMTP{PasswordFile: file}}).SMTPPassword(); err == nil {
			t.Errorf("%s was taken for a secret", file)
		}
	}
	var out bytes.Buffer
	if err := c.Print(&out); err != nil || strings.Contains(out.String(), "old") || !strings.Contains(out.String(), "bega:xxxxx@db") {
		t.Errorf("%v, printed %s", err, &out)
	}
}

var update = flag.Bool("update", false, "write the table in docs/operating.md anew")

// TestTheTableIsFresh: the operator reads the comments of the fields.
func TestTheTableIsFresh(t *testing.T) {
	const begin, end = "<!-- table: begin -->\n", "<!-- table: end -->"
	file := filepath.Join("..", "..", "docs", "operating.md")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(data), begin)
	old, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatal("docs/operating.md has no place for the table")
	}
	fresh := table(t)
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+fresh+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if old != fresh {
		t.Error("the table of docs/operating.md is old: go test ./internal/config -update")
	}
}

// table makes the table of the comments.
func table(t *testing.T) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	comments := map[string]string{} // by type and field
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if fields, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range fields.Fields.List {
				tag := strings.TrimSuffix(strings.TrimPrefix(f.Tag.Value, "`json:\""), "\"`")
				text := strings.Join(strings.Fields(f.Doc.Text()), " ")
				for _, verb := range []string{" is ", " are "} {
					text = strings.TrimPrefix(text, f.Names[0].Name+verb)
				}
				comments[spec.Name.Name+"."+tag] = strings.ToUpper(text[:1]) + text[1:]
			}
		}
		return false
	})
	var out strings.Builder
	out.WriteString("| in the file | variable | what it is |\n|---|---|---|\n")
	for _, f := range new(Config).fields() {
		key := "Config." + f.name
		if owner, name, ok := strings.Cut(f.name, "."); ok {
			key = map[string]string{"s3": "S3.", "smtp": "SMTP.", "netopia": "Netopia.", "euplatesc": "EuPlatesc."}[owner] + name
		}
		if comments[key] == "" {
			t.Errorf("%s has no comment", key)
		}
		fmt.Fprintf(&out, "| `%s` | `%s` | %s |\n", f.name, f.variable, comments[key])
	}
	return out.String()
}
