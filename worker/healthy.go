package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthy asks the worker of this machine, by the address that DUBAN_METRICS gives it,
// whether it works: a worker serves its metrics once the ledger and Temporal have answered.
// It is the health check of containers without a shell and without curl.
func healthy(metrics string) error {
	host, port, err := net.SplitHostPort(metrics)
	if err != nil {
		return errors.New("--healthy asks the address of DUBAN_METRICS, which is not set")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	client := http.Client{Timeout: 4 * time.Second}
	answer, err := client.Get("http://" + net.JoinHostPort(host, port) + "/metrics")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the metrics answer %s", answer.Status)
	}
	return nil
}
