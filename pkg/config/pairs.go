package config

import "fmt"

// Pairs makes a configuration without a file: one proxy service for each URL that
// is accepted at and the one of the same place in the list that it connects to.
func Pairs(accept, connect []string) (*Config, error) {
	c := &Config{}
	c.preset()
	r := &rules{config: c}
	for i := range accept {
		s := Service{Name: "proxy", Type: TypeProxy, Accept: make([]URL, 1), Connect: make([]URL, 1), path: fmt.Sprintf("services[%d]", i)}
		if i > 0 {
			s.Name = fmt.Sprintf("proxy-%d", i+1)
		}
		s.preset()
		if err := s.Accept[0].parse(accept[i]); err != nil {
			r.fault("", "--accept: %v", err)
		}
		if err := s.Connect[0].parse(connect[i]); err != nil {
			r.fault("", "--connect: %v", err)
		}
		c.Services = append(c.Services, s)
	}
	r.services()
	r.listeners()
	if err := join(r.faults); err != nil {
		return nil, err
	}
	return c, nil
}
