package cmd

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/gwtls/gwtls/pkg/home"
	"github.com/gwtls/gwtls/pkg/keystore"
	"github.com/gwtls/gwtls/pkg/secret"
	"github.com/gwtls/gwtls/templates"
)

// identityForms are the ways in which somebody is given a key and its certificate.
var identityForms = []string{"pem", "p12", "p12-legacy", "java"}

// credentials are a key and its certificate, for somebody else.
type credentials struct {
	name      string // of the files
	key       crypto.Signer
	chain     []*x509.Certificate // with the root
	password  secret.Value
	generated bool
}

// identityFile is a file below the directory that was asked for.
type identityFile struct {
	path string // with slashes
	data []byte
	mode home.Mode
}

// paths are the files that a form has.
func (c *credentials) paths(forms []string) []string {
	var out []string
	sealed := false
	for _, form := range forms {
		out = append(out, form+"/README.md")
		switch form {
		case "pem":
			out = append(out, "pem/"+c.name+".pem", "pem/"+c.name+".key")
		case "p12":
			out, sealed = append(out, "p12/"+c.name+".p12"), true
		case "p12-legacy":
			out, sealed = append(out, "p12-legacy/"+c.name+"-legacy.p12"), true
		case "java":
			out, sealed = append(out, "java/"+c.name+".p12", "java/"+c.name+".jks", "java/"+c.name+".args"), true
		}
	}
	if sealed && c.generated {
		out = append(out, c.name+".pass")
	}
	return out
}

// files makes the files of the forms.
func (c *credentials) files(forms []string) ([]identityFile, error) {
	var out []identityFile
	for _, p := range c.paths(forms) {
		data, mode, err := c.content(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		out = append(out, identityFile{p, data, mode})
	}
	return out, nil
}

func (c *credentials) content(p string) (data []byte, mode home.Mode, err error) {
	form := strings.TrimSuffix(path.Dir(p), "/")
	switch ext := path.Ext(p); {
	case path.Base(p) == "README.md":
		data, err = templates.Identity.ReadFile("identity/" + form + ".md")
		return data, home.Public, err
	case ext == ".pem":
		return c.chainPEM(), home.Public, nil
	case ext == ".key":
		der, err := x509.MarshalPKCS8PrivateKey(c.key)
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), home.Private, err
	case ext == ".pass":
		return append(bytes.Clone(c.password.Reveal()), '\n'), home.Private, nil
	case ext == ".args":
		return c.javaArgs(), home.Private, nil
	case ext == ".jks":
		data, err = c.store(keystore.JKS)
	case form == "p12-legacy":
		data, err = keystore.EncodeIdentity(keystore.Legacy, c.key, c.chain, c.password.Reveal(), rand.Reader)
	default:
		data, err = keystore.EncodeIdentity(keystore.Modern, c.key, c.chain, c.password.Reveal(), rand.Reader)
	}
	return data, home.Private, err
}

// chainPEM is the chain as servers present it: without the root.
func (c *credentials) chainPEM() []byte {
	var b bytes.Buffer
	for i, one := range c.chain {
		if i == 0 || i < len(c.chain)-1 {
			b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: one.Raw}))
		}
	}
	return b.Bytes()
}

func (c *credentials) store(f keystore.Format) ([]byte, error) {
	e, err := keystore.NewPrivateKey(c.name, c.key, c.chain, c.chain[0].NotBefore.Add(time.Hour))
	if err != nil {
		return nil, err
	}
	s := keystore.New()
	s.Put(e)
	return s.Encode(f, keystore.Passwords{Store: c.password.Reveal()})
}

// javaArgs is an argument file of java, in which a backslash escapes within quotes.
func (c *credentials) javaArgs() []byte {
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace
	return fmt.Appendf(nil, "\"-Djavax.net.ssl.keyStore=%s.p12\"\n-Djavax.net.ssl.keyStoreType=PKCS12\n\"-Djavax.net.ssl.keyStorePassword=%s\"\n",
		c.name, quote(string(c.password.Reveal())))
}

// fileSet writes files below a directory: nothing that stands there is replaced
// unasked, and what is the same is left alone.
type fileSet struct {
	*globals
	dir string
}

// free looks before anything is made whether the files can be written. A README is
// the same for everybody.
func (s *fileSet) free(paths []string) error {
	for _, p := range paths {
		place := filepath.Join(s.dir, filepath.FromSlash(p))
		if _, err := os.Lstat(place); err == nil && !s.force && path.Base(p) != "README.md" {
			return fail(codeExists, "use --force to replace it, or -o DIR for another place", "%s is there already", place)
		}
	}
	return nil
}

func (s *fileSet) write(files []identityFile) error {
	for _, f := range files {
		place := filepath.Join(s.dir, filepath.FromSlash(f.path))
		old, err := os.ReadFile(place)
		if err == nil && bytes.Equal(old, f.data) {
			continue
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := home.MakeDir(filepath.Dir(place)); err != nil {
			return err
		}
		if err := home.WriteFile(place, f.data, f.mode, s.force); err != nil {
			return err
		}
	}
	return nil
}
