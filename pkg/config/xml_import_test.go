package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gwtls/gwtls/pkg/config"
)

// gatewayConfig is a gateway-config.xml of some elements, which begin in line 2.
func gatewayConfig(elements string) string {
	return "<gateway-config xmlns=\"http://xmlns.kaazing.org/2016/06/gateway\">\n" + elements + "\n</gateway-config>\n"
}

// oneService is a gateway-config.xml of a proxy with more elements in it, line 4.
func oneService(more string) string {
	return gatewayConfig("<service><name>a</name><accept>wss://gw.example.com:9001/a</accept>\n<connect>tcp://mq:1</connect><type>proxy</type>\n" + more + "</service>")
}

func importXML(t testing.TB, xml string) (yaml, report string) {
	t.Helper()
	got, err := config.XML{File: "gateway-config.xml", Result: "gateway.yaml"}.Import([]byte(xml))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range got.Findings {
		fmt.Fprintf(&b, "%s %s %s: %s", f.Severity, f.Code, f.Where, f.What)
		if f.Fix != "" {
			fmt.Fprintf(&b, " [%s]", f.Fix)
		}
		b.WriteString("\n")
	}
	return string(got.YAML), b.String()
}

// Each row is a row, or a part of one, of the table of what becomes of an element.
func TestEachElementOfAGatewayConfigBecomesWhatItShould(t *testing.T) {
	accept := func(option string) string { return oneService("<accept-options>" + option + "</accept-options>") }
	connect := func(option string) string { return oneService("<connect-options>" + option + "</connect-options>") }
	property := func(name, value string) string {
		return "<properties><property><name>" + name + "</name><value>" + value + "</value></property></properties>"
	}
	service := func(kind, urls, properties string) string {
		return "<service><name>s</name>" + urls + "<type>" + kind + "</type><properties>" + properties + "</properties></service>"
	}
	directory := func(properties string) string {
		return gatewayConfig(service("directory", "<accept>http://gw.example.com:8000/</accept>", "<directory>/base</directory>"+properties))
	}
	httpProxy := func(properties string) string {
		return gatewayConfig(service("http.proxy", "<accept>http://gw.example.com/</accept><connect>http://10.0.0.1:8080/</connect>", properties))
	}
	for _, c := range []struct {
		name, xml string
		yaml      []string // parts of the result, "!" before those that may not be in it
		report    []string
	}{
		{"properties", gatewayConfig(property("host", "gw.example.com") + service("echo", "<accept>ws://${host}/e</accept>", "")),
			[]string{"properties:\n  host: gw.example.com\n", "accept: ['ws://${host}/e']"}, []string{"!host"}},
		{"a property's default", gatewayConfig(service("echo", "<accept>ws://gw:${port:8000}/e</accept>", "")), []string{"ws://gw:${port:-8000}/e"}, nil},
		{"a property that is not there", gatewayConfig(service("echo", "<accept>ws://${gw}/e</accept>", "")), []string{"ws://${gw}/e"}, []string{"${gw} is no property of this file", "[give it a value under properties]"}},
		{"a property in a property", gatewayConfig("<properties><property><name>a</name><value>gw</value></property><property><name>b</name><value>${a}.example.com</value></property></properties>" + service("echo", "<accept>ws://${b}/e</accept>", "")),
			[]string{"a: gw", "b: ${a}.example.com"}, nil},
		{"cloud.host", gatewayConfig(service("echo", "<accept>ws://${cloud.host}/e</accept>", "")), []string{"ws://${CLOUD_HOST}/e"}, []string{"${cloud.host} is asked of no cloud", "set CLOUD_HOST"}},
		{"cloud.host that is given", gatewayConfig(property("cloud.host", "gw") + service("echo", "<accept>ws://${cloud.host}/e</accept>", "")), []string{"cloud.host: gw", "ws://${cloud.host}/e"}, []string{"!CLOUD_HOST"}},
		{"a secret nobody uses", gatewayConfig(property("ldap.password", "hunter2")), []string{"!hunter2"}, []string{"property ldap.password is used by nothing, and may be a secret", "!hunter2"}},

		{"name and description", gatewayConfig("<service><name>a b</name><description>of c</description><accept>ws://gw/</accept><type>echo</type></service>"), []string{"name: a b", "description: of c", "type: echo"}, nil},
		{"no name", gatewayConfig("<service><accept>ws://gw/</accept><type>echo</type></service><service><accept>ws://gw/b</accept><type>echo</type></service>"), []string{"name: echo\n", "name: echo-2\n"}, []string{"a service without a name is called echo"}},
		{"a name twice", gatewayConfig(service("echo", "<accept>ws://gw/a</accept>", "") + service("echo", "<accept>ws://gw/b</accept>", "")), []string{"name: s\n", "name: s-2\n"}, []string{"there is one of this name already"}},
		{"accept", oneService(""), []string{"accept: ['wss://gw.example.com:9001/a']", "connect: ['tcp://mq:1']"}, nil},
		{"ssl", gatewayConfig(service("proxy", "<accept>ssl://gw:1</accept><connect>ssl://mq:1</connect><connect>ssl://mq:2</connect>", "")), []string{"accept: ['tls://gw:1']", "connect: ['tls://mq:1', 'tls://mq:2']"}, nil},
		{"emulated WebSocket", gatewayConfig(service("echo", "<accept>wsn+ssl://gw/a</accept>", "")), []string{"wss://gw/a"}, []string{"clients that emulate WebSocket"}},
		{"a password in a URL", gatewayConfig(service("proxy", "<accept>ws://gw/a</accept><connect>tcp://me:hunter2@mq:1</connect>", "")), []string{"tcp://mq:1", "!hunter2"}, []string{"user and password in its URL are dropped", "!hunter2"}},
		{"a network interface", gatewayConfig(service("echo", "<accept>ws://[@eth0]:8000/e</accept>", "")), []string{"ws://0.0.0.0:8000/e", "bind: {ws: '[@eth0]:8000'}"}, []string{"it listens at [@eth0]:8000"}},
		{"udp", gatewayConfig(service("proxy", "<accept>ws://gw/a</accept><connect>udp://mq:1</connect>", "")), []string{"services: []"}, []string{`connect: "udp" is not spoken`, "service s: nothing that can be connected to is left"}},
		{"balance", gatewayConfig("<service><name>all</name><accept>ws://balancer.example.com/q</accept><type>balancer</type><accept-options><ws.bind>10.0.0.1:80</ws.bind></accept-options></service>" +
			"<service><name>one</name><accept>ws://node1.example.com/q</accept><connect>tcp://mq1:1</connect><balance>ws://balancer.example.com/q</balance><type>proxy</type></service>" +
			"<service><name>two</name><accept>ws://node2.example.com/q</accept><connect>tcp://mq2:1</connect><balance>ws://balancer.example.com:80/q</balance><type>proxy</type></service>"),
			[]string{"- name: all\n    type: proxy\n    accept: ['ws://balancer.example.com/q']\n    connect: ['tcp://mq1:1', 'tcp://mq2:1']\n    bind: {ws: '10.0.0.1:80'}\n    balance: round_robin", "name: one", "name: two"},
			[]string{"clients are no longer sent on to a member"}},
		{"balance without a balancer", oneService("<balance>ws://b/</balance>"), []string{"name: a"}, []string{"there is no balancer for ws://b/ in this file"}},
		{"a balancer without members", gatewayConfig(service("balancer", "<accept>ws://b/</accept>", "")), []string{"services: []"}, []string{"left-out", "no service of this file is balanced by it"}},

		{"type echo", gatewayConfig(service("echo", "<accept>ws://gw/</accept><accept>tcp://gw:1</accept>", "<repeat>3</repeat>")), []string{"type: echo", "accept: ['ws://gw/']"}, []string{"tcp://gw:1 is not accepted by type echo", "repeat in properties: there is no equal"}},
		{"type broadcast", gatewayConfig(service("broadcast", "<accept>ws://gw/</accept><connect>tcp://news:7070</connect>", "<on.client.message>broadcast</on.client.message><accept>tcp://0.0.0.0:7071</accept><accept>udp://0.0.0.0:7072</accept>")),
			[]string{"type: broadcast", "from: ['tcp://news:7070', 'tcp-listen://0.0.0.0:7071']", "clients: relay", "!connect:"}, []string{`"udp" is not spoken`}},
		{"type http.redirect", gatewayConfig(service("http.redirect", "<accept>http://gw/</accept>", "<location>https://gw/</location><status-code>301</status-code><cache-control>no-cache</cache-control>")),
			[]string{"type: redirect", "redirect:\n      to: https://gw/\n      status: 301"}, []string{"a redirect has no Cache-Control"}},
		{"a redirect without status", gatewayConfig(service("http.redirect", "<accept>http://gw/</accept>", "<location>https://gw/</location>")), []string{"status: 302"}, []string{"it said 300"}},
		{"a proxy of HTTP", gatewayConfig(service("proxy", "<accept>http://gw/</accept><connect>http://b/</connect>", "")), []string{"type: http.proxy", "forwarded: ignore"}, []string{"of type http.proxy"}},
		{"amqp.proxy", gatewayConfig(service("amqp.proxy", "<accept>ws://gw/amqp</accept><connect>tcp://mq:5672</connect>", "<virtual.host>/v1</virtual.host>")),
			[]string{"type: proxy", "subprotocols: [amqp]"}, []string{"virtual.host cannot be put into what the client says", "offers the subprotocol amqp"}},
		{"management", gatewayConfig("<service><name>JMX</name><type>management.jmx</type><properties><connector.server.address>jmx://gw:2020/</connector.server.address></properties></service>" + service("management.snmp", "<accept>ws://gw/snmp</accept>", "")),
			[]string{"admin:\n  listen: 127.0.0.1:9180"}, []string{"service JMX: management.jmx is not spoken", "service s: management.snmp is not spoken", "!connector"}},
		{"jms", gatewayConfig(service("jms", "<accept>ws://gw/jms</accept>", "<connection.factory.name>F</connection.factory.name>") + service("echo", "<accept>ws://gw/e</accept>", "")),
			[]string{"type: echo", "!jms"}, []string{`left-out gateway-config.xml:2:1: service s: there is no type "jms" in gateway.yaml [have clients speak to the broker itself`, "!factory"}},
		{"jms.proxy, redis, kerberos5.proxy, turn.rest, update.check", gatewayConfig(service("jms.proxy", "", "") + service("redis", "", "") + service("kerberos5.proxy", "", "") + service("turn.rest", "", "") + service("update.check", "", "")),
			[]string{"services: []"}, []string{`"jms.proxy"`, `"redis"`, `"kerberos5.proxy"`, `"turn.rest"`, `"update.check"`}},

		{"limits of a proxy", oneService("<properties><maximum.pending.bytes>128kB</maximum.pending.bytes><maximum.recovery.interval>30</maximum.recovery.interval><prepared.connection.count>10</prepared.connection.count></properties>"),
			[]string{"maximum_pending_bytes: 128kB", "maximum_recovery_interval: 30s", "prepared_connections: 10"}, nil},
		{"connect.strategy immediate", oneService("<properties><connect.strategy>immediate</connect.strategy></properties>"), []string{"!prepared"}, []string{"!strategy"}},
		{"connect.strategy prepared", oneService("<properties><connect.strategy>prepared</connect.strategy></properties>"), []string{"prepared_connections: 1"}, nil},
		{"connect.strategy deferred", oneService("<properties><connect.strategy>deferred</connect.strategy></properties>"), []string{"!prepared"}, []string{`connect.strategy "deferred": the back end is dialled as soon as a client comes`}},

		{"use-forwarded", httpProxy("<use-forwarded>inject</use-forwarded>"), []string{"forwarded: inject"}, nil},
		{"no use-forwarded", httpProxy(""), []string{"forwarded: ignore", "location:\n          - {from: 'http://10.0.0.1:8080/', to: 'http://gw.example.com/'}"}, nil},
		{"rewrite-location disabled", httpProxy("<rewrite-location>disabled</rewrite-location>"), []string{"!rewrite:"}, nil},
		{"mappings", httpProxy("<rewrite-cookie-domain>enabled</rewrite-cookie-domain><cookie-domain-mapping><from>.b</from><to>.gw</to></cookie-domain-mapping>" +
			"<rewrite-cookie-path>enabled</rewrite-cookie-path><cookie-path-mapping><from>/b</from><to>/c</to></cookie-path-mapping><location-mapping><from>http://b/</from><to>http://c/</to></location-mapping>"),
			[]string{"cookie_domain:\n          - {from: .b, to: .gw}", "cookie_path:\n          - {from: /b, to: /c}", "- {from: 'http://b/', to: 'http://c/'}"}, nil},
		{"mappings that were off", httpProxy("<cookie-path-mapping><from>/b</from><to>/c</to></cookie-path-mapping>"), []string{"!cookie_path"}, []string{"rewrite-cookie-path is disabled"}},

		{"directory", directory("<welcome-file>index.html</welcome-file><error-pages-directory>/error-pages</error-pages-directory><options>indexes</options>"),
			[]string{"directory:\n      root: ../web/base\n      index: index.html\n      errors: ../error-pages\n      listing: true\n"}, []string{"its files are taken to be in ../web/base"}},
		{"a directory without listing", directory(""), []string{"!listing"}, nil},
		{"a way out of web", gatewayConfig(service("directory", "<accept>http://gw/</accept>", "<directory>/../../etc</directory>")), []string{"root: ../web/etc"}, nil},
		{"location", directory("<location><patterns>**/* </patterns><cache-control>max-age=0</cache-control></location><location><patterns>**/*.js img/*.png</patterns><cache-control>public, max-age=1 day</cache-control></location>"),
			[]string{"cache:\n        - {patterns: ['*.js', /img/*.png], control: 'public, max-age=86400'}\n        - {patterns: ['*'], control: max-age=0}"}, nil},
		{"location since the last change", directory("<location><patterns>*.js</patterns><cache-control>max-age=m+1 hour</cache-control></location><location><patterns>a/**/b</patterns><cache-control>no-store</cache-control></location>"),
			[]string{"!cache:"}, []string{"cache-control max-age=m+1 hour: only a number of seconds is sent", `the pattern "a/**/b" has ** within a path`}},
		{"a directory by ws", gatewayConfig(service("directory", "<accept>ws://gw/</accept><accept>http://gw/</accept>", "<directory>/</directory>")), []string{"accept: ['http://gw/']", "root: ../web\n"}, []string{"ws://gw/ is not accepted by type directory"}},

		{"ssl.ciphers", accept("<ssl.ciphers>ECDHE-RSA-AES128-GCM-SHA256,TLS_RSA_WITH_RC4_128_SHA,LOW,!ADH</ssl.ciphers>"), []string{"ciphers: [ECDHE-RSA-AES128-GCM-SHA256]"}, []string{"nobody should use TLS_RSA_WITH_RC4_128_SHA, LOW any more"}},
		{"classes of ciphers", accept("<tls.ciphers>HIGH,MEDIUM,!ADH,!KRB5</tls.ciphers>"), []string{"!ciphers"}, []string{"tls.ciphers: Go's own choice", "!nobody"}},
		{"dead ciphers alone", accept("<ssl.ciphers>NULL</ssl.ciphers>"), []string{"!ciphers"}, []string{"nobody should use NULL any more"}},
		{"ssl.protocols", accept("<ssl.protocols>SSLv3,TLSv1,TLSv1.1,TLSv1.2</ssl.protocols>"), []string{"protocols: [TLSv1.2, TLSv1.3]"}, []string{"warning dropped", "SSLv3, TLSv1, TLSv1.1 is not spoken any more", "TLSv1.3 added"}},
		{"dead protocols alone", accept("<ssl.protocols>TLSv1</ssl.protocols>"), []string{"protocols: [TLSv1.2, TLSv1.3]"}, nil},
		{"the newest protocol alone", accept("<tls.protocols>TLSv1.3</tls.protocols>"), []string{"protocols: [TLSv1.3]"}, []string{"!added"}},
		{"ssl.verify-client", accept("<ssl.verify-client>required</ssl.verify-client>"), []string{"verify_client: required"}, nil},
		{"ssl.encryption", accept("<ssl.encryption>disabled</ssl.encryption>"), []string{"encryption: disabled"}, nil},
		{"ssl options of a back end", oneService("<connect-options><ssl.protocols>TLSv1.1,TLSv1.2</ssl.protocols><ssl.ciphers>LOW</ssl.ciphers></connect-options>"), []string{"connect_options:\n      tls:\n        protocols: [TLSv1.2, TLSv1.3]"}, []string{"ssl.ciphers: the back end and Go agree"}},
		{"ssl.encryption of a back end", gatewayConfig("<service><name>a</name><accept>ws://gw/</accept><connect>wss://b:1/x</connect><type>proxy</type><connect-options><ssl.encryption>disabled</ssl.encryption></connect-options></service>"), []string{"connect: ['ws://b:1/x']"}, []string{"since ssl.encryption is disabled"}},

		{"wss.bind", accept("<wss.bind>10.0.0.1:9444</wss.bind>"), []string{"bind: {wss: '10.0.0.1:9444'}"}, nil},
		{"a port to bind to", accept("<wss.bind>9444</wss.bind>"), []string{"bind: {wss: 9444}"}, nil},
		{"an interface to bind to", accept("<wss.bind>[@eth0]:9444</wss.bind>"), []string{"bind: {wss: '[@eth0]:9444'}"}, nil},
		{"a name to bind to", accept("<wss.bind>dmz.example.com:9444</wss.bind>"), []string{"bind: {wss: 9444}"}, []string{"is an IP address or none: 9444"}},
		{"localhost to bind to", accept("<wss.bind>localhost:9444</wss.bind>"), []string{"bind: {wss: '127.0.0.1:9444'}"}, nil},
		{"a lower layer's bind", accept("<ssl.bind>9444</ssl.bind><tcp.bind>9445</tcp.bind><http.bind>9446</http.bind>"), []string{"bind: {wss: 9444}"}, []string{"nothing is accepted by tcp", "nothing is accepted by http"}},
		{"every bind", gatewayConfig(service("proxy", "<accept>ws://gw/</accept><accept>wss://gw/</accept><accept>tcp://gw:1</accept><accept>ssl://gw:2</accept><connect>tcp://b:1</connect>", "") + service("directory", "<accept>http://gw/</accept><accept>https://gw/</accept>", "<directory>/</directory>") +
			"<service-defaults><accept-options><ws.bind>1</ws.bind><wss.bind>2</wss.bind><http.bind>3</http.bind><https.bind>4</https.bind><ssl.bind>5</ssl.bind><tcp.bind>6</tcp.bind></accept-options></service-defaults>"),
			[]string{"bind: {ws: 1, wss: 2, tcp: 6, tls: 5}", "bind: {http: 3, https: 4}"}, nil},

		{"ws.maximum.message.size", accept("<ws.maximum.message.size>64k</ws.maximum.message.size>"), []string{"maximum_message_size: 64k"}, nil},
		{"no ws.maximum.message.size", oneService(""), []string{"defaults:\n  accept_options:\n    ws:\n      maximum_message_size: 128k"}, nil},
		{"ws.inactivity.timeout", accept("<ws.inactivity.timeout>1800 seconds</ws.inactivity.timeout>"), []string{"inactivity_timeout: 1800s"}, nil},
		{"ws.inactivity.timeout in minutes", accept("<ws.inactivity.timeout>3min</ws.inactivity.timeout>"), []string{"inactivity_timeout: 3m"}, nil},
		{"http.keepalive.timeout", accept("<http.keepalive.timeout>120 seconds</http.keepalive.timeout>"), []string{"keepalive_timeout: 120s"}, nil},
		{"http.server.header", accept("<http.server.header>disabled</http.server.header>"), []string{"server_header: false"}, nil},
		{"tcp.maximum.outbound.rate", accept("<tcp.maximum.outbound.rate>20MB/s</tcp.maximum.outbound.rate>"), []string{"maximum_outbound_rate: 20000000"}, nil},
		{"tcp.maximum.outbound.rate in KiB/s", accept("<tcp.maximum.outbound.rate>1KiB/s</tcp.maximum.outbound.rate>"), []string{"maximum_outbound_rate: 1024"}, nil},
		{"http options of a back end", connect("<http.keepalive>disabled</http.keepalive><http.keepalive.connections>5</http.keepalive.connections><http.keepalive.timeout>9</http.keepalive.timeout><http.maximum.redirects>3</http.maximum.redirects>"),
			[]string{"http:\n        keepalive: false\n        keepalive_connections: 5\n        keepalive_timeout: 9s\n        maximum_redirects: 3"}, nil},
		{"other options of a back end", connect("<ws.version>draft-75</ws.version><tcp.bind>1</tcp.bind>"), []string{"!connect_options"}, []string{"WebSocket is spoken as RFC 6455 has it", "the system chooses the address"}},
		{"values of properties", gatewayConfig("<properties><property><name>t</name><value>30</value></property><property><name>u</name><value>2 minutes</value></property></properties><service><name>a</name><accept>ws://gw/</accept><type>echo</type><accept-options><ws.maximum.message.size>${t}</ws.maximum.message.size><ws.inactivity.timeout>${u}</ws.inactivity.timeout></accept-options></service>"),
			[]string{"maximum_message_size: ${t}", "inactivity_timeout: 2m"}, nil},
		{"a wrong value", accept("<ws.inactivity.timeout>a while</ws.inactivity.timeout>"), []string{"!inactivity"}, []string{`ws.inactivity.timeout: "a while" is no time`}},

		{"http.transport to tcp", accept("<http.transport>tcp://10.0.0.1:8080</http.transport>"), []string{"bind: {wss: '10.0.0.1:8080'}", "encryption: disabled"}, []string{"wss://gw.example.com:9001/a over tcp://10.0.0.1:8080 becomes"}},
		{"http.transport to tls", gatewayConfig("<service><name>a</name><accept>ws://gw/</accept><connect>tcp://b:1</connect><type>proxy</type><accept-options><http.transport>ssl://10.0.0.1:443</http.transport></accept-options></service>"), []string{"accept: ['wss://gw/']", "bind: {wss: '10.0.0.1:443'}"}, nil},
		{"http.transport to http", gatewayConfig("<service><name>a</name><accept>ws://gw/</accept><connect>tcp://b:1</connect><type>proxy</type><accept-options><http.transport>http://10.0.0.1:8080/</http.transport></accept-options></service>"), []string{"bind: {ws: '10.0.0.1:8080'}"}, nil},
		{"ssl.transport", accept("<ssl.transport>tcp://10.0.0.1:9444</ssl.transport>"), []string{"accept: ['wss://gw.example.com:9001/a']", "bind: {wss: '10.0.0.1:9444'}", "!encryption"}, nil},
		{"tcp.transport of a back end", connect("<tcp.transport>ssl://10.0.0.9:5671</tcp.transport>"), []string{"connect: ['tls://10.0.0.9:5671']"}, []string{"tcp://mq:1 over tls://10.0.0.9:5671 becomes tls://10.0.0.9:5671"}},
		{"ssl.transport of a back end", gatewayConfig("<service><name>a</name><accept>ws://gw/</accept><connect>ssl://mq:1</connect><type>proxy</type><connect-options><ssl.transport>tcp://10.0.0.9:2</ssl.transport></connect-options></service>"), []string{"connect: ['tls://10.0.0.9:2']", "server_name: mq"}, nil},
		{"TLS within TLS", connect("<http.transport>ssl://h:1</http.transport>"), nil, []string{"http.transport: nothing is spoken by http"}},
		{"socks", connect("<tcp.transport>socks+ssl://dmz:1443</tcp.transport><socks.mode>reverse</socks.mode>"), []string{"services: []"}, []string{`tcp.transport: "socks+ssl" is not spoken`, "left-out", "tunnel of your own"}},
		{"udp.transport", accept("<udp.interface>eth0</udp.interface>"), []string{"name: a"}, []string{"udp is not spoken"}},
		{"pipe.transport", gatewayConfig("<service><name>a</name><accept>pipe://p</accept><connect>tcp://b:1</connect><type>proxy</type><accept-options><pipe.transport>ssl://10.0.0.1:7000</pipe.transport></accept-options></service>"), []string{"accept: ['tls://10.0.0.1:7000']"}, nil},

		{"a pipe", gatewayConfig("<service><name>front</name><accept>wss://gw/q</accept><connect>pipe://p</connect><type>proxy</type></service><service><name>back</name><accept>pipe://p</accept><connect>tcp://mq:1</connect><type>proxy</type><properties><maximum.recovery.interval>9</maximum.recovery.interval></properties></service>"),
			[]string{"name: front\n    type: proxy\n    accept: ['wss://gw/q']\n    connect: ['tcp://mq:1']\n    maximum_recovery_interval: 9s", "!name: back"}, []string{"the pipe to service back becomes its own connection"}},
		{"a pipe to an echo", gatewayConfig("<service><name>front</name><accept>wss://gw/q</accept><connect>pipe://p</connect><type>proxy</type></service><service><name>back</name><accept>pipe://p</accept><accept>ws://gw/e</accept><type>echo</type></service>"),
			[]string{"name: front\n    type: echo\n    accept: ['wss://gw/q']\n", "name: back\n    type: echo\n    accept: ['ws://gw/e']"}, nil},
		{"a URL over a pipe", gatewayConfig("<service><name>outer</name><accept>ssl://10.0.0.1:443</accept><connect>pipe://p</connect><type>proxy</type><accept-options><ssl.verify-client>required</ssl.verify-client></accept-options></service><service><name>inner</name><accept>ws://gw/q</accept><connect>tcp://mq:1</connect><type>proxy</type><accept-options><http.transport>pipe://p</http.transport></accept-options></service>"),
			[]string{"name: inner\n    type: proxy\n    accept: ['wss://gw:443/q']\n    connect: ['tcp://mq:1']\n    bind: {wss: '10.0.0.1:443'}", "verify_client: required", "!name: outer"}, []string{"which was behind its pipe"}},
		{"a pipe to what is left out", gatewayConfig("<service><name>front</name><accept>wss://gw/q</accept><connect>pipe://p</connect><type>proxy</type></service><service><name>back</name><accept>pipe://p</accept><type>jms</type></service>"), []string{"services: []"}, []string{"pipe://p leads to service back, which is left out"}},
		{"a pipe to nobody", gatewayConfig("<service><name>front</name><accept>wss://gw/q</accept><connect>pipe://p</connect><type>proxy</type></service>"), []string{"services: []"}, []string{"nobody accepts at pipe://p"}},
		{"a pipe from nobody", gatewayConfig("<service><name>back</name><accept>pipe://p</accept><type>echo</type></service>"), []string{"services: []"}, []string{"nobody connects to its pipe"}},
		{"pipes in a circle", gatewayConfig("<service><name>a</name><accept>pipe://p</accept><connect>pipe://q</connect><type>proxy</type></service><service><name>b</name><accept>pipe://q</accept><connect>pipe://p</connect><type>proxy</type></service>"), []string{"services: []"}, []string{"leads back to it"}},

		{"realms", oneService("<realm-name>demo</realm-name><authorization-constraint><require-role>A</require-role></authorization-constraint>"), []string{"!demo"}, []string{"realm-name is not carried over: whoever reaches the service may use it", "authorization-constraint is not carried over", "gwtls mutual issue NAME"}},
		{"security/realm", gatewayConfig("<security><realm><name>demo</name><authentication><login-modules><login-module><options><secret>hunter2</secret></options></login-module></login-modules></authentication></realm></security>"), []string{"!demo", "!hunter2"}, []string{`realm "demo"`, "gwtls mutual issue NAME", "!hunter2"}},
		{"mime-mapping", gatewayConfig("<service-defaults><mime-mapping><extension>md</extension><mime-type>text/plain</mime-type></mime-mapping><mime-mapping><extension>js</extension><mime-type>text/javascript</mime-type></mime-mapping></service-defaults>" +
			"<service><name>s</name><accept>http://gw/</accept><type>directory</type><properties><directory>/</directory></properties><mime-mapping><extension>md</extension><mime-type>text/x</mime-type></mime-mapping><mime-mapping><extension>md</extension><mime-type>text/markdown</mime-type></mime-mapping></service>"),
			[]string{"mime:\n      .md: text/markdown\n      .js: text/javascript"}, []string{"!mime"}},
		{"cross-site-constraint", oneService("<cross-site-constraint><allow-origin>https://App.example.com:443</allow-origin><allow-methods>POST,DELETE</allow-methods><allow-headers>X-Custom</allow-headers><maximum-age>1 minute</maximum-age></cross-site-constraint><cross-site-constraint><allow-origin>*</allow-origin></cross-site-constraint>"),
			[]string{"cross_site:\n      - allow_origin: https://app.example.com\n        allow_methods: [POST, DELETE]\n        allow_headers: [X-Custom]\n        maximum_age: 1m\n      - allow_origin: '*'"}, nil},
		{"service-defaults", gatewayConfig("<service-defaults><accept-options><ws.maximum.message.size>256k</ws.maximum.message.size><ssl.encryption>disabled</ssl.encryption></accept-options><connect-options><http.keepalive>disabled</http.keepalive></connect-options></service-defaults>" + service("echo", "<accept>ws://gw/</accept>", "")),
			[]string{"defaults:\n  accept_options:\n    ws:\n      maximum_message_size: 256k\n    tls:\n      encryption: disabled\n  connect_options:\n    http:\n      keepalive: false"}, nil},
		{"keystore and truststore", gatewayConfig("<security><keystore><type>JCEKS</type><file>keystore.db</file><password-file>keystore.pw</password-file></keystore><truststore><type>JKS</type><file>/etc/trust.db</file></truststore></security>"),
			[]string{"keystore:\n  file: keystore.db\n  password: file:keystore.pw\ntruststore:\n  file: /etc/trust.db\n", "!clients"}, nil},
		{"the truststore of clients", gatewayConfig("<security><truststore><file>t.db</file></truststore></security>" + "<service><name>a</name><accept>wss://gw/</accept><type>echo</type><accept-options><ssl.verify-client>optional</ssl.verify-client></accept-options></service>"),
			[]string{"clients:\n  file: t.db"}, []string{"clients: the truststore says whose certificates clients may enter with"}},
		{"a password in a store", gatewayConfig("<security><keystore><file>k.db</file><password>hunter2</password></keystore></security>"), []string{"!hunter2"}, []string{"password in keystore: there is no equal", "!hunter2"}},
		{"cluster", gatewayConfig(property("aws.secret", "hunter2") + "<cluster><name>c</name><accept>tcp://10.0.0.1:5942</accept><connect>aws://security-group</connect><connect-options><aws.access-key-id>AKIA123</aws.access-key-id><aws.secret-key>${aws.secret}</aws.secret-key></connect-options></cluster>"),
			[]string{"!hunter2", "!AKIA123"}, []string{"gwtls serve --home etcd://", "Keys of cloud accounts are not copied", "!hunter2", "!AKIA123"}},
		{"what nobody knows", oneService("<notify>http://b/</notify><frobnicate><secret>hunter2</secret></frobnicate>"), []string{"!hunter2"}, []string{"notify in service: there is no equal", "frobnicate in service: there is no equal", "!hunter2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			yaml, report := importXML(t, c.xml)
			holds(t, "the result", yaml, c.yaml)
			holds(t, "the report", report, c.report)
		})
	}
}

// holds looks for parts in a text; those with "!" before them may not be there.
func holds(t *testing.T, what, text string, parts []string) {
	t.Helper()
	for _, part := range parts {
		if without, not := strings.CutPrefix(part, "!"); not {
			if strings.Contains(text, without) {
				t.Errorf("%q is in %s:\n%s", without, what, text)
			}
		} else if !strings.Contains(text, part) {
			t.Errorf("%q is missing in %s:\n%s", part, what, text)
		}
	}
}

func TestBothFamiliesOfNamespacesAreRead(t *testing.T) {
	for namespace, want := range map[string]string{
		"http://xmlns.kaazing.com/2014/09/gateway": "", "http://xmlns.kaazing.org/2014/09/gateway": "", "http://xmlns.kaazing.org/2015/11/gateway": "",
		"http://xmlns.kaazing.org/2016/06/gateway": "", "http://xmlns.kaazing.com/2012/09/gateway": "read as if it were of 2014/09",
	} {
		_, report := importXML(t, `<gateway-config xmlns="`+namespace+`"><service><name>e</name><accept>ws://gw/</accept><type>echo</type></service></gateway-config>`)
		if got := strings.Contains(report, "read as if"); got != (want != "") {
			t.Errorf("%s: got %s", namespace, report)
		}
	}
	for _, other := range []string{"", "http://xmlns.kaazing.com/gateway-config/excalibur", "http://example.com/2014/09/gateway"} {
		_, err := config.XML{File: "x.xml"}.Import([]byte(`<gateway-config xmlns="` + other + `"/>`))
		if !errors.Is(err, config.ErrNoGatewayConfig) {
			t.Errorf("%s: got %v", other, err)
		}
	}
}

func TestHostileXMLIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ xml, want string }{
		"entities":    {`<!DOCTYPE x [<!ENTITY a "b">]>` + gatewayConfig("<service><name>&a;</name></service>"), "1:1: a document type"},
		"an entity":   {gatewayConfig("<service><name>&a;</name></service>"), "invalid character entity &a;"},
		"no end":      {"<gateway-config>", "unexpected EOF"},
		"nothing":     {"", "there is no element"},
		"two roots":   {gatewayConfig("") + "<a/>", `a second root, "a"`},
		"depth":       {gatewayConfig(strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)), "nested too deep"},
		"many":        {gatewayConfig(strings.Repeat("<a/>", 30000)), "more than 20000 elements"},
		"length":      {gatewayConfig("<!--" + strings.Repeat("x", 2<<20) + "-->"), "too long"},
		"an encoding": {`<?xml version="1.0" encoding="utf-16"?><gateway-config/>`, `the encoding "utf-16" is not read`},
	} {
		_, err := config.XML{File: "x.xml"}.Import([]byte(c.xml))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %.200v, want %s", name, err, c.want)
		}
	}
}

func TestAnImportThatMultipliesIsRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString("<service><name>b</name><accept>pipe://p</accept><type>proxy</type>")
	b.WriteString(strings.Repeat("<connect>tcp://b:1</connect>", 5000))
	b.WriteString("</service>")
	b.WriteString(strings.Repeat("<service><accept>ws://gw/</accept><connect>pipe://p</connect><type>proxy</type></service>", 3000))
	_, err := config.XML{File: "x.xml"}.Import([]byte(gatewayConfig(b.String())))
	if err == nil || !strings.Contains(err.Error(), "too much") {
		t.Errorf("got %.200v", err)
	}
}

func TestOldEncodingsAreRead(t *testing.T) {
	xml := "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + gatewayConfig("<service><name>caf\xe9</name><accept>ws://gw/</accept><type>echo</type></service>")
	if yaml, _ := importXML(t, xml); !strings.Contains(yaml, "name: café") {
		t.Errorf("got %s", yaml)
	}
	if yaml, _ := importXML(t, "\ufeff"+oneService("")); !strings.Contains(yaml, "name: a") {
		t.Errorf("got %s", yaml)
	}
}

func TestPathsFollowTheOldConfiguration(t *testing.T) {
	xml := gatewayConfig("<security><keystore><file>keystore.db</file></keystore></security><service><name>d</name><accept>http://gw/</accept><type>directory</type><properties><directory>/</directory></properties></service>")
	got, err := config.XML{File: "x.xml", Folder: "/opt/gateway/conf"}.Import([]byte(xml))
	if err != nil {
		t.Fatal(err)
	}
	holds(t, "the result", string(got.YAML), []string{"file: /opt/gateway/conf/keystore.db", "root: /opt/gateway/web\n"})
}

// Whatever is imported can be read as a gateway.yaml, and what is wrong with it is told.
func FuzzImport(f *testing.F) {
	f.Add(oneService("<accept-options><ssl.ciphers>HIGH</ssl.ciphers><tcp.transport>pipe://p</tcp.transport></accept-options>"))
	f.Add(gatewayConfig("<properties><property><name>a</name><value>${a}</value></property></properties><service><accept>${a}://x</accept><type>http.proxy</type></service>"))
	f.Add(gatewayConfig("<service><accept>pipe://p</accept><connect>pipe://p</connect><balance>ws://b/</balance><type>balancer</type></service>"))
	f.Add(gatewayConfig("<service-defaults><accept-options><ws.bind>@eth0:1</ws.bind></accept-options></service-defaults><cluster/><security><realm/></security>"))
	f.Fuzz(func(t *testing.T, xml string) {
		got, err := config.XML{File: "x.xml", Result: "gateway.yaml"}.Import([]byte(xml))
		if err != nil {
			return
		}
		_, err = config.Source{File: "gateway.yaml"}.Parse(got.YAML)
		for _, fault := range config.Faults(err) {
			if strings.Contains(fault.What, "unknown key") || strings.Contains(fault.What, "named twice") {
				t.Errorf("%v\n%s", fault, got.YAML)
			}
		}
		for _, finding := range got.Findings {
			if finding.Where == "" || finding.What == "" {
				t.Errorf("a finding without a place: %+v", finding)
			}
		}
	})
}
