// Package config says how a portal is run: one struct, whose zero values are good
// for trying it, read from one file and then from the environment. What it does
// not know, or cannot be, stops the start.
//
// Secrets are in files that it names, and never in it.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Config is the configuration in force. The comment of a field is what the
// operator reads: docs/operating.md is made of them.
type Config struct {
	// Listen is the address and port at which the portal answers. Default: 127.0.0.1:8080.
	Listen string `json:"listen"`

	// URL is the address of the portal as people type it, without a slash at the end: it is in mails and in QR codes.
	// With https, cookies are for TLS alone. Default: http:// and Listen.
	URL string `json:"url"`

	// Data is the folder for everything that is not elsewhere: the SQLite file, the files, the keys. Default: bega-data.
	Data string `json:"data"`

	// Database is a postgres:// URL. Default: the SQLite file town.db in Data.
	Database string `json:"database"`

	// DatabasePasswordFile is a file with the password for Database, which then need not be in the URL.
	DatabasePasswordFile string `json:"databasePasswordFile"`

	// Files is the folder of the stored files, unless S3 is set. Default: files in Data.
	Files string `json:"files"`

	// S3 is the store of files, instead of a folder.
	S3 S3 `json:"s3"`

	// MasterKey is the file of the secrets that seal and index personal data. Default: master.key in Data.
	MasterKey string `json:"masterKey"`

	// FilesKey is the file of the age identities that seal files. Default: files.key in Data.
	FilesKey string `json:"filesKey"`

	// MakeKeys makes keys and a certificate for trying, if they are not there. Default: false.
	MakeKeys bool `json:"makeKeys"`

	// SealCertificate is the file of the certificate for seals, with its chain, in PEM. Default: seal.crt in Data.
	SealCertificate string `json:"sealCertificate"`

	// SealKey is the file of its private key, in PEM. Default: seal.key in Data.
	SealKey string `json:"sealKey"`

	// SMTP is the server that takes mails. Without one, messages stay in the portal.
	SMTP SMTP `json:"smtp"`

	// Clamd is where ClamAV scans uploads: unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310. Default: nothing is scanned.
	Clamd string `json:"clamd"`

	// City is the folder of the city pack. Default: the one in the program, of Timișoara.
	City string `json:"city"`

	// Proxies are the networks whose X-Forwarded-For is believed, such as 10.0.0.0/8. Default: none.
	Proxies []netip.Prefix `json:"proxies"`

	// MetricsFrom are the networks that may read /metrics. Default: 127.0.0.0/8 and ::1/128.
	MetricsFrom []netip.Prefix `json:"metricsFrom"`

	// Provider takes card payments: "netopia", "euplatesc", or "sandbox", a bank for trying. Default: no card payments.
	Provider string `json:"provider"`

	// Netopia is the account at NETOPIA Payments.
	Netopia Netopia `json:"netopia"`

	// EuPlatesc is the account at EuPlătesc.ro.
	EuPlatesc EuPlatesc `json:"euplatesc"`

	// Workers is how many jobs this program does at a time, from 1 to 64. Default: 4.
	Workers int `json:"workers"`

	// LogLevel is how much is logged: DEBUG, INFO, WARN or ERROR. Default: INFO.
	LogLevel slog.Level `json:"logLevel"`
}

// S3 says where an S3 store is, and who asks it.
type S3 struct {
	// Endpoint is the address of the store, such as https://s3.example.ro.
	Endpoint string `json:"endpoint"`

	// Region is that of the bucket. Default: none.
	Region string `json:"region"`

	// Bucket has to be there, and not be public.
	Bucket string `json:"bucket"`

	// Prefix comes before every name. Default: none.
	Prefix string `json:"prefix"`

	// AccessKeyFile is a file with the access key.
	AccessKeyFile string `json:"accessKeyFile"`

	// SecretKeyFile is a file with the secret key.
	SecretKeyFile string `json:"secretKeyFile"`
}

// SMTP says which server takes mails.
type SMTP struct {
	// Host is the name of the server.
	Host string `json:"host"`

	// Port is its port. Default: 587.
	Port int `json:"port"`

	// User is the account. Default: none.
	User string `json:"user"`

	// PasswordFile is a file with its password.
	PasswordFile string `json:"passwordFile"`

	// From is the sender of all mails, such as "Primăria Timișoara <portal@example.ro>".
	From string `json:"from"`

	// TLS is starttls, tls from the first byte, or none, for a server on the same machine. Default: starttls.
	TLS string `json:"tls"`
}

// Netopia says which point of sale at NETOPIA Payments takes cards.
type Netopia struct {
	// API is where their API v2 is. For trying: https://secure-sandbox.netopia-payments.com. Default: https://secure.mobilpay.ro/pay.
	API string `json:"api"`

	// Signature is that of the point of sale, such as XXXX-XXXX-XXXX-XXXX-XXXX.
	Signature string `json:"signature"`

	// APIKeyFile is a file with the API key, which is secret.
	APIKeyFile string `json:"apiKeyFile"`

	// PublicKeyFile is a file with their public key or certificate, in PEM or DER: reports that it has not signed do not count.
	PublicKeyFile string `json:"publicKeyFile"`

	// Pages are the origins at which their card page may be, such as https://secure.mobilpay.ro. Default: that of API.
	Pages []string `json:"pages"`
}

// EuPlatesc says which account at EuPlătesc.ro takes cards.
type EuPlatesc struct {
	// Merchant is the merchant's ID (MID).
	Merchant string `json:"merchant"`

	// KeyFile is a file with the secret key, in hexadecimal.
	KeyFile string `json:"keyFile"`

	// Page is where their card page is. Default: https://secure.euplatesc.ro/tdsprocess/tranzactd.php.
	Page string `json:"page"`

	// Service is where their web service is. Default: https://manager.euplatesc.ro/v3/index.php?action=ws.
	Service string `json:"service"`
}

// Load reads the configuration in a file, "" for none, and then variables such
// as BEGA_LISTEN and BEGA_SMTP_HOST of an environment, and fills in what was
// left out. It fails with the name of what is unknown or wrong.
func Load(file string, env []string) (Config, error) {
	var c Config
	if file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return Config{}, err
		}
		if err := c.setFromFile("", data); err != nil {
			return Config{}, fmt.Errorf("%s: %w", file, err)
		}
	}
	if err := c.setFrom(env); err != nil {
		return Config{}, err
	}
	c.fill()
	return c, c.check()
}

func (c *Config) fill() {
	for _, f := range []struct {
		to    *string
		value string
	}{
		{&c.Listen, "127.0.0.1:8080"}, {&c.Data, "bega-data"}, {&c.SMTP.TLS, "starttls"},
		{&c.Netopia.API, "https://secure.mobilpay.ro/pay"}, {&c.EuPlatesc.Page, "https://secure.euplatesc.ro/tdsprocess/tranzactd.php"},
		{&c.EuPlatesc.Service, "https://manager.euplatesc.ro/v3/index.php?action=ws"},
	} {
		if *f.to == "" {
			*f.to = f.value
		}
	}
	if c.URL == "" {
		c.URL = "http://" + c.Listen
	}
	if c.Workers == 0 {
		c.Workers = 4
	}
	if c.SMTP.Port == 0 {
		c.SMTP.Port = 587
	}
	if u, err := url.Parse(c.Netopia.API); c.Netopia.Pages == nil && err == nil {
		c.Netopia.Pages = []string{u.Scheme + "://" + u.Host}
	}
	if c.MetricsFrom == nil {
		c.MetricsFrom = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
}

// check refuses what cannot be, and protects from what is surely not meant.
func (c *Config) check() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.HasSuffix(c.URL, "/") {
		return fmt.Errorf("url: %q is not an address such as https://portal.example.ro", c.URL)
	}
	if c.Database != "" && !strings.HasPrefix(c.Database, "postgres://") {
		return errors.New("database: it has to begin with postgres://; leave it out for SQLite")
	}
	if _, err := url.Parse(c.Database); err != nil {
		return errNoURL
	}
	if c.S3.Endpoint != "" && (c.S3.Bucket == "" || c.S3.AccessKeyFile == "" || c.S3.SecretKeyFile == "") {
		return errors.New("s3: it needs bucket, accessKeyFile and secretKeyFile")
	}
	if c.SMTP.Host != "" && c.SMTP.From == "" {
		return errors.New("smtp.from: who do the mails come from?")
	}
	if t := c.SMTP.TLS; t != "starttls" && t != "tls" && t != "none" {
		return fmt.Errorf("smtp.tls: %q is not starttls, tls or none", t)
	}
	if c.SMTP.TLS == "none" && c.SMTP.PasswordFile != "" {
		return errors.New("smtp.tls: with none, the password would be sent in clear")
	}
	if c.Clamd != "" && !strings.HasPrefix(c.Clamd, "unix:") && !strings.HasPrefix(c.Clamd, "tcp:") {
		return fmt.Errorf("clamd: %q begins with neither unix: nor tcp:", c.Clamd)
	}
	if c.Workers < 1 || c.Workers > 64 {
		return fmt.Errorf("workers: %d is not from 1 to 64", c.Workers)
	}
	return c.checkProvider()
}

// checkProvider refuses a bank that is not there, or that could not reach us.
func (c *Config) checkProvider() error {
	switch c.Provider {
	case "", "sandbox":
		return nil
	case "netopia":
		if c.Netopia.Signature == "" || c.Netopia.APIKeyFile == "" || c.Netopia.PublicKeyFile == "" {
			return errors.New("netopia: it needs signature, apiKeyFile and publicKeyFile")
		}
	case "euplatesc":
		if c.EuPlatesc.Merchant == "" || c.EuPlatesc.KeyFile == "" {
			return errors.New("euplatesc: it needs merchant and keyFile")
		}
	default:
		return fmt.Errorf("provider: there is no %q", c.Provider)
	}
	if !c.Secure() {
		return fmt.Errorf("url: with the provider %s it has to begin with https://, for that is where payments are reported to", c.Provider)
	}
	return nil
}

// Secure reports whether visitors come over TLS.
func (c Config) Secure() bool { return strings.HasPrefix(c.URL, "https://") }

// in returns a path of the configuration, or that of a file in Data.
func (c Config) in(path, name string) string {
	if path != "" {
		return path
	}
	return filepath.Join(c.Data, name)
}

// BlobFolder is the folder of the stored files.
func (c Config) BlobFolder() string { return c.in(c.Files, "files") }

// MasterKeyFile is the file of the secrets that seal personal data.
func (c Config) MasterKeyFile() string { return c.in(c.MasterKey, "master.key") }

// BlobKeyFile is the file of the identities that seal files.
func (c Config) BlobKeyFile() string { return c.in(c.FilesKey, "files.key") }

// SealFiles are the files of the certificate for seals and of its key.
func (c Config) SealFiles() (certificate, key string) {
	return c.in(c.SealCertificate, "seal.crt"), c.in(c.SealKey, "seal.key")
}
