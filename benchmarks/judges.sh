#!/bin/sh
# Trains the two judges on phantoms of judge seeds, then judges the bundled model with them. What is there already is used
# again. Arguments go to "synthorax bench judges".
set -eu
cd "$(dirname "$0")/.."
work=${WORK:-.work/judges}
if [ ! -d "$work/shards" ]; then
  ./synthorax phantom --count 5000 --seed 1000000 --size 128 --format shards --out "$work/shards"
fi
for judge in segmenter classifier; do
  if [ ! -f "$work/$judge/1/model.onnx" ]; then
    ./synthorax trainer "$judge" --shards "$work/shards" --work "$work/$judge-work" --out "$work/$judge"
  fi
done
exec ./synthorax bench judges --segmenter "$work/segmenter" --classifier "$work/classifier" "$@"
