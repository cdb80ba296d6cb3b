#!/bin/sh
# build.sh PROGRAM: builds bin/PROGRAM and says how far the compiling is. The first build compiles Temporal's server with
# it, some minutes on two cores; a later one only what has changed.
set -eu
tty=0
[ -t 1 ] && tty=1
total=$(go list -deps -f '{{if not .Standard}}x{{end}}' "./$1" | grep -c x)
{
	status=0
	go build -v -o "bin/$1" "./$1" 2>&1 || status=$?
	echo "exit status is $status"
} | awk -v total="$total" -v tty="$tty" -v name="bin/$1" '
	/^exit status is / { status = $4; next }
	/^[^ #:]+$/ { # a package, printed when its compiling begins
		n++
		if (tty) printf "\r%s: %d packages compiled (of %d at most) ", name, n, total
		else if (n % 200 == 0) printf "%s: %d packages compiled (of %d at most)\n", name, n, total
		fflush()
		next
	}
	{ print }
	END { if (tty && n) print ""; exit (status == "" ? 1 : status) }'
