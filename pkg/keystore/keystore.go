// Package keystore is a Store of entries by alias, and its formats.
package keystore
