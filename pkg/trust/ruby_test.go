package trust_test

import "testing"

func TestRubyTrustsInEachWayOfThePage(t *testing.T) {
	const (
		plain = "puts URI.open(ARGV[0]).read"
		file  = `require "net/http"
store = OpenSSL::X509::Store.new
store.set_default_paths
store.add_file("NAME.pem")
url = URI(ARGV[0])
Net::HTTP.start(url.host, url.port, use_ssl: true, cert_store: store) { |http| puts http.get("/").body }`
	)
	ruby := []string{"ruby", "-ropen-uri", "-e", plain, "URL"}
	wantTrust(t, "ruby", "hello", hello, ruby, sourced(ruby...), []string{"ruby", "-e", file, "URL"})
}
