package keystore_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gwtls/gwtls/pkg/keystore"
)

// Bounds on what a damaged file may cost.
const (
	mutantMemory = 256 << 20
	mutantTime   = 20 * time.Second
)

// TestMutants reads damaged copies of the stores of others: 2,000 of them, or as many as
// GWTLS_MUTANTS says. None may panic, hang, or take more memory than is allowed.
func TestMutants(t *testing.T) {
	count := 2000
	if n, err := strconv.Atoi(os.Getenv("GWTLS_MUTANTS")); err == nil {
		count = n
	}
	seed := uint64(time.Now().UnixNano())
	if n, err := strconv.ParseUint(os.Getenv("GWTLS_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("GWTLS_SEED=%d", seed)
	seeds := seedStores(t)
	rnd := rand.New(rand.NewPCG(seed, 1))
	for i := range count {
		s := seeds[i%len(seeds)]
		data := mutate(rnd, s.data)
		used, took := readAll(data, s.passwords)
		if used > mutantMemory || took > mutantTime {
			name := t.TempDir() + "/mutant"
			os.WriteFile(name, data, 0o600)
			t.Errorf("mutant %d of %s: %d MiB, %v; see %s", i, s.file, used>>20, took, name)
		}
	}
}

type seedStore struct {
	foreignStore
	data []byte
}

// seedStores are the stores of the manifest, each PKCS#12 file also without its MAC and
// its encryption. Those by GnuTLS and NSS, which hash 600,000 times, are only read so.
func seedStores(t testing.TB, formats ...keystore.Format) (seeds []seedStore) {
	t.Helper()
	for _, s := range manifest(t) {
		if len(formats) > 0 && !slices.Contains(formats, s.format) {
			continue
		}
		data := s.read(t)
		slow := strings.HasPrefix(s.file, "gnutls") || strings.HasPrefix(s.file, "nss")
		if s.format == keystore.PKCS12 {
			seeds = append(seeds, seedStore{s, keystore.Naked(data, s.passwords.Store)})
		}
		if s.format != keystore.PKCS12 || !slow {
			seeds = append(seeds, seedStore{s, data})
		}
	}
	return seeds
}

// readAll does with a file what commands do, and says how much it allocated in all.
func readAll(data []byte, p keystore.Passwords) (allocated uint64, took time.Duration) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	for _, p := range []keystore.Passwords{p, {}} {
		keystore.NeedsPassword(data)
		s, _, err := keystore.Decode(data, p)
		if err != nil {
			continue
		}
		for i, e := range s.Entries() {
			e.Chain()
			if i < 2 && p.Store != nil {
				e.PrivateKey()
				e.Secret()
			}
		}
		for _, f := range []keystore.Format{keystore.PKCS12, keystore.JKS, keystore.PEM} {
			s.Losses(f)
		}
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, time.Since(start)
}

func mutate(rnd *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	for range 1 + rnd.IntN(3) {
		if len(data) < 8 {
			return data
		}
		at := rnd.IntN(len(data) - 4)
		switch rnd.IntN(7) {
		case 0:
			data[at] ^= 1 << rnd.IntN(8)
		case 1:
			data[at] = byte(rnd.Uint32())
		case 2:
			data = data[:at]
		case 3: // a length that lies, as Java has it
			binary.BigEndian.PutUint32(data[at:], []uint32{0xffffffff, 0x7fffffff, 0x00ffffff, uint32(len(data))}[rnd.IntN(4)])
		case 4: // and as ASN.1 has it
			copy(data[at+1:], [][]byte{{0x84, 0xff, 0xff, 0xff}, {0x80}, {0x83, 0x7f, 0xff, 0xff}, {0x00}}[rnd.IntN(4)])
		case 5:
			n := min(rnd.IntN(64), len(data)-at)
			data = append(data[:at:at], data[at+n:]...)
		case 6:
			n := min(rnd.IntN(64), len(data)-at)
			data = append(data[:at+n:at+n], data[at:]...)
		}
	}
	return data
}
