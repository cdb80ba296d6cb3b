// Package words is the one catalogue of what people read: notices, pages,
// documents and command output, Chinese by default, English by setting. Logs
// are not here: they are English.
//
// Catalogues live in zh/*.yaml and en/*.yaml, one file a subject (plan, notice,
// cli …) with the same keys in both; a test compares them. A key is
// "file.name"; a text is a text/template over the data given.
package words

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"
)

//go:embed zh/*.yaml en/*.yaml
var catalogues embed.FS

// Data fills a text's {{.Placeholders}}.
type Data = map[string]any

// Words speaks one language. It is safe for concurrent use.
type Words struct {
	lang string
	loc  *i18n.Localizer
}

// bundles are read when a language is first spoken: a command speaks one.
var bundles = map[string]func() *i18n.Bundle{
	"zh": sync.OnceValue(func() *i18n.Bundle { return load("zh", language.Chinese) }),
	"en": sync.OnceValue(func() *i18n.Bundle { return load("en", language.English) }),
}

func load(lang string, tag language.Tag) *i18n.Bundle {
	b := i18n.NewBundle(tag)
	msgs, err := Catalogue(lang)
	if err != nil {
		panic(err) // embedded; a test loads them
	}
	for key, text := range msgs {
		if err := b.AddMessages(tag, &i18n.Message{ID: key, Other: text}); err != nil {
			panic(fmt.Errorf("words: %s %s: %w", lang, key, err))
		}
	}
	return b
}

// Extend adds texts to a language for as long as the process lives, under their whole keys
// ("file.name"). It is called before anybody reads.
func Extend(lang string, texts map[string]string) error {
	b := bundles[lang]()
	for key, text := range texts {
		if err := b.AddMessages(b.LanguageTags()[0], &i18n.Message{ID: key, Other: text}); err != nil {
			return fmt.Errorf("words: %s %s: %w", lang, key, err)
		}
	}
	return nil
}

// Catalogue is every key and text of a language, "zh" or "en".
func Catalogue(lang string) (map[string]string, error) {
	files, err := fs.Glob(catalogues, lang+"/*.yaml")
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, file := range files {
		raw, err := catalogues.ReadFile(file)
		if err != nil {
			return nil, err
		}
		texts := map[string]string{}
		if err := yaml.Unmarshal(raw, &texts); err != nil {
			return nil, fmt.Errorf("words: %s: %w", file, err)
		}
		prefix := strings.TrimSuffix(path.Base(file), ".yaml")
		for name, text := range texts {
			all[prefix+"."+name] = text
		}
	}
	return all, nil
}

// New speaks lang: "en", or Chinese for anything else.
func New(lang string) *Words {
	if !strings.HasPrefix(strings.ToLower(lang), "en") {
		lang = "zh"
	} else {
		lang = "en"
	}
	return &Words{lang: lang, loc: i18n.NewLocalizer(bundles[lang](), lang)}
}

// Lang is "zh" or "en".
func (w *Words) Lang() string { return w.lang }

// T is the text of key filled with data; an unknown key is shown as itself, so
// that a missing word is seen and stops nothing.
func (w *Words) T(key string, data ...Data) string {
	cfg := &i18n.LocalizeConfig{MessageID: key}
	if len(data) > 0 {
		cfg.TemplateData = data[0]
	}
	text, err := w.loc.Localize(cfg)
	if err != nil {
		return key
	}
	return text
}
