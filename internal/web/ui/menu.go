package ui

import "net/url"

func citizenMenu(p Page) []Link {
	return p.current([]Link{
		{Href: "/", Label: p.T("ui.menu-home"), Icon: "house"},
		{Href: "/servicii", Label: p.T("ui.menu-services"), Icon: "files"},
		{Href: "/plati", Label: p.T("ui.menu-payments"), Icon: "receipt"},
		{Href: "/mesaje", Label: p.T("ui.menu-messages"), Icon: "chat-circle", Count: p.Who.Unread},
		{Href: "/dosar", Label: p.T("ui.menu-folder"), Hint: p.T("ui.menu-folder-short"), Icon: "folder-user"},
	})
}

func deskMenu(p Page) []Link {
	all := []struct {
		may bool
		Link
	}{
		{p.Who.Cases || p.Who.Officer, Link{Href: "/lucru", Label: p.T("ui.desk-mine"), Icon: "list-checks"}},
		{p.Who.Cases, Link{Href: "/lucru/echipa", Label: p.T("ui.desk-team"), Icon: "users"}},
		{p.Who.Counter, Link{Href: "/lucru/ghiseu", Label: p.T("ui.desk-counter"), Icon: "storefront"}},
		{p.Who.Cases, Link{Href: "/lucru/cauta", Label: p.T("ui.desk-search"), Icon: "magnifying-glass"}},
		{p.Who.Taxes, Link{Href: "/lucru/taxe", Label: p.T("ui.desk-taxes"), Icon: "coins"}},
		{p.Who.Officer, Link{Href: "/lucru/acte", Label: p.T("ui.desk-acts"), Icon: "scroll"}},
		{p.Who.Admin, Link{Href: "/admin", Label: p.T("ui.desk-admin"), Icon: "gear"}},
	}
	var links []Link
	for _, link := range all {
		if link.may {
			links = append(links, link.Link)
		}
	}
	if p.Who.Serves {
		p.Section = "/lucru/ghiseu"
	}
	return p.current(links)
}

// desk is where those who work at the town hall begin.
func (p Page) desk() string {
	if !p.Who.Staff && p.Who.Admin {
		return "/admin"
	}
	return "/lucru"
}

// current marks the link of the section that the page is in.
func (p Page) current(links []Link) []Link {
	for i := range links {
		links[i].Current = links[i].Href == p.Section
	}
	return links
}

// actingName returns in whose name the visitor acts.
func (p Page) actingName() string {
	if p.Who.For != "" && !p.Who.Serves {
		return p.Who.For
	}
	return p.Who.Name
}

func escape(path string) string { return url.QueryEscape(path) }
