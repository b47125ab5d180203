package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"text/template"
)

//go:embed targets.json templates
var embedded embed.FS

// What a target is in the comparison.
const (
	own       = "own"       // gwtls
	rival     = "rival"     // ratios are to the best of these
	yardstick = "yardstick" // what the language and the machine give
)

// naive is the yardstick that stands for gwtls's own language.
const naive = "floor"

// target is one gateway, a row of targets.json. Strings with {{ }} are templates that
// see [files].
type target struct {
	Name     string
	Kind     string
	Program  string   // looked for beside this program, then in PATH
	Env      string   // the variable that names it instead
	Template string   // its configuration, in templates/
	Check    []string // arguments that only check the configuration
	Start    []string // arguments
	// What has it read its certificate again: a signal's name, or arguments.
	ReloadSignal  string   `json:"reload_signal"`
	ReloadCommand []string `json:"reload_command"`
	Version       []string // the command that tells it
	Services      []service
	Hybrid        bool // takes X25519MLKEM768
	IdleMax       int  `json:"idle_max"`
	Note          string

	path    string             // of the program, "" where there is none
	version string             // as it says
	refused map[service]string // services it does not offer yet, and what it said
	index   int
}

func loadTargets() ([]*target, error) {
	b, err := embedded.ReadFile("targets.json")
	if err != nil {
		return nil, err
	}
	var ts []*target
	if err := json.Unmarshal(b, &ts); err != nil {
		return nil, fmt.Errorf("targets.json: %w", err)
	}
	for i, t := range ts {
		t.index, t.refused = i, map[service]string{}
		if t.path = t.find(); t.path != "" {
			t.version = t.askVersion()
		}
	}
	return ts, nil
}

// find looks for the program; Debian's daemons lie where only root's PATH leads.
func (t *target) find() string {
	if named := os.Getenv(t.Env); t.Env != "" && named != "" {
		return named
	}
	if self, err := os.Executable(); err == nil {
		if beside, err := exec.LookPath(filepath.Join(filepath.Dir(self), t.Program)); err == nil {
			return beside
		}
	}
	for _, name := range []string{t.Program, filepath.Join("/usr/sbin", t.Program)} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

var versionNumber = regexp.MustCompile(`v?(\d+\.\d+[0-9A-Za-z.]*)`)

// askVersion gives the first number with a dot in what the program says.
func (t *target) askVersion() string {
	if len(t.Version) == 0 {
		return ""
	}
	args, err := renderAll(t.Version, files{Program: t.path})
	if err != nil {
		return ""
	}
	out, _ := exec.Command(args[0], args[1:]...).CombinedOutput()
	if m := versionNumber.FindSubmatch(out); m != nil {
		return string(m[1])
	}
	return ""
}

// offers says whether the target can be asked for a workload.
func (t *target) offers(w workload) bool {
	if w.reloads && t.ReloadSignal == "" && t.ReloadCommand == nil {
		return false
	}
	return (w.via == "" || slices.Contains(t.Services, w.via)) && (t.Hybrid || !w.hybrid)
}

// first is the service of workloads that need none in particular.
func (t *target) first() service {
	for _, s := range t.Services {
		if t.refused[s] == "" {
			return s
		}
	}
	return t.Services[0]
}

// files is what configurations and arguments are made of.
type files struct {
	Program, Dir, Conf     string
	Cert, Key, Combined    string
	Workers                int
	Root                   bool
	Services               map[string]bool // by name: all that there are
	TCP, HTTP, WSWS, WSTCP int             // where the gateway listens
	Admin                  int
	BackTCP, BackHTTP      int // where the back end listens
}

// ports each target has to itself; the first block is the back end's.
const portsEach = 5

func (b *bench) files(t *target) files {
	dir := filepath.Join(b.dir, t.Name)
	port := b.port + portsEach*(1+t.index)
	f := files{
		Program: t.path, Dir: dir, Conf: filepath.Join(dir, "conf"),
		Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem"), Combined: filepath.Join(dir, "combined.pem"),
		Workers: 2, Root: os.Getuid() == 0,
		TCP: port, HTTP: port + 1, WSWS: port + 2, WSTCP: port + 3, Admin: port + 4,
		BackTCP: b.port, BackHTTP: b.port + 1,
	}
	f.offer(func(s service) bool { return slices.Contains(t.Services, s) && t.refused[s] == "" })
	return f
}

// offer chooses the services that the configuration has.
func (f *files) offer(wanted func(service) bool) {
	f.Services = map[string]bool{}
	for _, s := range services {
		f.Services[string(s)] = wanted(s)
	}
}

func render(text string, f files) (string, error) {
	t, err := template.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = t.Execute(&b, f)
	return b.String(), err
}

func renderAll(texts []string, f files) ([]string, error) {
	var all []string
	for _, text := range texts {
		s, err := render(text, f)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// lay makes the target's folder with its certificate and configuration in it.
func (t *target) lay(f files, id identity) error {
	if err := os.RemoveAll(f.Dir); err != nil {
		return err
	}
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return err
	}
	if err := id.install(f.Dir); err != nil {
		return err
	}
	if t.Template == "" {
		return nil
	}
	text, err := embedded.ReadFile("templates/" + t.Template)
	if err != nil {
		return err
	}
	conf, err := render(string(text), f)
	if err != nil {
		return fmt.Errorf("%s: %w", t.Template, err)
	}
	return os.WriteFile(f.Conf, []byte(conf), 0o644)
}
