package cmd

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gwtls/gwtls/pkg/cert"
	"github.com/gwtls/gwtls/pkg/keystore"
)

// maxZipFiles is more than any CA puts into a ZIP.
const maxZipFiles = 1000

// readReplies gives all certificates of the files, each once.
func (o *importOptions) readReplies(ctx context.Context) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	seen := map[string]bool{}
	for _, path := range o.files {
		certs, err := o.readReply(ctx, path)
		if err != nil {
			return nil, err
		}
		for _, c := range certs {
			if !seen[string(c.Raw)] {
				seen[string(c.Raw)] = true
				all = append(all, c)
			}
		}
	}
	return all, nil
}

func (o *importOptions) readReply(ctx context.Context, path string) ([]*x509.Certificate, error) {
	data, err := o.readBounded(path)
	if err != nil {
		return nil, err
	}
	m := &material{operand: path, path: path, format: keystore.Sniff(data)}
	switch m.format {
	case keystore.PKCS12, keystore.JKS, keystore.JCEKS:
		err = m.addStore(o.decodeStore(ctx, path, data))
	default:
		err = m.addReply(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	certs, faults := m.certificates()
	for _, err := range faults {
		o.warn("%s: a certificate is passed over: %v", path, err)
	}
	if len(certs) == 0 {
		return nil, fail(codeBadFormat, o.command("inspect", path), "%s holds no certificate%s", path, m.instead())
	}
	return certs, nil
}

// instead says what there is where a certificate was expected.
func (m *material) instead() string {
	for _, p := range m.parts {
		switch p.Kind {
		case cert.PartRequest:
			return ": it is the request, which goes to the CA, and not the CA's reply"
		case cert.PartPrivateKey:
			return ", but a private key, which no CA sends"
		case cert.PartCRL:
			return ", but a list of revoked ones"
		}
	}
	return ""
}

// addReply reads what a CA sends without a password, in whatever wrapping.
func (m *material) addReply(data []byte) error {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return m.addZip(data)
	}
	if keystore.Sniff(data) == keystore.PKCS7 {
		return m.addStore(keystore.Decode(data, keystore.Passwords{}))
	}
	if certs, err := x509.ParseCertificates(data); err == nil && len(certs) > 1 { // DER, one behind the other
		for _, c := range certs {
			m.parts = append(m.parts, cert.Part{Kind: cert.PartCertificate, DER: c.Raw, Certificate: c})
		}
		return nil
	}
	if der, ok := bareBase64(data); ok {
		data = der
		if keystore.Sniff(data) == keystore.PKCS7 {
			return m.addStore(keystore.Decode(data, keystore.Passwords{}))
		}
	}
	if len(data) > 0 && data[0] != 0x30 { // not DER
		data = cert.PlainText(data)
	}
	return m.addParts(data)
}

// addZip reads all files of a ZIP; what is no certificate, a README for instance, is
// passed over.
func (m *material) addZip(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fail(codeBadFormat, "", "the ZIP cannot be read: %w", err)
	}
	if len(z.File) > maxZipFiles {
		return fail(codeBadFormat, "", "the ZIP has %d files; at most %d are read", len(z.File), maxZipFiles)
	}
	left := int64(maxMaterial)
	for _, f := range z.File {
		content, err := readZipped(f, left)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		left -= int64(len(content))
		if bytes.HasPrefix(content, []byte("PK\x03\x04")) {
			continue
		}
		if err := m.addReply(content); err != nil && !errors.As(err, new(*Error)) {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func readZipped(f *zip.File, limit int64) ([]byte, error) {
	if strings.HasSuffix(f.Name, "/") {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, fail(codeBadFormat, "", "the ZIP cannot be read: %w", err)
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fail(codeBadFormat, "", "the ZIP cannot be read: %w", err)
	}
	if int64(len(content)) > limit {
		return nil, fail(codeBadFormat, "", "what the ZIP holds is longer than %d MB", maxMaterial>>20)
	}
	return content, nil
}

// bareBase64 undoes base64 without PEM's lines around it, as it is copied from web pages.
func bareBase64(data []byte) ([]byte, bool) {
	if len(data) == 0 || data[0] != 'M' { // what a DER SEQUENCE of more than 127 bytes begins with
		return nil, false
	}
	text := strings.Join(strings.Fields(string(data)), "")
	der, err := base64.StdEncoding.DecodeString(text)
	return der, err == nil && len(der) > 0
}
