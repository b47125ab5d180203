// Package proxy carries connections from listeners to back ends: byte streams over TCP and
// TLS, WebSocket (RFC 6455), and the HTTP that comes with it. It reads no file and imports
// nothing else of ours: it is handed *tls.Config values and a Plan, and says over a logger
// how each session ended.
//
//	g := &proxy.Gateway{Log: log}
//	err := g.Load(plan)  // binds; later, from any goroutine, Load again swaps the plan
//	err = g.Serve(ctx)   // until ctx ends and the drain is done
package proxy
