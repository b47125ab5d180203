package config

import "time"

// Service is one thing the gateway does for those who connect to its accept URLs.
type Service struct {
	Name                    string          `yaml:"name"`
	Description             string          `yaml:"description"`
	Type                    ServiceType     `yaml:"type"`
	Accept                  []URL           `yaml:"accept"`
	Connect                 []URL           `yaml:"connect"`
	Bind                    map[string]Bind `yaml:"bind"` // by scheme
	Balance                 Balance         `yaml:"balance"`
	Health                  *Health         `yaml:"health"`
	MaximumPendingBytes     Size            `yaml:"maximum_pending_bytes"` // a direction
	MaximumRecoveryInterval time.Duration   `yaml:"maximum_recovery_interval"`
	PreparedConnections     int             `yaml:"prepared_connections"`
	AcceptOptions           AcceptOptions   `yaml:"accept_options"`
	ConnectOptions          ConnectOptions  `yaml:"connect_options"`
	Allow                   []Rule          `yaml:"allow"`
	ForwardClientCert       bool            `yaml:"forward_client_certificate"`
	CrossSite               []CrossSite     `yaml:"cross_site"`

	Directory *Directory        `yaml:"directory"`
	MIME      map[string]string `yaml:"mime"` // media type by extension
	HTTP      *HTTPProxy        `yaml:"http"`
	Redirect  *Redirect         `yaml:"redirect"`
	Broadcast *Broadcast        `yaml:"broadcast"`

	path string // services[N]
}

// At is the path of a key of the service, for [Config.Fault].
func (s *Service) At(key string) string { return s.path + "." + key }

func (s *Service) preset() {
	s.Balance = "round_robin"
	s.MaximumPendingBytes = 64 << 10
	s.AcceptOptions.preset()
	s.ConnectOptions.preset()
}

// ServiceType is what a service does.
type ServiceType string

// The types of services.
const (
	TypeProxy     ServiceType = "proxy"
	TypeHTTPProxy ServiceType = "http.proxy"
	TypeDirectory ServiceType = "directory"
	TypeEcho      ServiceType = "echo"
	TypeBroadcast ServiceType = "broadcast"
	TypeRedirect  ServiceType = "redirect"
)

func (ServiceType) words() []string {
	return []string{"proxy", "http.proxy", "directory", "echo", "broadcast", "redirect"}
}

// Balance says which of several back ends is next.
type Balance string

func (Balance) words() []string { return []string{"round_robin", "least_connections", "first"} }

// Health is how back ends are probed.
type Health struct {
	Interval time.Duration `yaml:"interval"`
	Timeout  time.Duration `yaml:"timeout"`
	Fall     int           `yaml:"fall"`
	Rise     int           `yaml:"rise"`
}

func (h *Health) preset() { *h = Health{5 * time.Second, 2 * time.Second, 2, 1} }

// Rule admits the verified clients of which all its named fields hold.
type Rule struct {
	URI        string `yaml:"uri"`
	CN         string `yaml:"cn"`
	OU         string `yaml:"ou"`
	DNS        string `yaml:"dns"`
	Email      string `yaml:"email"`
	IP         string `yaml:"ip"`
	Issuer     string `yaml:"issuer"`
	SHA256     string `yaml:"sha256"`
	SPKISHA256 string `yaml:"spki_sha256"`
}

// CrossSite admits requests that pages of another origin make.
type CrossSite struct {
	AllowOrigin  string        `yaml:"allow_origin"`
	AllowMethods []string      `yaml:"allow_methods"`
	AllowHeaders []string      `yaml:"allow_headers"`
	MaximumAge   time.Duration `yaml:"maximum_age"`
}

// Directory is what a service of that type serves.
type Directory struct {
	Root    Path    `yaml:"root"`
	Index   string  `yaml:"index"`
	Errors  Path    `yaml:"errors"` // a folder of 404.html and the like, in the root unless absolute
	Listing bool    `yaml:"listing"`
	Cache   []Cache `yaml:"cache"`
}

// Cache is the Cache-Control of the files whose names match.
type Cache struct {
	Patterns []string `yaml:"patterns"`
	Control  string   `yaml:"control"`
}

// HTTPProxy is how an http.proxy service changes what it passes on.
type HTTPProxy struct {
	Forwarded Forwarded `yaml:"forwarded"`
	Rewrite   Rewrites  `yaml:"rewrite"`
}

func (h *HTTPProxy) preset() { h.Forwarded = "inject" }

// Forwarded says what becomes of the headers that name the client.
type Forwarded string

func (Forwarded) words() []string { return []string{"inject", "exclude", "ignore"} }

// Rewrites of what a back end answers.
type Rewrites struct {
	Location     []Rewrite `yaml:"location"`
	CookieDomain []Rewrite `yaml:"cookie_domain"`
	CookiePath   []Rewrite `yaml:"cookie_path"`
}

// Rewrite replaces a prefix.
type Rewrite struct {
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

// Redirect is where a service of that type sends its clients.
type Redirect struct {
	To     string `yaml:"to"`
	Status int    `yaml:"status"`
}

func (r *Redirect) preset() { r.Status = 308 }

// Broadcast is where the messages for all clients come from.
type Broadcast struct {
	From    []string         `yaml:"from"`
	Clients BroadcastClients `yaml:"clients"`
}

func (b *Broadcast) preset() { b.Clients = "ignore" }

// BroadcastClients says what becomes of what clients send.
type BroadcastClients string

func (BroadcastClients) words() []string { return []string{"ignore", "relay"} }
