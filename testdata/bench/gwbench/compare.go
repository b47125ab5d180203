package main

import (
	"fmt"
	"os"
	"time"
)

// result is one workload's figures.
type result struct {
	workload workload
	rounds   map[string][]figures // by target
	absent   map[string]string    // targets that refuse the service, and what they said
}

// compare measures each workload on each target, in rounds. The target that begins
// changes from round to round, and every other round goes backwards, so that none
// always follows the same neighbour. After the limit nothing more is begun; a round
// that is cut short keeps what it has.
func (b *bench) compare(ts []*target, ws []workload, rounds int, limit time.Duration) ([]*result, error) {
	for _, t := range ts {
		if err := b.refusals(t); err != nil {
			return nil, err
		}
		for s, why := range t.refused {
			fmt.Fprintf(os.Stderr, "absent: %s does not offer %s: %s\n", t.Name, s, why)
		}
	}
	var results []*result
	for _, w := range ws {
		results = append(results, &result{workload: w, rounds: map[string][]figures{}, absent: map[string]string{}})
	}
	end := time.Now().Add(limit)
	for round := range rounds {
		for _, r := range results {
			for _, t := range order(ts, round) {
				if why := t.refused[r.workload.via]; why != "" && t.offers(r.workload) {
					r.absent[t.Name] = why
					continue
				}
				if !t.offers(r.workload) || t.refused[t.first()] != "" {
					continue
				}
				if time.Now().After(end) {
					fmt.Fprintf(os.Stderr, "time is up in round %d of %d, at %s\n", round+1, rounds, r.workload.id)
					return results, nil
				}
				f := b.measure(t, r.workload)
				fmt.Fprintf(os.Stderr, "round %d %-9s %-11s %s\n", round+1, r.workload.id, t.Name, r.workload.measure.line(f))
				r.rounds[t.Name] = append(r.rounds[t.Name], f)
			}
		}
	}
	return results, nil
}

func order(ts []*target, round int) []*target {
	var turned []*target
	for i := range ts {
		k := (i + round) % len(ts)
		if round%2 == 1 {
			k = len(ts) - 1 - k
		}
		turned = append(turned, ts[k])
	}
	return turned
}

// measure starts a target for one workload and ends it again.
func (b *bench) measure(t *target, w workload) (f figures) {
	via, id := w.via, b.ids.first
	if via == "" {
		via = t.first()
	}
	if w.rsa {
		id = b.ids.rsa
	}
	in, err := b.start(t, via, id)
	if err != nil {
		f.failed(err.Error())
		return f
	}
	defer b.stop(in)
	return w.run(b, in)
}

// line tells one round's figures.
func (m measure) line(f figures) string {
	if f.NoFigure {
		return "no figure: " + f.Err
	}
	s := fmt.Sprintf("%9.*f %s  %s", m.digits, m.primary(f), m.unit, m.rest(f))
	if f.Err != "" {
		s += "  (" + f.Err + ")"
	}
	return s
}
