package proxy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// directory is a Directory, compiled.
type directory struct {
	*Directory
	index string
}

func compileDirectory(d *Directory) (*directory, error) {
	if d.Files == nil {
		return nil, errors.New("directory without files")
	}
	for _, c := range d.Cache {
		for _, p := range c.Patterns {
			if _, err := path.Match(p, ""); err != nil {
				return nil, fmt.Errorf("cache pattern %s: %w", p, err)
			}
		}
	}
	return &directory{d, cmp.Or(d.Index, "index.html")}, nil
}

// serveDirectory answers with the file that rest, what of the path lies behind the route's,
// leads to. Ranges and conditional requests are net/http's work.
func (g *Gateway) serveDirectory(w http.ResponseWriter, r *http.Request, svc *service, rest string) {
	d, start := svc.directory, g.now()
	out := &counted{ResponseWriter: w}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		out.Header().Set("Allow", "GET, HEAD")
		d.fail(out, r, http.StatusMethodNotAllowed)
	} else if status := d.serve(out, r, rest); status != http.StatusOK {
		d.fail(out, r, status)
	}
	g.Log.LogAttrs(context.Background(), slog.LevelInfo, "request",
		slog.String("service", svc.Name), slog.String("remote", r.RemoteAddr),
		slog.String("method", r.Method), slog.String("path", r.URL.EscapedPath()),
		slog.Int("status", out.status), slog.Int64("out", out.bytes), slog.Duration("duration", g.now().Sub(start).Round(time.Microsecond)))
}

// serve answers, or gives the status of the fault and has not answered.
func (d *directory) serve(w http.ResponseWriter, r *http.Request, rest string) (fault int) {
	plain, err := url.PathUnescape(rest)
	name := strings.Trim(plain, "/")
	if name == "" {
		name = "."
	}
	if err != nil || !fs.ValidPath(name) || d.hidden(name) {
		return http.StatusNotFound
	}
	info, err := fs.Stat(d.Files, name)
	if err != nil {
		return statusOf(err)
	}
	slash := strings.HasSuffix(r.URL.Path, "/")
	switch {
	case !info.IsDir() && slash:
		return http.StatusNotFound
	case info.IsDir() && !slash:
		redirect(w, path.Base(r.URL.EscapedPath())+"/", r.URL.RawQuery)
		return http.StatusOK
	case info.IsDir():
		dir := name
		name = path.Join(dir, d.index)
		if _, err := fs.Stat(d.Files, name); errors.Is(err, fs.ErrNotExist) && d.Listing {
			return d.list(w, dir)
		}
	}
	return d.send(w, r, name)
}

// send answers with a file.
func (d *directory) send(w http.ResponseWriter, r *http.Request, name string) (fault int) {
	if d.hidden(name) {
		return http.StatusNotFound
	}
	f, err := d.Files.Open(name)
	if err != nil {
		return statusOf(err)
	}
	defer f.Close()
	info, err := f.Stat()
	content, seekable := f.(io.ReadSeeker)
	if err != nil || !seekable || !info.Mode().IsRegular() {
		return http.StatusNotFound
	}
	d.describe(w.Header(), name)
	http.ServeContent(w, r, name, info.ModTime(), content)
	return http.StatusOK
}

// hidden says whether a name answers 404 whatever is there.
func (d *directory) hidden(name string) bool {
	if name != "." {
		for part := range strings.SplitSeq(name, "/") {
			if strings.HasPrefix(part, ".") {
				return true
			}
		}
	}
	return strings.EqualFold(path.Ext(name), ".pw") || d.Hidden != nil && d.Hidden(name)
}

// describe sets the headers that the configuration has for a file.
func (d *directory) describe(h http.Header, name string) {
	ext := strings.ToLower(path.Ext(name))
	if t := cmp.Or(d.Types[ext], mime.TypeByExtension(ext)); t != "" {
		h.Set("Content-Type", t)
	}
	h.Set("X-Content-Type-Options", "nosniff")
	for _, c := range d.Cache {
		if slices.ContainsFunc(c.Patterns, func(p string) bool { return matches(p, name) }) {
			h.Set("Cache-Control", c.Control)
			return
		}
	}
}

func matches(pattern, name string) bool {
	if !strings.Contains(pattern, "/") {
		name = path.Base(name)
	}
	ok, _ := path.Match(strings.TrimPrefix(pattern, "/"), name)
	return ok
}

// list is a page of the names in a directory that are not hidden.
func (d *directory) list(w http.ResponseWriter, dir string) (fault int) {
	entries, err := fs.ReadDir(d.Files, dir)
	if err != nil {
		return statusOf(err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	io.WriteString(w, "<!doctype html>\n<meta charset=utf-8>\n<title>Files</title>\n<ul>\n")
	for _, e := range entries {
		name := e.Name()
		if d.hidden(path.Join(dir, name)) {
			continue
		}
		if e.IsDir() {
			name += "/"
		}
		link := url.URL{Path: "./" + name}
		fmt.Fprintf(w, "<li><a href=\"%s\">%s</a>\n", html.EscapeString(link.String()), html.EscapeString(name))
	}
	io.WriteString(w, "</ul>\n")
	return http.StatusOK
}

// fail answers with the operator's page for a status, or a short text.
func (d *directory) fail(w http.ResponseWriter, r *http.Request, status int) {
	if d.Errors != nil {
		if page, err := fs.ReadFile(d.Errors, strconv.Itoa(status)+".html"); err == nil {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			if r.Method != http.MethodHead {
				w.Write(page)
			}
			return
		}
	}
	text := "no such file here"
	if status == http.StatusMethodNotAllowed {
		text = "files are only read"
	}
	refuse(w, status, text)
}

// redirect sends a browser to a place relative to where it is: what the path was before a
// gateway in front of this one is not known here.
func redirect(w http.ResponseWriter, to, query string) {
	if query != "" {
		to += "?" + query
	}
	w.Header().Set("Location", "./"+to)
	w.WriteHeader(http.StatusMovedPermanently)
}

// statusOf is the answer for a file that cannot be had. Only a want of descriptors is the
// gateway's trouble; why else there is none is nobody's business.
func statusOf(err error) int {
	if noRoom(err) {
		return http.StatusServiceUnavailable
	}
	return http.StatusNotFound
}

// counted knows what was answered, for the log.
type counted struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (c *counted) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counted) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}
