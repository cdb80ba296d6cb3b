#!/bin/sh
# switch.sh OUT: the seed with its water parts switched on, for a rehearsal: what is an example becomes a rule
# in force, targets that the document leaves to the province become Ⅲ. Nobody has adopted any of it.
set -eu
seeds=$(cd "$(dirname "$0")/../.." && pwd)
from=$seeds/jincheng-2021-water
mkdir -p "$1/jincheng-2021-water"
out=$(cd "$1" && pwd)/jincheng-2021-water
cp "$seeds"/*.yaml "$out/.."
cp "$from"/accounts.yaml "$from"/units.yaml "$from"/notice-2021-09.json "$from"/script-2021.yaml "$from"/made/*.csv "$out"
for plan in plan.yaml amended-2021-08.yaml; do
	sed 's/^water: sections.yaml$/&\nschemes: [scheme.yaml]\nzones: zones.yaml\nincidents: incidents.yaml\ncomplaints: complaints.yaml\nassessment: assessment.yaml/' "$from/$plan" >"$out/$plan"
done
for part in scheme zones incidents complaints assessment; do
	sed '/^example: true$/d; s/（示例）$/（预演用）/; s/^title: .*/&\nsource: 编造，只供预演/' "$from/$part-example.yaml" >"$out/$part.yaml"
done
sed -i '/^source:/d' "$out/scheme.yaml"
sed -i 's/^# readings: /readings: /' "$out/incidents.yaml"
sed 's/^# readings: /readings: /; s/class: 省定/class: Ⅲ/
	/{id: \(over\|worse-v\|worsened-1\),/s/}$/, from: 2021-05}/
	s/^  - title: 山西省2013年规则（示例）$/&\n    from: 2021-05/' "$from/sections.yaml" >"$out/sections.yaml"
# The year of the plan with what was measured, complained of and noted in it.
sed '1,/^acts:$/d' "$from/made/script-water.yaml" | cat "$from/script-2021.yaml" - >"$out/script-all.yaml"
cp "$from/made/script-water.yaml" "$out"
