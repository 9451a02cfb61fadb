package dev.synthorax.client.generation;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.ReadingClient;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.MaskImage;
import dev.synthorax.client.metrics.EmptyPolicy;
import dev.synthorax.client.metrics.Overlap;
import dev.synthorax.proto.v1.ClassificationSpec;
import dev.synthorax.proto.v1.ClassifiedFinding;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.Radiograph;
import dev.synthorax.proto.v1.ReaderModel;
import dev.synthorax.proto.v1.ReadingTask;
import dev.synthorax.proto.v1.SegmentationSpec;
import dev.synthorax.proto.v1.SegmentedStructure;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A model that reads images in place of a radiologist and says how well they show what was asked
 * for: a classifier by findings, a segmenter by the masks of the request. The lower its loss, the
 * better.
 *
 * <p><b>Ownership:</b> borrows the client's calls. <b>Threading:</b> any thread.
 *
 * @see <a href="https://arxiv.org/abs/2411.18602">the proxy model of the paper</a>
 */
public final class Proxy {
  private static final double LEAST_PROBABILITY = 1e-6; // keeps a loss finite
  private static final int MAX_SIDE = 4096; // of a mask

  private final ReadingClient reading;
  private final Model model;
  private final Map<String, Boolean> findings; // empty: it is masks that are compared

  private Proxy(ReadingClient reading, Model model, Map<String, Boolean> findings) {
    this.reading = reading;
    this.model = model;
    this.findings = findings;
  }

  /**
   * A proxy.
   *
   * @param reading calls of the server that has it
   * @param model as the server describes it
   * @param findings for a classifier: what an image is to show (true) and not to show (false), at
   *     least one; for a segmenter none
   * @throws IllegalArgumentException if the model reads no radiographs, the findings do not fit to
   *     its task, or it does not know one of them; one line
   */
  public static Proxy of(ReadingClient reading, Model model, Map<String, Boolean> findings) {
    requireNonNull(reading, "reading");
    ReaderModel reader = model.getPlain().getReader();
    boolean classifier = reader.getTask() == ReadingTask.READING_TASK_CLASSIFICATION;
    if (!classifier && reader.getTask() != ReadingTask.READING_TASK_SEGMENTATION) {
      throw new IllegalArgumentException(
          model.getName() + ": reads no radiographs (expected: a classifier or a segmenter)");
    }
    if (classifier == findings.isEmpty()) {
      throw new IllegalArgumentException(
          model.getName()
              + (classifier
                  ? ": a classifier, and nothing that images are to show (expected: findings)"
                  : ": a segmenter, which knows no findings (expected: masks alone)"));
    }
    for (String finding : findings.keySet()) {
      if (!reader.getLabelsList().contains(finding)) {
        throw new IllegalArgumentException(
            "%s: does not know %s (expected: %s)"
                .formatted(model.getName(), finding, String.join(", ", reader.getLabelsList())));
      }
    }
    return new Proxy(reading, model, Map.copyOf(findings));
  }

  /** Returns the model that reads. */
  public Model model() {
    return model;
  }

  /**
   * Checks that it can compare what a request asks for.
   *
   * @param structures of the request's masks
   * @throws IllegalArgumentException if it marks none of them, though it is masks that it compares
   */
  public void requireComparable(List<String> structures) {
    ReaderModel known = model.getPlain().getReader();
    if (findings.isEmpty() && structures.stream().noneMatch(known.getLabelsList()::contains)) {
      throw new IllegalArgumentException(
          "%s: marks none of the request's masks%s (expected: a mask of %s)"
              .formatted(
                  model.getName(),
                  structures.isEmpty() ? ", which has none" : ", " + String.join(", ", structures),
                  String.join(", ", known.getLabelsList())));
    }
  }

  /**
   * Has an image read.
   *
   * @return 0 where it shows just what was asked for: of findings their mean cross-entropy, of
   *     masks one minus their mean Dice coefficient
   * @throws dev.synthorax.client.SynthoraxException what the server answered
   */
  public double loss(MadeImage image) {
    return findings.isEmpty() ? ofMasks(image) : ofFindings(image);
  }

  private double ofFindings(MadeImage image) {
    var asked =
        ClassificationSpec.newBuilder()
            .setModel(model.getName())
            .setModelVersion(model.getVersion())
            .setImage(radiograph(image))
            .build();
    double loss = 0;
    for (ClassifiedFinding said : reading.classify(asked).getFindingsList()) {
      Boolean wanted = findings.get(said.getFinding());
      if (wanted != null) {
        double right = wanted ? said.getProbability() : 1 - said.getProbability();
        loss -= Math.log(Math.max(right, LEAST_PROBABILITY));
      }
    }
    return loss / findings.size();
  }

  private double ofMasks(MadeImage image) {
    List<StructureMask> wanted = new ArrayList<>(image.request().getMasksList());
    wanted.removeIf(
        mask -> !model.getPlain().getReader().getLabelsList().contains(mask.getStructure()));
    var asked =
        SegmentationSpec.newBuilder()
            .setModel(model.getName())
            .setModelVersion(model.getVersion())
            .setImage(radiograph(image))
            .addAllStructures(wanted.stream().map(StructureMask::getStructure).toList())
            .build();
    List<SegmentedStructure> marked = reading.segment(asked).getStructuresList();
    double dice = 0;
    for (int i = 0; i < wanted.size(); i++) {
      dice +=
          Overlap.dice(
              mask(wanted.get(i).getPng().toByteArray()).resize(image.width(), image.height()),
              mask(marked.get(i).getPng().toByteArray()),
              EmptyPolicy.PERFECT);
    }
    return 1 - dice / wanted.size();
  }

  private static Radiograph radiograph(MadeImage image) {
    return Radiograph.newBuilder().setPng(image.png()).build();
  }

  private static BinaryMask mask(byte[] png) {
    try {
      return MaskImage.decode(png, MAX_SIDE);
    } catch (IOException e) {
      throw new IllegalStateException("a mask that was sent, or answered, is none", e);
    }
  }
}
