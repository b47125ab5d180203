package config

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	maxElements = 20_000 // of an XML file
	maxNested   = 32
)

// element is an element of an XML file.
type element struct {
	name         string
	text         string // its words, one space between them
	children     []*element
	line, column int
	told         bool // carried over, or told of in the report
}

// readXML reads an XML file into its root, and says which namespace that is of. There
// are no entities but XML's own five, and nothing is fetched.
func readXML(file string, data []byte) (root *element, namespace string, err error) {
	r := &xmlReader{file: file}
	if len(data) > maxBytes {
		return nil, "", &Fault{file, 1, 1, fmt.Sprintf("too long: more than %d bytes", maxBytes)}
	}
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	d.CharsetReader = charset
	for {
		r.line, r.column = d.InputPos() // the last token ended here
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = r.take(token)
		} else {
			err = r.syntax(d, err)
		}
		if err != nil {
			return nil, "", err
		}
	}
	if r.root == nil {
		return nil, "", r.fault("there is no element")
	}
	return r.root, r.namespace, nil
}

type xmlReader struct {
	file         string
	line, column int
	root         *element
	namespace    string
	open         []*element
	texts        [][]byte // of the open ones
	count        int
}

func (r *xmlReader) fault(format string, args ...any) *Fault {
	return &Fault{r.file, r.line, r.column, fmt.Sprintf(format, args...)}
}

func (r *xmlReader) syntax(d *xml.Decoder, err error) *Fault {
	r.line, r.column = d.InputPos()
	if e, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return r.fault("%s", e.Msg)
	}
	return r.fault("%v", err)
}

func (r *xmlReader) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.Directive:
		return r.fault("a document type: a configuration has none, and what it might bring is not read")
	case xml.CharData:
		if last := len(r.open) - 1; last >= 0 {
			r.texts[last] = append(r.texts[last], t...)
		}
	case xml.EndElement:
		last := len(r.open) - 1
		r.open[last].text = strings.Join(strings.Fields(string(r.texts[last])), " ")
		r.open, r.texts = r.open[:last], r.texts[:last]
	case xml.StartElement:
		return r.start(t)
	}
	return nil
}

func (r *xmlReader) start(t xml.StartElement) error {
	e := &element{name: t.Name.Local, line: r.line, column: r.column}
	switch r.count++; {
	case r.count > maxElements:
		return r.fault("too much: more than %d elements", maxElements)
	case len(r.open) == maxNested:
		return r.fault("nested too deep: more than %d levels", maxNested)
	case len(r.open) > 0:
		parent := r.open[len(r.open)-1]
		parent.children = append(parent.children, e)
	case r.root != nil:
		return r.fault("a second root, %s", quote(e.name))
	default:
		r.root, r.namespace = e, t.Name.Space
	}
	r.open, r.texts = append(r.open, e), append(r.texts, nil)
	return nil
}

// charset reads the encodings that XML files come in beside UTF-8.
func charset(name string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "us-ascii", "ascii", "utf8":
		return in, nil
	case "iso-8859-1", "latin1":
		data, err := io.ReadAll(in)
		runes := make([]rune, len(data))
		for i, b := range data {
			runes[i] = rune(b) // the first 256 of Unicode
		}
		return strings.NewReader(string(runes)), err
	}
	return nil, fmt.Errorf("the encoding %s is not read; write the file in UTF-8", quote(name))
}

// take gives the first child of a name, and counts it as told; nil where there is none.
func (e *element) take(name string) *element {
	for _, child := range e.children {
		if child.name == name && !child.told {
			child.told = true
			return child
		}
	}
	return nil
}

// takeAll gives the children of a name, and counts them as told.
func (e *element) takeAll(name string) (all []*element) {
	for _, child := range e.children {
		if child.name == name && !child.told {
			child.told = true
			all = append(all, child)
		}
	}
	return all
}

// takeText is the text of the first child of a name; "" where there is none.
func (e *element) takeText(name string) string {
	if child := e.take(name); child != nil {
		return child.text
	}
	return ""
}

// tell counts an element and all in it as told.
func (e *element) tell() {
	e.told = true
	for _, child := range e.children {
		child.tell()
	}
}

// each visits an element and all in it.
func (e *element) each(visit func(*element)) {
	visit(e)
	for _, child := range e.children {
		child.each(visit)
	}
}
