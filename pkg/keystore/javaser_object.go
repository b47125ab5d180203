package keystore

// class reads a class description, or a reference to one; nil where it says null.
func (s *javaStream) class() *javaClass {
	switch v := s.value().(type) {
	case *javaClass:
		return v
	case nil:
	default:
		s.fail(errJavaStream)
	}
	return nil
}

// classOf reads a new class description after its tag.
func (s *javaStream) classOf(tag byte) *javaClass {
	c := &javaClass{}
	if tag == tcProxyClassDesc {
		s.keep(c)
		for n := s.u4(); n > 0 && s.err == nil; n-- {
			s.utf()
		}
		c.flags = scSerializable
	} else {
		c.name = s.utf()
		s.u8() // serialVersionUID
		s.keep(c)
		c.flags = s.u1()
		for n := s.u2(); n > 0 && s.err == nil; n-- {
			f := javaField{kind: s.u1(), name: s.utf()}
			if f.kind == 'L' || f.kind == '[' {
				s.value() // the name of its class
			}
			c.fields = append(c.fields, f)
		}
	}
	s.annotation()
	c.super = s.class()
	return c
}

// annotation is what a class wrote by itself, up to its end.
func (s *javaStream) annotation() {
	for s.err == nil {
		if s.pos >= len(s.data) {
			s.fail(errCut)
			return
		}
		switch s.data[s.pos] {
		case tcEndBlockData:
			s.pos++
			return
		case tcBlockData:
			s.pos++
			s.take(int(s.u1()))
		case tcBlockDataLong:
			s.pos++
			s.block()
		default:
			s.value()
		}
	}
}

func (s *javaStream) object() any {
	c := s.class()
	if c == nil {
		s.fail(errJavaStream)
		return nil
	}
	o := &javaObject{class: c, fields: map[string]any{}}
	s.keep(o)
	var line []*javaClass // from the topmost class down, as their data stand
	for ; c != nil && len(line) < maxDepth; c = c.super {
		line = append([]*javaClass{c}, line...)
	}
	for _, c := range line {
		switch {
		case c.flags&scSerializable != 0:
			for _, f := range c.fields {
				if v := s.field(f.kind); v != nil {
					o.fields[f.name] = v
				}
			}
			if c.flags&scWriteMethod != 0 {
				s.annotation()
			}
		case c.flags&scExternalizable != 0 && c.flags&scBlockData != 0:
			s.annotation()
		default:
			s.fail(errJavaStream)
		}
	}
	return o
}

// field reads a value of a type; only objects are given back.
func (s *javaStream) field(kind byte) any {
	size := primitiveSize(kind)
	switch {
	case kind == 'L' || kind == '[':
		return s.value()
	case size == 0:
		s.fail(errJavaStream)
	default:
		s.take(size)
	}
	return nil
}

func primitiveSize(kind byte) int {
	switch kind {
	case 'B', 'Z':
		return 1
	case 'C', 'S':
		return 2
	case 'I', 'F':
		return 4
	case 'J', 'D':
		return 8
	}
	return 0
}

func (s *javaStream) array() any {
	c := s.class()
	if c == nil || len(c.name) < 2 || c.name[0] != '[' {
		s.fail(errJavaStream)
		return nil
	}
	at := s.keep(nil)
	n := int(s.u4())
	if size := primitiveSize(c.name[1]); size > 0 {
		data := s.take(size * n)
		if c.name[1] != 'B' {
			return nil
		}
		s.set(at, data)
		return data
	}
	for ; n > 0 && s.err == nil; n-- {
		s.field(c.name[1])
	}
	return nil
}
