package upload

import (
	"bufio"
	"io"
)

// An lzw counts what a stream packed with LZW has when it is unpacked (ISO
// 32000-1 clause 7.4.4). It gives as many bytes, all zero: of a drawing it only
// matters how large it is.
type lzw struct {
	r      *bufio.Reader
	bits   uint32
	have   uint      // how many bits
	sizes  [4096]int // of what each code stands for
	next   int       // the code that is given next
	last   int       // size of what the code before stood for; 0 after a clear
	unread int       // bytes
}

const (
	lzwClear = 256
	lzwEnd   = 257
)

func newLZW(r io.Reader) *lzw {
	z := &lzw{r: bufio.NewReader(r), next: lzwEnd + 1}
	for code := range lzwClear {
		z.sizes[code] = 1
	}
	return z
}

// Read implements [io.Reader].
func (z *lzw) Read(p []byte) (n int, err error) {
	for z.unread == 0 {
		if z.unread, err = z.code(); err != nil {
			return 0, err
		}
	}
	n = min(len(p), z.unread)
	clear(p[:n])
	z.unread -= n
	return n, nil
}

// code returns the size of what the next code stands for.
func (z *lzw) code() (size int, err error) {
	width := uint(9)
	for width < 12 && z.next+1 >= 1<<width { // one code early
		width++
	}
	for z.have < width {
		b, err := z.r.ReadByte()
		if err != nil {
			return 0, err
		}
		z.bits, z.have = z.bits<<8|uint32(b), z.have+8
	}
	z.have -= width
	code := int(z.bits>>z.have) & (1<<width - 1)
	switch {
	case code == lzwClear:
		z.next, z.last = lzwEnd+1, 0
		return 0, nil
	case code == lzwEnd:
		return 0, io.EOF
	case code > z.next, code == z.next && z.last == 0:
		return 0, io.ErrUnexpectedEOF
	case z.last > 0 && z.next < len(z.sizes):
		z.sizes[z.next] = z.last + 1
		z.next++
	}
	if size = z.sizes[code]; size == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	z.last = size
	return size, nil
}
