package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// errNoURL is instead of the error of package url, which would repeat the address
// with its password.
var errNoURL = errors.New("database: it is not a URL")

// DatabaseName returns the database as package db opens it, with its password.
func (c Config) DatabaseName() (string, error) {
	if c.Database == "" {
		return c.in("", "town.db"), nil
	}
	if c.DatabasePasswordFile == "" {
		return c.Database, nil
	}
	password, err := secret(c.DatabasePasswordFile)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(c.Database)
	if err != nil {
		return "", errNoURL
	}
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String(), nil
}

// S3Keys returns the keys for the S3 store.
func (c Config) S3Keys() (access, secretKey string, err error) {
	if access, err = secret(c.S3.AccessKeyFile); err != nil {
		return "", "", err
	}
	secretKey, err = secret(c.S3.SecretKeyFile)
	return access, secretKey, err
}

// SMTPPassword returns the password of the mail account, "" for none.
func (c Config) SMTPPassword() (string, error) {
	if c.SMTP.PasswordFile == "" {
		return "", nil
	}
	return secret(c.SMTP.PasswordFile)
}

// NetopiaKeys returns the API key, and the file of NETOPIA's public key.
func (c Config) NetopiaKeys() (apiKey string, publicKey []byte, err error) {
	if apiKey, err = secret(c.Netopia.APIKeyFile); err != nil {
		return "", nil, err
	}
	publicKey, err = os.ReadFile(c.Netopia.PublicKeyFile)
	return apiKey, publicKey, err
}

// EuPlatescKey returns the secret key, in hexadecimal.
func (c Config) EuPlatescKey() (string, error) { return secret(c.EuPlatesc.KeyFile) }

// secret reads a file that holds one secret. Whoever can read the others' files
// must not read this one.
func secret(file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o007 != 0 {
		return "", fmt.Errorf("%s: everybody can read or change it; run chmod 600 on it", file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		return "", fmt.Errorf("%s: it is empty", file)
	}
	return text, nil
}
