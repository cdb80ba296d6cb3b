package host

// Compared waits until a worker has compared Temporal with the ledger once, as it does at its start.
func (h *Host) Compared() {
	if h.mending != nil {
		<-h.mending.compared
	}
}
