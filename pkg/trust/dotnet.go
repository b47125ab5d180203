package trust

var _ = register(Client{
	Name:  "dotnet",
	What:  ".NET programs that trust for themselves",
	Files: []string{"NAME.cer", "Trust.cs"},
	make: func(b *Bundle) ([]File, error) {
		code, err := b.texts("dotnet", "Trust.cs")
		return append(b.each(".cer", Anchor.DER), code...), err
	},
})
