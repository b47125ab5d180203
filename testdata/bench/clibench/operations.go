package main

import (
	"fmt"
	"slices"

	"github.com/gwtls/gwtls/pkg/keystore"
)

// The programs that are compared.
const (
	gwtls   = "gwtls"
	openssl = "openssl"
	keytool = "keytool"
)

var programs = []string{gwtls, openssl, keytool}

// operation is one task and how each program is told to do it. Commands run in the
// folder of the stores; one that takes several has its times added up.
type operation struct {
	id, what string
	commands map[string][][]string
	lines    int               // at least so many lines come out, or it has not been done
	copies   map[string]string // made before each run: the copy, and of what
	clear    []string          // removed before each run
	goal     float64           // ratio to openssl; the prototype's, where it had one
}

// timesLess is how many times less than keytool gwtls is to take.
const timesLess = 30

func one(args ...string) [][]string { return [][]string{args} }

// pass has a file name the password.
const pass = "file:" + passwordFile

// operations of the whole bench, or of the short form.
func operations(quick bool) []operation {
	if quick {
		return []operation{start(), list(keystore.PKCS12, 1), request(), list(keystore.PKCS12, 1000), export("pem"), openKeys(), add(), list(keystore.JKS, 1000)}
	}
	all := []operation{start()}
	for _, f := range []keystore.Format{keystore.PKCS12, keystore.JKS, keystore.JCEKS} {
		for _, n := range sizes(quick) {
			all = append(all, list(f, n))
		}
	}
	return append(all, openKeys(), add(), request(), export("java"), export("pem"), export("openssl"))
}

// sizes of the stores that are made. One of a thousand is always needed.
func sizes(quick bool) []int {
	return choose(quick, []int{1, 1000}, []int{1, 100, 1000, 10000})
}

func start() operation {
	return operation{id: "start", what: "print the version", commands: map[string][][]string{
		gwtls:   one(gwtls, "version"),
		openssl: one(openssl, "version"),
		keytool: one(keytool, "-help"), // it has no such thing in JDK 17
	}}
}

func list(f keystore.Format, n int) operation {
	store := storeName(n, f)
	o := operation{
		id: fmt.Sprintf("list-%s-%d", f, n), lines: n,
		what: fmt.Sprintf("list %s of %d", map[keystore.Format]string{keystore.PKCS12: "PKCS#12", keystore.JKS: "JKS", keystore.JCEKS: "JCEKS"}[f], n),
		commands: map[string][][]string{
			gwtls:   one(gwtls, "keystore", "list", "--keystore", store, "--storepass", pass),
			keytool: one(keytool, "-list", "-keystore", store, "-storepass:file", passwordFile),
		},
	}
	if f == keystore.PKCS12 {
		o.commands[openssl] = one(openssl, "pkcs12", "-in", store, "-nokeys", "-passin", pass)
		o.goal = map[int]float64{1: 5.7 / 8.1, 100: 9.6 / 30, 1000: 40. / 225}[n]
	}
	return o
}

func openKeys() operation {
	store := storeName(1000, keystore.PKCS12)
	return operation{id: "open-keys", what: "open all keys of a PKCS#12 of 1000", goal: 1567. / 2614, commands: map[string][][]string{
		gwtls:   one(gwtls, "keystore", "verify", "--keystore", store, "--storepass", pass),
		openssl: one(openssl, "pkcs12", "-in", store, "-nodes", "-nocerts", "-passin", pass),
	}}
}

func add() operation {
	return operation{
		id: "add", what: "add a certificate to a PKCS#12 of 1000 keys",
		copies: map[string]string{"grows.p12": storeName(1000, keystore.PKCS12)},
		commands: map[string][][]string{
			gwtls:   one(gwtls, "trust", "add", newcomer, "--truststore", "grows.p12", "--storepass", pass),
			keytool: one(keytool, "-importcert", "-noprompt", "-alias", "newcomer", "-file", newcomer, "-keystore", "grows.p12", "-storepass:file", passwordFile),
		},
	}
}

// request is of a home that has no keystore yet.
func request() operation {
	const host, store = "gw.example.com", "fresh.p12"
	keystoreArgs := []string{"-alias", "gw", "-keystore", store, "-storepass:file", passwordFile}
	return operation{
		id: "csr", what: "new P-256 key and CSR", goal: 3.3 / 6.5,
		clear: []string{store, "gw.key", "gw.csr"},
		commands: map[string][][]string{
			gwtls: one(gwtls, "csr", host, "--keystore", store, "--storepass", pass, "-o", "gw.csr"),
			openssl: one(openssl, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", "gw.key", "-passout", pass,
				"-subj", "/CN="+host, "-addext", "subjectAltName=DNS:"+host, "-out", "gw.csr"),
			keytool: {
				slices.Concat([]string{keytool, "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + host}, keystoreArgs),
				slices.Concat([]string{keytool, "-certreq", "-ext", "san=dns:" + host, "-file", "gw.csr"}, keystoreArgs),
			},
		},
	}
}

// export is of all anchors to one kind of client. The others do what comes near: for
// Java one truststore of the three, for OpenSSL the links in a folder that is there.
func export(client string) operation {
	o := operation{
		id: "export-" + client, what: fmt.Sprintf("trust-export of %d anchors to %s", anchors, client),
		clear: []string{"export", "truststore.p12", "anchors.pem"},
	}
	ours := []string{gwtls, "trust-export"}
	for i := range anchors {
		ours = append(ours, alias(i))
	}
	ours = append(ours, "--keystore", "anchors.p12", "--storepass", pass, "--for", client, "-o", "export")
	o.commands = map[string][][]string{gwtls: {ours}}
	switch client {
	case "java":
		o.commands[keytool] = one(keytool, "-importkeystore", "-srckeystore", "anchors.p12", "-srcstorepass:file", passwordFile,
			"-destkeystore", "truststore.p12", "-deststoretype", "PKCS12", "-deststorepass", "changeit")
	case "pem":
		o.commands[openssl] = one(openssl, "pkcs12", "-in", "anchors.p12", "-nokeys", "-passin", pass, "-out", "anchors.pem")
	case "openssl":
		o.commands[openssl] = one(openssl, "rehash", anchorFolder)
	}
	return o
}
