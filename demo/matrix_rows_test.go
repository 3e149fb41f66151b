package demo

import "bega/internal/act"

// Who comes. Ana is the owner of everything; all, one and other act for her: in
// everything, in the service that the things are about, in another service alone.
// The mandates of expired and revoked are over, that of future has not begun.
const (
	hers       = "owner all one"
	hersInFull = "owner all"
	residents  = "owner all one other expired revoked future stranger light"
	officials  = "clerk head signatory clerk2 head2 signatory2 desk officer admin " + taxOfficials
	signedIn   = residents + " " + officials
	everybody  = signedIn + " visitor nobody" + keys
	ownFolder  = "owner all expired revoked future stranger light " + officials // who sees a folder whole: their own, or Ana's
	withCases  = "clerk head signatory clerk2 head2 signatory2 " + taxReaders
	atCounter  = "desk teller"
	keys       = " key stranger's-key"
)

// A row says who may do what has an address, as a jurist reads the law and the
// rules of the portal. Whoever is not named is refused.
type row struct {
	route string
	who   string
	told  string // who is told what they have to do first, such as showing an identity document
	at    string // which things are meant, if not the usual: "caz=claimed"
	query string
	send  string // a form; to the API, JSON. <thing> stands for the ID of a thing
	file  string // name of the field in which a file is sent
	idle  bool   // it changes nothing
	held  bool   // what somebody typed whose session is over is kept for them
	scope act.Verb
}

// What belongs to no folder, and signing in.
var publicRows = []row{
	{route: "GET /{$}", who: everybody},
	{route: "GET /ajutor", who: everybody},
	{route: "GET /accesibilitate", who: everybody},
	{route: "GET /date-personale", who: everybody},
	{route: "GET /despre", who: everybody},
	{route: "GET /componente", who: everybody},
	{route: "GET /stare", who: everybody},
	{route: "GET /servicii", who: everybody},
	{route: "GET /servicii/{serviciu}", who: everybody},
	{route: "GET /servicii/{serviciu}/verifica", who: everybody},
	{route: "GET /servicii/{serviciu}/schema", who: everybody},
	{route: "GET /urmareste", who: everybody, query: "numar=<number>&cod=<cod>"},
	{route: "GET /verifica", who: everybody},
	{route: "POST /verifica", who: everybody, file: "fisier", idle: true},
	{route: "GET /verifica/{cod}", who: everybody},
	{route: "GET /mesaje/dezabonare/{legatura}", who: everybody},
	{route: "POST /mesaje/dezabonare/{legatura}", who: everybody},
	{route: "POST /plati/banca/anunt", who: everybody, told: everybody}, // a bank signs what it says
	{route: "GET /banca-de-proba/stil.css", who: everybody},
	{route: "GET /banca-de-proba/{plata}", who: everybody},
	{route: "POST /banca-de-proba/{plata}", who: everybody, send: "ce=plateste"},
	{route: "GET /demo/posta", who: everybody},
	{route: "GET /demo/posta/{scrisoare}", who: everybody},
	{route: "GET /demo/posta/{scrisoare}/html", who: everybody},

	{route: "GET /cont", who: everybody},
	{route: "GET /cont/intra", who: everybody},
	{route: "POST /cont/intra", who: everybody, send: "email=oricine@exemplu.ro&mod=cod"},
	{route: "GET /cont/cod", who: everybody},
	{route: "POST /cont/cod", who: everybody, told: everybody, send: "cod=123456"}, // who has asked for none
	{route: "GET /cont/cine", who: everybody},
	{route: "POST /cont/cine", who: everybody, told: everybody, send: "cine=<parte>"},
	{route: "POST /cont/iesire", who: everybody},
}

// What everybody has of their own who has signed in, in person.
var ownRows = []row{
	{route: "GET /cont/parola", who: signedIn},
	{route: "POST /cont/parola", who: signedIn, send: "noua=o parola pe care nu o stie nimeni"},
	{route: "GET /cont/adresa", who: signedIn},
	{route: "POST /cont/adresa", who: signedIn, send: "email=noua@exemplu.ro"},
	{route: "POST /cont/prelungeste", who: signedIn, idle: true},
	{route: "GET /profil", who: signedIn},
	{route: "POST /profil", who: signedIn, send: "nume=Ana&telefon=0256111222"},
	{route: "GET /profil/mesaje", who: signedIn},
	{route: "POST /profil/mesaje", who: signedIn, send: "email=da"},
	{route: "GET /profil/dispozitive", who: signedIn},
	{route: "POST /profil/dispozitive/iesire", who: signedIn},
	{route: "POST /profil/dispozitive/{sesiune}/iesire", who: "owner"},
	{route: "GET /profil/chei", who: signedIn},
	{route: "POST /profil/chei", who: signedIn, send: "nume=cheie&drept=cases.read&zile=30"},
	{route: "POST /profil/chei/{cheie}/incheie", who: "owner"},
	{route: "GET /dosare", who: signedIn},
	{route: "POST /dosare", who: signedIn, send: "mandat="},
	{route: "POST /dosare", who: "all", send: "mandat=<mandate all>"},
	{route: "POST /dosare", who: "one", send: "mandat=<mandate one>"},
	{route: "POST /dosare", who: "", send: "mandat=<mandate expired>"},
	{route: "POST /dosare", who: "", send: "mandat=<mandate revoked>"},
	{route: "POST /dosare", who: "", send: "mandat=<mandate future>"},
	{route: "GET /imputerniciri", who: signedIn},
	// Nobody passes on what was only lent to them (Cod civil art. 2023), and whom
	// the town hall does not know gives nothing.
	{route: "GET /imputerniciri/noua", who: but(ownFolder, "all light"), told: "light"},
	{route: "POST /imputerniciri/noua", who: but(ownFolder, "all light"), told: "light", send: "catre=cineva@exemplu.ro&nume=Cineva&calitate=attorney"},
	{route: "POST /imputerniciri/{mandat}/incheie", who: "owner all"}, // either side
	{route: "POST /imputerniciri/{mandat}/primeste", who: "stranger", at: "mandat=waiting"},
}

// Ana's folder: who sees it whole, and what belongs to the service alone.
var folderRows = []row{
	{route: "GET /dosar", who: signedIn},
	{route: "GET /dosar/documente", who: ownFolder},
	{route: "GET /dosar/documente/adauga", who: signedIn}, // an agent adds what their service asks for
	{route: "POST /dosar/documente/adauga", who: but(signedIn, "other"), send: "tip=plan-situatie", file: "fisier"},
	{route: "POST /dosar/documente/adauga", who: ownFolder, send: "tip=carte-identitate", file: "fisier"},
	{route: "GET /dosar/documente/{document}", who: hers},
	{route: "GET /dosar/documente/{document}", who: hersInFull, at: "document=carte-identitate"},
	{route: "GET /dosar/documente/{document}/fisier", who: hers},
	{route: "GET /dosar/documente/{document}/fisier", who: hers + " clerk head signatory", query: "caz=<asked>"},
	{route: "GET /dosar/documente/{document}/fisier", who: hersInFull, at: "document=carte-identitate", query: "caz=<asked>"},
	{route: "POST /dosar/documente/{document}/scoate", who: hersInFull, at: "document=carte-identitate"},
	{route: "POST /dosar/documente/{document}/scoate", who: hersInFull, told: hersInFull}, // a case uses it
	{route: "GET /dosar/acces", who: ownFolder},
	{route: "POST /dosar/acces/{intrare}/intreaba", who: hersInFull},
	{route: "GET /dosar/istoric", who: ownFolder},
	{route: "GET /dosar/export", who: ownFolder},
	{route: "POST /dosar/export", who: ownFolder},
	{route: "GET /dosar/export/{export}/{parte}", who: "owner", at: "parte=parte-export"}, // who has asked for it
	{route: "GET /mesaje", who: ownFolder},
	{route: "POST /mesaje/toate-citite", who: ownFolder, send: "pana=<mesaj>"},
	{route: "GET /mesaje/{mesaj}", who: hersInFull},
	{route: "GET /plati", who: signedIn},
	{route: "GET /plati/{comanda}", who: hers},
	{route: "POST /plati/{comanda}/plateste", who: hers},
	{route: "GET /plati/{comanda}/rezultat", who: hers},
	{route: "GET /acte/{cod}", who: hers + " clerk head signatory"},
	{route: "GET /acte/{cod}/pdf", who: hers + " clerk head signatory"},
}

// Taxes. What somebody owes is the business of who acts for them in everything: no
// service of the catalogue covers it.
var taxRows = []row{
	{route: "GET /taxe", who: everybody},
	{route: "GET /taxe/calculator/{fel}", who: everybody},
	{route: "GET /taxe/plata", who: everybody},
	{route: "POST /taxe/plata", who: everybody, send: "cod=<payment code>", idle: true},
	{route: "POST /taxe/plata/plateste", who: but(everybody, "one other"), send: "cod=<payment code>&suma=<tax sum>"},
	{route: "GET /taxe/plata/{comanda}", who: hersInFull, at: "comanda=tax order"},
	{route: "GET /dosar/taxe", who: ownFolder},
	{route: "GET /dosar/taxe/alege", who: ownFolder},
	{route: "GET /dosar/taxe/transfer", who: ownFolder},
	{route: "GET /dosar/taxe/istoric", who: ownFolder},
	{route: "GET /dosar/taxe/bunuri", who: ownFolder},
	{route: "GET /dosar/taxe/bunuri/{bun}", who: hersInFull},
	{route: "GET /dosar/taxe/decizii", who: ownFolder},
	{route: "GET /dosar/taxe/{datorie}", who: hersInFull},
	{route: "POST /dosar/taxe/plateste", who: hersInFull, told: but(ownFolder, hersInFull), send: "tot=da&suma=<tax sum>"}, // who owes nothing
	{route: "GET /contabil", who: signedIn},
}

// What was not sent yet, and what was.
var caseRows = []row{
	{route: "GET /incepe/{serviciu}", who: everybody},
	{route: "POST /incepe/{serviciu}", who: but(everybody, "other"), send: "nou=1"},
	{route: "GET /ciorne", who: signedIn + " visitor"},
	{route: "GET /ciorne/{ciorna}", who: hers},
	{route: "GET /ciorne/{ciorna}", who: "visitor", at: "ciorna=visitor's draft"},
	{route: "GET /ciorne/{ciorna}/{pas}", who: hers},
	{route: "GET /ciorne/{ciorna}/{pas}", who: "visitor", at: "ciorna=visitor's draft"},
	{route: "POST /ciorne/{ciorna}/{pas}", who: hers, held: true, send: "intrebat=lucrare&lucrare=extindere&intrebat=descriere&descriere=Extind."},
	{route: "POST /ciorne/{ciorna}/{pas}", who: "visitor", at: "ciorna=visitor's draft", held: true, send: "intrebat=lucrare&lucrare=nou&intrebat=descriere&descriere=Nou."},
	{route: "POST /ciorne/{ciorna}/salveaza", who: hers, held: true, send: "pas=lucrarea&intrebat=descriere&descriere=Altceva."},
	{route: "POST /ciorne/{ciorna}/fisier", who: hers, send: "camp=plan_situatie.fisier", file: "fisier"},
	{route: "POST /ciorne/{ciorna}/fisier", who: "visitor", at: "ciorna=visitor's draft", send: "camp=plan_situatie.fisier", file: "fisier"},
	{route: "GET /ciorne/{ciorna}/verifica", who: hers},
	{route: "POST /ciorne/{ciorna}/trimite", who: hers, send: "editie=<draft edition>"},
	{route: "POST /ciorne/{ciorna}/sterge", who: hers},
	{route: "POST /ciorne/{ciorna}/restaureaza", who: hers, at: "ciorna=binned"},

	{route: "GET /cereri", who: signedIn},
	{route: "GET /cereri/{cerere}", who: hers},
	{route: "GET /cereri/{cerere}", who: hers, at: "cerere=decided"},
	{route: "GET /cereri/{cerere}", who: hersInFull, at: "cerere=petition"},
	{route: "GET /cereri/{cerere}/confirmare", who: hers},
	{route: "GET /cereri/{cerere}/calendar.ics", who: hers},
	{route: "GET /cereri/{cerere}/completare/{solicitare}", who: hers},
	{route: "POST /cereri/{cerere}/completare/{solicitare}", who: hers, send: "act-plan-cadastral=<plan-cadastral>"},
	{route: "POST /cereri/{cerere}/fisier", who: hers, send: "camp=act-plan-cadastral.fisier", file: "fisier"},
	{route: "POST /cereri/{cerere}/mesaje", who: hers, send: "mesaj=Mai dureaza?"},
	{route: "GET /cereri/{cerere}/renunta", who: hers},
	{route: "POST /cereri/{cerere}/renunta", who: hers, send: "motiv=Nu mai construiesc."},
	{route: "POST /cereri/{cerere}/contesta", who: hersInFull, at: "cerere=decided"}, // a mandate for a service is none to contest (Cod civil art. 2016)
}

// The desk. A case is the business of its department alone.
var deskRows = []row{
	{route: "GET /lucru", who: withCases + " officer " + atCounter},
	{route: "POST /lucru/urmatorul", who: "clerk head clerk2 head2 " + taxWriters},
	{route: "GET /lucru/echipa", who: withCases},
	{route: "GET /lucru/cauta", who: withCases},
	{route: "POST /lucru/cauta", who: withCases, send: "cauta=owner-Demo", idle: true},
	{route: "GET /lucru/caz/{caz}", who: "clerk head signatory"},
	{route: "GET /lucru/caz/{caz}/document/{document}", who: "clerk head signatory"},
	{route: "GET /lucru/caz/{caz}/document/{document}", at: "document=carte-identitate"}, // the case may not use it
	{route: "POST /lucru/caz/{caz}/document/{document}/certifica", who: "clerk " + atCounter},
	{route: "POST /lucru/caz/{caz}/preia", who: "clerk head", at: "caz=free"},
	{route: "POST /lucru/caz/{caz}/lasa", who: "clerk head", at: "caz=claimed"},
	{route: "POST /lucru/caz/{caz}/mesaj", who: "clerk head", send: "mesaj=Lucram la cerere."},
	{route: "POST /lucru/caz/{caz}/nota", who: "clerk head signatory", send: "nota=De vazut la fata locului."},
	{route: "GET /lucru/caz/{caz}/trimite", who: "clerk head"},
	{route: "POST /lucru/caz/{caz}/trimite", who: "clerk head", at: "caz=claimed", send: "compartiment=parcari&motiv=Nu e la noi."},
	{route: "GET /lucru/caz/{caz}/prelungire", who: "head", at: "caz=petition"},
	{route: "POST /lucru/caz/{caz}/prelungire", who: "head", at: "caz=petition", send: "motiv=Trebuie vazut la fata locului."},
	{route: "GET /lucru/caz/{caz}/completare", who: "clerk", at: "caz=claimed"},
	{route: "POST /lucru/caz/{caz}/completare", who: "clerk", at: "caz=claimed",
		send: "text=Mai trebuie o data descrierea.&camp=descriere&termen.zi=16&termen.luna=10&termen.an=2026"},
	{route: "GET /lucru/caz/{caz}/decizie", who: "clerk head", at: "caz=claimed", query: "fel=aprobare"},
	{route: "POST /lucru/caz/{caz}/decizie", who: "clerk head", told: "head", at: "caz=claimed", send: "fel=aprobare"},
	{route: "GET /lucru/caz/{caz}/semnare", who: "signatory", at: "caz=proposed"},
	{route: "POST /lucru/caz/{caz}/semnare", who: "signatory", at: "caz=proposed"},
	{route: "POST /lucru/caz/{caz}/intoarce", who: "signatory", at: "caz=proposed", send: "motiv=Lipseste anexa."},
	{route: "GET /lucru/registru", who: withCases + " officer " + atCounter},
	{route: "GET /lucru/registru.csv", who: withCases + " officer " + atCounter},

	{route: "GET /lucru/ghiseu", who: atCounter},
	{route: "POST /lucru/ghiseu", who: atCounter, send: "cauta=owner-Demo&motiv=identity.why-visit"},
	{route: "GET /lucru/ghiseu/inscriere", who: atCounter},
	{route: "POST /lucru/ghiseu/inscriere", who: atCounter, send: "cod=" + newcomer + "&prenume=Nou&familie=Venit-Demo&act=card&vazut=da"},
	{route: "GET /lucru/ghiseu/{parte}", who: atCounter, query: "motiv=identity.why-visit"},
	{route: "POST /lucru/ghiseu/{parte}/verificare", who: atCounter, send: "cod=<cnp owner>&prenume=Ana&familie=owner-Demo&act=passport&vazut=da&motiv=identity.why-visit"},
	{route: "POST /lucru/ghiseu/{parte}/adresa", who: atCounter, send: "email=alta@exemplu.ro&motiv=identity.why-visit"},
	{route: "GET /lucru/ghiseu/{parte}/imputernicire", who: atCounter},
	{route: "POST /lucru/ghiseu/{parte}/imputernicire", who: atCounter, send: "catre=<cnp stranger>&nume=Strain&calitate=attorney"},
	{route: "POST /lucru/ghiseu/{parte}/imputerniciri/{mandat}/incheie", who: atCounter},
	{route: "GET /lucru/ghiseu/{parte}/cerere", who: atCounter, query: "motiv=identity.why-visit"},
	{route: "POST /lucru/ghiseu/{parte}/cerere", who: atCounter, send: "serviciu=petitie&motiv=identity.why-visit"},
	{route: "GET /lucru/depuse/{caz}", who: "desk", at: "caz=served"}, // who has filed it
	{route: "GET /lucru/depuse/{caz}", who: "", at: "caz=free"},       // which its owner has sent
	{route: "GET /lucru/depuse/{caz}/dovada", who: "desk", at: "caz=served"},
	{route: "GET /ciorne/{ciorna}/{pas}", who: hers + " desk", at: "ciorna=served draft"},
	{route: "POST /ciorne/{ciorna}/sterge", who: hers + " desk", at: "ciorna=served draft"},

	{route: "GET /lucru/acte", who: "officer"},
	{route: "GET /admin", who: "admin"},
	{route: "GET /admin/functionari", who: "admin"},
	{route: "GET /admin/functionari/{parte}", who: "admin"},
	{route: "POST /admin/functionari/{parte}", who: "admin", send: "rol=clerk&compartiment=urbanism"},
	{route: "GET /admin/coada", who: "admin"},
	{route: "POST /admin/coada/{lucrare}/repeta", who: "admin"},
}

// newcomer is the personal number of somebody whom the town hall does not know.
const newcomer = "3850615359996"

// The API: as the pages, and for programs with a key that has the scope.
var apiRows = []row{
	{route: "GET /api/v1/openapi.json", who: everybody},
	{route: "GET /api/v1/services", who: everybody},
	{route: "GET /api/v1/services/{service}", who: everybody},
	{route: "GET /api/v1/verify/{code}", who: everybody},
	{route: "GET /api/v1/drafts", who: signedIn + keys, scope: act.ReadDraft},
	{route: "POST /api/v1/drafts", who: but(signedIn, "other") + keys, scope: act.BeginDraft, send: `{"service":"certificat-de-urbanism"}`},
	{route: "GET /api/v1/drafts/{draft}", who: hers + " key", scope: act.ReadDraft},
	{route: "PUT /api/v1/drafts/{draft}/steps/{step}", who: hers + " key", scope: act.KeepDraft, send: `{"values":{"descriere":["Altceva."]}}`},
	{route: "POST /api/v1/drafts/{draft}/send", who: hers + " key", scope: act.FileCase, send: `{"edition":<draft edition>}`},
	{route: "DELETE /api/v1/drafts/{draft}", who: hers + " key", scope: act.DiscardDraft},
	{route: "GET /api/v1/cases", who: signedIn + keys, scope: act.ReadCase},
	{route: "GET /api/v1/cases/{case}", who: hers + " key", scope: act.ReadCase},
	{route: "POST /api/v1/cases/{case}/messages", who: hers + " key", scope: act.WriteMessage, send: `{"text":"Mai durează?"}`},
	{route: "POST /api/v1/cases/{case}/asks/{ask}", who: hers + " key", scope: act.AnswerAsked, send: `{"documents":["<plan-cadastral>"]}`},
	{route: "POST /api/v1/cases/{case}/withdraw", who: hers + " key", scope: act.WithdrawCase, send: `{"reason":"Nu mai construiesc."}`},
	{route: "GET /api/v1/documents", who: ownFolder + keys, scope: act.ReadFolder},
	{route: "GET /api/v1/documents/{document}/file", who: hers + " key", scope: act.OpenDocument},
	{route: "GET /api/v1/documents/{document}/file", who: hersInFull + " key", at: "document=carte-identitate", scope: act.OpenDocument},
	{route: "POST /api/v1/documents", who: but(signedIn, "other") + keys, scope: act.AddDocument, send: "type=plan-situatie", file: "file"},
	{route: "GET /api/v1/history", who: ownFolder + keys, scope: act.ReadHistory},
	{route: "GET /api/v1/messages", who: ownFolder + keys, scope: act.ReadNotices},
	{route: "GET /api/v1/orders", who: signedIn + keys, scope: act.ReadPayments},
	{route: "GET /api/v1/mandates", who: signedIn + keys, scope: act.SwitchFolder},

	{route: "GET /api/v1/taxes/law", who: everybody},
	{route: "GET /api/v1/taxes/law/{year}", who: everybody},
	{route: "POST /api/v1/taxes/calculate", who: everybody, idle: true,
		send: `{"year":2026,"objects":[{"kind":"vehicle","owner":"natural","class":"car","power":"combustion","engine":1598,"norm":"E5"}]}`},
	{route: "GET /api/v1/taxes/account", who: ownFolder + keys, scope: act.ReadLedger},
	{route: "GET /api/v1/taxes/account", who: ownFolder + keys, scope: act.ReadTaxes},
	{route: "GET /api/v1/taxes/balance", who: ownFolder + keys, scope: act.ReadLedger},
	{route: "GET /api/v1/taxes/balance", who: ownFolder + keys, scope: act.ReadTaxes, query: "day=2026-03-02"},
	{route: "GET /api/v1/taxes/statement", who: ownFolder + keys, scope: act.ReadLedger},
	{route: "GET /api/v1/taxes/statement", who: ownFolder + keys, scope: act.ReadTaxes, query: "from=2026-01-01&to=2026-03-02"},
	{route: "GET /api/v1/taxes/payments", who: ownFolder + keys, scope: act.ReadLedger},
	{route: "GET /api/v1/taxes/payments", who: ownFolder + keys, scope: act.ReadTaxes, query: "year=2026"},
	{route: "GET /api/v1/taxes/debts/{debt}", who: hersInFull + " key", at: "debt=datorie", scope: act.ReadLedger},
	{route: "GET /api/v1/taxes/debts/{debt}", who: hersInFull + " key", at: "debt=datorie", scope: act.ReadTaxes},
	{route: "GET /api/v1/taxes/things", who: ownFolder + keys, scope: act.ReadTaxes},
	{route: "GET /api/v1/taxes/things/{thing}", who: hersInFull + " key", at: "thing=bun", scope: act.ReadTaxes},
	{route: "GET /api/v1/taxes/decisions", who: ownFolder + keys, scope: act.ReadTaxes},
	{route: "GET /api/v1/taxes/clients", who: signedIn + keys, scope: act.ReadLedger},
	{route: "GET /api/v1/taxes/clients", who: signedIn + keys, scope: act.SwitchFolder},
	{route: "POST /api/v1/taxes/orders", who: hersInFull + " key", told: but(ownFolder, hersInFull) + " stranger's-key", scope: act.Pay, send: `{"all":true,"sumBani":<tax bani>}`},
	{route: "POST /api/v1/taxes/orders", who: hersInFull + " key", told: but(ownFolder, hersInFull) + " stranger's-key", scope: act.ReadLedger, send: `{"all":true,"sumBani":<tax bani>}`},
	{route: "GET /api/v1/taxes/orders/{order}", who: hersInFull + " key", at: "order=tax order", scope: act.ReadPayments},
}
