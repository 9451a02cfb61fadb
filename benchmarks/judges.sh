#!/bin/sh
# Trains the judges on phantoms of judge seeds, then judges a generator with them. What is there already is used again.
# Arguments go to "synthorax bench judges", such as --films DIR or --steps 4. SIDE (pixels a side, 256) and WORK can be set.
set -eu
cd "$(dirname "$0")/.."
side=${SIDE:-256}
work=${WORK:-.work/judges-$side}
if [ ! -d "$work/shards" ]; then
  ./synthorax phantom --count 5000 --seed 1000000 --size "$side" --format shards --out "$work/shards"
fi
# The judge of sides is a classifier whose labels are attributes of the phantoms.
if [ ! -f "$work/sides-work/recipe.json" ]; then
  labels=
  for finding in pleural_effusion pneumothorax consolidation atelectasis; do
    labels="$labels${labels:+, }\"${finding}_side=left\", \"${finding}_side=right\""
  done
  templates=native/src/main/resources/dev/synthorax/training/classifier
  mkdir -p "$work/sides-work"
  sed "s/\"labels\": \[[^]]*\]/\"labels\": [$labels]/" "$templates/recipe.json" > "$work/sides-work/recipe.json"
fi
judge() { # NAME RECIPE
  if [ ! -f "$work/$1/1/model.onnx" ]; then
    ./synthorax trainer "$2" --shards "$work/shards" --work "$work/$1-work" --out "$work/$1"
  fi
}
judge segmenter segmenter
judge classifier classifier
judge sides classifier
exec ./synthorax bench judges --segmenter "$work/segmenter" --classifier "$work/classifier" --sides "$work/sides" \
  --out "$work/report" "$@"
