package dev.synthorax.benchmarks.judges;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A network that reads radiographs, from the folder that {@code synthorax trainer segmenter} or
 * {@code classifier} wrote.
 *
 * <p><b>Ownership:</b> owns backend, stream, plan and context.
 *
 * <p><b>Threading:</b> one thread.
 */
final class Reader implements AutoCloseable {
  private static final int ROWS = 8;
  private static final String IMAGE = "image";
  private static final String FEATURES = "features";

  private final Backend backend; // owned
  private final DeviceStream stream; // owned
  private final Plan plan; // owned
  private final ExecutionContext context; // owned
  private final List<String> labels;

  /**
   * What the network says of an image.
   *
   * @param logits {@code [labels]} or {@code [labels, height, width]}, flat
   * @param features of the whole image; empty where the network gives none
   */
  @SuppressWarnings("ArrayRecordComponent") // numbers to read, never compared
  record Reading(float[] logits, float[] features) {}

  @SuppressWarnings("MustBeClosedChecker") // closed in close()
  private Reader(Path folder) throws IOException {
    this.labels = List.copyOf(Files.readAllLines(folder.resolve("labels.txt")));
    this.backend = Backends.open("onnxruntime-cpu");
    var device = backend.devices().getFirst();
    Path graph = folder.resolve("1").resolve("model.onnx");
    this.stream = backend.openStream(device);
    this.plan = backend.openPlan(PlanRequest.of(graph, device).withRowProfiles(List.of(ROWS)));
    this.context = plan.openContext(ROWS);
  }

  @MustBeClosed
  static Reader open(Path folder) throws IOException {
    return new Reader(folder);
  }

  /** What the outputs stand for, in order. */
  List<String> labels() {
    return labels;
  }

  /** Pixels a side of the images that it reads. */
  int side() {
    TensorSpec input = context.inputs().getFirst();
    return Math.toIntExact(input.shape().getLast());
  }

  /** Reads images, resized to the network's size where they have another. */
  List<Reading> read(List<GrayImage> images) {
    var results = new ArrayList<Reading>(images.size());
    MemorySegment input = context.buffer(IMAGE).host();
    boolean withFeatures =
        context.outputs().stream().anyMatch(output -> output.name().equals(FEATURES));
    int side = side();
    for (int from = 0; from < images.size(); from += ROWS) {
      int count = Math.min(ROWS, images.size() - from);
      for (int row = 0; row < count; row++) {
        byte[] pixels = images.get(from + row).resize(side, side).toBytes();
        for (int i = 0; i < pixels.length; i++) {
          float value = Byte.toUnsignedInt(pixels[i]) / 127.5f - 1;
          input.setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * pixels.length + i, value);
        }
      }
      context.enqueue(stream);
      for (int row = 0; row < count; row++) {
        results.add(
            new Reading(row("logits", row), withFeatures ? row(FEATURES, row) : new float[0]));
      }
    }
    return results;
  }

  private float[] row(String output, int row) {
    MemorySegment all = context.buffer(output).host();
    int size = Math.toIntExact(all.byteSize() / Float.BYTES / ROWS);
    float[] values = new float[size];
    MemorySegment.copy(
        all, ValueLayout.JAVA_FLOAT, (long) row * size * Float.BYTES, values, 0, size);
    return values;
  }

  /** One structure of a segmenter's answer, at some size. */
  BinaryMask mask(Reading reading, String label, int width, int height) {
    int side = side();
    int area = side * side;
    int offset = index(label) * area;
    byte[] cells = new byte[area];
    for (int i = 0; i < area; i++) {
      cells[i] = (byte) (reading.logits()[offset + i] > 0 ? 1 : 0);
    }
    return BinaryMask.of(side, side, cells).resize(width, height);
  }

  /** One label of a classifier's answer. */
  double score(Reading reading, String label) {
    return reading.logits()[index(label)];
  }

  private int index(String label) {
    int index = labels.indexOf(label);
    if (index < 0) {
      throw new IllegalArgumentException("label: " + label + " (expected: one of " + labels + ")");
    }
    return index;
  }

  @Override
  public void close() {
    context.close();
    plan.close();
    stream.close();
    backend.close();
  }
}
