package cmd

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Bounds on what is fetched for one reply.
const (
	maxHops       = 4
	maxFetched    = 1 << 20
	maxFetchTime  = 10 * time.Second
	maxURLs       = 3 // of one certificate
	maxRedirects  = 3
	maxURLLength  = 2048
	fetchedAccept = "application/pkix-cert, application/pkcs7-mime, */*"
)

// fetcher gets issuers' certificates from where certificates say they are (RFC 5280,
// 4.2.2.1). What comes is not believed: it is verified like what a file holds.
type fetcher struct {
	client *http.Client
	left   int64 // bytes
	seen   map[string]bool
}

func newFetcher() *fetcher {
	return &fetcher{
		client: &http.Client{
			Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
			CheckRedirect: func(r *http.Request, via []*http.Request) error {
				if len(via) > maxRedirects {
					return errors.New("too many redirects")
				}
				return fetchable(r.URL)
			},
		},
		left: maxFetched,
		seen: map[string]bool{},
	}
}

func fetchable(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%s is not fetched, only http and https are", u.Scheme)
	}
	return nil
}

// issuers gets what a certificate names as its issuer's, from the first place that
// answers with certificates.
func (f *fetcher) issuers(ctx context.Context, c *x509.Certificate) (certs []*x509.Certificate, from string, err error) {
	var faults []error
	for i, place := range c.IssuingCertificateURL {
		if i == maxURLs || f.seen[place] || len(place) > maxURLLength {
			continue
		}
		f.seen[place] = true
		certs, err := f.get(ctx, place)
		if err == nil {
			return certs, place, nil
		}
		faults = append(faults, err)
	}
	return nil, "", errors.Join(faults...)
}

func (f *fetcher) get(ctx context.Context, place string) ([]*x509.Certificate, error) {
	u, err := url.Parse(place)
	if err != nil {
		return nil, err
	}
	if err := fetchable(u); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", fetchedAccept)
	answer, err := f.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("get %q: %s", place, answer.Status)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, f.left+1))
	if err != nil {
		return nil, fmt.Errorf("get %q: %w", place, err)
	}
	if int64(len(data)) > f.left {
		return nil, fmt.Errorf("get %q: longer than the %d KB that are fetched in all", place, maxFetched>>10)
	}
	f.left -= int64(len(data))
	m := &material{operand: place}
	if err := m.addReply(data); err != nil {
		return nil, fmt.Errorf("get %q: %w", place, err)
	}
	certs, _ := m.certificates()
	if len(certs) == 0 {
		return nil, fmt.Errorf("get %q: no certificate in the answer", place)
	}
	return certs, nil
}
