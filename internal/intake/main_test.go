package intake

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws the same papers in every run, so that a run judges the change and not the draw.
// -rapid.seed and -rapid.checks on the command line draw others, and more.
func TestMain(m *testing.M) {
	_ = flag.Set("rapid.seed", "1") // before the command line is read
	os.Exit(m.Run())
}
