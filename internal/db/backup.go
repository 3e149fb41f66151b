package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"strings"
)

// Backup copies the database as it is at one instant into a file that is not
// there yet, while others go on writing. For PostgreSQL it needs the program
// pg_dump.
func (d *DB) Backup(ctx context.Context, file string) error {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("db: %s is there already", file)
	}
	if d.postgres {
		server, schema, err := forPrograms(d.name)
		if err != nil {
			return err
		}
		return run(ctx, "pg_dump", append(schema, "--format=custom", "--no-owner", "--file="+file, "--dbname="+server)...)
	}
	_, err := d.writer.ExecContext(ctx, `VACUUM INTO $1`, file)
	return err
}

// Restore makes the database with that name, as [Open] takes it, from a backup.
// It must not have been used yet. For PostgreSQL it needs the program
// pg_restore, and the schema of the backup has to have the same name.
func Restore(ctx context.Context, name, file string) error {
	if strings.HasPrefix(name, "postgres://") {
		server, _, err := forPrograms(name)
		if err != nil {
			return err
		}
		return run(ctx, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--dbname="+server, file)
	}
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Sync(), to.Close())
}

// forPrograms returns a URL as PostgreSQL's own programs take it: without what
// only our driver knows, and with the schema as a flag.
func forPrograms(name string) (server string, schema []string, err error) {
	u, err := url.Parse(name)
	if err != nil {
		return "", nil, err
	}
	query := u.Query()
	if path := query.Get("search_path"); path != "" {
		schema = []string{"--schema=" + path}
	}
	for _, ours := range []string{"search_path", "default_query_exec_mode", "statement_cache_capacity", "description_cache_capacity"} {
		query.Del(ours)
	}
	u.RawQuery = query.Encode()
	return u.String(), schema, nil
}

func run(ctx context.Context, program string, args ...string) error {
	if out, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, out)
	}
	return nil
}
