package dev.synthorax.benchmarks.judges;

import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.metrics.Overlap;
import java.util.ArrayList;
import java.util.List;

/**
 * A simulated reader of images that were drawn for phantoms. It knows what the phantom shows, and
 * gives two scores of 0 to 5, whole numbers as people do:
 *
 * <ul>
 *   <li>by the text, five times the mean, over the classifier's labels, of the probability that the
 *       classifier gives to what is true of the phantom;
 *   <li>by the masks, five times the mean Dice of the segmenter's and the phantom's mask, over the
 *       structures that the phantom has.
 * </ul>
 */
record PhantomRater(Reader classifier, Reader segmenter) {
  static final int BEST = 5;

  /** Scores of one image, as shares of the best. */
  record Rating(double text, double mask) {
    int textScore() {
      return Math.toIntExact(Math.round(BEST * text));
    }

    int maskScore() {
      return Math.toIntExact(Math.round(BEST * mask));
    }

    /** Both together, as the rater would choose between two images. */
    int sum() {
      return textScore() + maskScore();
    }
  }

  /** One rating an image. */
  List<Rating> rate(List<Sample> phantoms, List<GrayImage> images) {
    List<Reader.Reading> findings = classifier.read(images);
    List<Reader.Reading> structures = segmenter.read(images);
    var ratings = new ArrayList<Rating>();
    for (int i = 0; i < images.size(); i++) {
      ratings.add(
          new Rating(
              byText(phantoms.get(i), findings.get(i)),
              byMasks(phantoms.get(i), structures.get(i))));
    }
    return ratings;
  }

  private double byText(Sample phantom, Reader.Reading reading) {
    double sum = 0;
    for (String label : classifier.labels()) {
      String name = Finding.ofWireName(label).label();
      boolean there = phantom.info().labels().get(name) == Label.POSITIVE;
      double probability = 1 / (1 + Math.exp(-classifier.score(reading, label)));
      sum += there ? probability : 1 - probability;
    }
    return sum / classifier.labels().size();
  }

  private double byMasks(Sample phantom, Reader.Reading reading) {
    double sum = 0;
    int count = 0;
    for (Structure structure : Structure.CHANNELS) {
      BinaryMask truth = phantom.mask(structure);
      if (truth.area() > 0) {
        BinaryMask found =
            segmenter.mask(reading, structure.wireName(), truth.width(), truth.height());
        sum += Overlap.dice(truth, found);
        count++;
      }
    }
    return count == 0 ? 0 : sum / count;
  }
}
