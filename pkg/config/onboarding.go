package config

import (
	"slices"

	"github.com/gwtls/gwtls/pkg/cert"
)

// TypeOnboarding is the type of the service that the key onboarding makes; no service
// of the file has it.
const TypeOnboarding ServiceType = "onboarding"

// onboarding makes a service of its key, which listens and is found as all others are.
func (r *rules) onboarding() {
	o := r.config.Onboarding
	if o == nil {
		return
	}
	u, at := o.Accept, "onboarding.accept"
	_, ip := u.IP()
	switch {
	case u.Scheme == "" && r.config.named[at].text == "": // else it did not parse
		r.fault("onboarding", "onboarding accepts nowhere: onboarding: { accept: http://HOST:8080/trust }")
		return
	case u.Scheme == "":
		return
	case !slices.Contains([]string{"http", "https"}, u.Scheme):
		r.fault(at, "%s: onboarding accepts by http or https", u)
		return
	case !ip:
		if _, err := cert.ParseDNS(u.Host); err != nil {
			r.fault(at, "%s: %v", u, err)
		}
	}
	s := &Service{Name: "onboarding", Type: TypeOnboarding, Accept: []URL{u}, path: "onboarding"}
	s.preset()
	s.AcceptOptions.TLS = r.config.Defaults.AcceptOptions.TLS
	r.config.onboarding = s
}

// All are the services, that of onboarding behind those of the file.
func (c *Config) All() []*Service {
	var all []*Service
	for i := range c.Services {
		all = append(all, &c.Services[i])
	}
	if c.onboarding != nil {
		all = append(all, c.onboarding)
	}
	return all
}
