package cmd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
)

// probeTimeout bounds a probe, name lookup and handshake together.
const probeTimeout = 10 * time.Second

// endpoint is what a live endpoint presented and agreed to.
type endpoint struct {
	Host    string           `json:"host"`
	Address string           `json:"address"`
	Version string           `json:"version,omitempty"`
	Group   string           `json:"group,omitempty"`
	Cipher  string           `json:"cipher,omitempty"`
	ALPN    string           `json:"alpn,omitempty"`
	Staple  *cert.OCSPStaple `json:"ocsp_staple"`
	Client  clientWanted     `json:"client_certificate"`
	Trusted bool             `json:"trusted"` // by this machine, for this host
	Faults  []cert.Fault     `json:"faults"`

	presented []*x509.Certificate
	broken    string // why the handshake did not come to its end
	stapling  string // why the staple says nothing
}

// clientWanted is whether the other side asks who connects. Whether it insists shows
// only once it refuses a connection without.
type clientWanted struct {
	Wanted   bool     `json:"wanted"`
	Required bool     `json:"required"`
	CAs      []string `json:"cas"` // empty: any
}

// inspectEndpoint probes an endpoint and judges what it saw apart from that.
func (o *inspectOptions) inspectEndpoint(ctx context.Context, scheme, operand string) (inspection, error) {
	host, address, err := endpointAddress(scheme, operand)
	if err != nil {
		return inspection{}, err
	}
	e, err := probe(ctx, host, address)
	if err != nil {
		return inspection{}, err
	}
	i := inspection{Operand: operand, Kind: "endpoint", Endpoint: e}
	for _, c := range e.presented {
		d := describeCertificate(c)
		i.Items = append(i.Items, item{Kind: string(cert.PartCertificate), Certificate: &d})
	}
	if len(e.presented) == 0 {
		return i, nil
	}
	leaf := e.presented[0]
	v := cert.Verify(cert.VerifyOptions{
		Leaf: leaf, Helpers: e.presented[1:], Machine: o.machine, At: o.env.Now(),
		Host: host, Purpose: cert.ForServer, Profile: cert.ProfileOf(leaf),
	})
	e.Trusted, e.Faults = v.Usable(), append([]cert.Fault{}, v.Faults...)
	i.Findings = slices.DeleteFunc(
		cert.Lint(e.presented, cert.LintOptions{At: o.env.Now(), Purpose: cert.ForServer, Machine: o.machine, Where: e.Host}),
		func(f cert.Finding) bool { return v.Has(f.Code) })
	return i, nil
}

// endpointAddress reads https://HOST[:PORT], wss:// and tls://.
func endpointAddress(scheme, operand string) (host, address string, err error) {
	bad := func(format string, args ...any) (string, string, error) {
		return "", "", fail(codeUsage, "gwtls inspect https://HOST:PORT/", format, args...)
	}
	switch scheme {
	case "https", "wss", "tls":
	case "http", "ws":
		return bad("%s: no TLS is spoken at %s://", operand, scheme)
	default:
		return bad("%s: inspect knows https://, wss:// and tls://", operand)
	}
	u, err := url.Parse(operand)
	if err != nil || u.Hostname() == "" {
		return bad("%s has no host", operand)
	}
	names, err := cert.ParseNames([]string{u.Hostname()})
	if err != nil {
		return bad("%s: %w", operand, err)
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	return names.Alias(), net.JoinHostPort(names.Alias(), port), nil
}

// probe shakes hands with an endpoint, says nothing and hangs up. It takes whatever
// certificate comes: it is there to be looked at, and is judged afterwards.
func probe(ctx context.Context, host, address string) (*endpoint, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, &Error{Code: codeNetwork, Hint: "check the host, the port and that something listens there", Err: err}
	}
	defer raw.Close()
	e := &endpoint{Host: host, Address: raw.RemoteAddr().String(), Client: clientWanted{CAs: []string{}}, Faults: []cert.Fault{}}
	conn := tls.Client(raw, e.config())
	err = conn.HandshakeContext(ctx)
	if s := conn.ConnectionState(); len(s.PeerCertificates) > 0 {
		e.note(s)
	}
	if err != nil {
		if len(e.presented) == 0 {
			return nil, &Error{Code: codeNetwork, Hint: "check that TLS is spoken at that port", Err: fmt.Errorf("%s: %w", address, err)}
		}
		e.broken = oneLine(err.Error())
		e.Client.Required = e.Client.Wanted
		return e, nil
	}
	if e.Client.Wanted {
		e.Client.Required = refuses(raw, conn)
	}
	return e, nil
}

// config takes part in everything that a server may still speak, and looks on.
func (e *endpoint) config() *tls.Config {
	var suites []uint16
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		suites = append(suites, s.ID)
	}
	return &tls.Config{
		ServerName:         e.Host,
		InsecureSkipVerify: true, // a probe that sends nothing; the chain is verified apart
		MinVersion:         tls.VersionTLS10,
		CipherSuites:       suites,
		NextProtos:         []string{"h2", "http/1.1"},
		VerifyConnection: func(s tls.ConnectionState) error {
			e.note(s)
			return nil
		},
		GetClientCertificate: func(r *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			e.Client.Wanted = true
			for _, dn := range r.AcceptableCAs {
				e.Client.CAs = append(e.Client.CAs, cert.FormatDN(dn))
			}
			return new(tls.Certificate), nil
		},
	}
}

// note keeps what a connection came to.
func (e *endpoint) note(s tls.ConnectionState) {
	e.Version, e.Cipher, e.ALPN = tls.VersionName(s.Version), tls.CipherSuiteName(s.CipherSuite), s.NegotiatedProtocol
	e.Group = ""
	if s.CurveID != 0 {
		e.Group = s.CurveID.String()
	}
	e.presented = s.PeerCertificates
	if len(s.OCSPResponse) > 0 && len(e.presented) > 0 {
		var err error
		if e.Staple, err = cert.ReadOCSP(s.OCSPResponse, e.presented[0]); err != nil {
			e.stapling = err.Error()
		}
	}
}

// refuses waits for a server of TLS 1.3 to say that it wants no stranger: its alert
// comes only after our side of the handshake is over (RFC 8446, 4.4.2.4).
func refuses(raw net.Conn, conn *tls.Conn) bool {
	raw.SetReadDeadline(time.Now().Add(time.Second))
	_, err := conn.Read(make([]byte, 1))
	alert := (*net.OpError)(nil)
	return errors.As(err, &alert) && alert.Op == "remote error"
}

func (e *endpoint) summary() string {
	if e.Version == "" {
		return "an endpoint"
	}
	return fmt.Sprintf("%s at %s, %s", e.Version, e.Address, plural(len(e.presented), "certificate"))
}

func (e *endpoint) write(w io.Writer, now time.Time) {
	if e.broken != "" {
		field(w, "refused", e.broken)
	}
	field(w, "cipher", e.Cipher)
	field(w, "group", e.Group)
	field(w, "ALPN", e.ALPN)
	switch {
	case e.Staple != nil:
		text := e.Staple.Status + ", from " + e.Staple.ThisUpdate.UTC().Format(time.RFC3339)
		if e.Staple.NextUpdate != nil {
			text += " to " + e.Staple.NextUpdate.UTC().Format(time.RFC3339) + ", " + timeLeft(e.Staple.NextUpdate.Sub(now))
		}
		field(w, "OCSP", text)
	case e.stapling != "":
		field(w, "OCSP", e.stapling)
	default:
		field(w, "OCSP", "no staple")
	}
	field(w, "client", e.Client.String())
	if e.Trusted {
		field(w, "trust", "this machine trusts it for "+e.Host)
	} else {
		field(w, "trust", "this machine does not trust it for "+e.Host)
	}
	for _, f := range e.Faults {
		fmt.Fprintf(w, "  fault: %s: %s\n", f.Code, f.What)
	}
}

func (c clientWanted) String() string {
	if !c.Wanted {
		return "no client certificate is asked for"
	}
	text := "a client certificate is asked for"
	if c.Required {
		text = "a client certificate is required"
	}
	if len(c.CAs) == 0 {
		return text + ", of any CA"
	}
	return text + ", of one of: " + strings.Join(c.CAs, "; ")
}
