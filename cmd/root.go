// Package cmd is the door of gwtls: flags in, calls to the rooms below, text,
// JSON and exit codes out. [Main] is the whole program.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/pkg/secret"
)

// globals are the flags that every command has, and what follows from them.
type globals struct {
	env *Env

	homeLocation                   string
	keystorePath, truststorePath   string
	clientsPath, storeType         string
	storepassSource, keypassSource string
	json, force, quiet, noColor    bool
	logLevel, logFormat            string

	warnings []string
	homes    map[string]home.Home
	secrets  *secret.Reader
	known    map[string]secret.Value // passwords given by source or typed, read once
}

// Main runs one command line and gives the exit code.
func Main(env *Env, args []string) int {
	g := &globals{
		env:     env,
		homes:   map[string]home.Home{},
		secrets: &secret.Reader{Stdin: env.In, Getenv: env.Getenv, Ask: env.Ask},
		known:   map[string]secret.Value{},
	}
	root := newRootCommand(g)
	root.SetArgs(args)
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	g.json = g.json || slices.Contains(args, "--json") // flags after a wrong one were not parsed
	return g.report(c.CommandPath(), err)
}

func newRootCommand(g *globals) *cobra.Command {
	root := &cobra.Command{
		Use:   "gwtls",
		Short: "Certificates, keystores and the TLS gateway that uses them",
		Long: `gwtls makes keys, requests and certificates, keeps them in keystores that Java,
OpenSSL and browsers read, gives each kind of client what it needs to trust
them, and is the TLS and WebSocket gateway that serves with them.`,
		Example: `  gwtls selfsign gw.example.com
  gwtls trust-export gw.example.com --for java,curl
  gwtls serve --accept wss://gw.example.com:9001/ --connect tcp://127.0.0.1:7000`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	f := root.PersistentFlags()
	f.StringVar(&g.homeLocation, "home", "", "where keystore.p12, gateway.yaml and the rest live (`LOC`; default $GWTLS_HOME, else ~/.config/gwtls)")
	f.StringVar(&g.keystorePath, "keystore", "", "another keystore than the home's (`FILE`)")
	f.StringVar(&g.truststorePath, "truststore", "", "another truststore than the home's (`FILE`)")
	f.StringVar(&g.clientsPath, "clients", "", "another store of who may enter than the home's (`FILE`)")
	f.StringVar(&g.storeType, "storetype", "", "`FORMAT` of a new store: pkcs12, jks, jceks or pem")
	f.StringVar(&g.storepassSource, "storepass", "", "where the store's password is: file:PATH, env:NAME, fd:N, stdin or prompt (`SRC`)")
	f.StringVar(&g.keypassSource, "keypass", "", "where the keys' own password is, if it differs (`SRC`)")
	f.BoolVar(&g.json, "json", false, "print one JSON value")
	f.BoolVar(&g.force, "force", false, "replace what stands")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "no remarks on standard error")
	f.BoolVar(&g.noColor, "no-color", false, "no colours (also NO_COLOR)")
	f.StringVar(&g.logLevel, "log-level", "info", "of serve: debug, info, warn or error (`LEVEL`)")
	f.StringVar(&g.logFormat, "log-format", "text", "of serve: text or json (`FORMAT`)")

	group(root,
		newCSRCommand(g),
		newImportCommand(g),
		newSelfsignCommand(g),
		newCACommand(g),
		newKeystoreCommand(g),
		newTrustCommand(g),
		newTrustExportCommand(g),
		newConfigCommand(g),
		newServeCommand(g),
		newVerifyCommand(g),
		newInspectCommand(g),
		newCompletionCommand(g),
		newVersionCommand(g),
	)
	root.InitDefaultHelpCmd()
	return root
}

// group gives parent its verbs. Without a verb the root shows its help; any
// other parent, and a word that is no verb, is wrong usage and not a success.
func group(parent *cobra.Command, verbs ...*cobra.Command) {
	parent.AddCommand(verbs...)
	parent.Args = cobra.ArbitraryArgs
	parent.SuggestionsMinimumDistance = 2
	parent.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 && !c.HasParent() {
			return c.Help()
		}
		help := c.CommandPath() + " --help"
		if len(args) == 0 {
			var names []string
			for _, v := range verbs {
				names = append(names, v.Name())
			}
			return fail(codeUsage, help, "%s needs a verb: %s", c.CommandPath(), strings.Join(names, ", "))
		}
		if near := c.SuggestionsFor(args[0]); len(near) > 0 {
			help = c.CommandPath() + " " + near[0] + " --help"
		}
		return fail(codeUsage, help, "%s has no command %q", c.CommandPath(), args[0])
	}
}

// action makes a cobra RunE of a command's run. What does not come from run is
// cobra's own finding about the command line: wrong usage.
func action(run func(context.Context) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, _ []string) error {
		done := make(chan error, 1)
		go func() { done <- run(c.Context()) }()
		select {
		case err := <-done:
			return ran(err)
		case <-c.Context().Done():
			// Every write is all or nothing: there is nothing to wait for.
			return errInterrupted
		}
	}
}

// service is action for a command that ends in its own time when interrupted.
func service(run func(context.Context) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, _ []string) error { return ran(run(c.Context())) }
}

func ran(err error) error {
	if err == nil || errors.As(err, new(*Error)) {
		return err
	}
	return classify(err)
}

// operands keeps the operands of a command for its run, and wants at least min of them.
func operands(into *[]string, min int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < min {
			return fail(codeUsage, c.CommandPath()+" --help", "%s needs %s", c.CommandPath(), what)
		}
		*into = args
		return nil
	}
}

// home opens the home of --home, GWTLS_HOME or the user's configuration folder.
func (g *globals) home() (home.Home, error) {
	location := g.homeLocation
	if location == "" {
		location = g.env.Getenv("GWTLS_HOME")
	}
	if location == "" {
		base := g.env.Getenv("XDG_CONFIG_HOME")
		if base == "" {
			user := g.env.Getenv("HOME")
			if user == "" {
				return nil, fail(codeUsage, "name a home with --home DIR", "no home: GWTLS_HOME, XDG_CONFIG_HOME and HOME are not set")
			}
			base = filepath.Join(user, ".config")
		}
		location = filepath.Join(base, "gwtls")
	}
	return g.openHome(location)
}

// openHome gives one Home a place, however it is spelled, so that stores which
// lie together are changed together.
func (g *globals) openHome(location string) (home.Home, error) {
	key, err := home.Real(location)
	if err != nil {
		return nil, fmt.Errorf("home %s: %w", location, err)
	}
	if h := g.homes[key]; h != nil {
		return h, nil
	}
	h, err := home.Open(location)
	if err != nil {
		return nil, fmt.Errorf("home %s: %w", location, err)
	}
	g.homes[key] = h
	return h, nil
}
