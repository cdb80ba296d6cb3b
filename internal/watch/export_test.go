package watch

// Names are the names of the metrics.
func Names() (names []string) {
	for name := range metrics {
		names = append(names, name)
	}
	return names
}
