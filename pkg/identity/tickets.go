package identity

import (
	"bytes"
	"crypto/tls"
	"slices"
)

// Tickets hold the keys of session tickets for as long as the process lives, so that
// sessions can be resumed after a reload. Go makes the keys and changes them daily.
type Tickets struct{ keys *tls.Config }

// NewTickets has keys of its own.
func NewTickets() *Tickets { return &Tickets{new(tls.Config)} }

// bind has a configuration issue tickets that are good only where the policy is the
// same: crypto/tls looks at nothing but expiry and CAs when a session is resumed.
// What does not fit is met with a full handshake.
func (t *Tickets) bind(c *tls.Config, policy string) {
	mark := []byte("policy " + policy)
	c.WrapSession = func(cs tls.ConnectionState, ss *tls.SessionState) ([]byte, error) {
		ss.Extra = append(ss.Extra, mark)
		return t.keys.EncryptTicket(cs, ss)
	}
	c.UnwrapSession = func(ticket []byte, cs tls.ConnectionState) (*tls.SessionState, error) {
		ss, err := t.keys.DecryptTicket(ticket, cs)
		if err != nil || ss == nil {
			return nil, err
		}
		if !slices.ContainsFunc(ss.Extra, func(extra []byte) bool { return bytes.Equal(extra, mark) }) {
			return nil, nil
		}
		return ss, nil
	}
}
