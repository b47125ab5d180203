package trust

var _ = register(Client{
	Name:  "der",
	What:  "a certificate in binary, a file each: what Windows, phones and appliances take",
	Files: []string{"NAME.cer", "NAME.crt"},
	make: func(b *Bundle) ([]File, error) {
		return append(b.each(".cer", Anchor.DER), b.each(".crt", Anchor.DER)...), nil
	},
})
