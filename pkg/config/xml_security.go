package config

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readSecurity takes the stores, as they are, and tells of the realms.
func (im *importer) readSecurity() {
	for _, e := range im.root.takeAll("security") {
		for _, name := range []string{"keystore", "truststore"} {
			if store := e.take(name); store != nil {
				im.store(name, store)
			}
		}
		for _, realm := range e.takeAll("realm") {
			im.warn(realm, "dropped", "have clients show certificates: gwtls mutual issue NAME, and allow says who enters where",
				"realm %s: there are no users and passwords in gateway.yaml, nor Kerberos, LDAP and login modules", quote(childText(realm, "name")))
			realm.tell()
		}
	}
	if im.verifies() && get(im.result, "truststore") != nil {
		set(im.result, "clients", copyOf(get(im.result, "truststore")))
		im.root.told = true
		im.remarkOf(im.root, "take out of it what is there for one purpose only, or name another store",
			"clients: the truststore says whose certificates clients may enter with, as it did; it says whom the gateway trusts as a back end, too")
	}
}

// store names a store where it is. Its type is seen from its bytes.
func (im *importer) store(name string, e *element) {
	file := e.take("file")
	e.take("type")
	if file == nil {
		im.warn(e, "dropped", "", "%s: it names no file", name)
		return
	}
	table := newTable()
	set(table, "file", text(im.beside(file.text)))
	if password := e.take("password-file"); password != nil {
		set(table, "password", text("file:"+im.beside(password.text)))
	}
	set(im.result, name, table)
}

// beside is the path of a file that the old configuration names from its own folder.
func (im *importer) beside(name string) string {
	if path.IsAbs(name) || strings.HasPrefix(name, "${") {
		return name
	}
	return path.Join(im.Folder, name)
}

// verifies says whether any service asks clients for a certificate.
func (im *importer) verifies() bool {
	asks := func(s *draft) bool {
		var n *yaml.Node
		if options := get(s.keys, "accept_options"); options != nil {
			n = get(get(options, "tls"), "verify_client")
		}
		return n != nil && n.Value != "none"
	}
	for _, s := range im.services {
		if asks(s) && !s.left {
			return true
		}
	}
	return asks(im.defaults)
}

// readCluster tells of what a fleet has instead. Nothing that is in it is repeated:
// there may be keys of accounts.
func (im *importer) readCluster() {
	for _, e := range im.root.takeAll("cluster") {
		im.warn(e, "dropped", "keep the home of all gateways in one place: gwtls serve --home etcd://HOST:2379/PREFIX",
			"cluster: gateways do not talk to each other; what they share is their home. Keys of cloud accounts are not copied")
		e.tell()
	}
}
