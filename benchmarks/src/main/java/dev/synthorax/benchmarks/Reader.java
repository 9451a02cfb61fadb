package dev.synthorax.benchmarks;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
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

  private final Backend backend; // owned
  private final DeviceStream stream; // owned
  private final Plan plan; // owned
  private final ExecutionContext context; // owned
  private final List<String> labels;

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

  /**
   * Reads images of the network's size.
   *
   * @return logits of each image: {@code [labels]} or {@code [labels, height, width]}, flat
   */
  List<float[]> read(List<GrayImage> images) {
    var results = new ArrayList<float[]>(images.size());
    MemorySegment input = context.buffer("image").host();
    MemorySegment output = context.buffer("logits").host();
    int size = Math.toIntExact(output.byteSize() / Float.BYTES / ROWS);
    for (int from = 0; from < images.size(); from += ROWS) {
      int count = Math.min(ROWS, images.size() - from);
      for (int row = 0; row < count; row++) {
        byte[] pixels = images.get(from + row).toBytes();
        for (int i = 0; i < pixels.length; i++) {
          float value = Byte.toUnsignedInt(pixels[i]) / 127.5f - 1;
          input.setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * pixels.length + i, value);
        }
      }
      context.enqueue(stream);
      for (int row = 0; row < count; row++) {
        float[] logits = new float[size];
        MemorySegment.copy(
            output, ValueLayout.JAVA_FLOAT, (long) row * size * Float.BYTES, logits, 0, size);
        results.add(logits);
      }
    }
    return results;
  }

  /** One structure of a segmenter's answer. */
  BinaryMask mask(float[] logits, String label, int width, int height) {
    int area = width * height;
    int offset = index(label) * area;
    byte[] cells = new byte[area];
    for (int i = 0; i < area; i++) {
      cells[i] = (byte) (logits[offset + i] > 0 ? 1 : 0);
    }
    return BinaryMask.of(width, height, cells);
  }

  /** One finding of a classifier's answer. */
  double score(float[] logits, String label) {
    return logits[index(label)];
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
