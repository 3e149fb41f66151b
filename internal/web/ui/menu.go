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
	links := []Link{
		{Href: "/lucru", Label: p.T("ui.desk-mine"), Icon: "list-checks"},
		{Href: "/lucru/echipa", Label: p.T("ui.desk-team"), Icon: "users"},
		{Href: "/lucru/ghiseu", Label: p.T("ui.desk-counter"), Icon: "storefront"},
		{Href: "/lucru/cauta", Label: p.T("ui.desk-search"), Icon: "magnifying-glass"},
	}
	if p.Who.Officer {
		links = append(links, Link{Href: "/lucru/acte", Label: p.T("ui.desk-acts"), Icon: "scroll"})
	}
	if p.Who.Admin {
		links = append(links, Link{Href: "/admin", Label: p.T("ui.desk-admin"), Icon: "gear"})
	}
	return p.current(links)
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
	if p.Who.For != "" {
		return p.Who.For
	}
	return p.Who.Name
}

func escape(path string) string { return url.QueryEscape(path) }
