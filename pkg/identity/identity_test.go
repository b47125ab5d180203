package identity_test

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/identity"
	"github.com/gwtls/gwtls/pkg/keystore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// entry describes a self-signed entry of a store that is made for a test.
type entry struct {
	alias   string
	names   []string
	keyType cert.KeyType
	from    time.Duration // begin and end, from now
	to      time.Duration
	pending bool
}

func storeOf(t *testing.T, entries ...entry) *keystore.Store {
	t.Helper()
	s := keystore.New()
	for _, e := range entries {
		if e.keyType == "" {
			e.keyType = cert.P256
		}
		if e.to == 0 {
			e.to = 48 * time.Hour
		}
		key, err := e.keyType.Generate()
		if err != nil {
			t.Fatal(err)
		}
		s.Put(entryOf(t, e, key))
	}
	return s
}

func entryOf(t *testing.T, e entry, key crypto.Signer) *keystore.Entry {
	t.Helper()
	names, err := cert.ParseNames(e.names)
	if err != nil {
		t.Fatal(err)
	}
	make := cert.SelfSign
	if e.pending {
		make = cert.Pending
	}
	leaf, err := make(cert.Request{Names: names, Now: time.Now().Add(e.from), Lifetime: e.to - e.from}, key)
	if err != nil {
		t.Fatal(err)
	}
	made, err := keystore.NewPrivateKey(e.alias, key, []*x509.Certificate{leaf}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// meet makes a handshake over a loopback connection, and gives what the client saw.
func meet(t *testing.T, server, client *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	served := make(chan struct{})
	go func() {
		defer close(served)
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		conn := tls.Server(c, server)
		if conn.Handshake() == nil {
			conn.Write([]byte("x")) // a TLS 1.3 client gets its ticket before this
		}
	}()
	defer func() { <-served }()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	conn := tls.Client(c, client)
	if err := conn.Handshake(); err != nil {
		return tls.ConnectionState{}, err
	}
	if _, err := conn.Read(make([]byte, 1)); err != nil {
		return tls.ConnectionState{}, err
	}
	return conn.ConnectionState(), nil
}

// anybody takes any certificate, for tests of which one is presented.
func anybody(serverName string) *tls.Config {
	return &tls.Config{ServerName: serverName, InsecureSkipVerify: true}
}

func server(id *identity.Identity, names ...string) *tls.Config {
	var hosts []identity.Host
	for _, name := range names {
		hosts = append(hosts, identity.Host{Name: name})
	}
	return id.Server(hosts, identity.NewTickets()).Config()
}

func TestTheServerNamePicksTheCertificate(t *testing.T) {
	id := identity.New(storeOf(t,
		entry{alias: "first", names: []string{"first.example.com"}},
		entry{alias: "gw", names: []string{"gw.example.com", "Alt.Example.com"}},
		entry{alias: "wild", names: []string{"*.example.com"}},
		entry{alias: "address", names: []string{"127.0.0.1"}},
	), time.Now())
	for _, c := range []struct{ name, want string }{
		{"gw.example.com", "gw.example.com"},
		{"GW.example.COM", "gw.example.com"},
		{"alt.example.com", "gw.example.com"},
		{"first.example.com", "first.example.com"},
		{"other.example.com", "*.example.com"},
		{"", "127.0.0.1"},
		{"a.other.example.com", "127.0.0.1"}, // a wildcard is one label
		{"example.com", "127.0.0.1"},
		{"unknown.test", "127.0.0.1"},
	} {
		state, err := meet(t, server(id, "gw.example.com"), anybody(c.name))
		if err != nil {
			t.Errorf("%q: %v", c.name, err)
			continue
		}
		if got := cert.NamesOf(state.PeerCertificates[0]).Strings()[0]; got != c.want {
			t.Errorf("server name %q got the certificate of %s, want %s", c.name, got, c.want)
		}
	}
}

func TestWithoutAServerNameTheFirstOfTheKeystoreIsPresented(t *testing.T) {
	id := identity.New(storeOf(t,
		entry{alias: "zzz", names: []string{"zzz.example.com"}},
		entry{alias: "aaa", names: []string{"aaa.example.com"}},
	), time.Now())
	for _, name := range []string{"", "unknown.test"} {
		state, err := meet(t, server(id, "aaa.example.com"), anybody(name))
		if err != nil {
			t.Fatal(err)
		}
		if got := state.PeerCertificates[0].DNSNames[0]; got != "zzz.example.com" {
			t.Errorf("server name %q got %s", name, got)
		}
	}
}

func TestECDSAFirstAndRSAForWhoNeedsIt(t *testing.T) {
	id := identity.New(storeOf(t,
		entry{alias: "rsa", names: []string{"gw.example.com"}, keyType: cert.RSA2048},
		entry{alias: "ec", names: []string{"gw.example.com"}},
	), time.Now())
	modern := anybody("gw.example.com")
	old := anybody("gw.example.com")
	old.MaxVersion = tls.VersionTLS12
	old.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
	for want, client := range map[x509.PublicKeyAlgorithm]*tls.Config{x509.ECDSA: modern, x509.RSA: old} {
		state, err := meet(t, server(id, "gw.example.com"), client)
		if err != nil {
			t.Fatal(err)
		}
		if got := state.PeerCertificates[0].PublicKeyAlgorithm; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func TestOfTwoAlikeTheLaterIssuedIsPresented(t *testing.T) {
	id := identity.New(storeOf(t,
		entry{alias: "old", names: []string{"gw.example.com"}, from: -2 * time.Hour},
		entry{alias: "new", names: []string{"gw.example.com"}, from: -time.Hour},
	), time.Now())
	if alias, _, _ := id.For("gw.example.com"); alias != "new" {
		t.Errorf("got %s", alias)
	}
}

func TestWhatCannotBePresentedIsSkippedAndSaid(t *testing.T) {
	store := storeOf(t,
		entry{alias: "pending", names: []string{"pending.example.com"}, pending: true},
		entry{alias: "expired", names: []string{"*.expired.example.com"}, from: -72 * time.Hour, to: -48 * time.Hour},
		entry{alias: "early", names: []string{"early.example.com"}, from: 48 * time.Hour, to: 96 * time.Hour},
		entry{alias: "good", names: []string{"good.example.com"}},
	)
	bare, _ := cert.P256.Generate()
	e, err := keystore.NewPrivateKey("bare", bare, nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	store.Put(e)
	id := identity.New(store, time.Now())
	var said []string
	for _, s := range id.Skipped() {
		said = append(said, s.String())
	}
	got := strings.Join(said, "\n")
	for _, want := range []string{"pending waits for the CA's reply", "expired expired on 20", "early is not valid before 20", "bare has no certificate"} {
		if !strings.Contains(got, want) {
			t.Errorf("not said: %s in\n%s", want, got)
		}
	}
	for _, host := range []string{"pending.example.com", "a.expired.example.com", "early.example.com"} {
		if _, _, ok := id.For(host); ok || id.Lacks(host) == "" {
			t.Errorf("%s: presented %v, lacks %q", host, ok, id.Lacks(host))
		}
	}
	state, err := meet(t, server(id, "good.example.com"), anybody("pending.example.com"))
	if err != nil || state.PeerCertificates[0].DNSNames[0] != "good.example.com" {
		t.Errorf("got %v, %v", state.PeerCertificates, err)
	}
}

func TestACertificateWithoutSANsIsFoundByItsCN(t *testing.T) {
	key, err := cert.P256.Generate()
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Legacy.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	e, err := keystore.NewPrivateKey("legacy", key, []*x509.Certificate{leaf}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s := keystore.New()
	s.Put(e)
	if _, _, ok := identity.New(s, time.Now()).For("legacy.example.com"); !ok {
		t.Error("not found")
	}
}

func TestAnEmptyKeystoreRefusesHandshakes(t *testing.T) {
	if _, err := meet(t, server(identity.New(nil, time.Now()), "gw.example.com"), anybody("gw.example.com")); err == nil {
		t.Error("a handshake without a certificate")
	}
}

func TestEachHostHasItsOwnTerms(t *testing.T) {
	id := identity.New(storeOf(t, entry{alias: "all", names: []string{"new.example.com", "*.wild.example.com", "old.example.com"}}), time.Now())
	s := id.Server([]identity.Host{
		{Name: "old.example.com", Terms: identity.Terms{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256}}},
		{Name: "new.example.com", Terms: identity.Terms{MinVersion: tls.VersionTLS13, Groups: []tls.CurveID{tls.CurveP384}, NextProtos: []string{"h2", "http/1.1"}}},
		{Name: "*.wild.example.com", Terms: identity.Terms{NextProtos: []string{"http/1.1"}}},
		{Name: "127.0.0.1", Terms: identity.Terms{NextProtos: []string{"for-addresses"}}},
	}, identity.NewTickets())
	for _, c := range []struct {
		name, alpn     string
		version, suite uint16
		group          tls.CurveID
	}{
		{name: "old.example.com", version: tls.VersionTLS12, suite: tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256},
		{name: "new.example.com", alpn: "h2", version: tls.VersionTLS13, group: tls.CurveP384},
		{name: "a.wild.example.com", alpn: "http/1.1", version: tls.VersionTLS13},
		{name: "unknown.test", alpn: "for-addresses", version: tls.VersionTLS13},
	} {
		client := anybody(c.name)
		client.NextProtos = []string{"h2", "http/1.1", "for-addresses"}
		state, err := meet(t, s.Config(), client)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if state.Version != c.version || state.NegotiatedProtocol != c.alpn ||
			c.suite != 0 && state.CipherSuite != c.suite || c.group != 0 && state.CurveID != c.group {
			t.Errorf("%s: version %x, ALPN %q, suite %x, group %v", c.name, state.Version, state.NegotiatedProtocol, state.CipherSuite, state.CurveID)
		}
	}
}

// What a request may do under another name than the handshake's depends on it.
func TestPoliciesAreEqualWhereTheTermsAreEquallyStrict(t *testing.T) {
	strict := identity.Terms{MinVersion: tls.VersionTLS13}
	h1, h2 := identity.Terms{NextProtos: []string{"http/1.1"}}, identity.Terms{NextProtos: []string{"h2", "http/1.1"}}
	s := identity.New(nil, time.Now()).Server([]identity.Host{
		{Name: "a.example.com", Terms: h1}, {Name: "*.example.com", Terms: h2}, {Name: "strict.example.com", Terms: strict},
	}, identity.NewTickets())
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"a.example.com", "A.EXAMPLE.COM", true},
		{"a.example.com", "b.example.com", true},
		{"*.example.com", "b.example.com", true},
		{"a.example.com", "", true},
		{"a.example.com", "unknown.test", true},
		{"a.example.com", "strict.example.com", false},
		{"b.example.com", "strict.example.com", false},
		{"a.strict.example.com", "strict.example.com", false},
	} {
		if got := s.Policy(c.a) == s.Policy(c.b); got != c.same {
			t.Errorf("%q and %q: same policy is %v", c.a, c.b, got)
		}
	}
}

func TestNothingBelowTLS12(t *testing.T) {
	id := identity.New(storeOf(t, entry{alias: "gw", names: []string{"gw.example.com"}}), time.Now())
	client := anybody("gw.example.com")
	client.MinVersion, client.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	if state, err := meet(t, server(id, "gw.example.com"), client); err == nil {
		t.Errorf("spoke %x", state.Version)
	}
}

// A ticket is good after a reload, for another certificate too, and nowhere but under
// the policy that it was given under.
func TestSessionsAreResumedAfterAReloadUnderTheSamePolicyOnly(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		store := storeOf(t, entry{alias: "gw", names: []string{"gw.example.com"}})
		tickets := identity.NewTickets()
		plain := []identity.Host{{Name: "gw.example.com"}}
		other := []identity.Host{{Name: "gw.example.com", Terms: identity.Terms{Groups: []tls.CurveID{tls.X25519, tls.CurveP256}}}}
		client := anybody("gw.example.com")
		client.MaxVersion = version
		client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		for i, step := range []struct {
			what    string
			server  *tls.Config
			resumed bool
		}{
			{"first", identity.New(store, time.Now()).Server(plain, tickets).Config(), false},
			{"again", identity.New(store, time.Now()).Server(plain, tickets).Config(), true},
			{"other policy", identity.New(store, time.Now()).Server(other, tickets).Config(), false},
			{"other policy again", identity.New(store, time.Now()).Server(other, tickets).Config(), true},
			{"other keys", identity.New(store, time.Now()).Server(other, identity.NewTickets()).Config(), false},
		} {
			state, err := meet(t, step.server, client)
			if err != nil {
				t.Fatalf("%d %s: %v", i, step.what, err)
			}
			if state.DidResume != step.resumed {
				t.Errorf("TLS %x, %s: resumed %v, want %v", version, step.what, state.DidResume, step.resumed)
			}
		}
	}
}

// backend is a TLS server with a certificate for localhost, and what trusts it.
func backend(t *testing.T) (*tls.Config, *keystore.Store, *x509.Certificate) {
	t.Helper()
	store := storeOf(t, entry{alias: "mq", names: []string{"localhost"}})
	chain, err := store.Get("mq").Chain()
	if err != nil {
		t.Fatal(err)
	}
	trust := keystore.New()
	trust.Put(keystore.NewTrusted("mq", chain[0], time.Now()))
	return server(identity.New(store, time.Now()), "localhost"), trust, chain[0]
}

func TestBackEndsAreVerified(t *testing.T) {
	mq, trust, leaf := backend(t)
	roots, err := identity.Roots(trust)
	if err != nil {
		t.Fatal(err)
	}
	_, stranger, _ := backend(t)
	strangers, err := identity.Roots(stranger)
	if err != nil {
		t.Fatal(err)
	}
	id := identity.New(nil, time.Now())
	for _, c := range []struct {
		what string
		b    identity.Backend
		want string
	}{
		{"trusted", identity.Backend{Roots: roots, ServerName: "localhost"}, ""},
		{"pinned", identity.Backend{Roots: roots, ServerName: "localhost", Pins: [][32]byte{{1}, sha256.Sum256(leaf.Raw)}}, ""},
		{"pinned by key", identity.Backend{Roots: roots, ServerName: "localhost", Pins: [][32]byte{sha256.Sum256(leaf.RawSubjectPublicKeyInfo)}}, ""},
		{"another pin", identity.Backend{Roots: roots, ServerName: "localhost", Pins: [][32]byte{{1}}}, "pinned"},
		{"another name", identity.Backend{Roots: roots, ServerName: "mq.example.com"}, "not mq.example.com"},
		{"another root", identity.Backend{Roots: strangers, ServerName: "localhost"}, "unknown authority"},
		{"the system's roots", identity.Backend{ServerName: "localhost"}, "certificate"},
	} {
		config, err := id.Client(c.b)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time a session could be resumed
			_, err = meet(t, mq, config)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: got %v, want %q", c.what, err, c.want)
			}
		}
	}
}

func TestAClientCertificateIsShownToTheBackEnd(t *testing.T) {
	mq, trust, _ := backend(t)
	roots, _ := identity.Roots(trust)
	mq = mq.Clone()
	mq.ClientAuth = tls.RequireAnyClientCert
	var shown string
	mq.VerifyConnection = func(s tls.ConnectionState) error {
		shown = s.PeerCertificates[0].DNSNames[0]
		return nil
	}
	id := identity.New(storeOf(t, entry{alias: "gateway", names: []string{"gw.example.com"}}), time.Now())
	config, err := id.Client(identity.Backend{Roots: roots, ServerName: "localhost", Certificate: "Gateway"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := meet(t, mq, config); err != nil || shown != "gw.example.com" {
		t.Errorf("shown %q: %v", shown, err)
	}
	if _, err := id.Client(identity.Backend{Certificate: "nobody"}); !errors.Is(err, identity.ErrNoEntry) {
		t.Errorf("got %v", err)
	}
}

func TestATruststoreWithoutCertificatesIsAnError(t *testing.T) {
	if _, err := identity.Roots(storeOf(t, entry{alias: "key", names: []string{"a.example.com"}})); err == nil {
		t.Error("nobody is trusted, and nothing was said")
	}
}
