package proxy

import (
	"errors"
	"syscall"
	"time"
)

// backoff spaces out what is tried again: sessions that end make room meanwhile.
type backoff struct{ pause time.Duration }

const firstPause, longestPause = 5 * time.Millisecond, time.Second

// wait pauses, twice as long each time. It is false, and at once, when done is closed.
func (b *backoff) wait(done <-chan struct{}) bool {
	b.pause = min(max(2*b.pause, firstPause), longestPause)
	timer := time.NewTimer(b.pause)
	defer timer.Stop()
	select {
	case <-done:
		return false
	default:
	}
	select {
	case <-timer.C:
		return true
	case <-done:
		return false
	}
}

// short is true while less than the longest pause has passed.
func (b *backoff) short() bool { return b.pause < longestPause/2 }

// noRoom says that the process or the system is out of descriptors, or of memory for them.
func noRoom(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.ENOMEM)
}
