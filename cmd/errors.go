package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/pkg/keystore"
	"github.com/gwtls/gwtls/pkg/secret"
)

// Code is what kind of error it is, for scripts.
type Code string

const (
	codeUsage         Code = "usage"
	codeNotFound      Code = "not_found"
	codeExists        Code = "exists"
	codeWrongPassword Code = "wrong_password"
	codeBadFormat     Code = "bad_format"
	codeKeyMismatch   Code = "key_mismatch"
	codeUntrusted     Code = "untrusted"
	codeExpired       Code = "expired"
	codeNameMismatch  Code = "name_mismatch"
	codeWeak          Code = "weak"
	codeUnsafe        Code = "unsafe"
	codeConflict      Code = "conflict"
	codeIO            Code = "io"
	codeNetwork       Code = "network"
	codeConfig        Code = "config"
	codeInternal      Code = "internal"
)

// Error is an error as the person and the script get it.
type Error struct {
	Code Code
	Hint string // a command to paste, or what to do
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

var (
	errInterrupted = errors.New("interrupted")
	// errFindings ends a check that printed what it found: exit code 3, nothing more to say.
	errFindings = &Error{Err: errors.New("the check found problems")}
)

// fail makes an error with its code and the hint that mends it.
func fail(code Code, hint, format string, args ...any) error {
	return &Error{Code: code, Hint: hint, Err: fmt.Errorf(format, args...)}
}

// known errors of the rooms below, with their code and hint. The first that matches counts.
var knownErrors = []struct {
	is   error
	code Code
	hint string
}{
	{secret.ErrLiteral, codeUsage, "put the password into a file and name it: file:PATH (or env:NAME, fd:N, stdin, prompt)"},
	{secret.ErrUnset, codeNotFound, "set it, or name where else the password is: file:PATH"},
	{secret.ErrTooLong, codeBadFormat, "name the file that holds the password, and nothing else: file:PATH"},
	{secret.ErrNoTerminal, codeUsage, "name where the password is: --storepass file:PATH, or put it into the .pw file beside the store"},
	{keystore.ErrPasswordNeeded, codeUsage, "name where the password is: --storepass file:PATH, or put it into the .pw file beside the store"},
	{keystore.ErrPassword, codeWrongPassword, "name where the right password is: --storepass file:PATH"},
	{keystore.ErrBouncyCastle, codeBadFormat, "keytool -importkeystore -srckeystore FILE -srcstoretype BKS|UBER|BCFKS -destkeystore NEW.p12 -deststoretype PKCS12 -providerpath bcprov.jar -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider"},
	{keystore.ErrKind, codeBadFormat, "gwtls keystore convert --help says what a format has no place for"},
	{keystore.ErrFormat, codeBadFormat, "a keystore is PKCS#12, JKS, JCEKS or PEM; name another with --keystore FILE"},
	{home.ErrLocation, codeUsage, "name a directory: --home DIR"},
	{home.ErrConflict, codeConflict, "run the command again"},
	{fs.ErrExist, codeExists, "use --force to replace it"},
	{fs.ErrNotExist, codeNotFound, ""},
	{fs.ErrPermission, codeIO, "run as the owner of that file"},
}

// classify gives an error of the rooms below its code and hint.
func classify(err error) error {
	if errors.Is(err, errInterrupted) || errors.Is(err, secret.ErrInterrupted) || errors.Is(err, context.Canceled) {
		return errInterrupted
	}
	for _, k := range knownErrors {
		if errors.Is(err, k.is) {
			return &Error{k.code, k.hint, err}
		}
	}
	code := codeInternal
	switch {
	// A system's errno passes for a net.Error, so files come first.
	case errors.As(err, new(*fs.PathError)), errors.As(err, new(*os.LinkError)):
		code = codeIO
	case errors.As(err, new(net.Error)):
		code = codeNetwork
	}
	return &Error{Code: code, Err: err}
}

// report prints an error of a command once, as text or JSON, and gives the exit code.
func (g *globals) report(command string, err error) int {
	switch {
	case errors.Is(err, errInterrupted):
		return 130
	case errors.Is(err, errFindings):
		return 3
	}
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Code: codeUsage, Hint: command + " --help", Err: err}
	}
	if g.json {
		enc := json.NewEncoder(g.env.Err)
		enc.SetEscapeHTML(false)
		enc.Encode(map[string]any{"error": map[string]string{
			"code": string(e.Code), "message": oneLine(err.Error()), "hint": e.Hint,
		}})
	} else {
		fmt.Fprintf(g.env.Err, "error: %s\n", oneLine(err.Error()))
		if e.Hint != "" {
			fmt.Fprintf(g.env.Err, "hint: %s\n", e.Hint)
		}
	}
	if e.Code == codeUsage {
		return 2
	}
	return 1
}

// oneLine keeps a joined error on one line, which is what scripts read.
func oneLine(s string) string {
	return strings.ReplaceAll(strings.TrimSpace(s), "\n", "; ")
}
