// Package trust makes for each kind of client what it needs so that it believes a
// server whose certificate no public authority signed: files, and a page on how to
// use them, compare them and take them away again.
//
// Each client is one file of code here and one page in templates/trust. What is
// made depends on the certificates, their aliases and the password alone, so that
// an export can be made again, compared, and kept under version control. No private
// key comes in here.
package trust

import (
	"cmp"
	"fmt"
	"slices"
)

// Client is a kind of program or system that is to trust a server.
type Client struct {
	Name  string   // as --for takes it, and its folder
	Also  []string // other names that --for takes, each with a folder of that name
	What  string   // for the list: what it is, in a few words
	Files []string // what it gets beside its README.md; NAME, HASH and HOST vary

	make func(*Bundle) ([]File, error)
	page string // its name, by whatever other name it was asked for
}

// File is one file of a client's folder.
type File struct {
	Name string // with slashes where it lies deeper
	Data []byte
}

var clients []Client

// register is called by the file of each client.
func register(c Client) struct{} {
	c.page = c.Name
	clients = append(clients, c)
	slices.SortFunc(clients, func(a, b Client) int { return cmp.Compare(a.Name, b.Name) })
	return struct{}{}
}

// Clients are all clients, by name.
func Clients() []Client { return slices.Clone(clients) }

// Find gives the client of a name, under that name.
func Find(name string) (Client, bool) {
	i := slices.IndexFunc(clients, func(c Client) bool { return c.Name == name || slices.Contains(c.Also, name) })
	if i < 0 {
		return Client{}, false
	}
	c := clients[i]
	c.Name = name
	return c, true
}

// Export makes the files of a client's folder, README.md first.
func (c Client) Export(b *Bundle) ([]File, error) {
	if len(b.Anchors) == 0 {
		return nil, fmt.Errorf("%s: %w", c.Name, ErrNoAnchor)
	}
	if err := checkPassword(b.password()); err != nil {
		return nil, err
	}
	files, err := c.make(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	readme, err := b.text(c.page + ".md")
	if err != nil {
		return nil, err
	}
	return append([]File{{"README.md", readme}}, files...), nil
}
