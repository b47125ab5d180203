package report

import "testing"

const marked = "# Speed\n<!-- figures: gateways -->\nold\n<!-- end of figures -->\nmore\n<!-- figures: commands -->\n<!-- end of figures -->\n"

func TestASectionIsReplacedAndTheRestKept(t *testing.T) {
	got, err := replaceSection([]byte(marked), "commands", "new\n")
	if err != nil {
		t.Fatal(err)
	}
	got, err = replaceSection(got, "gateways", "newer\n")
	if err != nil {
		t.Fatal(err)
	}
	want := "# Speed\n<!-- figures: gateways -->\nnewer\n<!-- end of figures -->\nmore\n<!-- figures: commands -->\nnew\n<!-- end of figures -->\n"
	if string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestADocumentWithoutTheSectionIsNotTouched(t *testing.T) {
	for _, doc := range []string{"", "# Speed\n", "<!-- figures: gateways -->\nno end\n"} {
		if got, err := replaceSection([]byte(doc), "gateways", "new"); err == nil {
			t.Errorf("replaceSection(%q) = %q, want an error", doc, got)
		}
	}
}

func TestOSNameIsThePrettyOne(t *testing.T) {
	if got := osName("ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=x\n"); got != "Debian GNU/Linux 12 (bookworm)" {
		t.Errorf("osName = %q", got)
	}
}
