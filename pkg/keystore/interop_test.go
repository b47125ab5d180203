package keystore_test

import (
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/keystore"
)

const bouncyCastle = "/usr/share/java/bcprov.jar"

// run runs a program of others in an environment of its own. A program that is missing
// is a failure: what it would say is a promise of the package.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing; this test has to run it", name)
	}
	c := exec.Command(path, args...)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C.UTF-8"}
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, stderr.String(), out)
	}
	return string(out)
}

// variety is a store for a format with n entries: keys of several kinds, with chains and without, a trusted
// certificate, aliases of other alphabets, two aliases with one certificate.
func variety(t testing.TB, f keystore.Format, n int) *keystore.Store {
	t.Helper()
	s := keystore.New()
	put := func(file, alias string) *keystore.Entry {
		e := readStore(t, file, changeit).Entries()[0].Clone()
		e.Alias, e.Created = alias, day
		s.Put(e)
		return e
	}
	put("openssl-ec.p12", "ec")
	if n == 1 {
		return s
	}
	put("openssl-rsa.p12", "rsa")
	put("openssl-ed25519.p12", "ed25519")
	put("openssl-dsa.p12", "dsa")
	put("openssl-ec.p12", "same as ec")
	put("openssl-ec.p12", "zürich 日本")
	h := manyHosts(t)
	s.Put(keystore.NewTrusted("anchor 日本", h.root, day))
	first, err := keystore.NewPrivateKey("host0", h.key, []*x509.Certificate{h.leaves[0], h.root}, day)
	if err != nil {
		t.Fatal(err)
	}
	one := keystore.New()
	one.Put(first)
	if _, err := one.Encode(f, changeit); err != nil { // encrypted here once for all
		t.Fatal(err)
	}
	for i := 0; len(s.Entries()) < n; i++ {
		e := first.Clone()
		e.Alias, e.Created = fmt.Sprintf("host%d", i), day.Add(time.Duration(i)*time.Second)
		e.SetChain([]*x509.Certificate{h.leaves[i], h.root})
		s.Put(e)
	}
	return s
}

// hosts are many certificates of one key, which take a while to make.
type hosts struct {
	root   *x509.Certificate
	key    crypto.Signer
	leaves []*x509.Certificate
}

var (
	hostsOnce sync.Once
	hostsMade hosts
)

func manyHosts(t testing.TB) hosts {
	t.Helper()
	hostsOnce.Do(func() {
		root, rootKey := issue(t, "root ca", nil, nil)
		hostsMade = hosts{root: root, key: newKey(t)}
		for i := range 1000 {
			leaf, _ := issueFor(t, fmt.Sprintf("host%d.example.com", i), hostsMade.key, root, rootKey)
			hostsMade.leaves = append(hostsMade.leaves, leaf)
		}
	})
	return hostsMade
}

// javaSays is what Check.java has to say of a store.
func javaSays(t testing.TB, s *keystore.Store, f keystore.Format, bc bool, open int) []string {
	t.Helper()
	var lines []string
	seen := map[int64]bool{}
	for _, e := range s.Entries() {
		line := fmt.Sprintf("%s %s %d ", e.Alias, e.Kind, len(e.RawChain()))
		created := e.Created.UnixMilli()
		switch e.Kind {
		case keystore.PrivateKey:
			line += "signs"
		case keystore.TrustedCert:
			line += "-"
		case keystore.SecretKey:
			algorithm, key, err := e.Secret()
			if err != nil {
				t.Fatal(err)
			}
			line += algorithm + ":" + hex.EncodeToString(key)
		}
		if f == keystore.PKCS12 && e.Kind != keystore.TrustedCert {
			for ; seen[created]; created++ { // Java's date is the entry's number, too
			}
			seen[created] = true
		}
		if !bc && (e.Kind != keystore.TrustedCert || f != keystore.PKCS12) {
			line += fmt.Sprint(" ", created)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

func TestJavaLoadsWhatWeWriteAndSignsWithEachKey(t *testing.T) {
	if _, err := os.Stat(bouncyCastle); err != nil {
		t.Fatalf("Bouncy Castle is missing: %v", err)
	}
	dir := t.TempDir()
	var args []string
	want := map[string][]string{}
	opened := map[string]int{}
	for _, n := range []int{1, 12, 100, 1000} {
		for _, f := range []keystore.Format{keystore.PKCS12, keystore.JKS, keystore.JCEKS} {
			if n == 100 && f != keystore.PKCS12 {
				continue // that size is for Bouncy Castle alone
			}
			s := variety(t, f, n)
			if n == 12 && f != keystore.JKS {
				s.Put(keystore.NewSecret("aes", "AES", []byte("0123456789abcdef"), day.Add(time.Hour)))
				s.Put(keystore.NewSecret("mac", "HmacSHA256", []byte("0123456789abcdef0123456789abcdef"), day.Add(2*time.Hour)))
			}
			data, err := s.Encode(f, changeit)
			if err != nil {
				t.Fatal(err)
			}
			for _, provider := range []string{"sun,sun", "sun,bc", "bc,bc"} {
				// Bouncy Castle has neither JKS nor secret keys in PKCS#12, and opens all keys to load.
				if bc := provider == "bc,bc"; bc != (n == 100 || n == 1) && n != 1 || bc && f != keystore.PKCS12 {
					continue
				}
				name := fmt.Sprintf("%d-%s.%s", n, strings.ReplaceAll(provider, ",", "-"), f)
				if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
					t.Fatal(err)
				}
				open := 2000
				switch {
				case f == keystore.JCEKS && n == 1000:
					open = 10 // each takes Java a tenth of a second
				case n == 1000 && provider == "sun,bc":
					open = 100
				}
				opened[name] = open
				args = append(args, strings.Join([]string{strings.ToUpper(string(f)), provider, "changeit", fmt.Sprint(open), filepath.Join(dir, name)}, ","))
				want[name] = javaSays(t, s, f, strings.HasPrefix(provider, "bc"), open)
			}
		}
	}
	out := run(t, "java", append([]string{"-cp", bouncyCastle, stores + "Check.java"}, args...)...)
	for _, part := range strings.Split(out, "store ")[1:] {
		lines := strings.Split(strings.TrimSpace(part), "\n")
		name, lines := lines[0], lines[1:]
		unopened := 0
		for i := range lines {
			if strings.Contains(lines[i], "unopened") {
				lines[i] = strings.ReplaceAll(lines[i], "unopened", "signs")
				unopened++
			}
		}
		if unopened > max(0, len(lines)-opened[name]) {
			t.Errorf("%s: %d keys were not opened", name, unopened)
		}
		slices.Sort(lines)
		if !slices.Equal(lines, want[name]) {
			t.Errorf("%s: Java says\n%s\nwant\n%s", name, firstDifference(lines, want[name]), "")
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s: Java says nothing of it", name)
	}
}

func firstDifference(got, want []string) string {
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			return fmt.Sprintf("line %d of %d: %q, want %q of %d", i, len(got), append(got, "nothing")[min(i, len(got))], want[i], len(want))
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(got), len(want))
}

func TestKeytoolListsAndImportsWhatWeWrite(t *testing.T) {
	for _, f := range []keystore.Format{keystore.PKCS12, keystore.JKS, keystore.JCEKS} {
		file := filepath.Join(t.TempDir(), "store")
		s := variety(t, f, 12)
		data, err := s.Encode(f, changeit)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		list := run(t, "keytool", "-list", "-v", "-keystore", file, "-storetype", string(f), "-storepass", "changeit")
		if got := strings.Count(list, "PrivateKeyEntry"); got != 11 {
			t.Errorf("%s: keytool lists %d keys, want 11", f, got)
		}
		taken := filepath.Join(t.TempDir(), "taken.p12")
		run(t, "keytool", "-importkeystore", "-srckeystore", file, "-srcstoretype", string(f), "-srcstorepass", "changeit",
			"-destkeystore", taken, "-deststoretype", "pkcs12", "-deststorepass", "changeit")
		data, err = os.ReadFile(taken)
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := keystore.Decode(data, changeit)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range s.Entries() {
			b := back.Get(e.Alias)
			if b == nil || b.Kind != e.Kind || !slices.Equal(commonNames(t, b), commonNames(t, e)) {
				t.Errorf("%s: %q is not what it was when keytool has imported it", f, e.Alias)
			}
		}
	}
}

func TestOpenSSLGnuTLSAndNSSReadWhatWeWrite(t *testing.T) {
	for _, n := range []int{1, 12, 1000} {
		s := variety(t, keystore.PKCS12, n)
		data, err := s.Encode(keystore.PKCS12, changeit)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "store.p12")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		keys := 0
		for _, e := range s.Entries() {
			if e.Kind == keystore.PrivateKey {
				keys++
			}
		}
		out := run(t, "openssl", "pkcs12", "-in", file, "-passin", "pass:changeit", "-nodes")
		if got := strings.Count(out, "BEGIN PRIVATE KEY"); got != keys {
			t.Errorf("%d entries: openssl shows %d keys, want %d", n, got, keys)
		}
		checkOpenSSLText(t, out, s)
		out = run(t, "certtool", "--p12-info", "--inder", "--infile", file, "--password", "changeit")
		if got, want := strings.Count(out, "PRIVATE KEY-----\n"), 2*min(keys, 32); got != want { // it takes 32 of a safe
			t.Errorf("%d entries: certtool shows %d keys, want %d", n, got/2, want/2)
		}
		pw := filepath.Join(t.TempDir(), "pw")
		if err := os.WriteFile(pw, []byte("changeit"), 0o600); err != nil {
			t.Fatal(err)
		}
		db := t.TempDir()
		run(t, "certutil", "-N", "-d", "sql:"+db, "--empty-password")
		out = run(t, "pk12util", "-l", file, "-d", "sql:"+db, "-w", pw)
		if got := strings.Count(out, "Key(shrouded):"); got != keys {
			t.Errorf("%d entries: pk12util shows %d keys, want %d", n, got, keys)
		}
	}
}

// checkOpenSSLText reads what openssl prints, which is PEM, and compares.
func checkOpenSSLText(t *testing.T, text string, want *keystore.Store) {
	t.Helper()
	got, _, err := keystore.Decode([]byte(text), keystore.Passwords{})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range want.Entries() {
		g := got.Get(w.Alias)
		if strings.ContainsFunc(w.Alias, func(r rune) bool { return r > '~' }) {
			continue // which it prints in hex
		}
		if g == nil || w.Kind == keystore.PrivateKey && g.Kind != w.Kind {
			t.Errorf("openssl does not show %q", w.Alias)
		}
	}
}
