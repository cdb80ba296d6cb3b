package host

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"duban/internal/channel"
	"duban/internal/channel/carriers"
	"duban/internal/channel/outbox"
	"duban/internal/channel/smtp"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/settings"
)

// opener says how a process opens the channel of a carrier by its settings.
type opener struct {
	carrier channel.Carrier
	set     func(settings.Config) bool // whether the settings name the carrier; nil: it needs no settings, and is used where they name no other
	open    func(settings.Config, io.Writer) (channel.Channel, error)
}

// openers has a row for every carrier, in the order of carriers.All.
var openers = []opener{
	{smtp.Carrier, func(cfg settings.Config) bool { return cfg.SMTP.Host != "" }, openSMTP},
	{outbox.Carrier, nil, openOutbox},
}

// security gives the smtp channel's Security for each value of SMTP_TLS.
var security = map[string]string{"starttls": smtp.StartTLS, "implicit": smtp.TLS, "none": smtp.NoTLS, settings.ClearLogin: smtp.NoTLS}

func openSMTP(cfg settings.Config, _ io.Writer) (channel.Channel, error) {
	m, login := cfg.SMTP, "auto"
	if m.TLS == settings.ClearLogin {
		login = "clear"
	}
	return smtp.New(smtp.Config{Host: m.Host, Port: m.Port, Security: security[m.TLS], User: m.User, Password: m.Password, Auth: login, From: sender(cfg)})
}

func openOutbox(cfg settings.Config, out io.Writer) (channel.Channel, error) {
	return outbox.New(cfg.Outbox, sender(cfg), out)
}

func sender(cfg settings.Config) letter.Address {
	return letter.Address{Name: cfg.SMTP.FromName, Email: cfg.SMTP.From}
}

// chosen are the names of the carriers that the settings name.
func chosen(cfg settings.Config) (names []string) {
	for _, o := range openers {
		if o.set != nil && o.set(cfg) {
			names = append(names, o.carrier.Name)
		}
	}
	return names
}

// Channels opens the channels that the settings name or, when they name none, those that need no settings: the outbox
// folder, which also writes a line for each message to out.
func Channels(cfg settings.Config, out io.Writer) (set channel.Set, err error) {
	names := chosen(cfg)
	for _, o := range openers {
		if slices.Contains(names, o.carrier.Name) || len(names) == 0 && o.set == nil {
			c, err := o.open(cfg, out)
			if err != nil {
				return nil, err
			}
			set = append(set, c)
		}
	}
	return set, nil
}

// withDecided adds to a worker's channels those that the office has decided on (ledger.OfficeChannels) and that need no
// settings.
func withDecided(set channel.Set, cfg settings.Config, decided map[string]string, out io.Writer) (channel.Set, error) {
	names := strings.Split(decided[ledger.OfficeChannels], ",")
	for _, o := range openers {
		if _, has := set.Get(o.carrier.Name); has || o.set != nil || !slices.Contains(names, o.carrier.Name) {
			continue
		}
		c, err := o.open(cfg, out)
		if err != nil {
			return nil, err
		}
		set = append(set, c)
	}
	return set, nil
}

// Reaches tells whether messages leave for real addresses, by the channels that the office has decided on
// (ledger.OfficeChannels), or by these settings where it has decided nothing. If so, each address in a plan must be
// somebody's real one.
func Reaches(cfg settings.Config, decided map[string]string) bool {
	names := chosen(cfg)
	if said := decided[ledger.OfficeChannels]; said != "" {
		names = strings.Split(said, ",")
	}
	return slices.ContainsFunc(names, func(name string) bool {
		c, ok := carriers.Of(name)
		return ok && c.Address != channel.Nobody
	})
}

// settle writes this worker's settings to the ledger as the office's where nobody has
// decided yet, and logs where they differ from what was decided before, which applies. So
// the first worker decides the language, and the first one with a mail server decides
// channel and sender. It gives the office's settings by name.
func settle(ctx context.Context, cfg settings.Config, store *ledger.Store, log *slog.Logger) (decided map[string]string, err error) {
	own := map[string]string{ledger.OfficeLanguage: cfg.Lang}
	if names := chosen(cfg); len(names) > 0 {
		own[ledger.OfficeChannels], own[ledger.OfficeSender] = strings.Join(names, ","), cfg.SMTP.Sender
	}
	now := time.Now()
	for _, name := range ledger.OfficeSettings {
		if own[name] == "" {
			continue
		}
		if err := store.ProposeOffice(ctx, name, own[name], ledger.When{Real: now, Plan: now}); err != nil {
			return nil, err
		}
	}
	if decided, err = store.Office(ctx); err != nil {
		return nil, err
	}
	for _, name := range ledger.OfficeSettings {
		if own[name] != "" && decided[name] != "" && own[name] != decided[name] {
			log.Warn("This worker is set otherwise than the office has decided, and does as the office has decided: see `starter office`",
				"setting", name, "here", own[name], "office", decided[name])
		}
	}
	return decided, nil
}
