package demo_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bega/internal/db/dbtest"
)

// TestCertificateJourney: whoever owes nothing that matters has a sealed certificate of
// tax status in seconds, also as an accountant whose mandate is for that alone. Whoever
// sells something first reads what they owe for it, and where to pay.
func TestCertificateJourney(t *testing.T) {
	town := openDemo(t, "")
	for w, seller := range map[way][2]string{withScripts: {"petru", "Strada Circumvalațiunii 22, 426643-C1"}, withoutScripts: {"sorin", ""}} {
		t.Run(w.name, func(t *testing.T) {
			isCertified(town.as(t, w, "stefania"), "Cumpăr o casă", "stefania")
			owes(town.as(t, w, seller[0]), seller[1])
			accountant := town.as(t, w, "mihai")
			accountant.open("/dosare")
			accountant.Click("Lucrează pentru Bega Demo SRL")
			isCertified(accountant, "Particip la o licitație", "firma")
		})
	}
}

// TestCertificateJourneyOnPostgreSQL is the first of them there.
func TestCertificateJourneyOnPostgreSQL(t *testing.T) {
	d := dbtest.PostgreSQL(t)
	isCertified(openDemo(t, dbtest.Name(d)).as(t, withoutScripts, "sorin"), "Cumpăr o casă", "sorin")
}

// isCertified asks for a certificate, and holds it.
func isCertified(me *visit, purpose, owner string) {
	me.t.Helper()
	me.open("/servicii/certificat-fiscal")
	me.Click("Începe cererea")
	me.good("La ce îți trebuie certificatul?")
	me.Choose(purpose)
	me.Click("Continuă")
	me.good("Verifică și trimite cererea")

	asked := time.Now()
	me.Click("Trimite cererea")
	me.reads("Certificat de atestare fiscală", "E bun până pe")
	number, page := me.found(aNumber), me.URL()
	me.Click("Deschide documentul")
	me.reads("Certificat de atestare fiscală", number)
	file := filepath.Join(me.t.TempDir(), "certificat.pdf")
	sealed := me.Download("Descarcă PDF-ul sigilat")
	took := time.Since(asked)
	me.t.Logf("from the request to the sealed certificate: %.2f s", took.Seconds())
	if took > 5*time.Second {
		me.t.Errorf("the certificate took %s", took)
	}
	me.good(number)
	if err := os.WriteFile(file, sealed, 0o600); err != nil {
		me.t.Fatal(err)
	}
	isSealed(me.t, file)

	// Anybody can verify it: by the code that is in its picture, and by the file.
	friend := me.another("")
	friend.verifies(me.found(aCode), "Certificat de atestare fiscală", number, "Valabil până la")
	friend.Click("Verifică alt document")
	friend.Upload("Fișierul PDF primit", file)
	friend.Click("Verifică fișierul")
	friend.good("Fișierul este exact cel emis de primărie", "Certificat de atestare fiscală")

	me.Go(page)
	me.good("Cererea a primit răspuns pe loc", number)
	me.Go(page + "/confirmare") // again, from the history of the browser
	if me.URL() != page {
		me.t.Errorf("the confirmation leads to %s, not %s", me.URL(), page)
	}
	me.another("").mail(owner, "Cererea "+number+" e aprobată", "i-am răspuns pe loc")
}

// isSealed asks poppler about the signature of a file.
func isSealed(t *testing.T, file string) {
	t.Helper()
	program, err := exec.LookPath("pdfsig")
	if err != nil && os.Getenv("BEGA_TEST_ALL") == "" {
		t.Skip("pdfsig was not asked: install Debian's package poppler-utils")
	} else if err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(program, "-nocert", file).CombinedOutput()
	if says := string(out); !strings.Contains(says, "Signature is Valid") || !strings.Contains(says, "Total document signed") {
		t.Errorf("pdfsig says\n%s", says)
	}
}

// owes is somebody who sells a house and has not paid the taxes: nothing is registered
// before. What the town knows of is there to be chosen, and the only one is filled in. A
// number that is not theirs is wrong where it is written.
func owes(me *visit, house string) {
	me.t.Helper()
	me.open("/servicii/certificat-fiscal")
	me.Click("Începe cererea")
	me.Choose("Vând o casă")
	me.Click("Continuă")
	if house != "" {
		me.good("Ce vinzi?", "Care dintre casele și terenurile tale?", "Le știm din evidența fiscală.")
		me.Choose("Altul, pe care îl scriu")
		me.Type("Numărul cadastral", "400954-C1-U12") // a neighbour's
		me.Click("Continuă")
		me.good("Mai ai un lucru de completat", "Nu găsim acest număr printre bunurile declarate aici.")
		me.Click("Nu găsim acest număr")
		me.good("Ce vinzi?", "Nu găsim acest număr printre bunurile declarate aici.")
		me.Choose(house)
		me.Click("Continuă")
	}
	me.good("Verifică și trimite cererea", "înainte de vânzare", "Impozit pe clădiri", "Majorări de întârziere")
	sum := me.found(`Mai ai de plătit [0-9.]+,\d\d lei`)
	if me.Has("Trimite cererea") {
		me.t.Error("it can be sent in vain")
	}
	me.Click("Plătește taxele")
	me.good("Taxe")
	if !strings.HasSuffix(me.URL(), "/dosar/taxe") {
		me.t.Errorf("one pays at %s", me.URL())
	}
	me.t.Log(sum)
	me.open("/ciorne")
	me.good("Certificat de atestare fiscală") // which waits, and was not registered
}
