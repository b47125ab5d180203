package cmd

import (
	"crypto/x509"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/config"
)

// line is a line of the log, to be.
type line struct {
	level   slog.Level
	message string
	attrs   []slog.Attr
}

func (l line) String() string { return l.message + slog.GroupValue(l.attrs...).String() }

// report says what listens where, with which certificate for whom, and what there is
// to warn of. Where an address became another one (port 0), actual tells.
func (l *loaded) report(actual func(address string) string) []line {
	var lines []line
	for _, s := range l.config.All() {
		for _, u := range s.Accept {
			at := l.addresses(s, u, actual)
			if u.Port == 0 && len(at) > 0 {
				u.Port, _ = strconv.Atoi(at[0][strings.LastIndexByte(at[0], ':')+1:])
			}
			attrs := []slog.Attr{slog.String("url", u.String()), slog.String("address", strings.Join(at, ",")),
				slog.String("service", s.Name), slog.String("type", string(s.Type))}
			if len(s.Connect) > 0 {
				attrs = append(attrs, slog.String("connect", joined(s.Connect)))
			}
			lines = append(lines, line{slog.LevelInfo, "listening", attrs})
		}
	}
	for _, c := range l.certificates() {
		lines = append(lines, line{slog.LevelInfo, "certificate", []slog.Attr{slog.String("host", c.host),
			slog.String("entry", c.alias), slog.String("until", c.chain[0].NotAfter.UTC().Format(time.RFC3339))}})
	}
	lines = append(lines, l.onboarding.lines()...)
	for _, w := range l.warnings {
		attrs := []slog.Attr{slog.String("code", w.Code), slog.String("where", w.Where)}
		if w.Fix != "" {
			attrs = append(attrs, slog.String("fix", w.Fix))
		}
		lines = append(lines, line{slog.LevelWarn, w.What, attrs})
	}
	return lines
}

// addresses are where an accept URL listens in truth.
func (l *loaded) addresses(s *config.Service, u config.URL, actual func(string) string) []string {
	var list []string
	for _, listener := range l.listeners {
		if !slices.ContainsFunc(listener.Doors, func(d config.Door) bool { return d.Service == s && d.Accept == u }) {
			continue
		}
		_, address := networkAddress(listener.Address)
		if a := actual(address); a != "" {
			list = append(list, a)
		}
	}
	return list
}

func joined(urls []config.URL) string {
	var list []string
	for _, u := range urls {
		list = append(list, u.String())
	}
	return strings.Join(list, ",")
}

// served is what the clients of a host are shown first.
type served struct {
	host, alias string
	chain       []*x509.Certificate
}

func (l *loaded) certificates() []served {
	var list []served
	told := map[string]bool{}
	for _, s := range l.config.All() {
		for _, u := range s.Accept {
			alias, chain, ok := l.identity.For(u.Host)
			if ok && u.Secure() && !told[u.Host] {
				told[u.Host] = true
				list = append(list, served{u.Host, alias, chain})
			}
		}
	}
	return list
}

// lint says what clients will find fault with in the certificates they are shown.
func (l *loaded) lint(now time.Time) {
	for _, c := range l.certificates() {
		found := cert.Lint(c.chain, cert.LintOptions{
			At: now, Purpose: cert.ForServer, Hosts: []string{c.host}, Where: l.keystore + ": " + c.alias,
		})
		for _, f := range found {
			if f.Severity != cert.Info && !slices.Contains(l.warnings, f) {
				l.warnings = append(l.warnings, f)
			}
		}
	}
}
