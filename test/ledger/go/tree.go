package main

import (
	"encoding/binary"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// How long a tree takes in Go; in milliseconds.
type measured struct {
	Ms   float64 `json:"ms"`
	Root string  `json:"root"`
}

// Builds the tree of entries of a length that differ in their first bytes, in memory, for the benchmark.
func measure(size int64, length int) (*measured, error) {
	entry := make([]byte, length)
	tree := make(stored, 0, tlog.StoredHashCount(size))
	start := time.Now()
	for i := int64(0); i < size; i++ {
		binary.BigEndian.PutUint64(entry, uint64(i))
		hashes, err := tlog.StoredHashes(i, entry, tree)
		if err != nil {
			return nil, err
		}
		tree = append(tree, hashes...)
	}
	root, err := tlog.TreeHash(size, tree)
	if err != nil {
		return nil, err
	}
	return &measured{float64(time.Since(start).Microseconds()) / 1000, root.String()}, nil
}
