#!/bin/sh
# Trains one classifier on phantoms and one on images generated from the same phantoms' prompts, and compares them on phantoms that
# neither has seen. What is there already is used again. COUNT (2000), SIDE (256) and WORK can be set; arguments go to the drawing.
set -eu
cd "$(dirname "$0")/.."
side=${SIDE:-256}
count=${COUNT:-2000}
seed=1500000 # judge seeds: the generator has not seen them
work=${WORK:-.work/utility-$side}
if [ ! -d "$work/real" ]; then
  ./synthorax phantom --count "$count" --seed $seed --size "$side" --format shards --out "$work/real"
fi
if [ ! -f "$work/drawn/done" ]; then
  rm -rf "$work/drawn"
  ./synthorax bench utility draw --first-seed $seed --count "$count" --out "$work/drawn" "$@"
  : > "$work/drawn/done"
fi
for arm in real drawn; do
  if [ ! -f "$work/$arm-classifier/1/model.onnx" ]; then
    ./synthorax trainer classifier --shards "$work/$arm" --work "$work/$arm-work" --out "$work/$arm-classifier"
  fi
done
exec ./synthorax bench utility score --real "$work/real-classifier" --generated "$work/drawn-classifier"
