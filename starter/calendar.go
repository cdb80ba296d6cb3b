package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/deadline"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/whatif"
	"duban/internal/words"
)

// calendarCommand shows and brings in holiday notices 放假安排.
func (a *app) calendarCommand() *cobra.Command {
	return a.group("calendar", "calendar.cmd", a.calendarList(), a.calendarImport(), a.calendarBack())
}

func (a *app) calendarList() *cobra.Command {
	return a.listing(&cobra.Command{
		Use: "list", Short: a.w.T("calendar.cmd_list"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cal, err := a.calendarInForce(cmd.Context())
			if err != nil {
				return err
			}
			zone, err := a.zone(cmd.Context())
			if err != nil {
				return err
			}
			rows := terminal.YearRows(cal, a.now().In(zone).Year()+1)
			return a.show().Print(rows, func() { a.show().Years(rows) })
		},
	})
}

// calendar is the holiday notices in force without a ledger.
func (a *app) calendar() (*calendar.Calendar, error) { return host.Calendar(a.cfg) }

// calendarOf is the notices in force with those the ledger holds.
func (a *app) calendarOf(ctx context.Context, store *ledger.Store) (*calendar.Calendar, error) {
	return a.reader(store).Holidays(ctx, query.Operator())
}

// calendarInForce is the holiday notices with those of the ledger, where there is one.
func (a *app) calendarInForce(ctx context.Context) (cal *calendar.Calendar, err error) {
	err = a.withLedger(ctx, func(store *ledger.Store) error {
		cal, err = a.calendarOf(ctx, store)
		return err
	})
	if errors.Is(err, ledger.ErrNoLedger) {
		return a.calendar()
	}
	return cal, err
}

// zone is the zone in which the office's days begin; Beijing's where there is no ledger.
func (a *app) zone(ctx context.Context) (zone *time.Location, err error) {
	err = a.withLedger(ctx, func(store *ledger.Store) error {
		zone, err = store.Zone(ctx)
		return err
	})
	if errors.Is(err, ledger.ErrNoLedger) {
		return calendar.Zone(""), nil
	}
	return zone, err
}

func (a *app) calendarImport() *cobra.Command {
	var agree terminal.Consent
	c := a.listing(&cobra.Command{
		Use: "import FILE…", Short: a.w.T("calendar.cmd_import"), Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			notices, err := calendar.ReadYears(files)
			if err != nil {
				return err
			}
			agree.In = cmd.InOrStdin()
			return a.writingLedger(cmd.Context(), func(store *ledger.Store) error {
				return a.bringIn(cmd.Context(), store, files, notices, agree)
			})
		},
	})
	c.Flags().BoolVar(&agree.Yes, "yes", false, a.w.T("calendar.flag_yes"))
	c.Flags().BoolVar(&agree.Meant, "meant", false, a.w.T("calendar.flag_meant"))
	return c
}

// bringIn shows what notices change, and after consent puts them in force. A notice by which
// days would be worked on which the law has everybody rest needs consent of its own: mostly
// it is another year's notice, or names only a few of its days.
func (a *app) bringIn(ctx context.Context, store *ledger.Store, files []string, notices []calendar.Year, agree terminal.Consent) error {
	who, err := a.viewer()
	if err != nil {
		return err
	}
	found, err := a.reader(store).Notices(ctx, who, files, notices)
	if err != nil {
		return err
	}
	if len(found.Worked) > 0 && !agree.Meant {
		return words.Sentence(a.show().NotMeant(found.Worked[0]))
	}
	out := terminal.NoticesOutcome{Years: found.Years, Moves: found.Moves}
	if a.format == "table" {
		a.show().Notices(out)
	}
	if found.ToDo {
		out.Tasks, out.Applied, err = a.movingCalendar(ctx, store, whatif.Papers(found.Years), agree, func(by string, when ledger.When) error {
			for _, y := range found.Years {
				if err := store.PutCalendar(ctx, y.Notice, by, when); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return a.show().Print(out, func() {
		if out.Applied {
			a.say("calendar.applied", words.Data{"Years": found.Changed(), "Tasks": out.Tasks})
		}
	})
}

// importer is the account that brings notices in: the operator while no plan runs
// and nobody is named, else one of the office of any plan that does, for reason.
func (a *app) importer(ctx context.Context, store *ledger.Store, reason string) (account string, running bool, err error) {
	who, err := a.viewer()
	if err != nil {
		return "", false, err
	}
	running, known, units, err := a.reader(store).Running(ctx, who)
	if err != nil || !running && a.as == "" {
		return "operator", false, err
	}
	by, err := a.actor()
	if err == nil && running && !known {
		err = a.stranger(by, units)
	}
	if err != nil {
		return "", running, err
	}
	return by.Account, running, engine.MayImport(ctx, store, a.now, fmt.Sprintf("import-%s-%d", by.Account, a.now().Unix()), by, reason)
}

// movingCalendar changes the holidays by put, once somebody who may has agreed, and has the
// engine move the stages of running tasks and talks. things is how many of these were told to
// look at the new calendar. Where a plan runs and the engine does not, nothing is changed.
func (a *app) movingCalendar(ctx context.Context, store *ledger.Store, reason string, agree terminal.Consent, put func(by string, when ledger.When) error) (things int, done bool, err error) {
	by, running := "", false
	if a.show().CanConsent(agree) {
		if by, running, err = a.importer(ctx, store, reason); err != nil {
			return 0, false, err
		}
	}
	if !a.show().Consents("calendar", agree) {
		return 0, false, nil
	}
	var h *host.Host
	if running {
		if h, err = a.open(ctx); errors.Is(err, host.ErrNoEngine) {
			return 0, false, a.w.Err("calendar.no_engine", words.Data{"Dir": a.cfg.Dir})
		} else if err != nil {
			return 0, false, err
		}
		defer h.Close()
	}
	now := a.now()
	if err := put(by, ledger.When{Real: now, Plan: now}); err != nil || h == nil {
		return 0, err == nil, err
	}
	watch, end := a.show().Progress("cli.acting")
	defer end()
	things, err = h.Engine.Watched(watch).MoveCalendar(ctx, by)
	return things, err == nil, err
}

// calendarBack takes a year's notice back that was brought in by mistake.
func (a *app) calendarBack() *cobra.Command {
	var agree terminal.Consent
	var reason string
	c := a.listing(&cobra.Command{
		Use: "back YEAR", Short: a.w.T("calendar.cmd_back"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			year, err := strconv.Atoi(args[0])
			if err != nil {
				return a.w.Err("calendar.no_notice", words.Data{"Year": args[0]})
			}
			agree.In = cmd.InOrStdin()
			return a.writingLedger(cmd.Context(), func(store *ledger.Store) error {
				return a.takeBack(cmd.Context(), store, year, reason, agree)
			})
		},
	})
	c.Flags().BoolVar(&agree.Yes, "yes", false, a.w.T("calendar.flag_yes"))
	c.Flags().StringVarP(&reason, "message", "m", "", a.w.T("calendar.flag_reason"))
	return c
}

func (a *app) takeBack(ctx context.Context, store *ledger.Store, year int, reason string, agree terminal.Consent) error {
	back, err := store.WouldTakeBack(ctx, year)
	if errors.Is(err, ledger.ErrNoNotice) {
		return a.w.Err("calendar.no_notice", words.Data{"Year": year})
	}
	if err != nil {
		return err
	}
	out := terminal.BackOutcome{Year: year, Was: back.Was.Papers, Is: back.Is.Papers, Changes: calendar.Changes(back.Was, calendar.New(back.Is).InForce(year))}
	if a.format == "table" {
		a.show().Back(out, len(back.Is.Days) == 0)
	}
	out.Tasks, out.Applied, err = a.movingCalendar(ctx, store, reason, agree, func(by string, when ledger.When) error {
		return store.TakeBackCalendar(ctx, back, by, reason, when)
	})
	if errors.Is(err, ledger.ErrBehind) {
		return a.w.Err("calendar.back_behind", words.Data{"Year": year})
	}
	if err != nil {
		return err
	}
	return a.show().Print(out, func() {
		if out.Applied {
			a.say("calendar.taken_back", words.Data{"Year": year, "Tasks": out.Tasks})
		}
	})
}

// dateCommand reads one phrase by the very code that reads documents.
func (a *app) dateCommand() *cobra.Command {
	var in deadline.Context
	c := a.listing(&cobra.Command{
		Use: "date TEXT", Short: a.w.T("cli.date"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if in.Issued.IsZero() {
				zone, err := a.zone(cmd.Context())
				if err != nil { // a phrase is read without a ledger, too
					zone = calendar.Zone("")
				}
				in.Issued = calendar.DayOf(a.now().In(zone))
			}
			if in.Calendar, err = a.calendar(); err != nil {
				return err
			}
			readings := deadline.Read(args[0], in)
			return a.show().Print(deadline.JSON(readings), func() { a.show().Readings(readings) })
		},
	})
	a.show().Day(c, &in.Issued, "issued", "cli.flag_issued")
	terminal.Number(c, &in.PlanYear, "year", 0, a.w.T("cli.flag_year"))
	c.Flags().BoolVar(&in.ColumnCell, "cell", false, a.w.T("cli.flag_cell"))
	return c
}
