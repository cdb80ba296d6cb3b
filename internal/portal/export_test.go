package portal

import "strings"

// RouteInfo is a row of the table of routes, for the test that walks it.
type RouteInfo struct {
	Method, Path string
	Who          Role
	Files        bool // it takes any
}

// Routes are all rows of the table.
func Routes() (all []RouteInfo) {
	for _, r := range routes {
		method, path, _ := strings.Cut(r.pattern, " ")
		all = append(all, RouteInfo{method, path, r.who, r.files != nothing})
	}
	return all
}
