package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gwtls/gwtls/pkg/cert"
)

// checked is what serve --check finds, as scripts read it.
type checked struct {
	Findings     findings           `json:"findings"`
	Certificates []cert.Description `json:"certificates"`
}

// runCheck says all that is wrong, and what is to be warned of, without serving.
func (o *serveOptions) runCheck(ctx context.Context) error {
	v := checked{Findings: findings{}, Certificates: []cert.Description{}}
	loaded, err := o.load(ctx)
	var faults findings
	switch {
	case err == nil:
		for _, c := range loaded.certificates() {
			v.Certificates = append(v.Certificates, cert.Describe(c.chain[0]))
		}
	case errors.As(err, &faults):
		v.Findings = append(v.Findings, faults...)
	case loaded.config == nil:
		return err
	default:
		fault, ok := storeFault(err)
		if !ok {
			return err
		}
		v.Findings = append(v.Findings, fault)
	}
	v.Findings = append(v.Findings, loaded.warnings...)
	if err := o.print(v, v.text); err != nil {
		return err
	}
	for _, f := range v.Findings {
		if f.Severity == cert.Error || o.strict && f.Severity == cert.Warning {
			return errFindings
		}
	}
	return nil
}

// storeFault makes a finding of a store that does not open; what is wrong with the
// command line, or has nothing to do with what was checked, stays an error.
func storeFault(err error) (cert.Finding, bool) {
	var e *Error
	if !errors.As(ran(err), &e) || e.Code == codeUsage || e.Code == codeInternal {
		return cert.Finding{}, false
	}
	return cert.Finding{Code: string(e.Code), Severity: cert.Error, What: oneLine(err.Error()), Fix: e.Hint}, true
}

func (v checked) text(w io.Writer) {
	for _, f := range v.Findings {
		fmt.Fprintf(w, "%s: %s%s\n", f.Severity, strings.TrimPrefix(f.Where+": ", ": "), f.What)
		if f.Fix != "" {
			fmt.Fprintf(w, "  fix: %s\n", f.Fix)
		}
	}
	if len(v.Findings) == 0 {
		fmt.Fprintln(w, "no faults")
	}
}
