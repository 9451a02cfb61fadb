package dev.synthorax.server.plain;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs graphs whose dims are known but for the batch: requests go straight into bound buffers, one
 * copy in and one out. A few contexts are kept, those used last.
 */
final class BoundRunner implements BatchRunner {
  /** Contexts that are kept open where row counts are free. */
  static final int MAX_CONTEXTS = 8;

  private final Backend backend;
  private final Plan plan;
  private final PlainDescription description;
  private final RowSizes sizes;
  private final DeviceStream stream;
  private final Map<Integer, BoundContext> contexts = new LinkedHashMap<>(16, 0.75f, true);
  private @Nullable BoundContext loaded;

  /** Opens a stream; contexts follow when they are needed. */
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // closed in close()
  BoundRunner(
      Backend backend, Plan plan, Device device, PlainDescription description, RowSizes sizes) {
    this.backend = backend;
    this.plan = plan;
    this.description = description;
    this.sizes = sizes;
    this.stream = backend.openStream(device);
  }

  @Override
  public void load(List<CheckedRequest> batch, int rows) {
    BoundContext context = context(sizes.fit(rows));
    for (int input = 0; input < description.inputs().size(); input++) {
      MemorySegment to = context.bytes(description.inputs().get(input).name());
      long at = 0;
      for (CheckedRequest request : batch) {
        MemorySegment from = request.inputs().get(input).bytes();
        MemorySegment.copy(from, 0, to, at, from.byteSize());
        at += from.byteSize();
      }
      to.asSlice(at).fill((byte) 0);
    }
    loaded = context;
  }

  @SuppressWarnings("MustBeClosed") // closed in close(), or by the one that takes its place
  private BoundContext context(int rows) {
    BoundContext known = contexts.get(rows);
    if (known == null) {
      dropOldest();
      known = new BoundContext(backend, plan.openContext(shapes(rows)));
      contexts.put(rows, known);
    }
    return known;
  }

  private void dropOldest() {
    int most = Math.max(MAX_CONTEXTS, sizes.counts().size());
    Iterator<BoundContext> oldest = contexts.values().iterator();
    while (contexts.size() >= most) {
      BoundContext dropped = oldest.next();
      oldest.remove();
      dropped.close();
    }
  }

  private Map<String, List<Long>> shapes(int rows) {
    var shapes = new HashMap<String, List<Long>>();
    description.inputs().forEach(spec -> shapes.put(spec.name(), shape(spec, rows)));
    description.outputs().forEach(spec -> shapes.put(spec.name(), shape(spec, rows)));
    return shapes;
  }

  private List<Long> shape(TensorSpec spec, int rows) {
    return description.maxBatchSize() == 0 ? spec.shape() : spec.withRows(rows).shape();
  }

  @Override
  public void compute() {
    requireNonNull(loaded, "loaded").run(stream);
  }

  @Override
  public List<HostTensor> unload(CheckedRequest request, int firstRow) {
    BoundContext context = requireNonNull(loaded, "loaded");
    var outputs = new ArrayList<HostTensor>(request.outputs().size());
    for (String name : request.outputs()) {
      TensorSpec spec = context.output(name);
      MemorySegment all = context.bytes(name);
      if (description.maxBatchSize() == 0) {
        outputs.add(new HostTensor(name, spec.dataType(), spec.shape(), AnswerBytes.copy(all)));
      } else {
        long rowBytes = all.byteSize() / spec.shape().getFirst();
        outputs.add(
            new HostTensor(
                name,
                spec.dataType(),
                AnswerBytes.withRows(spec.shape(), request.rows()),
                AnswerBytes.copy(all.asSlice(firstRow * rowBytes, request.rows() * rowBytes))));
      }
    }
    return outputs;
  }

  @Override
  public void finish() {
    loaded = null;
  }

  @Override
  public void close() {
    try (stream) {
      contexts.values().forEach(BoundContext::close);
      contexts.clear();
    }
  }
}
