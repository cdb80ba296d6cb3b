#!/bin/sh
# Looks for what the tests need besides Go, and installs what is missing where it may. Says what it lacks otherwise.
set -eu

missing=
if [ -z "${DATABASE_URL_TEST:-}" ] && ! command -v initdb >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
	missing="$missing postgresql"
fi
if ! command -v pgbouncer >/dev/null 2>&1 && [ ! -x /usr/sbin/pgbouncer ]; then
	missing="$missing pgbouncer"
fi
command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-calc-nogui"
command -v systemd-analyze >/dev/null 2>&1 || missing="$missing systemd"
# Chromium itself does as well, for three times the processor time.
if ! command -v chromium-headless-shell >/dev/null 2>&1 && ! command -v chromium >/dev/null 2>&1; then
	missing="$missing chromium-headless-shell"
fi
if ! command -v fc-list >/dev/null 2>&1 || [ -z "$(fc-list :lang=zh 2>/dev/null)" ]; then
	missing="$missing fonts-wqy-microhei fontconfig"
fi
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
	as_root="sudo -n"
	if ! sudo -n true 2>/dev/null; then
		echo "The tests need these Debian packages:$missing" >&2
		echo "Install them by hand (this user may not):  apt-get install$missing" >&2
		case "$missing" in *postgresql*) echo "or name a PostgreSQL server in DATABASE_URL_TEST." >&2 ;; esac
		exit 1
	fi
fi
if ! command -v apt-get >/dev/null 2>&1; then
	echo "The tests need PostgreSQL's server programs, pgbouncer, pdftotext, systemd-analyze, soffice, chromium-headless-shell and a Chinese font; this is no Debian machine, install them by hand. Missing:$missing" >&2
	exit 1
fi
echo "installing$missing" >&2
$as_root apt-get update -qq
apt-cache show chromium-headless-shell >/dev/null 2>&1 || missing=$(echo "$missing" | sed 's/chromium-headless-shell/chromium/') # older releases have no such package
# shellcheck disable=SC2086 # words on purpose
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
