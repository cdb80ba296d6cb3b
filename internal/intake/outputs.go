package intake

import (
	"os"
	"path/filepath"
	"strings"
)

// Outputs sorts where an import is to write: one folder, which may be that of the first copy,
// and copies of its report, which end in .html or .json. ok is false for none, and for several
// folders.
func Outputs(named []string) (dir string, reports []string, ok bool) {
	for _, name := range named {
		switch {
		case strings.HasSuffix(name, ".html"), strings.HasSuffix(name, ".json"):
			reports = append(reports, name)
		case dir != "":
			return "", nil, false
		default:
			dir = name
		}
	}
	if dir == "" && len(reports) > 0 {
		dir = filepath.Dir(reports[0])
	}
	return dir, reports, dir != ""
}

// CopyReports puts a folder's report where copies of it are wanted.
func CopyReports(dir string, to []string) error {
	for _, name := range to {
		raw, err := os.ReadFile(filepath.Join(dir, "report"+filepath.Ext(name)))
		if err == nil {
			err = os.WriteFile(name, raw, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
