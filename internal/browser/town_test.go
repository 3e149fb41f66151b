package browser_test

import (
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

const top = `<!DOCTYPE html><html lang="ro"><head><meta charset="utf-8"><title>{{.Title}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/stil.css"><script src="/pagina.js" defer></script></head><body>
<header><nav aria-label="Sus"><a href="/">Acasă</a> <a href="/ajutor">Caută</a></nav></header><main>`

// pages are those of a very small town hall.
var pages = template.Must(template.New("").Parse(`
{{define "form"}}` + top + `<h1>Cere un permis de parcare</h1>
{{if .Error}}<p role="alert">{{.Error}}</p>{{end}}
<form method="post" action="/trimite" enctype="multipart/form-data">
<p><label for="nume">Numele tău</label> <input id="nume" name="nume" value="{{.Name}}" autocomplete="name"></p>
<p><label for="adresa">Adresa de e-mail (nu e obligatorie)</label> <input id="adresa" name="adresa" type="email"></p>
<p><label for="mesaj">Mesaj</label> <textarea id="mesaj" name="mesaj">vechi</textarea></p>
<fieldset><legend>Zona</legend>
<input type="radio" name="zona" value="1" id="z1" class="mic"><label for="z1">Zona 1, Cetate</label>
<input type="radio" name="zona" value="2" id="z2" class="mic"><label for="z2">Zona 2, Elisabetin</label></fieldset>
<p><label for="luni">Pe câte luni</label> <select id="luni" name="luni"><option>1 lună</option><option value="12">12 luni</option></select></p>
<p><input type="checkbox" id="acord" name="acord"><label for="acord">Sunt de acord cu regulamentul</label></p>
<p><label for="talon">Talonul mașinii</label> <input type="file" id="talon" name="talon"></p>
<button>Trimite cererea</button> <button formaction="/cauta">Caută</button></form></main></body></html>{{end}}
{{define "done"}}` + top + `<h1>Am primit cererea ta</h1><p>{{.Error}}</p></main></body></html>{{end}}
{{define "bad"}}` + top + `<h1>Cu greșeli</h1><img src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7">
<input name="x"><p class="lat">Prea lat</p><div class="peste"></div><button class="ascuns">Sub ceva</button>
<a href="/a">Deschide</a> <a href="/b">Deschide</a><script>document.title = 'rău'</script></main></body></html>{{end}}
{{define "colours"}}` + top + `<h1>Culori</h1><p class="dark">Mod întunecat</p><p class="forced">Contrast ridicat</p>
<noscript><p>Fără script</p></noscript><p id="viu"></p></main></body></html>{{end}}`))

const style = `.mic{position:absolute;width:1px;height:1px;clip-path:inset(50%)} img,input,select,textarea{max-width:100%;min-height:1.5rem}
a,button{display:inline-block;min-height:24px;min-width:24px} .lat{width:900px} .dark,.forced{display:none} .ascuns{position:absolute;top:500px;left:0}
.peste{position:absolute;top:480px;left:0;width:400px;height:200px;z-index:2}
@media (prefers-color-scheme:dark){body{background:#000;color:#fff} a{color:#9cf} .dark{display:block}} @media (forced-colors:active){.forced{display:block}}`

const script = `const viu = document.getElementById('viu'); if (viu) setTimeout(() => { viu.textContent = 'Pus de script' }, 150)
if (location.search === '?rau') { console.error('ceva', 'rău'); undefined.nimic }`

type page struct{ Title, Name, Error string }

// town serves the pages, with the content policy of the portal.
func town(t *testing.T) string {
	show := func(w http.ResponseWriter, status int, name string, p page) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'")
		w.WriteHeader(status)
		if err := pages.ExecuteTemplate(w, name, p); err != nil {
			t.Error(err)
		}
	}
	mux := http.NewServeMux()
	for path, name := range map[string]string{"GET /{$}": "form", "GET /rau": "bad", "GET /culori": "colours"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { show(w, 200, name, page{Title: "Permis"}) })
	}
	answer := ""
	mux.HandleFunc("POST /trimite", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("nume") == "" {
			show(w, http.StatusUnprocessableEntity, "form", page{Title: "Eroare: Permis", Error: "Scrie numele tău"})
			return
		}
		content := ""
		if file, head, err := r.FormFile("talon"); err == nil {
			data, _ := io.ReadAll(file)
			content = head.Filename + "=" + string(data)
		}
		answer = fmt.Sprintf("nume=%s mesaj=%s zona=%s luni=%s acord=%s talon=%s", r.FormValue("nume"), r.FormValue("mesaj"),
			r.FormValue("zona"), r.FormValue("luni"), r.FormValue("acord"), content)
		http.Redirect(w, r, "/gata", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /gata", func(w http.ResponseWriter, r *http.Request) {
		show(w, 200, "done", page{Title: "Am primit cererea", Error: answer})
	})
	mux.HandleFunc("POST /cauta", func(w http.ResponseWriter, r *http.Request) { show(w, 200, "done", page{Error: "rezultate"}) })
	mux.HandleFunc("GET /stil.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		io.WriteString(w, style)
	})
	mux.HandleFunc("GET /pagina.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, script)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}
