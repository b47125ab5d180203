package trust_test

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

// Both files name the bundle that lies beside them.
func TestKafkaPropertiesNameTheBundle(t *testing.T) {
	dir := write(t, "kafka", shapes(t)["several"])
	for file, property := range map[string]string{"client.properties": "ssl.truststore.location", "librdkafka.properties": "ssl.ca.location"} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		match := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(property) + `=(.+)$`).FindSubmatch(text)
		if match == nil {
			t.Errorf("%s: no %s in\n%s", file, property, text)
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, string(match[1]))); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// Kafka's own client is not run: the TLS of Java is set up as that client does it.
func TestJavaConnectsByThePropertiesOfKafka(t *testing.T) {
	classes, none := t.TempDir(), filepath.Join(t.TempDir(), "none.properties")
	run(t, "testdata", "javac", "-d", classes, "Kafka.java")
	if err := os.WriteFile(none, []byte("security.protocol=SSL\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	with := func(properties string) []string { return []string{"java", "-cp", classes, "Kafka", properties, "URL"} }
	wantTrust(t, "kafka", "connected", hello, with(none), with("client.properties"))
}

func TestLibrdkafkaTrustsABrokerByItsProperties(t *testing.T) {
	root := newRoot(t, "localhost")
	key, chain := issue(t, root, "localhost")
	b := new(trust.Bundle)
	b.Add("localhost", chain[0], root.Certificate())
	dir, address := write(t, "kafka", b), broker(t, key, chain)
	kcat := func(args ...string) []string {
		return append([]string{"kcat", "-L", "-m", "10", "-b", address, "-X", "api.version.request=false", "-X", "broker.version.fallback=0.9.0"}, args...)
	}
	if said, err := output(t, dir, kcat("-F", "librdkafka.properties")...); err != nil || !strings.Contains(said, "broker 7 at "+address) {
		t.Errorf("with the export: %v, want the broker listed\n%s", err, said)
	}
	if said, err := output(t, dir, kcat("-X", "security.protocol=ssl")...); err == nil || !strings.Contains(said, "certificate verify failed") {
		t.Errorf("without the export: %v, want a refusal\n%s", err, said)
	}
}

// broker is as much of a broker as it takes to be listed: whatever it is asked, it answers
// as to Metadata, version 0, of Kafka's protocol.
func broker(t *testing.T, key crypto.Signer, chain []*x509.Certificate) (address string) {
	t.Helper()
	config := &tls.Config{Certificates: []tls.Certificate{pair(key, chain)}}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go introduce(conn, uint16(number))
		}
	}()
	return "localhost:" + port
}

func introduce(conn net.Conn, port uint16) {
	defer conn.Close()
	for {
		head := make([]byte, 12) // length, what is asked, its version, the number of the question
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint32(head))-8); err != nil {
			return
		}
		answer := append(head[8:], 0, 0, 0, 1, 0, 0, 0, 7, 0, 9) // one broker, of the number 7
		answer = append(answer, "localhost"...)
		answer = binary.BigEndian.AppendUint32(answer, uint32(port))
		answer = append(answer, 0, 0, 0, 0) // no topic
		conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(answer))), answer...))
	}
}
