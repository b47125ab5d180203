package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/gwtls/gwtls/pkg/cert"
)

const maxRemarks = 10_000 // more than anybody reads

// remark is a finding about an element.
type remark struct {
	at *element
	cert.Finding
}

// warn tells of what the new configuration does otherwise than the old one; info, of
// what became of things that are the same or need nobody. Their codes are dropped,
// changed, and left-out for whole services. What an element holds is repeated only
// where it cannot be a secret.
func (im *importer) warn(at *element, code, fix, format string, args ...any) {
	im.remark(cert.Warning, at, code, fix, format, args...)
}

func (im *importer) info(at *element, code, fix, format string, args ...any) {
	im.remark(cert.Info, at, code, fix, format, args...)
}

func (im *importer) remark(severity cert.Severity, at *element, code, fix, format string, args ...any) {
	at.told = true
	if len(im.remarks) == maxRemarks {
		return
	}
	im.remarks = append(im.remarks, remark{at, cert.Finding{
		Code: code, Severity: severity, Fix: fix, What: printable(fmt.Sprintf(format, args...)),
		Where: (&Fault{File: im.File, Line: at.line, Column: at.column}).Where(),
	}})
}

// report are the remarks in the order of the file, each once.
func (im *importer) report() (findings []cert.Finding) {
	slices.SortStableFunc(im.remarks, func(a, b remark) int {
		return cmp.Or(a.at.line-b.at.line, a.at.column-b.at.column)
	})
	told := map[cert.Finding]bool{}
	for _, r := range im.remarks {
		if !told[r.Finding] {
			told[r.Finding] = true
			findings = append(findings, r.Finding)
		}
	}
	return findings
}

// printable is a text of somebody else as a terminal can show it.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}
