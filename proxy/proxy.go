// Package proxy carries connections from listeners to back ends.
package proxy
