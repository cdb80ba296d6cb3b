package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/words"
)

// importing is `calendar import -o json`.
type importing struct {
	Years   []yearChange       `json:"years"` // one a file, in the order given
	Moves   []query.MovedStage `json:"moves"` // by plan, then by when the stage was to speak
	Applied bool               `json:"applied"`
	Tasks   int                `json:"tasks"` // and talks, that were moved, an act each
}

// yearChange is what one file changes of its year.
type yearChange struct {
	File      string            `json:"file"`
	Year      int               `json:"year"`
	Papers    []string          `json:"papers"`
	WasPapers []string          `json:"was_papers"`
	New       bool              `json:"new"`     // the year was provisional
	Changes   []calendar.Change `json:"changes"` // was or is null: the notice does not name the day
	same      bool
	notice    calendar.Year
}

func (a *app) calendarImport() *cobra.Command {
	var yes, meant bool
	c := a.listing(&cobra.Command{
		Use: "import FILE…", Short: a.w.T("calendar.cmd_import"), Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			notices, err := a.readNotices(args)
			if err != nil {
				return err
			}
			return a.writingLedger(cmd.Context(), func(store *ledger.Store) error {
				return a.bringIn(cmd.Context(), store, args, notices, consent{yes, cmd.InOrStdin(), meant})
			})
		},
	})
	c.Flags().BoolVar(&yes, "yes", false, a.w.T("calendar.flag_yes"))
	c.Flags().BoolVar(&meant, "meant", false, a.w.T("calendar.flag_meant"))
	return c
}

// readNotices reads every file; the first that is wrong, or two for one year,
// is an error, and nothing is brought in.
func (a *app) readNotices(files []string) ([]calendar.Year, error) {
	var notices []calendar.Year
	of := map[int]string{}
	for _, file := range files {
		y, err := a.readNotice(file)
		if err != nil {
			return nil, err
		}
		if first, twice := of[y.Year]; twice {
			return nil, errors.New(a.w.T("calendar.year_twice", words.Data{"File": file, "Other": first, "Year": y.Year}))
		}
		of[y.Year] = file
		notices = append(notices, y)
	}
	return notices, nil
}

func (a *app) readNotice(file string) (calendar.Year, error) {
	f, err := os.Open(file)
	if err != nil {
		return calendar.Year{}, err
	}
	defer f.Close()
	y, err := calendar.ReadYear(f)
	var wrong *calendar.Fault
	if errors.As(err, &wrong) {
		return y, errors.New(a.faultText(file, wrong))
	}
	return y, err
}

// consent is how a person agrees: by --yes, or at a terminal.
type consent struct {
	yes   bool
	in    io.Reader
	meant bool // days of the law may be worked
}

// bringIn shows what notices change, and after consent puts them in force.
func (a *app) bringIn(ctx context.Context, store *ledger.Store, files []string, notices []calendar.Year, agree consent) error {
	now, err := a.calendarOf(ctx, store)
	if err != nil {
		return err
	}
	im := importing{Years: yearChanges(now, files, notices), Moves: []query.MovedStage{}}
	changed := slices.DeleteFunc(slices.Clone(im.Years), func(y yearChange) bool { return y.same })
	for _, y := range changed {
		now = now.With(y.notice)
	}
	if err := a.isMeant(now, changed); err != nil && !agree.meant {
		return err
	}
	unmoved, err := anyUnmoved(ctx, store, notices)
	if err != nil {
		return err
	}
	if len(changed) > 0 || unmoved {
		who, err := a.viewer()
		if err != nil {
			return err
		}
		if im.Moves, err = a.reader(store).CalendarMoves(ctx, who, now); err != nil {
			return err
		}
	}
	if a.format == "table" {
		a.showImport(im)
	}
	by := ""
	if (len(changed) > 0 || unmoved) && a.canConsent(agree) {
		if by, err = a.importer(ctx, store, reasonOf(im.Years)); err != nil {
			return err
		}
	}
	if (len(changed) > 0 || unmoved) && a.consents("calendar", agree) {
		if im.Tasks, err = a.applyNotices(ctx, store, im.Years, by); err != nil {
			return err
		}
		im.Applied = true
	}
	if a.format == "json" {
		return a.json(im)
	}
	if im.Applied {
		fmt.Fprintln(a.out, a.w.T("calendar.applied", words.Data{"Years": len(changed), "Tasks": im.Tasks}))
	}
	return nil
}

// importer is the account that brings notices in: the operator while no plan runs
// and nobody is named, else one of the office of any plan that does, for reason.
func (a *app) importer(ctx context.Context, store *ledger.Store, reason string) (account string, err error) {
	running, err := a.whatIf(store).Running(ctx)
	if err != nil || len(running) == 0 && a.as == "" {
		return "operator", err
	}
	by, err := a.actor()
	if err != nil {
		return "", err
	}
	var strange error
	for _, l := range slices.Backward(running) {
		if strange = a.stranger(by, l); strange == nil {
			break
		}
	}
	if strange != nil {
		return "", strange
	}
	err = engine.MayImport(ctx, store, a.now, fmt.Sprintf("import-%s-%d", by.Account, a.now().Unix()), by, reason)
	var refused *engine.RefusedError
	if errors.As(err, &refused) {
		return "", sentenceError(notice.Refused(a.w, refused.Refusal, nil))
	}
	return by.Account, err
}

// reasonOf is the notices' papers.
func reasonOf(years []yearChange) string {
	var papers []string
	for _, y := range years {
		papers = append(papers, y.Papers...)
	}
	return strings.Join(papers, " ")
}

// applyNotices puts the years' notices in force, as the account by, and has the
// engine move what runs. Where something runs and the engine does not, nothing is
// changed.
func (a *app) applyNotices(ctx context.Context, store *ledger.Store, years []yearChange, by string) (tasks int, err error) {
	return a.movingCalendar(ctx, store, by, func(when ledger.When) error {
		for _, y := range years {
			if err := store.PutCalendar(ctx, y.notice, by, when); err != nil {
				return err
			}
		}
		return nil
	})
}

// movingCalendar changes the holidays by put, in the name of by, and has the engine
// move what runs. It gives how many things were told to look.
func (a *app) movingCalendar(ctx context.Context, store *ledger.Store, by string, put func(when ledger.When) error) (things int, err error) {
	running, err := a.whatIf(store).Running(ctx)
	if err != nil {
		return 0, err
	}
	var h *host.Host
	if len(running) > 0 {
		h, err = host.Open(ctx, a.cfg, host.Options{Log: a.log})
		if errors.Is(err, host.ErrNoEngine) {
			return 0, errors.New(a.w.T("calendar.no_engine", words.Data{"Dir": a.cfg.Dir}))
		} else if err != nil {
			return 0, err
		}
		defer h.Close()
	}
	now := a.now()
	if err := put(ledger.When{Real: now, Plan: now}); err != nil {
		return 0, err
	}
	if h != nil {
		watch, end := a.progress("cli.acting")
		things, err = h.Engine.Watched(watch).MoveCalendar(ctx, by)
		end()
	}
	return things, err
}

// anyUnmoved tells that one of the notices is in force and has not been carried out.
func anyUnmoved(ctx context.Context, store *ledger.Store, notices []calendar.Year) (bool, error) {
	unmoved, err := store.Unmoved(ctx)
	return slices.ContainsFunc(notices, func(y calendar.Year) bool { return slices.Contains(unmoved, y.Year) }), err
}

func yearChanges(now *calendar.Calendar, files []string, notices []calendar.Year) []yearChange {
	known := map[int]calendar.Year{}
	for _, y := range now.Years() {
		known[y.Year] = y
	}
	var out []yearChange
	for i, y := range notices {
		y = calendar.Merged(known[y.Year], y)
		c := yearChange{File: files[i], Year: y.Year, New: !now.Governed(y.Year), notice: y, Papers: append([]string{}, y.Papers...),
			WasPapers: append([]string{}, known[y.Year].Papers...), Changes: append([]calendar.Change{}, calendar.Changes(known[y.Year], y)...)}
		c.same = !c.New && len(c.Changes) == 0 && slices.Equal(c.Papers, c.WasPapers)
		out = append(out, c)
	}
	return out
}

// isMeant refuses notices by which days would be worked on which the law has everybody
// rest: such a notice is mostly another year's, or names only a few of its days.
func (a *app) isMeant(now *calendar.Calendar, changed []yearChange) error {
	for _, y := range changed {
		var days []string
		for _, h := range now.Worked(y.Year) {
			days = append(days, h.Date.String()+" "+h.Name)
		}
		if len(days) > 0 {
			return errors.New(a.w.T("calendar.not_meant", words.Data{"File": y.File, "Year": y.Year, "Days": strings.Join(days, a.w.T("notice.comma"))}))
		}
	}
	return nil
}

// consents asks whoever sits at the terminal. Without a terminal (a program that
// reads JSON is none) and without --yes nobody has agreed, and it says so in the
// words of a room: ask, only_shown, not_applied.
func (a *app) consents(room string, agree consent) bool {
	if agree.yes {
		return true
	}
	if !a.canConsent(agree) {
		fmt.Fprintln(a.err, a.w.T(room+".only_shown"))
		return false
	}
	return a.ask(room, agree.in)
}

// canConsent tells that somebody has agreed or can be asked.
func (a *app) canConsent(agree consent) bool {
	f, ok := agree.in.(*os.File)
	return agree.yes || a.format != "json" && ok && term.IsTerminal(int(f.Fd()))
}

// ask is true for an answer that begins like yes or is 是.
func (a *app) ask(room string, in io.Reader) bool {
	if a.answers(room+".ask", in) {
		return true
	}
	fmt.Fprintln(a.err, a.w.T(room+".not_applied"))
	return false
}

// answers is true for an answer to a question that begins like yes or is 是.
func (a *app) answers(question string, in io.Reader) bool {
	fmt.Fprint(a.err, a.w.T(question))
	switch strings.ToLower(strings.TrimSpace(lineOf(in))) {
	case "y", "yes", "是":
		return true
	}
	return false
}

// lineOf reads one line and nothing after it: the next question reads on.
func lineOf(in io.Reader) string {
	var line []byte
	for one := make([]byte, 1); ; {
		n, err := in.Read(one)
		if n == 1 && one[0] != '\n' {
			line = append(line, one[0])
		}
		if err != nil || n == 1 && one[0] == '\n' {
			return string(line)
		}
	}
}

func (a *app) showImport(im importing) {
	for _, y := range im.Years {
		a.showYear(y)
	}
	if len(im.Moves) == 0 {
		fmt.Fprintln(a.out, a.w.T("calendar.no_moves"))
		return
	}
	t := a.roomTable("calendar", map[string]int{"title": 40}, "plan", "task", "title", "stage", "from", "to")
	tasks := map[string]bool{}
	for _, m := range im.Moves {
		tasks[m.Plan+"/"+m.Task] = true
		t.AppendRow(table.Row{m.Plan, m.Task, m.Title, a.stageWords(stageRow{Stage: m.Stage, Kind: m.Kind}), clock(m.From), clock(m.To)})
	}
	t.Render()
	fmt.Fprintln(a.out, a.w.T("calendar.moves", words.Data{"Tasks": len(tasks), "Stages": len(im.Moves)}))
}

func clock(t time.Time) string { return t.Format("2006-01-02 15:04") }

func (a *app) showYear(y yearChange) {
	data := words.Data{"Year": y.Year, "Was": strings.Join(y.WasPapers, " "), "Is": strings.Join(y.Papers, " "), "N": len(y.Changes)}
	switch {
	case y.same:
		fmt.Fprintln(a.out, a.w.T("calendar.same", data))
		return
	case y.New:
		fmt.Fprintln(a.out, a.w.T("calendar.new_year", data))
	default:
		fmt.Fprintln(a.out, a.w.T("calendar.other", data))
	}
	a.showChanges(y.Changes)
}

// showChanges is what two notices say otherwise of days.
func (a *app) showChanges(changes []calendar.Change) {
	if len(changes) == 0 {
		return
	}
	t := a.roomTable("calendar", nil, "change", "date", "was", "is")
	for _, c := range changes {
		key := "calendar.changed"
		if c.Was == nil {
			key = "calendar.added"
		} else if c.Is == nil {
			key = "calendar.removed"
		}
		t.AppendRow(table.Row{a.w.T(key), c.Date, a.holiday(c.Date, c.Was), a.holiday(c.Date, c.Is)})
	}
	t.Render()
}

// holiday is what a notice says of a day: 国庆节休息, 国庆节调休上班; or, of a day
// it does not name, what the weekday says.
func (a *app) holiday(d calendar.Day, h *calendar.Holiday) string {
	switch {
	case h == nil && (d.Weekday() == time.Saturday || d.Weekday() == time.Sunday):
		return a.w.T("calendar.weekend")
	case h == nil:
		return a.w.T("calendar.weekday")
	case h.IsOffDay:
		return a.w.T("calendar.rests", words.Data{"Name": h.Name})
	}
	return a.w.T("calendar.works", words.Data{"Name": h.Name})
}
