//go:build !unix

package proxy

import "net"

// poller is for systems whose sockets are read without waiting; on others each direction
// keeps its buffer.
type poller struct{}

func newPoller(net.Conn) *poller { return nil }

func (*poller) tryRead([]byte) (int, error) { return 0, errNotReady{} }

func (*poller) read(*buffers, int) (*buffer, int, error) { return nil, 0, errNotReady{} }
