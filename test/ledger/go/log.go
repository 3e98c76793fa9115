// The log as Go's own packages see it: golang.org/x/mod/sumdb/note and tlog do all of the checking.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Hashes in a tile, as a power of two. C2SP tlog-tiles.
const height = 8

// A published folder, with the keys that may sign its checkpoints.
type site struct {
	folder string
	keys   note.Verifiers
}

func openSite(folder string) (*site, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "keys", "*.vkey"))
	if err != nil {
		return nil, err
	}
	var keys []note.Verifier
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		key, err := note.NewVerifier(strings.TrimSuffix(string(text), "\n"))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		keys = append(keys, key)
	}
	return &site{folder, note.VerifierList(keys...)}, nil
}

// Opens a checkpoint and gives its tree, its origin and the hashes of the keys that signed it.
func (s *site) openCheckpoint(signed []byte) (tlog.Tree, string, []string, error) {
	opened, err := note.Open(signed, s.keys)
	if err != nil {
		return tlog.Tree{}, "", nil, err
	}
	if len(opened.UnverifiedSigs) > 0 {
		return tlog.Tree{}, "", nil, fmt.Errorf("signed by a key that is not published: %s", opened.UnverifiedSigs[0].Name)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 {
		return tlog.Tree{}, "", nil, fmt.Errorf("a checkpoint has three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, "", nil, err
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, "", nil, err
	}
	signers := []string{}
	for _, signature := range opened.Sigs {
		signers = append(signers, fmt.Sprintf("%08x", signature.Hash))
	}
	return tlog.Tree{N: size, Hash: hash}, lines[0], signers, nil
}

// tlog.TileReader: Go puts the height first in the path of a tile, C2SP leaves it out.
func (s *site) Height() int                     { return height }
func (s *site) SaveTiles([]tlog.Tile, [][]byte) {}
func (s *site) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(s.folder, "log", pathOf(tile)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func pathOf(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

// Reads the entries of a bundle.
func (s *site) entries(bundle int64, width int) ([][]byte, error) {
	path := strings.Replace(pathOf(tlog.Tile{H: height, L: 0, N: bundle, W: width}), "tile/0/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(s.folder, "log", path))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) >= 2 {
		length := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+length {
			return nil, fmt.Errorf("%s was cut off", path)
		}
		entries, data = append(entries, data[2:2+length]), data[2+length:]
	}
	if len(data) > 0 || len(entries) != width {
		return nil, fmt.Errorf("%s does not hold %d entries", path, width)
	}
	return entries, nil
}

// A proof file. C2SP tlog-proof.
type proof struct {
	index      int64
	hashes     tlog.RecordProof
	checkpoint []byte
}

func parseProof(text string) (*proof, error) {
	head, checkpoint, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return nil, fmt.Errorf("not a proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return nil, err
	}
	read := &proof{index: index, checkpoint: []byte(checkpoint)}
	for _, line := range lines[2:] {
		data, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(data) != tlog.HashSize {
			return nil, fmt.Errorf("not a hash: %q", line)
		}
		var hash tlog.Hash
		copy(hash[:], data)
		read.hashes = append(read.hashes, hash)
	}
	return read, nil
}
