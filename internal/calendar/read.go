package calendar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Fault is the first thing that is wrong in a notice's file, where it can be
// mended. Its words for people are in the catalogue: calendar.fault_KEY over Data.
type Fault struct {
	File  string         // "" where nobody says
	Line  int            // from 1; 0 when the field says where
	Field string         // days[3].isOffDay; "" when the file as a whole is meant
	Key   string         // syntax, unknown, type, missing, year, no_days, date, twice, foreign, more, long
	Data  map[string]any // of the words
}

// faults are the words of the log.
var faults = map[string]string{
	"syntax":  "VALUE",
	"unknown": "unknown field",
	"type":    "cannot be VALUE",
	"missing": "missing",
	"year":    "VALUE is not between 1949 and 2100",
	"no_days": "the notice for VALUE names no days",
	"date":    "“VALUE” is not a date like 2021-04-30",
	"twice":   "VALUE is named twice",
	"foreign": "VALUE does not belong to the notice for YEAR",
	"more":    "there is more after the end of the year",
	"long":    "longer than 1 MiB",
}

func (f *Fault) Error() string {
	where := ""
	if f.Line > 0 {
		where = fmt.Sprintf("line %d: ", f.Line)
	}
	if f.Field != "" {
		where += f.Field + ": "
	}
	return "calendar: " + where + strings.NewReplacer("VALUE", fmt.Sprint(f.Data["Value"]), "YEAR", fmt.Sprint(f.Data["Year"])).Replace(faults[f.Key])
}

func fault(field, key string, value any) *Fault {
	return &Fault{Field: field, Key: key, Data: map[string]any{"Value": value}}
}

// yearFile is a Year as it is in a file, where a field left out must not be
// taken for its zero value: a rest day without isOffDay would become a workday.
type yearFile struct {
	Schema string    `json:"$schema"`
	ID     string    `json:"$id"`
	Year   *int      `json:"year"`
	Papers []string  `json:"papers"`
	Days   []dayFile `json:"days"`
}

type dayFile struct {
	Name     string  `json:"name"`
	Date     *string `json:"date"`
	IsOffDay *bool   `json:"isOffDay"`
}

const longestFile = 1 << 20 // bytes; a year is some 3 KB

// TwiceError: two files are the notice of one year.
type TwiceError struct {
	File, Other string
	Year        int
}

func (e *TwiceError) Error() string {
	return fmt.Sprintf("calendar: %s and %s are both of %d", e.File, e.Other, e.Year)
}

// ReadYears reads files as ReadYear does, one a year: a *Fault with its file, or a
// *TwiceError.
func ReadYears(files []string) (all []Year, err error) {
	of := map[int]string{}
	for _, file := range files {
		raw, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		y, err := ReadYear(raw)
		raw.Close()
		var wrong *Fault
		if errors.As(err, &wrong) {
			wrong.File = file
		}
		if err != nil {
			return nil, err
		}
		if first, twice := of[y.Year]; twice {
			return nil, &TwiceError{file, first, y.Year}
		}
		of[y.Year] = file
		all = append(all, y)
	}
	return all, nil
}

// ReadYear reads one exchange-format file strictly: an unknown or missing
// field, a year without days, a day named twice, a day more than one year away
// and anything after the object are a *Fault. The list of papers may be empty,
// but must be there.
func ReadYear(r io.Reader) (Year, error) {
	raw, err := io.ReadAll(io.LimitReader(r, longestFile+1))
	if err != nil {
		return Year{}, fmt.Errorf("calendar: %w", err)
	}
	if len(raw) > longestFile {
		return Year{}, fault("", "long", nil)
	}
	f, wrong := decode(raw)
	if wrong != nil {
		return Year{}, wrong
	}
	switch {
	case f.Year == nil:
		return Year{}, fault("year", "missing", nil)
	case *f.Year < 1949 || *f.Year > 2100:
		return Year{}, fault("year", "year", *f.Year)
	case len(f.Days) == 0:
		return Year{}, fault("days", "no_days", *f.Year)
	case f.Papers == nil:
		return Year{}, fault("papers", "missing", nil)
	}
	y := Year{Year: *f.Year, Papers: f.Papers}
	seen := map[Day]bool{}
	for i, d := range f.Days {
		h, wrong := d.holiday(y.Year, fmt.Sprintf("days[%d]", i), seen)
		if wrong != nil {
			return Year{}, wrong
		}
		y.Days = append(y.Days, h)
	}
	return y, nil
}

func (d dayFile) holiday(year int, at string, seen map[Day]bool) (Holiday, *Fault) {
	if d.Date == nil || *d.Date == "" {
		return Holiday{}, fault(at+".date", "missing", nil)
	}
	date, err := ParseDay(*d.Date)
	switch {
	case err != nil:
		return Holiday{}, fault(at+".date", "date", *d.Date)
	case d.Name == "":
		return Holiday{}, fault(at+".name", "missing", nil)
	case d.IsOffDay == nil:
		return Holiday{}, fault(at+".isOffDay", "missing", nil)
	case seen[date]:
		return Holiday{}, fault(at+".date", "twice", date)
	case date.Year < year-1 || date.Year > year+1:
		wrong := fault(at+".date", "foreign", date)
		wrong.Data["Year"] = year
		return Holiday{}, wrong
	}
	seen[date] = true
	return Holiday{Name: d.Name, Date: date, IsOffDay: *d.IsOffDay}, nil
}

// decode reads the one object of a file; an error of the JSON decoder is a Fault with its
// line.
func decode(raw []byte) (f yearFile, wrong *Fault) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		wrong = decodeFault(err)
		wrong.Line = lineAt(raw, offsetOf(err, dec))
		return f, wrong
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		wrong = fault("", "more", nil)
		wrong.Line = lineAt(raw, dec.InputOffset())
		return f, wrong
	}
	return f, nil
}

func decodeFault(err error) *Fault {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fault(kind.Field, "type", kind.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fault(strings.Trim(name, `"`), "unknown", nil)
	}
	return fault("", "syntax", err.Error())
}

func offsetOf(err error, dec *json.Decoder) int64 {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind):
		return kind.Offset
	case errors.As(err, &syntax):
		return syntax.Offset
	}
	return dec.InputOffset()
}

func lineAt(raw []byte, offset int64) int {
	return 1 + bytes.Count(raw[:min(max(offset, 0), int64(len(raw)))], []byte("\n"))
}
