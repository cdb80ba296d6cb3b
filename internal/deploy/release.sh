#!/bin/sh
# release.sh GOOS/GOARCH…: builds dist/duban-VERSION-GOOS-GOARCH.tar.gz and dist/SHA256SUMS. The programs are static (CGO
# off: they run on machines with an older glibc, as 麒麟 and 统信 are) and stripped, and say which commit they are; the same
# commit gives the same bytes.
set -eu
version=$(sed -n 's/^const Release = "\(.*\)"$/\1/p' internal/version/version.go)
[ -z "$(git status --porcelain)" ] || { echo "release.sh: commit your changes first" >&2; exit 1; }
rm -rf dist
mkdir -p dist
when=$(git log -1 --format=%cI)
for target in "$@"; do
	name=duban-$version-$(echo "$target" | tr / -)
	echo "dist/$name.tar.gz"
	mkdir -p "dist/$name"
	CGO_ENABLED=0 GOOS=${target%/*} GOARCH=${target#*/} go build -buildvcs=true -trimpath -ldflags='-s -w' -o "dist/$name/" ./starter ./worker ./internal/deploy/namespace
	cp -R README.md README.zh-CN.md CHANGELOG.md LICENSE docs seeds "dist/$name/"
	find "dist/$name" -name '*.go' -delete
	# What the pages lead to keeps its place.
	mkdir -p "dist/$name/internal/act" "dist/$name/internal/deploy"
	cp internal/act/ACTS.md internal/act/ACTS.zh-CN.md "dist/$name/internal/act/"
	cp internal/deploy/duban.service internal/deploy/roles.sh internal/deploy/schema.sh internal/deploy/dynamicconfig.yaml "dist/$name/internal/deploy/"
	cp -R internal/deploy/watch "dist/$name/internal/deploy/"
	# The programs hold other people's work, whose licences ask to be handed on.
	GOOS=${target%/*} GOARCH=${target#*/} go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}' ./starter ./worker ./internal/deploy/namespace | sort -u |
		while read -r module dir; do
			for file in "$dir"/LICEN[CS]E* "$dir"/COPYING* "$dir"/NOTICE*; do
				[ ! -f "$file" ] || install -D -m 644 "$file" "dist/$name/licenses/$module/${file##*/}"
			done
		done
	tar -C dist --sort=name --mtime="$when" --owner=0 --group=0 --numeric-owner --mode=a+rX,u+w,go-w -cf - "$name" | gzip -n9 >"dist/$name.tar.gz"
	rm -r "dist/$name"
done
cd dist && sha256sum ./*.tar.gz >SHA256SUMS && cat SHA256SUMS
