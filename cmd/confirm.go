package cmd

import (
	"bufio"
	"fmt"
	"strings"
)

// confirm asks a person at the terminal, and takes nothing but yes for a yes.
func (g *globals) confirm(question string) (bool, error) {
	fmt.Fprintf(g.env.Err, "%s [yes/no] ", question)
	line, err := bufio.NewReader(g.env.In).ReadString('\n')
	if err != nil && line == "" {
		return false, err
	}
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "yes" || answer == "y", nil
}
