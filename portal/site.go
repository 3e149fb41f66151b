package portal

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"bega/access"
	"bega/api"
	"bega/applications"
	"bega/counter"
	"bega/desk"
	"bega/drafts"
	"bega/folder"
	"bega/identity"
	"bega/internal/act"
	"bega/internal/meter"
	"bega/internal/throttle"
	"bega/internal/web"
	"bega/internal/web/assets"
	"bega/internal/web/ui"
	"bega/notices"
	"bega/payments"
	"bega/procedures"
	"bega/registry"
	"bega/revenue"
	"bega/staff"
)

// mount puts the pages of all rooms on one site.
func (t *Town) mount(context.Context) error {
	t.site = web.New(web.Config{
		Texts: t.texts, Log: t.log, Now: t.now, Zone: t.zone, Town: t.pack.Page, Identify: t.identify,
		Observe: t.observe, Secure: t.cfg.Secure(), FormTargets: t.payments.FormTargets(),
	})
	access.Mount(t.site, t.access)
	applications.Mount(t.site, &applications.Office{Cases: t.cases, Folder: t.folder, Catalog: t.catalog, Calendar: t.calendar, Things: t.revenue})
	counter.Mount(t.site, t.counter)
	desk.Mount(t.site, t.desk)
	drafts.Mount(t.site, t.drafts)
	folder.Mount(t.site, t.folder)
	identity.Mount(t.site, t.identity)
	notices.Mount(t.site, t.notices)
	payments.Mount(t.site, t.payments)
	procedures.Mount(t.site, t.procedures)
	registry.Mount(t.site, t.registry)
	staff.Mount(t.site, t.staff)
	t.revenue.Mount(t.site)
	if t.sandbox != nil {
		payments.MountSandbox(t.site, t.sandbox)
	}
	if t.mailbox != nil {
		notices.MountMailbox(t.site, t.mailbox)
	}
	t.mountHome()
	t.mountState()
	(&api.API{Texts: t.texts, Log: t.log, Access: t.access, Procedures: t.procedures, Drafts: t.drafts, Cases: t.cases, Folder: t.folder,
		Registry: t.registry, Notices: t.notices, Payments: t.payments, Taxpayer: t.revenue.Taxpayer,
		Calculations: &throttle.Limiter{Now: t.now, Burst: 60, Every: time.Second / 2}}).Mount(t.site)
	t.site.Mount("GET /f/", assets.Handler())
	t.openGate()
	return nil
}

// observe counts an answer, and logs it without anything of whoever asked.
func (t *Town) observe(route string, status int, took time.Duration) {
	t.meter.Observe(route, status, took)
	t.log.Info("request", "route", route, "status", status, "dur", took)
}

// waits says what waits, for the monitoring.
func (t *Town) waits(ctx context.Context) (meter.State, error) {
	health, err := t.queue.Health(ctx)
	lag, err2 := t.audit.Lag(ctx)
	g := t.gate.State()
	return meter.State{Waiting: health.Waiting, Failed: health.Failed, Oldest: health.Oldest, Unlinked: lag,
		Limit: g.Limit, Inside: g.Inside, Queue: g.Queue, Wait: g.Wait}, errors.Join(err, err2)
}

// identify tells who sends a request to a page, and how many messages wait for
// them. Keys are for the API: on a page, who comes with one has not signed in.
func (t *Town) identify(r *http.Request) (web.Visitor, error) {
	v, err := t.access.Identify(r)
	if err != nil || !v.Actor.SignedIn() {
		return v, err
	}
	if v.Actor.Token {
		return web.Visitor{}, nil
	}
	v.Who.Taxes = v.Actor.May(act.FindTaxpayer, act.On{Subject: "taxpayers", Unit: revenue.Unit}) == nil
	if v.Actor.May(act.ReadNotices, act.On{Subject: "inbox", Owner: v.Actor.For}) == nil {
		v.Who.Unread, err = t.notices.Unread(r.Context(), v.Actor.For)
	}
	return v, err
}

// Handler returns the portal as it is seen from outside.
func (t *Town) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", t.ready)
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(robots)) })
	mux.Handle("GET /metrics", t.onlyFrom(t.cfg.MetricsFrom, t.meter.Handler(t.waits)))
	mux.Handle("/", t.gate)
	return t.behindProxy(mux)
}

// robots keeps search engines to what is for everybody.
const robots = "User-agent: *\nDisallow: /acte/\nDisallow: /admin\nDisallow: /cereri\nDisallow: /ciorne\nDisallow: /cont\nDisallow: /dosar\nDisallow: /incepe\nDisallow: /lucru\nDisallow: /mesaje\nDisallow: /plati\nDisallow: /profil\nDisallow: /verifica/\n"

// ready reports whether the portal reaches what it needs.
func (t *Town) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if err := t.Check(ctx); err != nil {
		t.log.WarnContext(ctx, "not ready", "err", err)
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// onlyFrom hides a handler from all addresses that are not in the networks.
func (t *Town) onlyFrom(networks []netip.Prefix, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !within(networks, r.RemoteAddr) {
			t.site.ServeHTTP(w, r) // which says that there is no such page
			return
		}
		h.ServeHTTP(w, r)
	})
}

// behindProxy believes a trusted proxy about who asks, and nobody else.
func (t *Town) behindProxy(h http.Handler) http.Handler {
	if len(t.cfg.Proxies) == 0 {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if within(t.cfg.Proxies, r.RemoteAddr) {
			// The last address is what our own proxy saw; those before it anybody can write.
			hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
			if last, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
				r.RemoteAddr = net.JoinHostPort(last.String(), "0")
			}
		}
		h.ServeHTTP(w, r)
	})
}

func within(networks []netip.Prefix, remote string) bool {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	for _, network := range networks {
		if network.Contains(at.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// Tune has the memory of the program collected less often than is usual, unless
// GOGC says how often: of what a town hall has in memory, little stays there (about
// 20 MB), so that collecting is cheap to put off. It is for the start of a program.
func Tune() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
}

// Serve answers requests at an address until ctx ends, and works on jobs
// meanwhile. Then it takes no more, and finishes what it has begun. It calls
// ready with the address once it listens.
func (t *Town) Serve(ctx context.Context, ready func(url string)) error {
	release, err := t.lock()
	if err != nil {
		return err
	}
	defer release()
	listener, err := net.Listen("tcp", t.cfg.Listen)
	if err != nil {
		return err
	}
	door, err := t.door(listener)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{
		Handler: t.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Minute, WriteTimeout: 5 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ConnState: door.State,
	}
	working, stopWorking := context.WithCancel(ctx)
	defer stopWorking()
	worked, served := make(chan error, 1), make(chan error, 1)
	go func() { worked <- t.work(working) }()
	go func() { served <- server.Serve(door) }()
	ready("http://" + listener.Addr().String())
	select {
	case <-ctx.Done():
	case err = <-served:
	case err = <-worked:
		worked <- nil
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	err = errors.Join(err, server.Shutdown(stopping))
	stopWorking()
	return errors.Join(err, <-worked)
}

// work works on jobs, and links acts into their chain, until ctx ends.
func (t *Town) work(ctx context.Context) error {
	var linking sync.WaitGroup
	linking.Go(func() {
		t.audit.Run(ctx, func(err error) { t.log.ErrorContext(ctx, "acts were not linked", "err", err) })
	})
	err := t.queue.Run(ctx)
	linking.Wait()
	return err
}

// Work works on jobs alone, until ctx ends.
func (t *Town) Work(ctx context.Context) error {
	release, err := t.lock()
	if err != nil {
		return err
	}
	defer release()
	return t.work(ctx)
}

// Check returns an error unless the portal reaches its database and its files.
func (t *Town) Check(ctx context.Context) error {
	if _, err := t.queue.Health(ctx); err != nil {
		return err
	}
	return t.blobs.Check(ctx)
}

// Routes returns every kind of address that the portal answers.
func (t *Town) Routes() []web.Route { return t.site.Routes() }

// actorOf returns the actor and the page of a request.
func (t *Town) actorOf(r *http.Request, section string) (act.Actor, ui.Page) {
	page := t.site.Page(r)
	page.Section = section
	return t.site.Actor(r), page
}
