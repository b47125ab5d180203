package cert_test

import (
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/cert"
)

func TestSubjectsAreReadAndWrittenAsRFC4514Says(t *testing.T) {
	for in, want := range map[string]string{
		"CN=gw,O=Example,C=DE":                   "",
		"cn=gw, o = Example , c=DE":              "CN=gw,O=Example,C=DE",
		"CN=gw+serialNumber=7,DC=example,DC=com": "SERIALNUMBER=7+CN=gw,DC=example,DC=com",
		`O=Sue\, Grabbit and Runn,C=GB`:          "",
		`O="Sue, Grabbit; Runn",C=GB`:            `O=Sue\, Grabbit\; Runn,C=GB`,
		`CN=Lu\C4\8Di\C4\87`:                     "CN=Lučić",
		`CN=\ x\ `:                               "",
		`CN=\#1`:                                 "",
		`CN=a\=b`:                                "CN=a=b",
		`CN=a\\b\"c\+d\<e\>`:                     "",
		"emailAddress=ops@example.com":           "EMAILADDRESS=ops@example.com",
		"E=ops@example.com":                      "EMAILADDRESS=ops@example.com",
		"2.5.4.3=gw":                             "CN=gw",
		"OID.2.5.4.97=NTRDE-1":                   "ORGANIZATIONIDENTIFIER=NTRDE-1",
		"1.2.3.4=x":                              "1.2.3.4=#130178",
		"1.2.3.4=#04024869":                      "",
		"S=Bavaria,STREET=Weg 1,UID=a,L=München": "ST=Bavaria,STREET=Weg 1,UID=a,L=München",
	} {
		d, err := cert.ParseDN(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if want == "" {
			want = in
		}
		if d.String() != want {
			t.Errorf("%s: written as %s, want %s", in, d, want)
		}
	}
}

func TestSubjectsThatAreWrongSayWhy(t *testing.T) {
	for in, why := range map[string]string{
		"":                              "no =",
		"gw.example.com":                "no =",
		"/C=DE/O=Example":               "OpenSSL way",
		"CN=":                           "empty",
		"CN=gw,":                        "no =",
		"CN=a;O=b":                      `\;`,
		"XY=1":                          "no attribute",
		"C=Germany":                     "too long",
		"C=1a":                          "two letters",
		"CN=" + strings.Repeat("x", 65): "65 characters, at most 64",
		`CN=a\0`:                        "hex digits",
		`CN=a\00b`:                      "control character",
		`CN="a`:                         "not closed",
		`CN="a"b`:                       "follows",
		"CN=#zz":                        "not hex",
		"CN=#0402":                      "not one DER value",
		"CN=a+CN=b":                     "twice",
		"DC=ü":                          "may not stand there",
		`CN=\ff`:                        "UTF-8",
		"3.1=x":                         "no attribute",
		"1.99.2=x":                      "no attribute",
		"2.25.99999999999999999999=x":   "no attribute",
	} {
		if d, err := cert.ParseDN(in); err == nil {
			t.Errorf("%s: was taken as %s", in, d)
		} else if !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v does not say %q", in, err, why)
		}
	}
}

func FuzzParseDN(f *testing.F) {
	for _, s := range []string{"CN=gw,O=Example,C=DE", `O="a,b"+L=c`, `CN=\C4\8D\ `, "1.2.3=#04024869", "CN=#1E02D83D"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := cert.ParseDN(s)
		if err != nil {
			return
		}
		if got := cert.FormatDN(d.DER()); got != d.String() {
			t.Fatalf("%q is %q before and %q after encoding", s, d, got)
		}
	})
}

func FuzzFormatDN(f *testing.F) {
	d, err := cert.ParseDN("CN=gw+OU=x,O=Lučić,C=DE")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(d.DER())
	f.Fuzz(func(t *testing.T, der []byte) {
		if s := cert.FormatDN(der); strings.ContainsAny(s, "\x00\x1b\n\r") {
			t.Fatalf("%x is written with control characters: %q", der, s)
		}
	})
}
