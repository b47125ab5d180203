//go:build unix

package cmd_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gwtls/gwtls/pkg/keystore"
)

func TestEachHostOfAnAddressHasItsOwnTerms(t *testing.T) {
	w := newWorld(t)
	port := unusedPort(t)
	w.run("selfsign", "old.localhost")
	w.run("selfsign", "new.localhost", "*.wild.localhost")
	w.write("gateway.yaml", fmt.Sprintf(`services:
  - name: old
    type: echo
    accept: ["wss://old.localhost:%[1]s/"]
    accept_options: { tls: { protocols: [TLSv1.2], ciphers: [ECDHE-ECDSA-AES256-GCM-SHA384] } }
  - name: new
    type: directory
    accept: ["https://new.localhost:%[1]s/"]
    directory: { root: . }
    accept_options: { tls: { protocols: [TLSv1.3], groups: [P-384] } }
  - { name: wild, type: proxy, accept: ["tls://*.wild.localhost:%[1]s"], connect: ["tcp://%[2]s"] }
`, port, backEnd(t)))
	w.serve()
	roots := w.roots("old.localhost")
	for _, c := range []struct {
		name, alpn     string
		version, suite uint16
		group          tls.CurveID
	}{
		{"old.localhost", "http/1.1", tls.VersionTLS12, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, 0},
		{"new.localhost", "h2", tls.VersionTLS13, 0, tls.CurveP384},
		{"a.wild.localhost", "", tls.VersionTLS13, 0, 0},
	} {
		conn, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{ServerName: c.name, RootCAs: roots, NextProtos: []string{"h2", "http/1.1"}})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		s := conn.ConnectionState()
		conn.Close()
		if s.NegotiatedProtocol != c.alpn || s.Version != c.version || c.suite != 0 && s.CipherSuite != c.suite || c.group != 0 && s.CurveID != c.group {
			t.Errorf("%s: ALPN %q, version %x, suite %x, group %v", c.name, s.NegotiatedProtocol, s.Version, s.CipherSuite, s.CurveID)
		}
	}
	// A handshake for one host is not taken for a request to a host of stricter terms.
	d := websocket.Dialer{TLSClientConfig: &tls.Config{ServerName: "new.localhost", RootCAs: roots, NextProtos: []string{"http/1.1"}},
		NetDialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
		}}
	_, resp, err := d.Dial("wss://old.localhost:"+port+"/", nil)
	if err == nil || resp == nil || resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("server name new, Host old: %v, %v", resp, err)
	}
	if answer := overTLS(t, &tls.Config{ServerName: "b.wild.localhost", RootCAs: roots}, port, "bytes"); answer != "bytes" {
		t.Errorf("a stream answered %q", answer)
	}
}

// overTLS sends bytes over TLS and gives as many that come back.
func overTLS(t *testing.T, config *tls.Config, port, text string) string {
	t.Helper()
	conn, err := tls.Dial("tcp", "127.0.0.1:"+port, config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, len(text))
	io.ReadFull(conn, answer)
	return string(answer)
}

// tlsBackEnd is a backEnd over TLS, with a certificate for localhost of a home of its
// own; what trusts it is in root. It tells which certificate it was shown.
func tlsBackEnd(t *testing.T) (port, root string, shown func() string) {
	t.Helper()
	w := newWorld(t)
	w.run("selfsign", "localhost")
	store, _, err := keystore.Decode(readFile(t, w.path("keystore.p12")), keystore.Passwords{Store: bytes.TrimSpace(readFile(t, w.path("keystore.pw")))})
	if err != nil {
		t.Fatal(err)
	}
	entry := store.Get("localhost")
	key, err := entry.PrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	pair := tls.Certificate{Certificate: entry.RawChain(), PrivateKey: key}
	w.run("trust-export", "localhost", "--for", "pem", "-o", w.path("t"))
	var mu sync.Mutex
	var name string
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequestClientCert,
		VerifyConnection: func(s tls.ConnectionState) error {
			mu.Lock()
			defer mu.Unlock()
			for _, c := range s.PeerCertificates[:min(len(s.PeerCertificates), 1)] {
				name = strings.Join(c.DNSNames, " ")
			}
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			open.Go(func() {
				defer c.Close()
				io.Copy(c, c)
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		open.Wait()
	})
	_, port, _ = net.SplitHostPort(ln.Addr().String())
	return port, filepath.Join(w.path("t"), "pem", "localhost.pem"), func() string {
		mu.Lock()
		defer mu.Unlock()
		return name
	}
}

func TestBackEndsOverTLSAreVerified(t *testing.T) {
	port, root, shown := tlsBackEnd(t)
	_, stranger, _ := tlsBackEnd(t)
	w := newWorld(t)
	w.run("selfsign", "gw.localhost")
	service := func(path, connect, options string) string {
		return fmt.Sprintf("  - { name: %s, type: proxy, accept: [\"ws://127.0.0.1:0/%s\"], connect: [\"%s:%s\"], connect_options: { tls: { %s } } }\n", path, path, connect, port, options)
	}
	file := func(truststore string) string {
		return "truststore: " + truststore + "\nservices:\n" +
			service("good", "tls://localhost", "") +
			service("named", "tls://127.0.0.1", "server_name: localhost") +
			service("misnamed", "tls://127.0.0.1", "") +
			service("shown", "tls://localhost", "client_certificate: gw.localhost") +
			service("pinned", "tls://localhost", "pins: ['"+strings.Repeat("ab", 32)+"']")
	}
	w.write("gateway.yaml", file(root))
	g := w.serve()
	at := func(path string) string { return g.url("ws", path) }
	for _, path := range []string{"good", "named", "shown"} {
		mustSay(t, nil, at(path), "hello")
	}
	if shown() != "gw.localhost" {
		t.Errorf("shown %q", shown())
	}
	for _, path := range []string{"misnamed", "pinned"} {
		if _, err := sayOver(t, nil, at(path), "x"); err == nil {
			t.Errorf("%s: connected", path)
		}
	}
	w.write("gateway.yaml", file(stranger))
	g.await("msg=reloaded")
	if _, err := sayOver(t, nil, at("good"), "x"); err == nil {
		t.Error("a back end that nobody trusts was connected to")
	}
}

func TestListeningOnASocketFileAndOnAnInterface(t *testing.T) {
	w := newWorld(t)
	w.write("gateway.yaml", `services:
  - { name: file, type: echo, accept: ["ws://gw.example.com/"], bind: { ws: "unix:gw.sock" } }
  - { name: loopback, type: echo, accept: ["ws://gw.example.com/"], bind: { ws: "[@lo]:`+unusedPort(t)+`" } }
`)
	// What a killed process leaves behind is not in the way.
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: w.path("gw.sock"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false)
	stale.Close()
	g := w.serve()
	d := websocket.Dialer{NetDial: func(string, string) (net.Conn, error) { return net.Dial("unix", w.path("gw.sock")) }}
	c, _, err := d.Dial("ws://gw.example.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if !strings.Contains(g.said(), "service=loopback") || !strings.Contains(g.said(), "address=127.0.0.1:") {
		t.Errorf("the interface is not listened on:\n%s", g.said())
	}
	if info, err := os.Lstat(w.path("gw.sock")); err != nil || info.Mode().Type() != os.ModeSocket {
		t.Errorf("%v, %v", info, err)
	}
}
