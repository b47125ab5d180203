package config

import "time"

// AcceptOptions are how a service meets its clients.
type AcceptOptions struct {
	TLS           AcceptTLS     `yaml:"tls"`
	WS            WS            `yaml:"ws"`
	HTTP          AcceptHTTP    `yaml:"http"`
	TCP           TCP           `yaml:"tcp"`
	ProxyProtocol ProxyProtocol `yaml:"proxy_protocol"`
	Limits        Limits        `yaml:"limits"`
}

func (o *AcceptOptions) preset() {
	o.TLS.VerifyClient = "none"
	o.TLS.Encryption = "enabled"
	o.HTTP.KeepaliveTimeout = 30 * time.Second
	o.HTTP.ServerHeader = true
	o.Limits.HandshakeTimeout = 10 * time.Second
	o.Limits.HeaderTimeout = 10 * time.Second
}

// AcceptTLS are the terms on which TLS is spoken with clients. Services of one
// address and host have one set of protocols, ciphers and groups.
type AcceptTLS struct {
	VerifyClient VerifyClient `yaml:"verify_client"`
	Protocols    []Protocol   `yaml:"protocols"`
	Ciphers      []Cipher     `yaml:"ciphers"` // of TLS 1.2; empty: Go's
	Groups       []Group      `yaml:"groups"`  // empty: Go's
	Encryption   Encryption   `yaml:"encryption"`
}

// VerifyClient says whether clients show a certificate.
type VerifyClient string

func (VerifyClient) words() []string { return []string{"none", "optional", "required"} }

// Encryption may be disabled behind a TLS off-loader.
type Encryption string

func (Encryption) words() []string { return []string{"enabled", "disabled"} }

// WS are the terms of WebSocket connections.
type WS struct {
	MaximumMessageSize *Size         `yaml:"maximum_message_size"` // nil: by the type of the service; 0: no limit
	InactivityTimeout  time.Duration `yaml:"inactivity_timeout"`   // 0: none
	Subprotocols       []string      `yaml:"subprotocols"`
}

// AcceptHTTP are the terms of HTTP connections.
type AcceptHTTP struct {
	KeepaliveTimeout time.Duration `yaml:"keepalive_timeout"`
	ServerHeader     bool          `yaml:"server_header"`
}

// TCP are the terms of byte streams.
type TCP struct {
	MaximumOutboundRate Size `yaml:"maximum_outbound_rate"` // bytes a second; 0: no limit
}

// ProxyProtocol names the peers whose word on the client's address is taken.
type ProxyProtocol struct {
	From []string `yaml:"from"`
}

// Limits of what clients may take up. Times are always limited.
type Limits struct {
	Connections      int           `yaml:"connections"`        // 0: no limit
	ConnectionsPerIP int           `yaml:"connections_per_ip"` // 0: no limit
	HandshakeTimeout time.Duration `yaml:"handshake_timeout"`
	HeaderTimeout    time.Duration `yaml:"header_timeout"`
}

// ConnectOptions are how a service meets its back ends.
type ConnectOptions struct {
	TLS           ConnectTLS       `yaml:"tls"`
	HTTP          ConnectHTTP      `yaml:"http"`
	ProxyProtocol ProxyProtocolOut `yaml:"proxy_protocol"`
}

func (o *ConnectOptions) preset() {
	o.HTTP = ConnectHTTP{Keepalive: true, KeepaliveConnections: 32, KeepaliveTimeout: 30 * time.Second}
}

// ConnectTLS are the terms on which TLS is spoken with back ends.
type ConnectTLS struct {
	ServerName        string     `yaml:"server_name"` // "": the connect URL's host
	ClientCertificate string     `yaml:"client_certificate"`
	Pins              []Pin      `yaml:"pins"`
	Protocols         []Protocol `yaml:"protocols"`
}

// ConnectHTTP are the terms of HTTP connections to back ends.
type ConnectHTTP struct {
	Keepalive            bool          `yaml:"keepalive"`
	KeepaliveConnections int           `yaml:"keepalive_connections"`
	KeepaliveTimeout     time.Duration `yaml:"keepalive_timeout"`
	MaximumRedirects     int           `yaml:"maximum_redirects"` // of a back end that are followed for the client
}

// ProxyProtocolOut is the version of the PROXY header a back end gets, if any.
type ProxyProtocolOut string

func (ProxyProtocolOut) words() []string { return []string{"v1", "v2"} }
