package keystore

import (
	"errors"
	"fmt"
)

// The grammar of Java's object serialization (Java Object Serialization Specification,
// chapter 6), as far as it takes to find the end of a secret key in a JCEKS store and to
// see what is in it. No class is ever loaded; values are bytes, text and maps.

const (
	javaStreamMagic = 0xaced0005

	tcNull           = 0x70
	tcReference      = 0x71
	tcClassDesc      = 0x72
	tcObject         = 0x73
	tcString         = 0x74
	tcArray          = 0x75
	tcClass          = 0x76
	tcBlockData      = 0x77
	tcEndBlockData   = 0x78
	tcBlockDataLong  = 0x7a
	tcLongString     = 0x7c
	tcProxyClassDesc = 0x7d
	tcEnum           = 0x7e

	scWriteMethod    = 0x01
	scSerializable   = 0x02
	scExternalizable = 0x04
	scBlockData      = 0x08

	firstHandle = 0x7e0000
	maxHandles  = 1 << 14
	maxStream   = 1 << 20
)

var errJavaStream = errors.New("serialized object that cannot be read")

type javaClass struct {
	name   string
	flags  byte
	fields []javaField
	super  *javaClass
}

type javaField struct {
	kind byte
	name string
}

// javaObject is an object with its fields of object type, by name.
type javaObject struct {
	class  *javaClass
	fields map[string]any
}

// javaStream reads one stream. Values are *javaObject, *javaClass, string, []byte, or nil
// for what is of no interest.
type javaStream struct {
	javaReader
	handles []any
	depth   int
}

func isJavaStream(b []byte) bool {
	return len(b) >= 4 && b[0] == 0xac && b[1] == 0xed && b[2] == 0 && b[3] == 5
}

// parseJavaStream reads the one object at the start of data and says where it ends.
func parseJavaStream(data []byte) (object any, n int, err error) {
	s := &javaStream{javaReader: javaReader{data: data[:min(len(data), maxStream)]}}
	if s.u4() != javaStreamMagic {
		return nil, 0, errJavaStream
	}
	object = s.value()
	return object, s.pos, s.err
}

// keep gives a value the next handle, by which the stream may refer to it.
func (s *javaStream) keep(v any) int {
	if len(s.handles) == maxHandles {
		s.fail(errJavaStream)
		return 0
	}
	s.handles = append(s.handles, v)
	return len(s.handles) - 1
}

func (s *javaStream) value() any {
	if s.depth++; s.depth > maxDepth {
		s.fail(errJavaStream)
		return nil
	}
	defer func() { s.depth-- }()
	switch tag := s.u1(); tag {
	case tcNull:
		return nil
	case tcReference:
		return s.reference()
	case tcClassDesc, tcProxyClassDesc:
		return s.classOf(tag)
	case tcObject:
		return s.object()
	case tcString:
		at := s.keep(nil)
		text := s.utf()
		s.set(at, text)
		return text
	case tcLongString:
		s.keep(nil)
		s.take(int(min(s.u8(), 1<<31)))
		return nil
	case tcArray:
		return s.array()
	case tcClass:
		s.class()
		s.keep(nil)
		return nil
	case tcEnum:
		s.class()
		s.keep(nil)
		s.value() // the constant's name
		return nil
	default:
		s.fail(fmt.Errorf("%w: part %#02x", errJavaStream, tag))
		return nil
	}
}

func (s *javaStream) set(at int, v any) {
	if s.err == nil {
		s.handles[at] = v
	}
}

func (s *javaStream) reference() any {
	n := int(s.u4()) - firstHandle
	if s.err == nil && (n < 0 || n >= len(s.handles)) {
		s.fail(errJavaStream)
	}
	if s.err != nil {
		return nil
	}
	return s.handles[n]
}
