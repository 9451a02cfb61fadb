#!/bin/sh
# Trains the judges on phantoms of judge seeds, then judges a generator with them. What is there already is used again.
# Arguments go to "synthorax bench judges", such as --films DIR or --steps 4. SIDE (pixels a side, 256), PHANTOMS (to learn from, 5000),
# READERS (steps of each judge's training, its own) and WORK can be set.
set -eu
cd "$(dirname "$0")/.."
side=${SIDE:-256}
work=${WORK:-.work/judges-$side}
templates=native/src/main/resources/dev/synthorax/training
if [ ! -d "$work/shards" ]; then
  ./synthorax phantom --count "${PHANTOMS:-5000}" --seed 1000000 --size "$side" --format shards --out "$work/shards"
fi
# The judge of sides is a classifier whose labels are attributes of the phantoms.
sides=
for finding in pleural_effusion pneumothorax consolidation atelectasis; do
  sides="$sides${sides:+, }\"${finding}_side=left\", \"${finding}_side=right\""
done
judge() { # NAME RECIPE [SED_EXPRESSION]
  if [ ! -f "$work/$1-work/recipe.json" ]; then
    mkdir -p "$work/$1-work"
    sed "${READERS:+s/\"steps\": [0-9]*/\"steps\": $READERS/;}${3:-}" "$templates/$2/recipe.json" > "$work/$1-work/recipe.json"
  fi
  if [ ! -f "$work/$1/1/model.onnx" ]; then
    ./synthorax trainer "$2" --shards "$work/shards" --work "$work/$1-work" --out "$work/$1"
  fi
}
judge segmenter segmenter
judge classifier classifier
judge sides classifier "s/\"labels\": \[[^]]*\]/\"labels\": [$sides]/"
exec ./synthorax bench judges --segmenter "$work/segmenter" --classifier "$work/classifier" --sides "$work/sides" \
  --out "$work/report" "$@"
