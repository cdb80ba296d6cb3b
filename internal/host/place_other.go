//go:build !linux

package host

// placeOf knows nothing here: a copied folder is not told from the first.
func placeOf(string) (string, error) { return "", nil }
