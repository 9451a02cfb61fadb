package dev.synthorax.server.reading;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.proto.inference.ModelDynamicBatching;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.plain.GivenAnswer;
import dev.synthorax.server.plain.PlainAnswer;
import dev.synthorax.server.plain.PlainCall;
import dev.synthorax.server.plain.PlainDescription;
import dev.synthorax.server.plain.PlainListener;
import dev.synthorax.server.plain.PlainRequest;
import dev.synthorax.server.plain.ReaderSpec;
import dev.synthorax.server.plain.ReaderSpec.Task;
import dev.synthorax.server.repository.LeasedModel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A segmenter of "bright" and "dark", 4 pixels a side, and a classifier of "white" and "black",
 * whose logits are the image's values, -1..1, times 10, and those with the other sign. They answer
 * when a test says.
 */
final class FakeReaders implements Readers.Source {
  static final int SIDE = 4;

  private final AtomicInteger leases = new AtomicInteger();
  private final AtomicInteger answers = new AtomicInteger();
  private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
  private volatile boolean hold;

  /** A request that the model has not answered. */
  final class Waiting implements PlainCall {
    final PlainRequest request;
    private final Task task;
    private final PlainListener listener;
    private final AtomicBoolean told = new AtomicBoolean();

    private Waiting(PlainRequest request, Task task, PlainListener listener) {
      this.request = request;
      this.task = task;
      this.listener = listener;
    }

    void answer() {
      if (told.compareAndSet(false, true)) {
        listener.answered(read(request, task));
      }
    }

    void fail(RuntimeException reason) {
      if (told.compareAndSet(false, true)) {
        listener.failed(reason);
      }
    }

    @Override
    public void cancel() {
      fail(new ServerException(ServerReason.CANCELLED, "the caller left"));
    }
  }

  /** Requests wait until a test answers them. */
  void hold() {
    hold = true;
  }

  /** The next request that waits. */
  Waiting next() throws InterruptedException {
    Waiting next = waiting.poll(60, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no request came");
    }
    return next;
  }

  /** Leases and answers that are not given back. */
  int live() {
    return leases.get() + answers.get();
  }

  @Override
  public LeasedModel acquire(Task task, String name, String version) {
    if (name.equals("nobody")) {
      throw new ServerException(ServerReason.MODEL_NOT_FOUND, "model: nobody", name);
    }
    leases.incrementAndGet();
    var ended = new AtomicBoolean();
    return new LeasedModel(
        description(task),
        (request, listener) -> infer(request, task, listener),
        () -> {
          throw new AssertionError("nobody asks for statistics");
        },
        System::nanoTime,
        () -> {
          if (ended.compareAndSet(false, true)) {
            leases.decrementAndGet();
          }
        });
  }

  private PlainCall infer(PlainRequest request, Task task, PlainListener listener) {
    var call = new Waiting(request, task, listener);
    if (hold) {
      waiting.add(call);
    } else {
      call.answer();
    }
    return call;
  }

  private PlainAnswer read(PlainRequest request, Task task) {
    float[] image = request.inputs().getFirst().bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    int values =
        switch (task) {
          case SEGMENTATION -> image.length;
          case CLASSIFICATION -> 1;
        };
    float[] logits = new float[2 * values];
    for (int i = 0; i < image.length; i++) {
      logits[i % values] += 10 * image[i] * values / image.length;
    }
    for (int i = 0; i < values; i++) {
      logits[values + i] = -logits[i];
    }
    answers.incrementAndGet();
    var output = new HostTensor("logits", DataType.FP32, List.of(), MemorySegment.ofArray(logits));
    return GivenAnswer.of(List.of(output), answers::decrementAndGet);
  }

  private static PlainDescription description(Task task) {
    List<String> labels =
        switch (task) {
          case SEGMENTATION -> List.of("bright", "dark");
          case CLASSIFICATION -> List.of("white", "black");
        };
    List<Long> output =
        switch (task) {
          case SEGMENTATION -> List.of(-1L, 2L, (long) SIDE, (long) SIDE);
          case CLASSIFICATION -> List.of(-1L, 2L);
        };
    return new PlainDescription(
        "fake",
        3,
        ModelConfig.newBuilder()
            .setMaxBatchSize(8)
            .setDynamicBatching(
                ModelDynamicBatching.newBuilder().setPriorityLevels(3).setDefaultPriorityLevel(2))
            .build(),
        List.of(new TensorSpec("image", DataType.FP32, List.of(-1L, 1L, (long) SIDE, (long) SIDE))),
        List.of(new TensorSpec("logits", DataType.FP32, output)),
        Map.of("logits", labels),
        "fake 1",
        new ReaderSpec(task, labels, "image", "logits", 1, SIDE, SIDE, -1, 1, true),
        List.of());
  }
}
