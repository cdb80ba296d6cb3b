// Package sqlitefile names a database file to SQLite, whatever the file is called.
package sqlitefile

import "net/url"

// Escaped is a path as it must be in an SQLite address after "file:". There a
// "?" begins the parameters, a "#" ends the name and "%20" is a space, so a name
// with such signs in it would otherwise mean another file.
func Escaped(path string) string { return (&url.URL{Path: path}).EscapedPath() }

// URI is the address of the file at path, without parameters.
func URI(path string) string { return "file:" + Escaped(path) }
