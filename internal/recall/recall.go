// Package recall keeps what was found out lately, for when there is no time to find
// it out again.
package recall

import (
	"sync"
	"time"
)

// A Cache keeps the last value of each key, in this program alone. A nil one keeps
// nothing. Its fields are set before it is used.
type Cache[K comparable, V any] struct {
	Pressed func() bool // there is no time
	Now     func() time.Time
	Life    time.Duration // after which a value is of no use
	Size    func(V) int   // of a value
	Most    int           // of all of them together

	mu   sync.Mutex
	all  map[K]kept[V]
	size int
}

type kept[V any] struct {
	value   V
	edition string
	at      time.Time
	size    int
}

// Last returns the value of a key: what find returns, or, if there is no time, what
// it returned lately. An edition stands for what the value must not be older than: it
// has to be read before find is called, and a value of another one is never returned.
func (c *Cache[K, V]) Last(key K, edition string, find func() (V, error)) (V, error) {
	if c == nil {
		return find()
	}
	if c.Pressed() {
		c.mu.Lock()
		last, ok := c.all[key]
		c.mu.Unlock()
		if ok && last.edition == edition && c.Now().Sub(last.at) < c.Life {
			return last.value, nil
		}
	}
	at := c.Now()
	value, err := find()
	if err == nil {
		c.keep(key, kept[V]{value, edition, at, c.Size(value)})
	}
	return value, err
}

// keep keeps a value, in place of any others if there are too many.
func (c *Cache[K, V]) keep(key K, k kept[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[K]kept[V]{}
	}
	c.remove(key)
	if k.size > c.Most {
		return
	}
	for other := range c.all {
		if c.size+k.size <= c.Most {
			break
		}
		c.remove(other)
	}
	c.all[key], c.size = k, c.size+k.size
}

func (c *Cache[K, V]) remove(key K) {
	c.size -= c.all[key].size
	delete(c.all, key)
}
