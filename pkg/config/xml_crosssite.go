package config

import (
	"net/url"
	"strings"

	"go.yaml.in/yaml/v3"
)

// crossSite takes the pages of other origins that may use a service.
func (im *importer) crossSite(s *draft) {
	sites := &yaml.Node{Kind: yaml.SequenceNode}
	for _, e := range s.at.takeAll("cross-site-constraint") {
		origins := e.take("allow-origin")
		rest := newTable()
		for _, key := range []string{"allow-methods", "allow-headers"} {
			if words := separated(e.takeText(key)); len(words) > 0 {
				set(rest, strings.ReplaceAll(key, "-", "_"), list(words))
			}
		}
		if age := e.take("maximum-age"); age != nil {
			im.convert(age, rest, "maximum_age", timeOf)
		}
		if origins == nil {
			im.warn(e, "dropped", "", "a cross-site-constraint without allow-origin")
			continue
		}
		for _, origin := range separated(origins.text) {
			if !im.spend(rest) {
				return
			}
			site := newTable()
			set(site, "allow_origin", text(im.origin(origin)))
			inherit(site, rest, "allow_methods", "allow_headers", "maximum_age")
			sites.Content = append(sites.Content, site)
		}
	}
	if len(sites.Content) > 0 {
		set(s.keys, "cross_site", sites)
	}
}

// separated are the words of a list with commas or spaces between them.
func separated(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// origin is an origin as browsers send it (RFC 6454, 6.2): in lower case, and without
// the port that its scheme has anyway.
func (im *importer) origin(written string) string {
	full := im.expand(written)
	u, err := url.Parse(full)
	if err != nil || u.Host == "" {
		return written
	}
	sent := strings.ToLower(u.Scheme + "://" + u.Host)
	switch {
	case strings.HasPrefix(sent, "http://"):
		sent = strings.TrimSuffix(sent, ":80")
	case strings.HasPrefix(sent, "https://"):
		sent = strings.TrimSuffix(sent, ":443")
	}
	if sent == full {
		return written
	}
	return sent
}
