package trust

var _ = register(Client{
	Name:  "macos",
	Also:  []string{"safari"},
	What:  "macOS: Safari, Chrome, and what goes by the keychain",
	Files: []string{"NAME.mobileconfig", "NAME.cer", "install.sh"},
	make: func(b *Bundle) ([]File, error) {
		profile, err := b.mobileconfig()
		if err != nil {
			return nil, err
		}
		script, err := b.texts("macos", "install.sh")
		return append(append([]File{profile}, b.each(".cer", Anchor.DER)...), script...), err
	},
})
