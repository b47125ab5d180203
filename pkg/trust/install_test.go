package trust_test

import (
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/trust"
)

func TestSystemsAreKnownByTheirReleaseFile(t *testing.T) {
	for _, test := range []struct{ release, want string }{
		{"ID=debian\n", "debian"},
		{"NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n", "debian"},
		{"ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "debian"},
		{"ID=alpine\n", "alpine"},
		{"ID=\"rhel\"\nID_LIKE=\"fedora\"\n", "rhel"},
		{"ID='fedora'\n", "rhel"},
		{"ID=\"almalinux\"\nID_LIKE=\"rhel centos fedora\"\n", "rhel"},
		{"ID=\"amzn\"\nID_LIKE=\"fedora\"\n", "rhel"},
		{"ID=arch\r\n", "arch"},
		{"ID=endeavouros\nID_LIKE=arch\n", "arch"},
		{"ID=\"sles\"\n", "suse"},
		{"ID=opensuse-tumbleweed\nID_LIKE=\"opensuse suse\"\n", "suse"},
		{"ID=nixos\n", ""},
		{"VERSION_ID=debian\n", ""},
		{"ID=\n", ""},
		{"", ""},
	} {
		s, ok := trust.SystemOf([]byte(test.release))
		if s.Client != test.want || ok != (test.want != "") {
			t.Errorf("%q is taken for %q, want %q", test.release, s.Client, test.want)
		}
	}
}

// What a database lists is not in our hand: names may look like flags or like a heading.
func TestNSSListingsAreReadWhateverTheNamesAre(t *testing.T) {
	b := shapes(t)["several"]
	root, self := b.Anchors[0], b.Anchors[2]
	listed := `
Certificate Nickname                                         Trust Attributes
                                                             SSL,S/MIME,JAR/XPI

by hand C,,                                                  T,c,c
a nickname that is longer than the column it stands in, by far, and has commas ,,   
nobody's                                                     p,,   
` + self.Nickname() + `              ,,   
`
	have := map[string]trust.Anchor{"by hand C,,": root, self.Nickname(): self}
	var asked []string
	s, err := trust.NSSStore{Path: "/db"}.Load([]byte(listed), b.Anchors, func(nickname string) ([]byte, error) {
		asked = append(asked, nickname)
		if a, ok := have[nickname]; ok {
			return a.PEM(), nil
		}
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{0x30, 0}}), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"by hand C,,", "nobody's", self.Nickname()}; !slices.Equal(asked, want) {
		t.Errorf("looked at %q, want %q", asked, want)
	}
	if st := s.Standing(root); st.Trusted || !slices.Equal(st.Names, []string{"by hand C,,"}) {
		t.Errorf("the root stands as %+v", st)
	}
	var got []string
	for _, step := range s.Install([]trust.Anchor{root, self, b.Anchors[1]}) {
		got = append(got, strings.Join(step.Args, " "))
	}
	want := []string{
		"certutil -M -d sql:/db -n by hand C,, -t CT,c,c",
		"certutil -M -d sql:/db -n " + self.Nickname() + " -t CP,,",
		"certutil -A -d sql:/db -n " + b.Anchors[1].Nickname() + " -t C,, -a",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(s.Remove([]trust.Anchor{root, self, b.Anchors[1]})) != 2 {
		t.Error("what is not there is removed, or what is there is not")
	}
	_, err = trust.NSSStore{}.Load([]byte(listed), b.Anchors, func(string) ([]byte, error) { return nil, errors.ErrUnsupported })
	if !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %v for a database that cannot be read", err)
	}
}

// Another certificate under the name that ours would have is not taken for ours.
func TestSystemStoresGoByTheCertificateAndNotByItsName(t *testing.T) {
	b := shapes(t)["several"]
	ours, other := b.Anchors[0], b.Anchors[1]
	debian, _ := trust.SystemOf([]byte("ID=debian"))
	s := debian.Load(map[string][]byte{
		"/usr/local/share/ca-certificates/" + ours.Nickname() + ".crt": other.PEM(),
		"/usr/local/share/ca-certificates/der.crt":                     other.Raw,
		"/etc/ssl/certs/ca-certificates.crt":                           append([]byte("# comment\n"), other.PEM()...),
	})
	if st := s.Standing(ours); st.Trusted || len(st.Names) != 0 {
		t.Errorf("ours stands as %+v", st)
	}
	if st := s.Standing(other); !st.Trusted || len(st.Names) != 2 {
		t.Errorf("the other stands as %+v", st)
	}
	if s.Remove([]trust.Anchor{ours}) != nil {
		t.Error("something is removed for a certificate that is not there")
	}
}

func TestJavaStoresThatCannotBeReadAreErrors(t *testing.T) {
	if _, err := (trust.JavaStore{}).Load([]byte("no store")); err == nil {
		t.Error("no error")
	}
}
