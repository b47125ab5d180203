package home

import "time"

const (
	JournalName = journalName
	MaxLength   = maxLength
)

var ParseJournal = parseJournal

// OnStep has f called at each step of a write.
func OnStep(f func(step string)) { reached = f }

// PollEvery sets how often a Watch looks by itself, and gives what undoes that.
func PollEvery(d time.Duration) (restore func()) {
	was := poll
	poll = d
	return func() { poll = was }
}
