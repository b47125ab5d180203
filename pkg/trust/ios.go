package trust

var _ = register(Client{
	Name:  "ios",
	What:  "iPhone and iPad",
	Files: []string{"NAME.mobileconfig", "NAME.cer"},
	make: func(b *Bundle) ([]File, error) {
		profile, err := b.mobileconfig()
		return append([]File{profile}, b.each(".cer", Anchor.DER)...), err
	},
})
