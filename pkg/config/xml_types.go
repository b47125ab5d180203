package config

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// serviceProperties takes the properties of a service, each type having its own.
func (im *importer) serviceProperties(s *draft, kind string) {
	e := s.at.take("properties")
	if e == nil {
		e = &element{line: s.at.line, column: s.at.column}
	}
	switch s.kind {
	case "proxy":
		im.proxyProperties(s, e)
		if kind == "amqp.proxy" {
			im.amqpProperties(s, e)
		}
	case "http.proxy":
		im.httpProxyProperties(s, e)
	case "directory":
		im.directoryProperties(s, e)
	case "redirect":
		im.redirectProperties(s, e)
	case "broadcast":
		im.broadcastProperties(s, e)
	}
}

func (im *importer) proxyProperties(s *draft, e *element) {
	if connect := e.take("connect"); connect != nil {
		if l, ok := im.link(connect); ok {
			s.connect = append(s.connect, l)
		}
	}
	for name, c := range map[string]struct {
		key string
		of  conversion
	}{
		"maximum.pending.bytes":     {"maximum_pending_bytes", sizeOf},
		"maximum.recovery.interval": {"maximum_recovery_interval", timeOf},
		"prepared.connection.count": {"prepared_connections", countOf},
	} {
		if one := e.take(name); one != nil {
			im.convert(one, s.keys, c.key, c.of)
		}
	}
	if strategy := e.take("connect.strategy"); strategy != nil {
		im.connectStrategy(s, strategy)
	}
}

// connectStrategy says when the back end is dialled: as soon as a client comes, or
// ahead of it.
func (im *importer) connectStrategy(s *draft, e *element) {
	prepared := get(s.keys, "prepared_connections")
	switch full := strings.ToLower(im.expand(e.text)); {
	case full == "immediate":
	case full == "prepared" && prepared == nil:
		set(s.keys, "prepared_connections", text("1"))
	case full == "prepared":
	default:
		im.warn(e, "changed", "", "connect.strategy %s: the back end is dialled as soon as a client comes", quote(full))
	}
}

func (im *importer) amqpProperties(s *draft, e *element) {
	set(s.keys, "accept_options.ws.subprotocols", list([]string{"amqp"}))
	im.info(s.at, "changed", "", "service %s: amqp.proxy becomes a proxy that offers the subprotocol amqp, and does not look into AMQP", s.name)
	if host := e.take("virtual.host"); host != nil {
		im.warn(host, "dropped", "give each client a user of the broker that is confined to its virtual host",
			"service %s: virtual.host cannot be put into what the client says: it chooses the virtual host itself", s.name)
	}
}

func (im *importer) httpProxyProperties(s *draft, e *element) {
	set(s.keys, "http.forwarded", text("ignore"))
	if forwarded := e.take("use-forwarded"); forwarded != nil {
		im.convert(forwarded, s.keys, "http.forwarded", wordOf(Forwarded("").words()...))
	}
	for _, r := range []struct{ name, key, usual string }{
		{"location", "http.rewrite.location", "enabled"},
		{"cookie-domain", "http.rewrite.cookie_domain", "disabled"},
		{"cookie-path", "http.rewrite.cookie_path", "disabled"},
	} {
		im.rewrites(s, e, r.name, r.key, r.usual)
	}
}

// rewrites takes the prefixes that are replaced in what a back end answers. The old
// gateway put its own URL in the place of the back end's in Location unless told not to.
func (im *importer) rewrites(s *draft, e *element, name, key, usual string) {
	if word := e.takeText("rewrite-" + name); word != "" {
		usual = strings.ToLower(im.expand(word))
	}
	mappings := &yaml.Node{Kind: yaml.SequenceNode}
	for _, m := range e.takeAll(name + "-mapping") {
		if usual == "disabled" {
			im.info(m, "dropped", "", "%s-mapping: rewrite-%s is disabled", name, name)
			m.tell()
			continue
		}
		mappings.Content = append(mappings.Content, rewrite(m.takeText("from"), m.takeText("to")))
	}
	if len(mappings.Content) > 0 {
		set(s.keys, key, mappings)
	}
	s.rewritesOwn = s.rewritesOwn || name == "location" && usual != "disabled"
}

func rewrite(from, to string) *yaml.Node {
	n := newTable()
	n.Style = yaml.FlowStyle
	set(n, "from", text(from))
	set(n, "to", text(to))
	return n
}

// directoryProperties takes what is served. Its folder lies in the old gateway's web
// folder, whatever it is called, and that of its error pages beside it.
func (im *importer) directoryProperties(s *draft, e *element) {
	folder := e.take("directory")
	if folder == nil {
		im.leave(s, "", "it names no directory")
		return
	}
	set(s.keys, "directory.root", text(im.inHome("web", folder.text)))
	im.info(folder, "changed", "", "service %s: its files are taken to be in %s", s.name, im.inHome("web", folder.text))
	if index := e.takeText("welcome-file"); index != "" {
		set(s.keys, "directory.index", text(path.Base("/"+index)))
	}
	if pages := e.take("error-pages-directory"); pages != nil {
		set(s.keys, "directory.errors", text(im.inHome("", pages.text)))
	}
	if options := e.takeText("options"); strings.EqualFold(im.expand(options), "indexes") {
		set(s.keys, "directory.listing", text("true"))
	}
	if links := e.take("symbolic-links"); links != nil && !strings.EqualFold(links.text, "restricted") {
		im.warn(links, "dropped", "put the files themselves under the root", "service %s: symbolic links out of its root are not followed", s.name)
	}
	im.locations(s, e)
}

// inHome is the path of a file of the old gateway's home, which has its configuration
// in conf.
func (im *importer) inHome(folder, name string) string {
	name = path.Join("/", strings.ReplaceAll(name, `\`, "/"))
	return path.Join(im.Folder, "..", folder, name)
}

// locations takes the caching of files. What catches all comes last, since the first
// that matches counts.
func (im *importer) locations(s *draft, e *element) {
	caches := &yaml.Node{Kind: yaml.SequenceNode}
	for _, l := range e.takeAll("location") {
		control, lost := cacheControl(l.takeText("cache-control"))
		if len(lost) > 0 {
			im.warn(l, "dropped", "", "service %s: cache-control %s: only a number of seconds is sent", s.name, strings.Join(lost, ", "))
		}
		var patterns []string
		for _, pattern := range separated(l.takeText("patterns")) {
			if p, ok := filePattern(pattern); ok {
				patterns = append(patterns, p)
			} else {
				im.warn(l, "dropped", "name the folders one by one", "service %s: the pattern %s has ** within a path", s.name, quote(pattern))
			}
		}
		if control == "" || len(patterns) == 0 {
			continue
		}
		cache := newTable()
		cache.Style = yaml.FlowStyle
		set(cache, "patterns", list(patterns))
		set(cache, "control", text(control))
		caches.Content = append(caches.Content, cache)
	}
	slices.SortStableFunc(caches.Content, func(a, b *yaml.Node) int { return catchesAll(a) - catchesAll(b) })
	if len(caches.Content) > 0 {
		set(s.keys, "directory.cache", caches)
	}
}

func catchesAll(cache *yaml.Node) int {
	for _, pattern := range get(cache, "patterns").Content {
		if pattern.Value == "*" {
			return 1
		}
	}
	return 0
}

// filePattern is a pattern in the words of gateway.yaml, where one without a slash is
// about names in any folder.
func filePattern(pattern string) (string, bool) {
	if name, ok := strings.CutPrefix(strings.TrimPrefix(pattern, "/"), "**/"); ok && !strings.Contains(name, "/") && !strings.Contains(name, "**") {
		return name, true
	}
	if strings.Contains(pattern, "**") {
		return "", false
	}
	return "/" + strings.TrimPrefix(pattern, "/"), true
}

func (im *importer) redirectProperties(s *draft, e *element) {
	to := e.take("location")
	if to == nil {
		im.leave(s, "", "it names no location")
		return
	}
	set(s.keys, "redirect.to", text(to.text))
	status := e.take("status-code")
	if status == nil {
		set(s.keys, "redirect.status", text("302"))
		im.info(s.at, "changed", "", "service %s: without a status-code it said 300, which browsers do not follow; now 302", s.name)
	} else {
		im.convert(status, s.keys, "redirect.status", wordOf("301", "302", "303", "307", "308"))
	}
	if cache := e.take("cache-control"); cache != nil {
		im.info(cache, "dropped", "", "service %s: a redirect has no Cache-Control of its own", s.name)
	}
}

// broadcastProperties takes where messages come from: what is dialled, or who comes.
func (im *importer) broadcastProperties(s *draft, e *element) {
	var from []string
	for _, l := range s.connect {
		if l.scheme == "tcp" || l.scheme == "tls" {
			from = append(from, l.String())
		} else {
			im.warn(l.at, "dropped", "", "service %s: a broadcast takes its messages by tcp or tls", s.name)
		}
	}
	s.connect = nil
	for _, accept := range e.takeAll("accept") {
		l, ok := im.link(accept)
		if ok && l.scheme == "tcp" {
			from = append(from, "tcp-listen://"+l.authority)
		} else if ok {
			im.warn(accept, "dropped", "", "service %s: back ends come to a broadcast by tcp", s.name)
		}
	}
	if message := e.take("on.client.message"); message != nil && strings.EqualFold(im.expand(message.text), "broadcast") {
		set(s.keys, "broadcast.clients", text("relay"))
	}
	if delay := e.take("reconnect.delay"); delay != nil {
		im.info(delay, "dropped", "", "service %s: reconnect.delay: a back end that is gone is dialled after 1, 2, 4... seconds", s.name)
	}
	if len(from) == 0 {
		im.leave(s, "", "there is nothing left that its messages could come from")
		return
	}
	set(s.keys, "broadcast.from", list(from))
}
