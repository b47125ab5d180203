# gwtls: `make quickstart` shows it at work, `make test` proves it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
GO ?= go

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: build test lint quickstart bench bench-quick fuzz soak docs tools

build: ## bin/gwtls, static
	CGO_ENABLED=0 $(GO) build -buildvcs=auto -trimpath -ldflags=-s -o bin/gwtls ./cmd/gwtls

test: tools lint ## all tests, with what they need installed first
	$(GO) test -race -timeout 40m ./...

tools: ## the programs that the tests talk to; named if they cannot be had
	@testdata/install-tools
	@testdata/interop/install-node

lint:
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	@if [ -n "$${GOVULNDB:-}" ]; then $(GO) run $(GOVULNCHECK) -db "$$GOVULNDB" ./...; \
	else echo "govulncheck: not run; GOVULNDB names the database to use, where one can be reached"; fi

quickstart: build ## mint, trust, serve, connect: a whole path, shown line by line
	@testdata/quickstart

bench: ## the figures of docs/performance.md, beside the rivals; half an hour
	testdata/bench/run whole
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-quick: ## some of them, beside the rivals that are there; three minutes
	testdata/bench/run quick

soak: ## what takes too long for every day: 100,000 damaged keystores
	GWTLS_MUTANTS=100000 $(GO) test -run Mutant -timeout 2h -v ./pkg/keystore

docs: ## run every command that the docs show
	$(GO) test -count 1 -run TestDocs ./cmd

FUZZTIME ?= 60s
fuzz: ## each fuzz target for FUZZTIME
	@grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' cmd pkg proxy | sort | while IFS=: read -r file target; do \
	  echo "== $$(dirname "$$file") $${target#func }"; \
	  $(GO) test -run '^$$' -fuzz "^$${target#func }$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")" </dev/null || exit 1; \
	done
