// Package seeds carries the data that the programs start from: the holiday
// notices and the policies. All of it can be replaced by an operator's own files.
package seeds

import (
	"embed"
	"io/fs"
)

//go:embed calendar/*.json
var calendars embed.FS

// Policies is policies.yaml, the 督办规则 of a plan that names no file of its own.
//
//go:embed policies.yaml
var Policies []byte

// Exceedance is exceedance.yaml: the example of a 督办规则 for what rules of sections open,
// which those follow that name it in a plan without one of that name.
//
//go:embed exceedance.yaml
var Exceedance []byte

// Hotline is hotline.yaml: the example of a 督办规则 for complaints of the hotline 12345, which
// those follow that name it in a plan without one of that name.
//
//go:embed hotline.yaml
var Hotline []byte

// Calendar holds one YYYY.json a year at its top, the State Council's holiday
// notices in the exchange format that calendar.Load reads.
func Calendar() fs.FS {
	sub, err := fs.Sub(calendars, "calendar")
	if err != nil {
		panic(err) // "calendar" is a valid path: unreachable
	}
	return sub
}
