package folder

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"bega/internal/act"
)

// cases1 is what another room adds to an export.
type cases1 struct{}

// Export implements [Exporter].
func (cases1) Export(_ context.Context, owner act.PartyID) (string, any, error) {
	return "cases", []map[string]any{{"number": "UR2026-000001", "owner": owner}}, nil
}

// unzip returns the files of an archive.
func unzip(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestExport: everything is in the copy, only who asked for it gets it, and only
// for a week.
func TestExport(t *testing.T) { eachTown(t, testExport) }

func testExport(t *testing.T, o *town) {
	o.Exporters = []Exporter{cases1{}}
	talon := o.add(t, ana, "talon", func(n *New) { n.File, n.Number = scan(t, "Talon # 50% ț"), "TM 07 ABC" })
	photo := o.add(t, agent, "carte-identitate", func(n *New) { n.Until = date("2031-05-04") })
	theirs := o.add(t, ion, "talon", nil)
	if err := o.in(t, ana, act.FileCase, func(ctx context.Context, tx *act.Tx) error {
		_, err := o.Issue(ctx, tx, Document{Owner: "ana", Type: "certificat-fiscal", Name: "Certificat fiscal", Paper: "7K4Q-M2XD-9R"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	id, err := o.AskExport(t.Context(), ana, "k1", "ro")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := o.AskExport(t.Context(), ana, "k2", "ro"); err != nil || again != id {
		t.Errorf("asked again while it is packed: %s, %v", again, err)
	}
	if _, _, err := o.Fetch(t.Context(), ana, id, 1); err != error(ErrUnknown) {
		t.Errorf("before it is ready: %v", err)
	}
	run, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.queue.Run(run) }()
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		list, err := o.Exports(t.Context(), ana)
		if err != nil || len(list) != 1 || time.Now().After(until) {
			t.Fatalf("the exports are %+v, %v", list, err)
		}
		if !list[0].Ready.IsZero() {
			break
		}
	}
	stop()
	if err := errors.Join(<-done, o.BuildExport(t.Context(), id)); err != nil { // twice does no harm
		t.Fatal(err)
	}
	if len(o.sent) != 1 || !strings.HasPrefix(o.sent[0], "folder.export-ready ana /dosar/export") {
		t.Errorf("told were %q", o.sent)
	}
	name, data, err := o.Fetch(t.Context(), ana, id, 1)
	if err != nil || name != "dosar-2026-11-24.zip" {
		t.Fatalf("%q, %v", name, err)
	}
	files := unzip(t, data)
	checkExport(t, files, talon, photo)
	for name := range files {
		if strings.Contains(string(files[name]), string(theirs.Hash)) {
			t.Errorf("%s has another's document", name)
		}
	}
	for who, actor := range map[string]act.Actor{"another": ion, "the owner's agent": agent, "nobody": nobody, "an official": clerk} {
		if _, _, err := o.Fetch(t.Context(), actor, id, 1); err != error(ErrUnknown) {
			t.Errorf("%s fetches it: %v", who, err)
		}
	}
	for _, n := range []int{0, 2, -1} {
		if _, _, err := o.Fetch(t.Context(), ana, id, n); err != error(ErrUnknown) {
			t.Errorf("part %d: %v", n, err)
		}
	}
	e, err := exportByID(t.Context(), o.DB, id)
	if err != nil {
		t.Fatal(err)
	}
	o.pass(8)
	if _, _, err := o.Fetch(t.Context(), ana, id, 1); err != error(ErrUnknown) {
		t.Errorf("after a week: %v", err)
	}
	for range 2 {
		if err := o.RemoveOldExports(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if has, err := o.Blobs.Has(t.Context(), e.Parts[0].Hash); err != nil || has {
		t.Errorf("the copy is still there, %v", err)
	}
	if list, err := o.Exports(t.Context(), ana); err != nil || len(list) != 0 {
		t.Errorf("offered are %+v, %v", list, err)
	}
}

func checkExport(t *testing.T, files map[string][]byte, talon, photo Document) {
	t.Helper()
	paths := map[string]string{"documente/003-" + talon.Name: string(talon.Hash), "documente/002-" + photo.Name: string(photo.Hash), "acte/7K4Q-M2XD-9R.pdf": "",
		"index.html": "", "data.json": "", "SHA256SUMS.txt": ""}
	if len(files) != len(paths) {
		t.Errorf("the copy has %d files, want %d", len(files), len(paths))
	}
	for path, hash := range paths {
		sum := sha256.Sum256(files[path])
		digest := hex.EncodeToString(sum[:])
		if files[path] == nil || hash != "" && hash != digest {
			t.Errorf("%s is not what it was", path)
		}
		if path != "SHA256SUMS.txt" && !strings.Contains(string(files["SHA256SUMS.txt"]), digest+"  "+path+"\n") {
			t.Errorf("the sum of %s is missing", path)
		}
	}
	var all struct {
		Documents []map[string]any
		Acts      []map[string]any
		Cases     []map[string]any
	}
	if err := json.Unmarshal(files["data.json"], &all); err != nil || len(all.Documents) != 3 || len(all.Acts) != 6 || len(all.Cases) != 1 {
		t.Errorf("the data are %+v, %v", all, err)
	}
	index := string(files["index.html"])
	for _, want := range []string{`<html lang="ro">`, "TM 07 ABC", "04.05.2031", "3 documente", "Emis de primărie", "%23", "50%25", `href="acte/7K4Q-M2XD-9R.pdf"`} {
		if !strings.Contains(index, want) {
			t.Errorf("the index lacks %q:\n%s", want, index)
		}
	}
}

// TestALargeFolderHasSeveralParts, none of which is larger than can be stored.
func TestALargeFolderHasSeveralParts(t *testing.T) {
	const most = 100_000
	var archives [][]byte
	p := &packer{most: most, at: time.Unix(1e9, 0), done: func(archive []byte) error {
		archives = append(archives, bytes.Clone(archive))
		return nil
	}}
	random := rand.New(rand.NewPCG(1, 2))
	want := map[string]int{}
	for i := range 200 {
		name := fmt.Sprintf("documente/%03d-%s.pdf", i, strings.Repeat("ț", random.IntN(40)))
		want[name] = random.IntN(20_000)
		if i%50 == 0 {
			want[name] = most - 2000 // by itself
		}
		if err := p.add(name, bytes.Repeat([]byte{byte(i)}, want[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.close(); err != nil {
		t.Fatal(err)
	}
	sums := 0
	for _, archive := range archives {
		if len(archive) > most {
			t.Errorf("an archive has %d bytes", len(archive))
		}
		for name, data := range unzip(t, archive) {
			if name == "SHA256SUMS.txt" {
				sums = strings.Count(string(data), "\n")
				continue
			}
			if want[name] != len(data) {
				t.Errorf("%s has %d bytes, want %d", name, len(data), want[name])
			}
			delete(want, name)
		}
	}
	if len(want) != 0 || sums != 200 || len(archives) < 20 {
		t.Errorf("%d archives, %d sums, and %d files are missing", len(archives), sums, len(want))
	}
}
