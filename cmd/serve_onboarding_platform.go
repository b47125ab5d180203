package cmd

import (
	"bytes"
	"html/template"
	"slices"
	"strings"
)

// platforms are those that have their own steps on the page, in the order of the list.
var platforms = []struct{ name, title string }{
	{"ios", "iPhone and iPad"},
	{"android", "Android"},
	{"windows", "Windows: Edge, Chrome and others"},
	{"macos", "Mac: Safari, Chrome and others"},
	{"firefox", "Firefox"},
	{"chrome", "Chrome, Chromium, Edge on Linux and ChromeOS"},
	{"linux", "Linux: the whole machine"},
	{"java", "Java"},
	{"programs", "Other programs and systems"},
}

// platformView is a platform's steps as the page shows them.
type platformView struct {
	Title string
	Open  bool
	Steps template.HTML
}

// platforms puts the steps of the visitor's platform first, and open.
func (v *onboardingView) platforms(userAgent string) ([]platformView, error) {
	var first, others []platformView
	open := recognize(userAgent)
	for _, p := range platforms {
		var steps bytes.Buffer
		if err := v.text.ExecuteTemplate(&steps, p.name+".html", v); err != nil {
			return nil, err
		}
		view := platformView{p.title, slices.Contains(open, p.name), template.HTML(steps.String())} // escaped by its template
		if view.Open {
			first = append(first, view)
		} else {
			others = append(others, view)
		}
	}
	return append(first, others...), nil
}

// recognize tells by the User-Agent which platforms a visitor is on. The names that
// browsers give are of history: each says that it is several others, so that the order
// counts.
func recognize(userAgent string) []string {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(userAgent, w) })
	}
	firefox := has("Firefox/")
	switch {
	case has("iPhone", "iPad", "iPod"):
		return []string{"ios"}
	case has("Android"):
		return []string{"android"}
	case has("Windows"):
		if firefox {
			return []string{"windows", "firefox"}
		}
		return []string{"windows"}
	case has("Macintosh", "Mac OS X"):
		if firefox {
			return []string{"macos", "firefox"}
		}
		return []string{"macos"}
	case has("CrOS"):
		return []string{"chrome"}
	case firefox:
		return []string{"firefox"}
	case has("Chrome/", "Chromium/"):
		return []string{"chrome"}
	case has("Java/", "Java-http-client/"):
		return []string{"java"}
	case has("Linux", "X11", "curl/", "Wget/"):
		return []string{"linux"}
	case userAgent == "":
		return []string{"programs"}
	}
	return nil
}
