package portal

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bega/internal/config"
)

// TestATownTakesCards opens a town with each provider, and with what is wrong with
// its account.
func TestATownTakesCards(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public := file("netopia.pem", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&private.PublicKey)})), 0o644)
	key, secret := file("api.key", "k\n", 0o600), file("euplatesc.key", "00112233445566778899AABBCCDDEEFF\n", 0o600)
	open := func(name string, env ...string) (*Town, error) {
		t.Helper()
		c, err := config.Load("", append([]string{"BEGA_URL=https://portal.exemplu.ro", "BEGA_MAKE_KEYS=true", "BEGA_DATA=" + filepath.Join(folder, name)}, env...))
		if err != nil {
			t.Fatal(err)
		}
		return Open(t.Context(), c, Options{})
	}
	netopia := []string{"BEGA_PROVIDER=netopia", "BEGA_NETOPIA_SIGNATURE=AAAA-BBBB-CCCC-DDDD-EEEE", "BEGA_NETOPIA_API_KEY_FILE=" + key, "BEGA_NETOPIA_PUBLIC_KEY_FILE=" + public}
	euplatesc := []string{"BEGA_PROVIDER=euplatesc", "BEGA_EUPLATESC_MERCHANT=44840000000", "BEGA_EUPLATESC_KEY_FILE=" + secret}
	for name, test := range map[string]struct {
		env    []string
		target string
	}{"netopia": {netopia, "https://secure.mobilpay.ro"}, "euplatesc": {euplatesc, "https://secure.euplatesc.ro"}} {
		town, err := open(name, test.env...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := town.payments.Provider.Name(); got != name || town.sandbox != nil {
			t.Errorf("%s: cards go to %s", name, got)
		}
		w := httptest.NewRecorder()
		town.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if policy := w.Header().Get("Content-Security-Policy"); !strings.HasSuffix(policy, "form-action 'self' "+test.target) {
			t.Errorf("%s: the policy is %q", name, policy)
		}
		if err := town.Close(); err != nil {
			t.Error(err)
		}
	}
	for name, test := range map[string]struct {
		env  []string
		want string
	}{
		"a key that everybody reads": {append(netopia, "BEGA_NETOPIA_API_KEY_FILE="+file("open.key", "k", 0o644)), "chmod"},
		"no public key":              {append(netopia, "BEGA_NETOPIA_PUBLIC_KEY_FILE="+key), "public RSA key"},
		"no file":                    {append(netopia, "BEGA_NETOPIA_PUBLIC_KEY_FILE="+folder+"/none"), "none"},
		"a page without TLS":         {append(netopia, "BEGA_NETOPIA_PAGES=http://bank.example"), "no origin"},
		"an API without TLS":         {append(netopia, "BEGA_NETOPIA_API=http://bank.example", "BEGA_NETOPIA_PAGES=https://bank.example"), "https"},
		"a key that is no number":    {append(euplatesc, "BEGA_EUPLATESC_KEY_FILE="+key), "hexadecimal"},
		"a merchant with a space":    {append(euplatesc, "BEGA_EUPLATESC_MERCHANT=4 4"), "merchant"},
	} {
		if town, err := open("wrong", test.env...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want an error about %q", name, err, test.want)
			if town != nil {
				_ = town.Close()
			}
		}
	}
}
