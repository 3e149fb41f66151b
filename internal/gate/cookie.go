package gate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strings"
	"time"
)

// The cookies, whose names begin with __Host- under TLS.
const (
	passCookie   = "bega_loc"   // until when its holder need not queue
	ticketCookie = "bega_bilet" // when its holder began to queue
)

const (
	passLife   = 10 * time.Minute
	ticketLife = 2 * time.Hour
)

// seal returns an instant as a cookie that nobody else can make.
func (g *Gate) seal(name string, at time.Time) string {
	var text [8]byte
	binary.BigEndian.PutUint64(text[:], uint64(at.UnixMicro()))
	return base64.RawURLEncoding.EncodeToString(append(text[:], g.mac(name, text[:])...))
}

// unseal returns the instant of a cookie in microseconds, or 0.
func (g *Gate) unseal(r *http.Request, name string) int64 {
	c, err := r.Cookie(g.cookieName(name))
	if err != nil {
		return 0
	}
	data, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(data) != 8+16 || !hmac.Equal(data[8:], g.mac(name, data[:8])) {
		return 0
	}
	return int64(binary.BigEndian.Uint64(data))
}

func (g *Gate) mac(name string, text []byte) []byte {
	h := hmac.New(sha256.New, g.Key)
	h.Write([]byte(name))
	h.Write(text)
	return h.Sum(nil)[:16]
}

func (g *Gate) cookieName(name string) string {
	if g.Secure {
		return "__Host-" + name
	}
	return name
}

func (g *Gate) setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: g.cookieName(name), Value: value, Path: "/", MaxAge: int(life / time.Second), HttpOnly: true, Secure: g.Secure,
		SameSite: http.SameSiteLaxMode})
}

// Browser reports whether a request is for a page, and not for a program.
func Browser(r *http.Request) bool {
	return !strings.HasPrefix(r.URL.Path, "/api/") && !strings.Contains(r.Header.Get("Accept"), "json")
}
