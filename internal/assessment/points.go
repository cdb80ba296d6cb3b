package assessment

import (
	"fmt"
	"regexp"

	"github.com/shopspring/decimal"
)

var pointsText = regexp.MustCompile(`^[+-]?\d{1,4}(\.\d{1,2})?$`)

// ReadPoints reads a number of points with at most two decimals; "" is zero points.
func ReadPoints(text string) (decimal.Decimal, error) {
	if text == "" {
		return decimal.Zero, nil
	}
	if !pointsText.MatchString(text) {
		return decimal.Zero, fmt.Errorf("assessment: %q are no points", text)
	}
	return decimal.NewFromString(text)
}
