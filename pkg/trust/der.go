package trust

var _ = register(Client{
	Name:  "der",
	What:  "a certificate in binary, a file each: what Windows, phones and appliances take",
	Files: []string{"NAME.cer", "NAME.crt"},
	make: func(b *Bundle) ([]File, error) {
		raw := func(a Anchor) []byte { return a.Raw }
		return append(b.each(".cer", raw), b.each(".crt", raw)...), nil
	},
})
