package blob

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// An S3Config says where an S3 store is, and who asks it.
type S3Config struct {
	Endpoint  string // "https://s3.example.ro", without a path; http only for tests
	Region    string // "" if the store has none
	Bucket    string // has to be there; it is better not to be public
	Prefix    string // before every name, such as "bega/"; "" if the bucket is ours alone
	AccessKey string
	SecretKey string
}

// OpenS3 returns a store in a bucket of an S3 store. It does not connect:
// [Store.Check] does.
func OpenS3(cfg S3Config, keys *Keys) (*Store, error) {
	address, err := url.Parse(cfg.Endpoint)
	if err != nil {
		return nil, err
	}
	if address.Host == "" || strings.Trim(address.Path, "/") != "" || address.Scheme != "https" && address.Scheme != "http" {
		return nil, fmt.Errorf("blob: %q is not the address of an S3 store", cfg.Endpoint)
	}
	client, err := minio.New(address.Host, &minio.Options{
		Creds:      credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""),
		Secure:     address.Scheme == "https",
		Region:     cfg.Region,
		MaxRetries: 3,
	})
	if err != nil {
		return nil, err
	}
	return &Store{&bucket{client, cfg.Bucket, cfg.Prefix}, keys, time.Now}, nil
}

// A bucket has an object for each name.
type bucket struct {
	client *minio.Client
	name   string
	prefix string
}

func (b *bucket) put(ctx context.Context, name string, sealed []byte) error {
	_, err := b.client.PutObject(ctx, b.name, b.prefix+name, bytes.NewReader(sealed), int64(len(sealed)),
		minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
	return err
}

func (b *bucket) get(ctx context.Context, name string) ([]byte, error) {
	body, info, _, err := minio.Core{Client: b.client}.GetObject(ctx, b.name, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, absent(err)
	}
	defer body.Close()
	return readAll(body, info.Size)
}

func (b *bucket) changed(ctx context.Context, name string) (time.Time, error) {
	info, err := b.client.StatObject(ctx, b.name, b.prefix+name, minio.StatObjectOptions{})
	return info.LastModified, absent(err)
}

func (b *bucket) remove(ctx context.Context, name string) error {
	return b.client.RemoveObject(ctx, b.name, b.prefix+name, minio.RemoveObjectOptions{})
}

func (b *bucket) each(ctx context.Context, visit func(string, time.Time) error) error {
	ctx, cancel := context.WithCancel(ctx) // ends the listing when visit fails
	defer cancel()
	for object := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
		if object.Err != nil {
			return object.Err
		}
		if err := visit(strings.TrimPrefix(object.Key, b.prefix), object.LastModified); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (b *bucket) check(ctx context.Context) error {
	ok, err := b.client.BucketExists(ctx, b.name)
	if err == nil && !ok {
		err = fmt.Errorf("blob: there is no bucket %q", b.name)
	}
	return err
}

// absent translates the error of an object that is not there. A bucket that is
// not there is something else: it is no proof that a file is missing. Only the
// answers to [bucket.changed] cannot tell the two apart, since they are empty.
func absent(err error) error {
	if err == nil {
		return nil
	}
	if answer := minio.ToErrorResponse(err); answer.StatusCode == http.StatusNotFound && answer.Code != minio.NoSuchBucket {
		return ErrMissing
	}
	return err
}
