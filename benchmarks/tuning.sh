#!/bin/sh
# A case in which tuning has to win. The bundled generator is weakened by learning from phantoms of which six in ten have the prompt
# and the masks of another; then a classifier tunes it on right ones ("proxy"), beside a run without the classifier ("plain"), and
# so do a simulated reader's scores of its own images ("preference"). All are compared with the weakened one on phantoms that nothing
# has seen, by a reader trained on other phantoms. What is there already is used again.
# SIDE (128, the generator's), SEEDS ("1 2 3 4 5"), STEPS (300), WEAKENING (600 steps), READERS (steps, their own), PHANTOMS (2000), COMPARED (128)
# and WORK can be set.
set -eu
cd "$(dirname "$0")/.."
side=${SIDE:-128}
seeds=${SEEDS:-1 2 3 4 5}
steps=${STEPS:-300}
phantoms=${PHANTOMS:-2000}
compared=${COMPARED:-128}
work=${WORK:-.work/tuning-$side}
templates=native/src/main/resources/dev/synthorax/training
bundled=server/src/main/resources/models/cxr-mini

shards() { # NAME FIRST_SEED COUNT
  if [ ! -d "$work/$1" ]; then
    ./synthorax phantom --count "$3" --seed "$2" --size "$side" --format shards --out "$work/$1"
  fi
}
settings() { # RECIPE FOLDER SED_EXPRESSION
  if [ ! -f "$2/recipe.json" ]; then
    mkdir -p "$2"
    sed "$3" "$templates/$1/recipe.json" > "$2/recipe.json"
  fi
}
reader() { # NAME RECIPE SHARDS
  if [ ! -f "$work/$1/1/model.onnx" ]; then
    settings "$2" "$work/$1-work" "${READERS:+s/\"steps\": [0-9]*/\"steps\": $READERS/}"
    ./synthorax trainer "$2" --shards "$work/$3" --work "$work/$1-work" --out "$work/$1"
  fi
}
tune() { # RECIPE OUT BASE SHARDS SED_EXPRESSION [MODEL_OPTIONS...]
  recipe=$1 out=$2 base=$3 samples=$4 expression=$5
  shift 5
  if [ ! -d "$work/$out" ]; then
    settings "$recipe" "$work/$out-work" "$expression"
    ./synthorax trainer "$recipe" --shards "$work/$samples" --model base="$base" "$@" --work "$work/$out-work" --out "$work/$out"
  fi
}

shards rater-phantoms 1000000 "$phantoms" # judge seeds
shards proxy-phantoms 3000000 "$phantoms"
shards right 3100000 "$((phantoms / 2))"
reader rater-classifier classifier rater-phantoms
reader rater-segmenter segmenter rater-phantoms
reader proxy classifier proxy-phantoms

if [ ! -d "$work/wrong" ]; then
  ./synthorax bench tuning weaken --first-seed 3300000 --count "$phantoms" --side "$side" --out "$work/wrong"
fi
plain='s/"proxyWeight": [0-9.]*/"proxyWeight": 0.0/'
tune proxy weak "$bundled" wrong \
  "$plain; s/\"steps\": [0-9]*/\"steps\": ${WEAKENING:-600}/; s/\[\"unet\"\]/[\"unet\", \"controlnet\"]/; s/5e-5/3e-4/" --model proxy="$work/proxy"

raters="--classifier $work/rater-classifier --segmenter $work/rater-segmenter"
if [ ! -d "$work/rated" ]; then
  mkdir -p "$work/rated-models"
  cp -r "$work/weak" "$work/rated-models/weak"
  ./synthorax bench tuning rate --models "$work/rated-models" $raters --model weak --first-seed 3200000 --count "$compared" --out "$work/rated"
fi
for arm in proxy plain preference; do
  mkdir -p "$work/$arm-models"
  [ -d "$work/$arm-models/weak" ] || cp -r "$work/weak" "$work/$arm-models/weak"
  tuned=
  for seed in $seeds; do
    chosen="s/\"seed\": [0-9]*/\"seed\": $seed/; s/\"steps\": [0-9]*/\"steps\": $steps/"
    case $arm in
      proxy) tune proxy "$arm-models/seed-$seed" "$work/weak" right "$chosen" --model proxy="$work/proxy" ;;
      plain) tune proxy "$arm-models/seed-$seed" "$work/weak" right "$chosen; $plain" --model proxy="$work/proxy" ;;
      preference) tune preference "$arm-models/seed-$seed" "$work/weak" rated "$chosen; s/\[\"controlnet\"\]/[\"unet\", \"controlnet\"]/" ;;
    esac
    rm -rf "$work/$arm-models/seed-$seed-work"
    tuned="$tuned seed-$seed"
  done
  echo "== $arm"
  ./synthorax bench tuning compare --models "$work/$arm-models" $raters --base weak --tuned $tuned --first-seed 2900000 --count "$compared"
done
