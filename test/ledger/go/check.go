package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// What was proven about a published folder.
type checked struct {
	Origin  string   `json:"origin"`
	Size    int64    `json:"size"`
	Root    string   `json:"root"`
	Signers []string `json:"signers"`
	// Entries whose hash is in the tree.
	Entries int64 `json:"entries"`
	// Files that their proofs lead to the tree.
	Files []string `json:"files"`
	// Sizes of the older trees that this one begins with.
	Began []int64 `json:"began"`
}

// Checks everything in a published folder against its checkpoint, and the checkpoint against older ones.
func check(folder string, older []string) (*checked, error) {
	at, err := openSite(folder)
	if err != nil {
		return nil, err
	}
	signed, err := os.ReadFile(filepath.Join(folder, "log", "checkpoint"))
	if err != nil {
		return nil, err
	}
	tree, origin, signers, err := at.openCheckpoint(signed)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	result := &checked{Origin: origin, Size: tree.N, Root: tree.Hash.String(), Signers: signers, Files: []string{}, Began: []int64{}}
	reader := tlog.TileHashReader(tree, at)
	if err := checkEntries(at, tree, reader, result); err != nil {
		return nil, err
	}
	if err := checkFiles(at, tree, reader, result); err != nil {
		return nil, err
	}
	for _, path := range older {
		signed, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if err := begins(at, signed, tree, reader, result); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return result, nil
}

func checkEntries(at *site, tree tlog.Tree, reader tlog.HashReader, result *checked) error {
	for start := int64(0); start < tree.N; start += 1 << height {
		width := int64(1 << height)
		if tree.N-start < width {
			width = tree.N - start
		}
		entries, err := at.entries(start>>height, int(width))
		if err != nil {
			return err
		}
		indexes := make([]int64, width)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, start+int64(i))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			return fmt.Errorf("tiles of entry %d: %w", start, err)
		}
		for i, entry := range entries {
			if tlog.RecordHash(entry) != hashes[i] {
				return fmt.Errorf("entry %d is not in the tree", start+int64(i))
			}
		}
		result.Entries += width
	}
	return nil
}

func checkFiles(at *site, tree tlog.Tree, reader tlog.HashReader, result *checked) error {
	var paths []string
	err := filepath.WalkDir(at.folder, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".tlog-proof") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	sort.Strings(paths)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file := strings.TrimSuffix(path, ".tlog-proof") + ".json"
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		proof, err := parseProof(string(text))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		then, _, _, err := at.openCheckpoint(proof.checkpoint)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := tlog.CheckRecord(proof.hashes, then.N, then.Hash, proof.index, tlog.RecordHash(data)); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := begins(at, proof.checkpoint, tree, reader, result); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		name, err := filepath.Rel(at.folder, file)
		if err != nil {
			return err
		}
		result.Files = append(result.Files, filepath.ToSlash(name))
	}
	return nil
}

// Proves that a tree begins with the one of an older checkpoint.
func begins(at *site, signed []byte, tree tlog.Tree, reader tlog.HashReader, result *checked) error {
	older, _, _, err := at.openCheckpoint(signed)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, older.N, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
		return err
	}
	result.Began = append(result.Began, older.N)
	return nil
}
