//go:build unix

package cmd_test

import (
	"crypto/tls"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

// echoTLS is a back end that sends back what it gets, over TLS.
func echoTLS(t *testing.T, certificate tls.Certificate) (address string) {
	t.Helper()
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
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
	return strings.Replace(ln.Addr().String(), "127.0.0.1", "localhost", 1)
}

// echoes says whether an address sends back what it gets.
func echoes(t *testing.T, address string) bool {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(c, "hello")
	answer := make([]byte, 5)
	_, err = io.ReadFull(c, answer)
	return err == nil && string(answer) == "hello"
}

func TestARunningGatewayTakesUpWhatIsTrusted(t *testing.T) {
	root, server := privateServer(t)
	server.Certificate = append(server.Certificate, root.Certificate().Raw)
	_, stranger := privateServer(t)
	back := "tls://" + echoTLS(t, server)
	w := newWorld(t)
	front := "127.0.0.1:" + unusedPort(t)
	g := w.serve("--accept", "tcp://"+front, "--connect", back)
	if echoes(t, front) {
		t.Error("a back end that nobody trusts is believed")
	}
	w.run("trust", "add", back, "--fingerprint", cert.Fingerprint(root.Certificate().Raw), "--alias", "mq")
	g.await("msg=reloaded")
	if !echoes(t, front) {
		t.Errorf("the back end is not believed once it is trusted:\n%s", g.said())
	}
	w.run("trust", "add", "tls://"+echoTLS(t, stranger), "--alias", "other", "--fingerprint", cert.Fingerprint(stranger.Certificate[0]))
	g.await("msg=reloaded")
	w.run("trust", "remove", "mq")
	g.await("msg=reloaded")
	if echoes(t, front) {
		t.Error("the back end is believed when it is trusted no longer")
	}
}
