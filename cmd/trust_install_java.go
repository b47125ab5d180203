package cmd

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gwtls/gwtls/pkg/trust"
)

// javaPlaces are the root files of each Java. Where one is made from the system's store,
// it follows when that is changed as well.
func (o *trustInstallOptions) javaPlaces(system string, withSystem bool) (places []place, err error) {
	for _, home := range o.javaHomes() {
		path := javaRoots(home)
		if path == "" {
			continue
		}
		if i := slices.IndexFunc(places, func(p place) bool { return p.path == path }); i >= 0 {
			places[i].what += ", " + home
			continue
		}
		made := madeFromSystem(system, path)
		if made && !withSystem && system != "debian" {
			return nil, fail(codeUsage, o.again("--for", "java,"+system), "%s is made from what the whole machine trusts", path)
		}
		s := trust.JavaStore{Path: path, Keytool: keytoolOf(home)}
		places = append(places, place{client: "java", what: "Java in " + home, path: path, admin: !writable(path), follows: made && withSystem,
			open: func(context.Context, []trust.Anchor) (trustStore, error) {
				if _, err := lookProgram(s.Keytool); err != nil {
					return nil, err
				}
				data, err := o.readBounded(path)
				if err != nil {
					return nil, err
				}
				return s.Load(data)
			}})
	}
	return places, nil
}

// javaHomes are where a Java is likely to be, each once whatever leads to it.
func (o *trustInstallOptions) javaHomes() []string {
	var homes []string
	if home := o.env.Getenv("JAVA_HOME"); home != "" {
		homes = append(homes, home)
	}
	if java, err := exec.LookPath("java"); err == nil {
		if java, err = filepath.EvalSymlinks(java); err == nil {
			homes = append(homes, filepath.Dir(filepath.Dir(java)))
		}
	}
	homes = append(homes, glob("/usr/lib/jvm/*", "/usr/lib64/jvm/*", "/usr/java/*", "/usr/local/openjdk-*",
		"/opt/java/*", "/opt/jdk*", "/Library/Java/JavaVirtualMachines/*/Contents/Home")...)
	if home := o.env.Getenv("HOME"); home != "" {
		homes = append(homes, glob(home+"/.sdkman/candidates/java/*", home+"/.jdks/*", home+"/.asdf/installs/java/*",
			home+"/.local/share/mise/installs/java/*")...)
	}
	var found []string
	for _, home := range homes {
		if home, err := filepath.EvalSymlinks(home); err == nil && !slices.Contains(found, home) {
			found = append(found, home)
		}
	}
	return found
}

// javaRoots is the file that a Java goes by; jssecacerts takes the place of cacerts.
func javaRoots(home string) string {
	for _, name := range []string{"lib/security/jssecacerts", "lib/security/cacerts", "jre/lib/security/jssecacerts", "jre/lib/security/cacerts"} {
		if path, err := filepath.EvalSymlinks(filepath.Join(home, name)); err == nil && isFile(path) {
			return path
		}
	}
	return ""
}

// madeFromSystem says whether a root file is written by the system's update command.
func madeFromSystem(system, path string) bool {
	switch system {
	case "debian":
		return path == "/etc/ssl/certs/java/cacerts" && isFile("/etc/ca-certificates/update.d/jks-keystore")
	case "rhel":
		return strings.HasPrefix(path, "/etc/pki/")
	case "arch":
		return strings.HasPrefix(path, "/etc/ca-certificates/") || strings.HasPrefix(path, "/etc/ssl/certs/java/")
	case "suse":
		return strings.HasPrefix(path, "/var/lib/ca-certificates/")
	case "alpine":
		return strings.HasPrefix(path, "/etc/ssl/certs/java/")
	}
	return false
}

func keytoolOf(home string) string {
	for _, name := range []string{"bin/keytool", "jre/bin/keytool"} {
		if path := filepath.Join(home, name); isFile(path) {
			return path
		}
	}
	return "keytool"
}

func writable(path string) bool {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return false
	}
	f.Close()
	return true
}
