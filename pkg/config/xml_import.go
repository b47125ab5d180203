package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/gwtls/gwtls/pkg/cert"
)

// XML is a gateway-config.xml, the configuration of the KAAZING gateway.
type XML struct {
	File   string              // as the report names it
	Folder string              // that it lies in, as the new file has to name it; "" where both lie together
	Result string              // the new file, as the report names it
	Getenv func(string) string // the environment that the new file will be read in; nil: none
}

// Imported is what became of a gateway-config.xml.
type Imported struct {
	YAML     []byte         // a gateway.yaml
	Findings []cert.Finding // what was dropped or changed and why, and what is still to be mended
}

// ErrNoGatewayConfig says that an XML file is something else.
var ErrNoGatewayConfig = errors.New("no gateway-config.xml")

// Import makes a gateway.yaml that does the same, as far as there is an equal for it.
func (x XML) Import(data []byte) (*Imported, error) {
	root, namespace, err := readXML(x.File, data)
	if err != nil {
		return nil, err
	}
	im := &importer{XML: x, root: root, result: newTable(), values: map[string]string{}, made: map[string]int{}, names: map[string]bool{}, room: maxValues}
	if err := im.known(namespace); err != nil {
		return nil, err
	}
	im.readProperties()
	im.readDefaults()
	for _, e := range root.takeAll("service") {
		im.readService(e)
	}
	im.readSecurity()
	im.readCluster()
	im.joinPipes()
	im.balance()
	im.leftovers(root)
	return im.finish()
}

// importer is an import on its way.
type importer struct {
	XML
	root       *element
	result     *yaml.Node // gateway.yaml
	properties []property
	values     map[string]string // of the properties, as far as they are known here
	defaults   *draft            // of all services
	services   []*draft
	remarks    []remark
	room       int             // for what is repeated in the result
	made       map[string]int  // names, by the type of the service
	names      map[string]bool // that are taken
	nativeTold bool            // that emulated WebSocket is not spoken
}

// spend takes room for a copy of a node, and says whether there was any left.
func (im *importer) spend(n *yaml.Node) bool {
	im.room--
	for _, child := range n.Content {
		im.spend(child)
	}
	return im.room >= 0
}

var namespaces = regexp.MustCompile(`(?i)^http://xmlns\.kaazing\.(?:com|org)/([0-9]{4}/[0-9]{2})/gateway$`)

// known refuses what is no gateway-config.xml. Of what is older than 2014/09 the
// elements may mean something else.
func (im *importer) known(namespace string) error {
	m := namespaces.FindStringSubmatch(namespace)
	if im.root.name != "gateway-config" || m == nil {
		return fmt.Errorf("%s is %w: its root is %s of %s", im.File, ErrNoGatewayConfig, quote(im.root.name), quote(namespace))
	}
	if m[1] < "2014/09" {
		im.warn(im.root, "changed", "read the result with care",
			"the file is of %s, and read as if it were of 2014/09", m[1])
	}
	return nil
}

// readDefaults takes service-defaults, which are read like a service's own options.
func (im *importer) readDefaults() {
	im.defaults = &draft{keys: newTable()}
	for _, e := range im.root.takeAll("service-defaults") {
		im.defaults.at = e
		im.options(im.defaults, e)
		im.mimeMappings(im.defaults, e)
	}
	if im.defaults.transports() {
		im.warn(im.defaults.at, "dropped", "name it in each service", "a transport in service-defaults is not carried over")
		im.defaults.acceptTransport, im.defaults.connectTransport = nil, nil
	}
}

// leftovers tells of all that nothing has been made of.
func (im *importer) leftovers(e *element) {
	for _, child := range e.children {
		if child.told {
			im.leftovers(child)
			continue
		}
		im.warn(child, "dropped", "", "%s in %s: there is no equal in gateway.yaml", child.name, e.name)
		child.tell()
	}
}

// finish writes the file, and reads it as the gateway will.
func (im *importer) finish() (*Imported, error) {
	im.writeDefaults()
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, s := range im.services {
		if n := im.write(s); n != nil {
			list.Content = append(list.Content, n)
		}
	}
	if im.room < 0 {
		return nil, &Fault{im.File, 1, 1, "too much: its services repeat each other without end"}
	}
	if len(list.Content) == 0 {
		list.Style = yaml.FlowStyle
	}
	set(im.result, "services", list)
	root := newTable()
	if used := im.usedProperties(); len(used.Content) > 0 {
		set(root, "properties", used)
	}
	for _, key := range []string{"keystore", "truststore", "clients", "admin", "defaults", "services"} {
		if value := get(im.result, key); value != nil {
			put(root, key, value)
		}
	}
	text, err := encode(root, "From gateway-config.xml by gwtls config import. What each key means: gwtls config schema.")
	if err != nil {
		return nil, err
	}
	return &Imported{text, append(im.report(), im.mend(text)...)}, nil
}

// mend is what has still to be done until the gateway takes the file.
func (im *importer) mend(text []byte) (findings []cert.Finding) {
	_, err := Source{File: im.Result, Getenv: im.Getenv}.Parse(text)
	for _, fault := range Faults(err) {
		f := cert.Finding{Code: "config", Severity: cert.Error, Where: fault.Where(), What: fault.What, Fix: "edit it in the new file"}
		switch {
		case strings.Contains(fault.What, "neither a property nor in the environment"):
			f.Severity, f.Fix = cert.Warning, "set it in the environment of the gateway, or under properties"
		case strings.HasSuffix(fault.What, "not supported by this version"):
			f.Code, f.Severity, f.Fix = "unsupported", cert.Warning, "wait for a version that does, or leave it out"
		}
		if !slices.Contains(findings, f) {
			findings = append(findings, f)
		}
	}
	return findings
}
