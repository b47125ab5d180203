// Package cert makes, reads, orders, verifies and describes keys, requests and certificates, in memory.
package cert
