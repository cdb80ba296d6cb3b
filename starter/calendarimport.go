package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/whatif"
	"duban/internal/words"
)

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
				return a.bringIn(cmd.Context(), store, args, notices, terminal.Consent{Yes: yes, In: cmd.InOrStdin(), Meant: meant})
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
		return y, errors.New(a.show().CalendarFault(file, wrong))
	}
	return y, err
}

// bringIn shows what notices change, and after consent puts them in force.
func (a *app) bringIn(ctx context.Context, store *ledger.Store, files []string, notices []calendar.Year, agree terminal.Consent) error {
	now, err := a.calendarOf(ctx, store)
	if err != nil {
		return err
	}
	im := terminal.NoticesOutcome{Years: whatif.NoticeChanges(now, files, notices), Moves: []query.MovedStage{}}
	changed := slices.DeleteFunc(slices.Clone(im.Years), func(y whatif.NoticeChange) bool { return y.Same })
	for _, y := range changed {
		now = now.With(y.Notice)
	}
	if err := a.isMeant(now, changed); err != nil && !agree.Meant {
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
		a.show().Notices(im)
	}
	by := ""
	if (len(changed) > 0 || unmoved) && a.show().CanConsent(agree) {
		if by, err = a.importer(ctx, store, whatif.Papers(im.Years)); err != nil {
			return err
		}
	}
	if (len(changed) > 0 || unmoved) && a.show().Consents("calendar", agree) {
		if im.Tasks, err = a.applyNotices(ctx, store, im.Years, by); err != nil {
			return err
		}
		im.Applied = true
	}
	if a.format == "json" {
		return a.show().JSON(im)
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

// applyNotices puts the years' notices in force, as the account by, and has the
// engine move what runs. Where something runs and the engine does not, nothing is
// changed.
func (a *app) applyNotices(ctx context.Context, store *ledger.Store, years []whatif.NoticeChange, by string) (tasks int, err error) {
	return a.movingCalendar(ctx, store, by, func(when ledger.When) error {
		for _, y := range years {
			if err := store.PutCalendar(ctx, y.Notice, by, when); err != nil {
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
		watch, end := a.show().Progress("cli.acting")
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

// isMeant refuses notices by which days would be worked on which the law has everybody
// rest: such a notice is mostly another year's, or names only a few of its days.
func (a *app) isMeant(now *calendar.Calendar, changed []whatif.NoticeChange) error {
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
