package main

// What follows is at the end of each command's help: an example, and what it says.

// Help implements [kong.HelpProvider].
func (demonstration) Help() string {
	return `Example:

  bega demo --listen 127.0.0.1:8080

It prints who can sign in, and one line "ready http://…" when it answers.`
}

// Help implements [kong.HelpProvider].
func (serve) Help() string {
	return `Example:

  bega serve --config /etc/bega/bega.json

It prints one line "ready http://…" when it answers. SIGTERM ends it: it finishes what it has begun.`
}

// Help implements [kong.HelpProvider].
func (work) Help() string {
	return `Example, beside programs that serve, on PostgreSQL:

  BEGA_WORKERS=16 bega work --config /etc/bega/bega.json`
}

// Help implements [kong.HelpProvider].
func (migrate) Help() string { return "Example:\n\n  bega migrate --config /etc/bega/bega.json" }

// Help implements [kong.HelpProvider].
func (show) Help() string {
	return "Example:\n\n  BEGA_LISTEN=:8443 bega config --config /etc/bega/bega.json"
}

// Help implements [kong.HelpProvider].
func (routes) Help() string {
	return `Example:

  bega routes --json | jq -r '.[] | select(.method == "GET") | .example'

It makes a demonstration town in a folder that is removed at the end.`
}

// Help implements [kong.HelpProvider].
func (checkServices) Help() string {
	return `Example:

  bega services check city/timisoara

Each line names a file, the place in it (RFC 6901) and what to do. Exit code 2: it cannot be published.`
}

// Help implements [kong.HelpProvider].
func (verify) Help() string {
	return `Example, with a head that was kept on another machine:

  bega audit verify --head head.json

Exit code 2: an act was changed, removed or added behind the portal's back.`
}

// Help implements [kong.HelpProvider].
func (head) Help() string { return "Example:\n\n  bega audit head > head.json" }

// Help implements [kong.HelpProvider].
func (staff) Help() string {
	return `Example; in the environment, the number is in no list of processes:

  BEGA_CNP=… bega staff --given Ana --family Pop ana.pop@primaria.example.ro`
}

// Help implements [kong.HelpProvider].
func (backup) Help() string {
	return `Example:

  bega backup /var/backups/bega/2026-03-02

The copy opens with the keys of the town, which it does not hold: keep them elsewhere.`
}

// Help implements [kong.HelpProvider].
func (restore) Help() string {
	return `Example, with the keys of the town in place:

  bega restore --config /etc/bega/bega.json /var/backups/bega/2026-03-02

It reads everything once, and checks the register of acts.`
}
