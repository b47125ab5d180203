package trust_test

import (
	"net/http"
	"testing"
)

func TestGitTrustsInEachWayOfThePage(t *testing.T) {
	repository := t.TempDir()
	run(t, repository, "git", "init", "-q", "--bare", ".")
	run(t, repository, "sh", "-c", `commit=$(git -c user.name=n -c user.email=e commit-tree -m hello "$(git mktree </dev/null)") && git update-ref refs/heads/hello "$commit"`)
	run(t, repository, "git", "update-server-info")
	git := []string{"git", "ls-remote", "URL"}
	wantTrust(t, "git", "refs/heads/hello", http.FileServer(http.Dir(repository)), git,
		sourced(git...),
		[]string{"sh", "-c", `git config --global http."$1".sslCAInfo "$PWD/NAME.pem" && git ls-remote "$1"`, "sh", "URL"})
}
