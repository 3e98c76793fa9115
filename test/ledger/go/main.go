package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
)

// check FOLDER [OLDER-CHECKPOINT…] | vectors | tree SIZE BYTES: the result as JSON, or what is wrong and exit 1.
func main() {
	result, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(result); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) (interface{}, error) {
	switch {
	case len(args) >= 2 && args[0] == "check":
		return check(args[1], args[2:])
	case len(args) == 1 && args[0] == "vectors":
		return makeVectors()
	case len(args) == 3 && args[0] == "tree":
		size, err := strconv.ParseInt(args[1], 10, 64)
		if err != nil {
			return nil, err
		}
		bytes, err := strconv.Atoi(args[2])
		if err != nil {
			return nil, err
		}
		return measure(size, bytes)
	}
	return nil, fmt.Errorf("usage: check FOLDER [OLDER-CHECKPOINT…] | vectors | tree SIZE BYTES")
}
