package trust

var _ = register(Client{
	Name:  "ios-simulator",
	What:  "the simulators of Xcode",
	Files: []string{"NAME.pem", "install.sh"},
	make: func(b *Bundle) ([]File, error) {
		script, err := b.texts("ios-simulator", "install.sh")
		return append(b.each(".pem", Anchor.PEM), script...), err
	},
})
