#!/bin/bash
# Makes the fonts again from what their authors published: fonts/refresh.sh FOLDER
#
# Needs npm, and python3 with fonttools and brotli. It leaves the files in
# FOLDER/out, after it has checked that each has all letters. Copy them to
# third_party, and correct the sums in SOURCES.md.
#
# The check is here and not in a test of the program, because reading WOFF2
# takes a Brotli decoder. The sums in SOURCES.md tie the files to this check.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/out"
cd "$1"
[ -f package.json ] || npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --silent \
	@fontsource/atkinson-hyperlegible-next@5.3.0 @fontsource/bricolage-grotesque@5.3.0

latin='U+0020-007E,U+00A0-00FF,U+2013,U+2014,U+2018-201E,U+2022,U+2026,U+2030,U+2039,U+203A,U+20AC,U+2122,U+2212,U+2192,U+2190'
more='U+0102,U+0103,U+0218-021B,U+015E,U+015F,U+0162,U+0163,U+0150,U+0151,U+0170,U+0171,U+0106,U+0107,U+010C,U+010D,U+0110,U+0111,U+0160,U+0161,U+017D,U+017E,U+1E9E,U+20AC'

subset() { # package, part, weight, characters, name
	python3 -m fontTools.subset "node_modules/@fontsource/$1/files/$1-$2-$3-normal.woff2" --unicodes="$4" \
		--flavor=woff2 --layout-features='kern,mark,mkmk,ccmp,tnum' --output-file="out/$5-$3.woff2"
}
for weight in 400 700; do
	subset atkinson-hyperlegible-next latin $weight $latin text-latin
	subset atkinson-hyperlegible-next latin-ext $weight $more text-ext
done
subset bricolage-grotesque latin 700 $latin title-latin
subset bricolage-grotesque latin-ext 700 $more title-ext
python3 "$here/refresh.py" out
rm out/*-latin-*.woff2 out/*-ext-*.woff2
ls -l out
