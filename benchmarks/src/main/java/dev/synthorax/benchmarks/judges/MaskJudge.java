package dev.synthorax.benchmarks.judges;

import dev.synthorax.benchmarks.judges.Generator.Told;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.metrics.Overlap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Dice of a segmenter's masks and the masks that images were made from. Beside stand the phantoms
 * themselves, which bound what the segmenter can find, and the same images against the next
 * phantom's mask: patients are alike, so what anatomy alone gives is not the mask's work.
 */
record MaskJudge(Reader segmenter) {

  Verdict judge(Generator generator, List<Sample> samples) throws IOException {
    var next = new ArrayList<Sample>(samples);
    Collections.rotate(next, -1);
    List<Reader.Reading> real = read(samples.stream().map(Sample::image).toList());
    List<Reader.Reading> fromMasks = read(generator.draw(samples, Told.MASKS));
    List<Reader.Reading> fromBoth = read(generator.draw(samples, Told.BOTH));
    var verdict =
        new Verdict.Builder(
            "Dice of segmenter and mask, " + samples.size() + " phantoms",
            "structure",
            "films with it",
            "phantoms",
            "from masks",
            "from masks and text",
            "from masks, next mask");
    for (Structure structure : Structure.CHANNELS) {
      double masks = dice(samples, fromMasks, structure);
      double both = dice(samples, fromBoth, structure);
      double chance = dice(next, fromMasks, structure);
      verdict.row(
          structure.wireName(),
          Long.toString(samples.stream().filter(s -> s.mask(structure).area() > 0).count()),
          Verdict.number(dice(samples, real, structure)),
          Verdict.number(masks),
          Verdict.number(both),
          Verdict.number(chance));
      verdict.figure("dice." + structure.wireName(), masks);
      verdict.figure("dice_with_text." + structure.wireName(), both);
      verdict.figure("dice_of_next." + structure.wireName(), chance);
    }
    return verdict.build();
  }

  private List<Reader.Reading> read(List<GrayImage> images) {
    return segmenter.read(images);
  }

  /** Mean over the samples that have the structure. */
  private double dice(List<Sample> samples, List<Reader.Reading> readings, Structure structure) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < samples.size(); i++) {
      BinaryMask truth = samples.get(i).mask(structure);
      if (truth.area() > 0) {
        BinaryMask found =
            segmenter.mask(readings.get(i), structure.wireName(), truth.width(), truth.height());
        sum += Overlap.dice(truth, found);
        count++;
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }
}
