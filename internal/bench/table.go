package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
)

// figure is one line of the table.
type figure struct {
	Section string  `json:"section"`
	Name    string  `json:"name"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	Aim     float64 `json:"aim,omitempty"`
	Sense   string  `json:"sense,omitempty"` // "≤" or "≥" when there is an aim
	Note    string  `json:"note,omitempty"`
}

// atMost and atLeast give a figure its aim.
func (f figure) atMost(aim float64) figure  { f.Aim, f.Sense = aim, "≤"; return f }
func (f figure) atLeast(aim float64) figure { f.Aim, f.Sense = aim, "≥"; return f }

func (f figure) met() string {
	switch {
	case f.Sense == "":
		return ""
	case f.Sense == "≤" && f.Value <= f.Aim, f.Sense == "≥" && f.Value >= f.Aim:
		return "met"
	}
	return "NOT MET"
}

func (f figure) aim() string {
	if f.Sense == "" {
		return ""
	}
	return f.Sense + " " + number(f.Aim)
}

func number(v float64) string {
	switch {
	case v >= 1000 || v <= -1000:
		return fmt.Sprintf("%.0f", v)
	case v >= 100:
		return fmt.Sprintf("%.1f", v)
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
}

func printTable(out io.Writer, figures []figure) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tvalue\tunit\taim\t\tnote")
	last := ""
	for _, f := range figures {
		if f.Section != last {
			fmt.Fprintf(w, "%s\t\t\t\t\t\n", strings.ToUpper(f.Section))
			last = f.Section
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\t%s\n", f.Name, number(f.Value), f.Unit, f.aim(), f.met(), f.Note)
	}
	return w.Flush()
}

func seconds(name string, d time.Duration) figure {
	return figure{Name: name, Value: d.Seconds(), Unit: "s"}
}

func perSecond(name string, n int, d time.Duration) figure {
	return figure{Name: name, Value: float64(n) / d.Seconds(), Unit: "/s"}
}

func ratio(name string, a, b float64) figure { return figure{Name: name, Value: a / b, Unit: "×"} }

// loadNow says how busy the machine is: a figure taken beside other work is worth less.
func loadNow() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "load unknown"
	}
	return "load " + strings.Join(strings.Fields(string(raw))[:3], " ")
}
