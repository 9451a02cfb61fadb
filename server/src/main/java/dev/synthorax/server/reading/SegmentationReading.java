package dev.synthorax.server.reading;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.synthorax.proto.v1.Priority;
import dev.synthorax.proto.v1.Radiograph;
import dev.synthorax.proto.v1.Segmentation;
import dev.synthorax.proto.v1.SegmentationSpec;
import dev.synthorax.proto.v1.SegmentedStructure;
import dev.synthorax.server.grpc.FieldException;
import dev.synthorax.server.plain.PlainDescription;
import dev.synthorax.server.plain.ReaderSpec;
import dev.synthorax.server.png.PngEncoder;
import dev.synthorax.server.png.PngText;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Where structures lie in an image. */
record SegmentationReading(SegmentationSpec spec) implements Reading<Segmentation> {
  @Override
  public ReaderSpec.Task task() {
    return ReaderSpec.Task.SEGMENTATION;
  }

  @Override
  public String model() {
    return spec.getModel();
  }

  @Override
  public String version() {
    return spec.getModelVersion();
  }

  @Override
  public String requestId() {
    return spec.getRequestId();
  }

  @Override
  public Radiograph image() {
    return spec.getImage();
  }

  @Override
  public Priority priority() {
    return spec.getPriority();
  }

  private double threshold() {
    return Reading.threshold(spec.hasThreshold(), spec.getThreshold());
  }

  private List<String> structures(ReaderSpec reader) {
    return spec.getStructuresCount() == 0 ? reader.labels() : spec.getStructuresList();
  }

  @Override
  public void check(ReaderSpec reader) {
    var _ = threshold();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < spec.getStructuresCount(); i++) {
      String structure = spec.getStructures(i);
      String field = "structures[" + i + "]";
      if (!reader.labels().contains(structure)) {
        throw FieldException.invalid(
            field,
            "%s (expected: one of %s)".formatted(structure, String.join(", ", reader.labels())));
      }
      if (!seen.add(structure)) {
        throw FieldException.invalid(field, structure + ", again (expected: each at most once)");
      }
    }
  }

  @Override
  public long answerBytes(ReaderSpec reader, int width, int height) {
    long mask = PngEncoder.maxBytes(width, height, 1) + (long) width * height / Byte.SIZE;
    long probabilities =
        spec.getProbabilities()
            ? PngEncoder.maxBytes(width, height, Byte.SIZE) + (long) width * height
            : 0;
    return structures(reader).size() * (mask + probabilities);
  }

  @Override
  public Segmentation answer(PlainDescription model, Framing framing, float[] output) {
    ReaderSpec reader = framing.reader();
    var answer =
        Segmentation.newBuilder()
            .setModel(model.name())
            .setModelVersion(Long.toString(model.version()))
            .setWidth(framing.width())
            .setHeight(framing.height())
            .setThreshold(threshold());
    double[] plane = new double[reader.width() * reader.height()];
    for (String structure : structures(reader)) {
      int from = reader.labels().indexOf(structure) * plane.length;
      for (int i = 0; i < plane.length; i++) {
        plane[i] = reader.probability(output[from + i]);
      }
      answer.addStructures(structure(structure, framing, plane));
    }
    return answer.build();
  }

  private SegmentedStructure structure(String name, Framing framing, double[] plane) {
    var mask = new Mask(framing.width(), framing.height(), threshold(), spec.getProbabilities());
    framing.restore(plane, mask);
    return mask.write(name);
  }

  /** What the rows of one structure become. */
  private static final class Mask implements Framing.RowConsumer {
    private final int width;
    private final int height;
    private final double threshold;
    private final int stride;
    private final byte[] bits;
    private final byte[] levels; // empty: nobody asked
    private long area;

    private Mask(int width, int height, double threshold, boolean probabilities) {
      this.width = width;
      this.height = height;
      this.threshold = threshold;
      stride = (width + 7) / Byte.SIZE;
      bits = new byte[stride * height];
      levels = new byte[probabilities ? width * height : 0];
    }

    @Override
    public void accept(int y, double[] row) {
      for (int x = 0; x < width; x++) {
        if (row[x] >= threshold) {
          bits[y * stride + x / Byte.SIZE] |= (byte) (0x80 >> x % Byte.SIZE);
          area++;
        }
      }
      for (int x = 0; x < width && levels.length > 0; x++) {
        levels[y * width + x] = (byte) Math.clamp(Math.round(255 * row[x]), 0, 255);
      }
    }

    private SegmentedStructure write(String name) {
      var structure =
          SegmentedStructure.newBuilder().setStructure(name).setArea(area).setPng(png(bits, 1));
      if (levels.length > 0) {
        structure.setProbabilitiesPng(png(levels, Byte.SIZE));
      }
      return structure.build();
    }

    private ByteString png(byte[] samples, int bitDepth) {
      byte[] png = PngEncoder.encode(samples, width, height, bitDepth, PngText.NONE);
      return UnsafeByteOperations.unsafeWrap(png); // nobody else has it
    }
  }
}
