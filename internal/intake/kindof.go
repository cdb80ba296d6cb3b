package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	htmlSign  = regexp.MustCompile(`(?i)<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]|<table[\s>]|<div[\s>]|<p[\s>]`)
	htmlEarly = regexp.MustCompile(`(?i)^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|meta|table|div|p|span|title|style|script|h[1-6])[\s>]`)
	wordXML   = regexp.MustCompile(`<\?mso-application|schemas-microsoft-com:office:spreadsheet|schemas\.microsoft\.com/office/word/2003/wordml`)
)

// kindOf says what a file is: pdf, zip, ole, html, mhtml, rtf, csv, wordxml,
// picture, kind (bytes that are no text) or txt. The name decides only between
// kinds of text.
func kindOf(s Source) string {
	data, name := s.Data, strings.ToLower(filepath.Ext(s.Name))
	head := data[:min(len(data), 4096)]
	for _, sign := range []struct{ bytes, kind string }{
		{"%PDF-", "pdf"}, {"PK\x03\x04", "zip"}, {"\xd0\xcf\x11\xe0", "ole"}, {"{\\rtf", "rtf"}, {"\xef\xbb\xbf{\\rtf", "rtf"},
		{"\x89PNG", "picture"}, {"\xff\xd8\xff", "picture"}, {"GIF8", "picture"}, {"BM", ""}, {"II*\x00", "picture"}, {"MM\x00*", "picture"},
		{"Rar!", "kind"}, {"7z\xbc\xaf", "kind"}, {"\x1f\x8b", "kind"}, {"SQLite format", "kind"},
	} {
		if sign.kind != "" && bytes.HasPrefix(data, []byte(sign.bytes)) {
			return sign.kind
		}
	}
	if i := bytes.Index(head[:min(len(head), 1024)], []byte("%PDF-")); i > 0 { // bytes before the header, as some mail programs add
		return "pdf"
	}
	if bytes.IndexByte(head, 0) >= 0 && !bytes.HasPrefix(data, []byte("\xff\xfe")) && !bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return "kind"
	}
	if text, err := decode(head); err == nil {
		start := strings.TrimLeft(text, "\ufeff \t\r\n")
		lower := strings.ToLower(start[:min(len(start), 400)])
		switch {
		case wordXML.MatchString(start):
			return "wordxml"
		case strings.Contains(lower, "mime-version:") && strings.Contains(lower, "content-type:"):
			return "mhtml"
		case htmlEarly.MatchString(start):
			return "html"
		case (name == ".html" || name == ".htm" || name == ".xhtml") && htmlSign.MatchString(text):
			return "html"
		}
	}
	if name == ".csv" || name == ".tsv" {
		return "csv"
	}
	return "txt"
}

// converted has LibreOffice make a file of today's kind of an old one, where that
// program is installed; else it refuses and says what to do.
func converted(ctx context.Context, s Source, depth int, refuse string) (Document, error) {
	prog := ""
	for _, name := range []string{"soffice", "libreoffice"} {
		if p, err := exec.LookPath(name); err == nil {
			prog = p
			break
		}
	}
	if prog == "" || depth > 0 {
		return Document{}, &Refusal{File: s.Name, Key: refuse}
	}
	ext, to := strings.ToLower(filepath.Ext(s.Name)), "docx"
	if ext == ".xls" || ext == ".et" || ext == ".ods" || bytes.Contains(s.Data[:min(len(s.Data), 4<<20)], []byte("W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00")) {
		to = "xlsx"
	}
	var got Source
	err := withFile("in"+ext, s.Data, func(dir, file string) error {
		made := filepath.Join(dir, "in."+to)
		out, said, err := runTool(ctx, limits.office, prog, "--headless", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--convert-to", to, "--outdir", dir, file)
		if _, stat := os.Stat(made); err != nil || stat != nil {
			return &Refusal{File: s.Name, Key: refuse, Err: fmt.Errorf("%w: %s", errors.Join(err, stat), shorten(out+said, 200))}
		}
		got, err = Open(made)
		return err
	})
	if err != nil {
		return Document{}, err
	}
	return readKind(ctx, Source{Name: s.Name, Data: got.Data}, depth+1)
}
