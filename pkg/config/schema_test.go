package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/gwtls/gwtls/pkg/config"
)

// validator holds texts of YAML against the schema.
func validator(t testing.TB) func(text string) error {
	t.Helper()
	text, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("gateway.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("gateway.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) error {
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			return err
		}
		asJSON, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if v, err = jsonschema.UnmarshalJSON(bytes.NewReader(asJSON)); err != nil {
			return err
		}
		return schema.Validate(v)
	}
}

func everyKey(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("testdata/every-key.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// misspelt is a file again and again, another key renamed in each.
func misspelt(t *testing.T, text string) map[string]string {
	t.Helper()
	files := map[string]string{}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	var walk func(n *yaml.Node, free bool)
	walk = func(n *yaml.Node, free bool) {
		for i, child := range n.Content {
			if n.Kind != yaml.MappingNode || i%2 == 1 {
				walk(child, n.Kind == yaml.MappingNode && slices.Contains([]string{"properties", "mime"}, n.Content[i-1].Value))
			} else if !free {
				good := child.Value
				child.Value += "z"
				out, err := yaml.Marshal(&root)
				if err != nil {
					t.Fatal(err)
				}
				files[fmt.Sprintf("line %d, %s", child.Line, good)] = string(out)
				child.Value = good
			}
		}
	}
	walk(&root, false)
	return files
}

func TestTheSchemaKnowsEveryKeyAndNoOther(t *testing.T) {
	valid := validator(t)
	if err := valid(everyKey(t)); err != nil {
		t.Errorf("the file of every key: %v", err)
	}
	files := misspelt(t, everyKey(t))
	if len(files) < 100 {
		t.Fatalf("only %d keys", len(files))
	}
	for where, file := range files {
		if valid(file) == nil {
			t.Errorf("%s: a misspelt key passes the schema", where)
		}
		if _, err := draft(file, nil); err == nil {
			t.Errorf("%s: a misspelt key passes the parser", where)
		}
	}
}

func TestTheSchemaSaysWhatEachKeyIs(t *testing.T) {
	text, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(path, one)
			}
		case map[string]any:
			for name, one := range v {
				keys, ok := one.(map[string]any)
				if name != "properties" || !ok || v["additionalProperties"] != false {
					walk(path, one)
					continue
				}
				for key, value := range keys {
					if value.(map[string]any)["description"] == nil {
						t.Errorf("%s.%s is not described", path, key)
					}
					walk(path+"."+key, value)
				}
			}
		}
	}
	walk("", root)
}

// The schema and the parser are of one mind about each of these.
func TestTheSchemaAgreesWithTheParser(t *testing.T) {
	valid := validator(t)
	in := func(line string) string { return service + "    " + line }
	directory := func(keys string) string {
		return "services: [{name: a, type: directory, accept: ['http://localhost/'], " + keys + "}]"
	}
	for _, c := range []struct {
		good bool
		file string
	}{
		{true, echo}, {true, service},
		{true, echo + "keystore: a.p12"}, {true, echo + "keystore: {file: a.p12, password: 'env:PW'}"}, {true, echo + "keystore:"},
		{false, echo + "keystore: {file: a.p12, password: hunter2}"}, {false, echo + "keystore: [a.p12]"},
		{true, echo + "properties: {a: b, c: 5, d: true, e: }"}, {false, echo + "properties: [a]"}, {false, echo + "properties: {a: [b]}"},
		{true, echo + "drain_timeout: 90"}, {true, echo + "drain_timeout: 1m30s"}, {true, echo + "drain_timeout: 1.5"}, {true, echo + "drain_timeout: '${T:-5s}'"},
		{false, echo + "drain_timeout: soon"}, {false, echo + "drain_timeout: -1"}, {false, echo + "drain_timeout: [1]"}, {false, echo + "drain_timeout: true"},
		{true, in("maximum_pending_bytes: 131072")}, {true, in("maximum_pending_bytes: 64 KiB")}, {true, in("maximum_pending_bytes: 1m")},
		{false, in("maximum_pending_bytes: lots")}, {false, in("maximum_pending_bytes: 5x")}, {false, in("maximum_pending_bytes: -5")},
		{true, in("prepared_connections: 3")}, {true, in("prepared_connections: '3'")}, {false, in("prepared_connections: some")}, {false, in("prepared_connections: 1.5")},
		{true, in("accept_options: {http: {server_header: 'false'}}")}, {false, in("accept_options: {http: {server_header: off}}")},
		{true, in("accept_options:")}, {true, in("accept_options: {tls: {protocols: [tls1.2, TLS_v1.3]}}")}, {false, in("accept_options: {tls: {protocols: [TLSv1.1]}}")},
		{true, in("accept_options: {tls: {protocols: []}}")}, {false, in("accept_options: {tls: {protocols: TLSv1.2}}")}, {false, in("accept_options: {tls: {protocols: [~]}}")},
		{true, in("accept_options: {tls: {groups: [secp256r1, x25519, P-384, curvep521, x25519mlkem768]}}")}, {false, in("accept_options: {tls: {groups: [brainpool]}}")},
		{true, in("accept_options: {tls: {ciphers: [ECDHE-RSA-AES128-GCM-SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]}}")}, {false, in("accept_options: {tls: {ciphers: [RC4]}}")},
		{true, in("connect_options: {tls: {pins: ['" + strings.Repeat("aB:", 31) + "00']}}")}, {false, in("connect_options: {tls: {pins: ['AB:CD']}}")},
		{true, in("balance: least_connections")}, {false, in("balance: most")},
		{true, in("bind: {wss: 9001}")}, {true, in("bind: {WSS: '10.0.0.1:9001'}")}, {false, in("bind: {wsx: 9001}")}, {false, in("bind: 9001")},
		{true, in("allow: [{cn: a}, {uri: 'spiffe://b/**'}]")}, {false, in("allow: {cn: a}")}, {false, in("allow: [{commonname: a}]")},
		{true, in("cross_site: [{allow_origin: '*', maximum_age: 5}]")}, {false, in("cross_site: [{allow_methods: [PUT]}]")},
		{true, in("forward_client_certificate: true")}, {false, in("forward_client_certificate: always")},
		{false, in("directory: {root: web}")}, {false, in("redirect: {to: 'https://a/'}")}, {false, in("http: {forwarded: inject}")}, {false, in("broadcast: {from: ['tcp://b:1']}")},
		{true, strings.Replace(service, "tcp://", "TCP://", 1)}, {false, strings.Replace(service, "tcp://", "udp://", 1)}, {false, strings.Replace(service, "tcp://", "", 1)},
		{false, strings.Replace(service, `connect: ["tcp://127.0.0.1:7000"]`, "connect: []", 1)}, {false, strings.Replace(service, `connect: ["tcp://127.0.0.1:7000"]`, "connect:", 1)},
		{false, strings.Replace(service, "name: orders", "description: orders", 1)}, {false, strings.Replace(service, "type: proxy", "type: ecco", 1)}, {false, strings.Replace(service, "type: proxy", "type:", 1)},
		{true, directory("directory: {root: web}, mime: {.md: text/markdown, .txt: }")}, {false, directory("directory: {index: i.html}")}, {false, directory("mime: {}")},
		{false, directory("directory: {root: web}, mime: {md: text/markdown}")}, {false, directory("directory: {root: web}, connect: ['http://b/']")},
		{true, "properties: {t: echo}\nservices: [{name: a, type: '${t}', accept: ['ws://localhost/']}]"},
		{true, "defaults: {accept_options: {ws: {subprotocols: [a]}}}\n" + echo}, {false, "defaults: {accept_options: {ws: {protocols: [a]}}}\n" + echo},
		{false, "services: []"}, {false, "drain_timeout: 5s"}, {false, "services:"}, {false, "[]"},
		{false, "services: [{name: a, type: redirect, accept: ['http://localhost/'], redirect: {status: 308}}]"},
		{true, "services: [{name: a, type: broadcast, accept: ['ws://localhost/'], broadcast: {from: ['tcp://b:1'], clients: relay}}]"},
		{false, "services: [{name: a, type: broadcast, accept: ['ws://localhost/'], broadcast: {from: []}}]"},
	} {
		_, parsed := draft(c.file, nil)
		validated := valid(c.file)
		if (parsed == nil) != c.good || (validated == nil) != c.good {
			t.Errorf("want %v, the parser says %v, the schema %v\nof %s", c.good, parsed, validated, c.file)
		}
	}
}

// What the parser takes the schema accepts, whatever it is.
func FuzzSchema(f *testing.F) {
	valid := validator(f)
	f.Add(everyKey(f))
	f.Add(echo + "keystore: &k {file: a.p12}\ntruststore: *k\ndrain_timeout: +.5h\n")
	f.Add(service + "    accept_options: {tls: {protocols: ['t l s v1.2']}, ws: {maximum_message_size: 5MB}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := draft(text, nil); err != nil {
			return
		}
		var v any
		if yaml.Unmarshal([]byte(text), &v) != nil {
			t.Skip("of YAML that only some libraries read")
		}
		if _, err := json.Marshal(v); err != nil {
			t.Skip("of YAML that is no JSON")
		}
		if err := valid(text); err != nil {
			t.Errorf("%v\nof %s", err, text)
		}
	})
}
