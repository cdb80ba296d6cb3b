package portal

import (
	"context"
	"net/http"
	"time"
)

// checkupTime is how long a page waits for Options.Checkup.
const checkupTime = time.Minute

type healthPage struct {
	Lines []string
	Well  bool
}

// health shows the results of Options.Checkup to whoever may see all of every plan.
func (v *visit) health() error {
	if v.Checkup == nil {
		v.refuse(http.StatusNotFound, "portal.no_checkup")
		return nil
	}
	ctx, cancel := context.WithTimeout(v.whole, checkupTime)
	defer cancel()
	lines, well, err := v.Checkup(ctx, v.asks(), v.say)
	if err != nil {
		return err
	}
	return v.show("health", v.say.T("portal.title_health"), healthPage{lines, well})
}
