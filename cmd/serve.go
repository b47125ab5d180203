package cmd

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/identity"
	"github.com/gwtls/gwtls/proxy"
)

type serveOptions struct {
	*globals
	config          string
	accept, connect []string
	check, strict   bool

	log     *slog.Logger
	tickets *identity.Tickets
}

func newServeCommand(g *globals) *cobra.Command {
	o := &serveOptions{globals: g, tickets: identity.NewTickets()}
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the gateway",
		Long: `Takes connections from clients (wss, ws, https, http, tls, tcp), each with the
certificate of the keystore that it asks for, and carries them to the back ends:
as gateway.yaml says, or for one service as --accept and --connect say. Without any
configuration it shows a page on https://localhost:8443/ and an echo beside it.

A change of the configuration, a store or a password takes effect at once, and so
does SIGHUP; where anything is wrong the gateway goes on with what it had, and says so.
SIGTERM or ^C lets open connections finish (drain_timeout); a second ^C ends at once.`,
		Example: `  gwtls serve
  gwtls serve --accept wss://gw.example.com:9001/ --connect tcp://127.0.0.1:7000
  gwtls serve --config /etc/gwtls/gateway.yaml --check`,
		Args: cobra.NoArgs,
		RunE: service(o.run),
	}
	f := c.Flags()
	f.StringVar(&o.config, "config", "", "the configuration (`FILE`; default: gateway.yaml in the home)")
	f.StringArrayVar(&o.accept, "accept", nil, "instead of a configuration: accept at this `URL`")
	f.StringArrayVar(&o.connect, "connect", nil, "and connect to this `URL`, one for each --accept")
	f.BoolVar(&o.check, "check", false, "only check; exit 3 where the configuration has faults")
	f.BoolVar(&o.strict, "strict", false, "with --check: warnings are faults too")
	return c
}

func (o *serveOptions) run(ctx context.Context) error {
	if err := o.usage(); err != nil {
		return err
	}
	if o.check {
		return o.runCheck(ctx)
	}
	log, err := o.logger()
	if err != nil {
		return err
	}
	o.log = log
	// From here on, so that a signal during the start is kept and not fatal.
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)

	loaded, err := o.load(ctx)
	if err != nil {
		return o.refused(err)
	}
	sockets := newSockets()
	sockets.within = loaded.within
	gateway := &proxy.Gateway{Log: log, Listen: sockets.Listen}
	if err := gateway.Load(loaded.plan); err != nil {
		return o.notListening(err)
	}
	r := &running{serveOptions: o, gateway: gateway, sockets: sockets, loaded: loaded, signals: signals}
	return r.serve(context.WithoutCancel(ctx))
}

func (o *serveOptions) usage() error {
	switch help := "gwtls serve --help"; {
	case len(o.accept) != len(o.connect):
		return fail(codeUsage, help, "%d --accept and %d --connect: each --accept has the --connect of the same place", len(o.accept), len(o.connect))
	case len(o.accept) > 0 && o.config != "":
		return fail(codeUsage, help, "--accept and --connect are instead of a configuration: leave out --config, or write the service into %s", o.config)
	case o.strict && !o.check:
		return fail(codeUsage, help, "--strict belongs to --check")
	}
	return nil
}

// logger is the gateway's log on standard error, as --log-level and --log-format want it.
func (o *serveOptions) logger() (*slog.Logger, error) {
	var level slog.Level
	switch o.logLevel {
	case "debug", "info", "warn", "error":
		level.UnmarshalText([]byte(o.logLevel))
	default:
		return nil, fail(codeUsage, "use --log-level debug, info, warn or error", "unknown log level %q", o.logLevel)
	}
	if o.quiet {
		level = max(level, slog.LevelWarn)
	}
	options := &slog.HandlerOptions{Level: level}
	switch o.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(o.env.Err, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(o.env.Err, options)), nil
	}
	return nil, fail(codeUsage, "use --log-format text or json", "unknown log format %q", o.logFormat)
}

// refused makes an error of what keeps the gateway from starting.
func (o *serveOptions) refused(err error) error {
	var f findings
	if !errors.As(err, &f) {
		return err
	}
	hint := f[0].Fix
	if len(f) > 1 || hint == "" {
		hint = o.checking()
	}
	return fail(codeConfig, hint, "%w", err)
}

// checking is this command with --check, which says all that is wrong, and where.
func (o *serveOptions) checking() string {
	words := []string{"serve"}
	for i := range o.accept {
		words = append(words, "--accept", o.accept[i], "--connect", o.connect[i])
	}
	if o.config != "" {
		words = append(words, "--config", o.config)
	}
	return o.command(append(words, "--check")...)
}

// notListening says which address is not to be had, and what to do.
func (o *serveOptions) notListening(err error) error {
	var listen *proxy.ListenError
	if !errors.As(err, &listen) {
		return fail(codeConfig, o.checking(), "%w", err)
	}
	port := listen.Address[strings.LastIndexByte(listen.Address, ':')+1:]
	switch {
	case listen.InUse && listen.Network == "unix":
		return fail(codeNetwork, "end the program that listens there, or name another path", "%w", err)
	case listen.InUse:
		return fail(codeNetwork, "ss -ltnp 'sport = :"+port+"'", "%w", err)
	case errors.Is(err, fs.ErrPermission):
		return fail(codeNetwork, "sudo setcap cap_net_bind_service=+ep \"$(command -v gwtls)\"", "%w", err)
	}
	return fail(codeNetwork, "name an address of this machine: bind: { SCHEME: \"IP:PORT\" }", "%w", err)
}
