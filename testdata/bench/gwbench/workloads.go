package main

import (
	"crypto/tls"
	"strings"
)

// service is a way through a gateway.
type service string

const (
	viaTCP    service = "tcp"   // TLS to TCP
	viaHTTP   service = "http"  // HTTPS to HTTP
	viaWS     service = "wsws"  // WSS to WS
	viaBridge service = "wstcp" // WSS to TCP
)

var services = []service{viaTCP, viaHTTP, viaWS, viaBridge}

// workload is one line of the comparison.
type workload struct {
	id, what string
	via      service // none: the gateway's first
	hybrid   bool    // needs X25519MLKEM768
	reloads  bool    // swaps the certificate
	rsa      bool
	quick    bool // part of the short form
	measure  measure
	goal     goal
	run      func(*bench, *instance) figures
}

// goal is what gwtls is to reach.
type goal struct {
	ratio float64 // to the best rival
	value float64 // or outright, in the workload's unit
	zero  bool    // or nothing at all
}

var workloads = []workload{
	{id: "W1-ec", what: "full handshake, P-256", via: viaTCP, quick: true, measure: perOperation("connection"), goal: goal{ratio: 0.80}, run: visits(viaTCP, plainConfig)},
	{id: "W1-rsa", what: "full handshake, RSA-2048", via: viaTCP, rsa: true, measure: perOperation("connection"), goal: goal{ratio: 1.6}, run: visits(viaTCP, plainConfig)},
	{id: "W1-pq", what: "full handshake, X25519MLKEM768", via: viaTCP, hybrid: true, measure: perOperation("connection"), goal: goal{ratio: 0.80}, run: visits(viaTCP, func() *tls.Config { return clientConfig(tls.X25519MLKEM768) })},
	{id: "W1-https", what: "full handshake, one HTTP request", via: viaHTTP, quick: true, measure: perOperation("connection"), goal: goal{ratio: 0.80}, run: visits(viaHTTP, plainConfig)},
	{id: "W2-ec", what: "resumed handshake", via: viaTCP, quick: true, measure: perOperation("connection"), goal: goal{ratio: 0.80}, run: visits(viaTCP, resumingConfig)},
	{id: "W2-https", what: "resumed handshake, one HTTP request", via: viaHTTP, measure: perOperation("connection"), goal: goal{ratio: 0.65}, run: visits(viaHTTP, resumingConfig)},
	{id: "W3-up1", what: "bulk to the back end, 1 connection", via: viaTCP, measure: perGB, run: bulk(doSwallow, 1)},
	{id: "W3-up16", what: "bulk to the back end, 16 connections", via: viaTCP, quick: true, measure: perGB, goal: goal{ratio: 0.85}, run: bulk(doSwallow, 16)},
	{id: "W3-down1", what: "bulk from the back end, 1 connection", via: viaTCP, measure: perGB, run: bulk(doSend, 1)},
	{id: "W3-down16", what: "bulk from the back end, 16 connections", via: viaTCP, quick: true, measure: perGB, goal: goal{ratio: 0.70}, run: bulk(doSend, 16)},
	{id: "W4", what: "64 B there and back", via: viaTCP, quick: true, measure: perOperation("round trip"), goal: goal{ratio: 0.85}, run: exchanges(viaTCP, 64, pingPong(64))},
	{id: "W5", what: "HTTPS requests, kept alive", via: viaHTTP, quick: true, measure: perOperation("request"), goal: goal{ratio: 0.90}, run: exchanges(viaHTTP, 64, keepAlive)},
	{id: "W6a-64", what: "WSS to WS, 64 B messages", via: viaWS, quick: true, measure: perOperation("message"), goal: goal{ratio: 0.85}, run: exchanges(viaWS, 64, messages(64))},
	{id: "W6a-16k", what: "WSS to WS, 16 KiB messages", via: viaWS, measure: perOperation("message"), goal: goal{ratio: 0.85}, run: exchanges(viaWS, 64, messages(16<<10))},
	{id: "W6b-64", what: "WSS to TCP, 64 B messages", via: viaBridge, quick: true, measure: perOperation("message"), goal: goal{ratio: 0.08}, run: exchanges(viaBridge, 64, messages(64))},
	{id: "W6b-16k", what: "WSS to TCP, 16 KiB messages", via: viaBridge, measure: perOperation("message"), goal: goal{ratio: 0.14}, run: exchanges(viaBridge, 64, messages(16<<10))},
	{id: "W7-tls", what: "idle TLS connections", via: viaTCP, quick: true, measure: perConnection, goal: goal{value: 9}, run: idle(viaTCP)},
	{id: "W7-wsws", what: "idle WSS connections to WS", via: viaWS, measure: perConnection, goal: goal{value: 12}, run: idle(viaWS)},
	{id: "W7-wstcp", what: "idle WSS connections to TCP", via: viaBridge, measure: perConnection, goal: goal{value: 12}, run: idle(viaBridge)},
	{id: "W8-reload", what: "certificate swapped three times under load", reloads: true, measure: failures, goal: goal{zero: true}, run: reload},
	{id: "W8-start", what: "start to first byte", quick: true, measure: milliseconds, goal: goal{value: 10}, run: startUp},
}

// pick gives the workloads whose ids begin with one of the names: W3 is all of W3.
// Without names it gives all, or those of the short form.
func pick(names []string, quick bool) (picked []workload, unknown []string) {
	used := map[string]bool{}
	for _, w := range workloads {
		wanted := len(names) == 0 && (w.quick || !quick)
		for _, n := range names {
			if strings.HasPrefix(w.id, n) {
				wanted, used[n] = true, true
			}
		}
		if wanted {
			picked = append(picked, w)
		}
	}
	for _, n := range names {
		if !used[n] {
			unknown = append(unknown, n)
		}
	}
	return picked, unknown
}
