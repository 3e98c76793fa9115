package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The signer key of Go's own example of package note.
const signerKey = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"

// Trees whose entries are "" and then "entry 1", "entry 2" and so on, as Go builds them.
type vectors struct {
	Trees       []treeVector        `json:"trees"`
	Inclusion   []inclusionVector   `json:"inclusion"`
	Consistency []consistencyVector `json:"consistency"`
}

type treeVector struct {
	Size int64  `json:"size"`
	Root string `json:"root"`
	// SHA-256 of the tile, by path.
	Tiles map[string]string `json:"tiles"`
	// The checkpoint as note.Sign writes it.
	Note string `json:"note"`
}

type inclusionVector struct {
	Index  int64       `json:"index"`
	Size   int64       `json:"size"`
	Hashes []tlog.Hash `json:"hashes"`
}

type consistencyVector struct {
	Old    int64       `json:"old"`
	Size   int64       `json:"size"`
	Hashes []tlog.Hash `json:"hashes"`
}

// The hashes of a tree, in the order in which Go stores them.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = s[index]
	}
	return hashes, nil
}

func storedTree(size int64) (stored, error) {
	var tree stored
	for i := int64(0); i < size; i++ {
		entry := ""
		if i > 0 {
			entry = fmt.Sprintf("entry %d", i)
		}
		hashes, err := tlog.StoredHashes(i, []byte(entry), tree)
		if err != nil {
			return nil, err
		}
		tree = append(tree, hashes...)
	}
	return tree, nil
}

func makeVectors() (*vectors, error) {
	tree, err := storedTree(65793)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(signerKey)
	if err != nil {
		return nil, err
	}
	made := &vectors{}
	for _, size := range []int64{1, 2, 3, 7, 255, 256, 257, 700, 65535, 65536, 65793} {
		vector, err := treeOf(size, tree, signer)
		if err != nil {
			return nil, err
		}
		made.Trees = append(made.Trees, *vector)
	}
	for _, of := range [][2]int64{{0, 1}, {0, 2}, {2, 3}, {6, 7}, {3, 700}, {511, 700}, {699, 700}, {0, 65536}, {40000, 65793}, {65792, 65793}} {
		hashes, err := tlog.ProveRecord(of[1], of[0], tree)
		if err != nil {
			return nil, err
		}
		made.Inclusion = append(made.Inclusion, inclusionVector{of[0], of[1], append([]tlog.Hash{}, hashes...)})
	}
	for _, of := range [][2]int64{{1, 1}, {1, 2}, {3, 7}, {6, 700}, {256, 257}, {256, 700}, {699, 700}, {700, 65793}, {65536, 65793}, {65537, 65793}} {
		hashes, err := tlog.ProveTree(of[1], of[0], tree)
		if err != nil {
			return nil, err
		}
		made.Consistency = append(made.Consistency, consistencyVector{of[0], of[1], append([]tlog.Hash{}, hashes...)})
	}
	return made, nil
}

func treeOf(size int64, tree stored, signer note.Signer) (*treeVector, error) {
	root, err := tlog.TreeHash(size, tree)
	if err != nil {
		return nil, err
	}
	// Go names every width that a tile ever had; only the last of each is of this tree.
	last := map[[2]int64]tlog.Tile{}
	for _, tile := range tlog.NewTiles(height, 0, size) {
		last[[2]int64{int64(tile.L), tile.N}] = tile
	}
	tiles := map[string]string{}
	for _, tile := range last {
		// Of the many on the lowest level, those at its ends.
		if tile.L == 0 && tile.N > 1 && tile.N < 254 {
			continue
		}
		data, err := tlog.ReadTileData(tile, tree)
		if err != nil {
			return nil, err
		}
		digest := sha256.Sum256(data)
		tiles[pathOf(tile)] = hex.EncodeToString(digest[:])
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), size, root)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return nil, err
	}
	return &treeVector{size, root.String(), tiles, string(signed)}, nil
}
