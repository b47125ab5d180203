package trust_test

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

// psql gets past TLS to a server's own words with the export, and not without it: with
// sslmode=verify-full it looks for a root of its own and finds none.
func TestPsqlVerifiesWithTheEnvironment(t *testing.T) {
	root := newRoot(t, "localhost")
	key, chain := issue(t, root, "localhost")
	b := new(trust.Bundle)
	b.Add("localhost", chain[0], root.Certificate())
	dir := write(t, "postgresql", b)
	_, port, err := net.SplitHostPort(postgres(t, key, chain))
	if err != nil {
		t.Fatal(err)
	}
	psql := []string{"psql", "-h", "localhost", "-p", port, "-U", "user", "-c", "select 1", "base"}
	if said, _ := output(t, dir, sourced(psql...)...); !strings.Contains(said, "hello over TLS") {
		t.Errorf("with the export: want the server's word, got\n%s", said)
	}
	b.Anchors[0].Certificate = newRoot(t, "localhost").Certificate()
	if said, _ := output(t, write(t, "postgresql", b), sourced(psql...)...); !strings.Contains(said, "certificate verify failed") {
		t.Errorf("with another root: want a refusal, got\n%s", said)
	}
	psql[2] = "127.0.0.2" // a name that the certificate does not have
	if said, _ := output(t, dir, sourced(psql...)...); strings.Contains(said, "hello over TLS") {
		t.Errorf("to another name: want a refusal, got\n%s", said)
	}
}

// postgres is as much of a PostgreSQL server as it takes to agree on TLS and turn a
// client away (protocol 3.0: SSLRequest, S, then ErrorResponse).
func postgres(t *testing.T, key crypto.Signer, chain []*x509.Certificate) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	config := &tls.Config{Certificates: []tls.Certificate{pair(key, chain)}}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go turnAway(conn, config)
		}
	}()
	return ln.Addr().String()
}

func turnAway(conn net.Conn, config *tls.Config) {
	defer conn.Close()
	if _, err := io.ReadFull(conn, make([]byte, 8)); err != nil {
		return
	}
	conn.Write([]byte("S"))
	secured := tls.Server(conn, config)
	defer secured.Close()
	if _, err := secured.Read(make([]byte, 1024)); err != nil {
		return
	}
	fields := "SFATAL\x00C28000\x00Mhello over TLS\x00\x00"
	reply := binary.BigEndian.AppendUint32([]byte("E"), uint32(4+len(fields)))
	secured.Write(append(reply, fields...))
}
