// Package config reads gateway.yaml into one checked value. Every fault of the
// file is found at once and named with its line and column; what this version of
// the gateway does not carry out yet is refused, never ignored.
package config

import "time"

// Config is a gateway.yaml, with its defaults filled in.
type Config struct {
	Properties   map[string]string `yaml:"properties"`
	Keystore     *Store            `yaml:"keystore"`   // nil: the home's
	Truststore   *Store            `yaml:"truststore"` // nil: the home's, else the system's roots
	Clients      *Store            `yaml:"clients"`
	CRL          *CRL              `yaml:"crl"`
	Tickets      Tickets           `yaml:"tickets"`
	Admin        *Admin            `yaml:"admin"`
	DrainTimeout time.Duration     `yaml:"drain_timeout"`
	Onboarding   *Onboarding       `yaml:"onboarding"`
	Defaults     Defaults          `yaml:"defaults"` // already in each service
	Services     []Service         `yaml:"services"`

	onboarding *Service // made of its key
	file       string
	named      map[string]mention // what the file says where, by path
}

// preset is what holds where the file says nothing.
func (c *Config) preset() {
	c.DrainTimeout = 30 * time.Second
	c.Tickets.Rotate = 12 * time.Hour
}

// Store is a file of keys or certificates, written as its path alone or with
// where its password is.
type Store struct {
	File     string `yaml:"file"`
	Password Secret `yaml:"password"` // "" where only its password file may know it
}

// CRL names lists of revoked certificates by CAs that are not our own.
type CRL struct {
	Files  []Path    `yaml:"files"`
	Policy CRLPolicy `yaml:"policy"`
}

func (c *CRL) preset() { c.Policy = "hard" }

// CRLPolicy says what a CRL that is missing or stale means.
type CRLPolicy string

func (CRLPolicy) words() []string { return []string{"hard", "soft"} }

// Tickets of TLS sessions.
type Tickets struct {
	Rotate time.Duration `yaml:"rotate"`
}

// Admin is where the gateway shows its own state.
type Admin struct {
	Listen string `yaml:"listen"`
}

// Onboarding is where clients fetch what makes them trust the gateway.
type Onboarding struct {
	Accept URL `yaml:"accept"`
}

// Defaults are the options of services that do not name their own.
type Defaults struct {
	AcceptOptions  AcceptOptions  `yaml:"accept_options"`
	ConnectOptions ConnectOptions `yaml:"connect_options"`
}

// Path is a file's path; a relative one has been made relative to the folder of
// the configuration that names it.
type Path string
