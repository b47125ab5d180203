package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// draft is a service on its way from one configuration to the other.
type draft struct {
	at   *element
	name string
	kind string // balancer, else a type of gateway.yaml

	accept, connect []*link
	balances        []*link
	bind            map[string]*element // what accept-options say, by scheme of the old gateway
	bound           map[string]string   // where accept URLs really listen, by scheme
	keys            *yaml.Node          // all else, in gateway.yaml's words
	mime            []mediaType

	acceptTransport, connectTransport []*element
	left, joined                      bool // left out; gone into another
	rewritesOwn                       bool // a back end's URL in Location becomes the gateway's
}

type mediaType struct{ extension, media string }

func (s *draft) transports() bool { return len(s.acceptTransport)+len(s.connectTransport) > 0 }

// kinds are the types of services that there is an equal for.
var kinds = map[string]string{
	"proxy": "proxy", "amqp.proxy": "proxy", "http.proxy": "http.proxy", "directory": "directory",
	"echo": "echo", "broadcast": "broadcast", "http.redirect": "redirect", "balancer": "balancer",
}

// strangers are those that there is none for, and what to do about them.
var strangers = map[string]string{
	"jms":             "have clients speak to the broker itself, by STOMP, AMQP or MQTT over WebSocket: type proxy with subprotocols",
	"jms.proxy":       "have clients speak to the broker itself, by STOMP, AMQP or MQTT over WebSocket: type proxy with subprotocols",
	"redis":           "put a server of your own before Redis, and proxy that",
	"kerberos5.proxy": "name clients by certificates: gwtls mutual issue NAME",
	"turn.rest":       "have the TURN server's own tools hand out credentials",
	"turn.proxy":      "have clients reach the TURN server itself",
	"update.check":    "",
}

// readService takes a service.
func (im *importer) readService(e *element) {
	s := &draft{at: e, name: e.takeText("name"), keys: newTable(), bound: map[string]string{}}
	kind := strings.TrimPrefix(e.takeText("type"), "class:")
	if s.name = im.expandedName(s.name); s.name == "" {
		s.name = im.madeName(e, kind)
	}
	if strings.HasPrefix(kind, "management.") {
		im.management(s, kind)
		return
	}
	if s.kind = kinds[kind]; s.kind == "" {
		s.accept = im.links(e, "accept") // a pipe may lead to it
		im.services = append(im.services, s)
		im.leave(s, strangers[kind], "there is no type %s in gateway.yaml", quote(kind))
		return
	}
	if words := e.takeText("description"); words != "" {
		set(s.keys, "description", text(words))
	}
	s.accept, s.connect, s.balances = im.links(e, "accept"), im.links(e, "connect"), im.links(e, "balance")
	im.services = append(im.services, s)
	im.serviceProperties(s, kind)
	im.options(s, e)
	im.transport(s)
	if s.left {
		return
	}
	im.binds(s)
	im.access(s)
	im.mimeMappings(s, e)
	im.crossSite(s)
	im.alwaysNative(s)
}

func (im *importer) expandedName(name string) string {
	if strings.Contains(name, "${") {
		return im.expand(name)
	}
	return name
}

// madeName is a name for a service without any.
func (im *importer) madeName(e *element, kind string) string {
	name := strings.ReplaceAll(kind, ".", "-")
	if im.made[kind]++; im.made[kind] > 1 {
		name += "-" + strconv.Itoa(im.made[kind])
	}
	im.info(e, "changed", "", "a service without a name is called %s", name)
	return name
}

// leave leaves a service out.
func (im *importer) leave(s *draft, fix, format string, args ...any) {
	if s.left {
		return
	}
	s.left = true
	im.warn(s.at, "left-out", fix, "service %s: %s", s.name, fmt.Sprintf(format, args...))
	s.at.tell()
}

// links reads the URLs of a service.
func (im *importer) links(e *element, name string) (list []*link) {
	for _, child := range e.takeAll(name) {
		if l, ok := im.link(child); ok {
			list = append(list, l)
		}
	}
	return list
}

// management is what the gateway has instead of JMX and SNMP.
func (im *importer) management(s *draft, kind string) {
	set(im.result, "admin.listen", text("127.0.0.1:9180"))
	im.warn(s.at, "changed", "point what watches the gateway at http://127.0.0.1:9180/metrics",
		"service %s: %s is not spoken; admin has /metrics, /healthz, /readyz and /status for this machine", s.name, kind)
	s.at.tell()
}

// access tells of who could enter by name and password.
func (im *importer) access(s *draft) {
	const fix = "have clients show certificates: accept_options: {tls: {verify_client: required}}, and gwtls mutual issue NAME for each"
	for _, name := range []string{"realm-name", "authorization-constraint", "auth-constraint"} {
		for _, e := range s.at.takeAll(name) {
			im.warn(e, "dropped", fix, "service %s: %s is not carried over: whoever reaches the service may use it", s.name, name)
			e.tell()
		}
	}
}

// mimeMappings takes media types; of two for an extension the last one counts.
func (im *importer) mimeMappings(s *draft, e *element) {
	for _, m := range e.takeAll("mime-mapping") {
		extension, media := "."+strings.TrimPrefix(m.takeText("extension"), "."), m.takeText("mime-type")
		if s.kind != "" && s.kind != "directory" {
			im.info(m, "dropped", "", "mime-mapping in service %s: only a directory has files", s.name)
			continue
		}
		s.mime = slices.DeleteFunc(s.mime, func(t mediaType) bool { return t.extension == extension })
		s.mime = append(s.mime, mediaType{extension, media})
	}
}

// alwaysNative says once that emulated WebSocket is not spoken.
func (im *importer) alwaysNative(s *draft) {
	i := slices.IndexFunc(s.accept, func(l *link) bool { return l.scheme == "ws" || l.scheme == "wss" })
	if i < 0 || im.nativeTold {
		return
	}
	im.nativeTold = true
	im.remarkOf(s.accept[i].at, "have clients use the WebSocket of their platform", "clients that emulate WebSocket by HTTP requests (wse, wsx) are not served")
}
