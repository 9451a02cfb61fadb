package dev.synthorax.server.inference;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.measure.Histogram;
import dev.synthorax.server.plain.GivenAnswer;
import dev.synthorax.server.plain.PlainAnswer;
import dev.synthorax.server.plain.PlainCall;
import dev.synthorax.server.plain.PlainDescription;
import dev.synthorax.server.plain.PlainListener;
import dev.synthorax.server.plain.PlainRequest;
import dev.synthorax.server.plain.PlainStatistics;
import dev.synthorax.server.plain.PlainStatistics.Batch;
import dev.synthorax.server.plain.PlainStatistics.Failures;
import dev.synthorax.server.plain.PlainStatistics.Tally;
import dev.synthorax.server.repository.LeasedModel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One model, "echo", version 3, that gives its inputs back; when and how a test says. Other names
 * are looked up elsewhere.
 */
final class FakeModels implements LeasedModel.Source {
  static final String NAME = "echo";

  private final LeasedModel.Source others;
  private final AtomicInteger leases = new AtomicInteger();
  private final AtomicInteger answers = new AtomicInteger();
  private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
  private volatile boolean hold;
  private volatile @Nullable RuntimeException failure;

  FakeModels(LeasedModel.Source others) {
    this.others = others;
  }

  /** A request that the model has not answered. */
  final class Waiting implements PlainCall {
    final PlainRequest request;
    private final PlainListener listener;
    private boolean told;

    private Waiting(PlainRequest request, PlainListener listener) {
      this.request = request;
      this.listener = listener;
    }

    private synchronized boolean first() {
      boolean first = !told;
      told = true;
      return first;
    }

    void answer() {
      if (first()) {
        listener.answered(echo(request));
      }
    }

    void fail(RuntimeException reason) {
      if (first()) {
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

  /** Requests fail at once, with this. */
  void failWith(RuntimeException reason) {
    failure = reason;
  }

  /** Requests are answered at once, as at first. */
  void letGo() {
    hold = false;
    failure = null;
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
  public LeasedModel acquire(String name, String version) {
    if (!name.equals(NAME)) {
      return others.acquire(name, version);
    }
    if (!version.isEmpty() && !version.equals("3")) {
      throw new ServerException(
          ServerReason.MODEL_NOT_FOUND, "model echo: no version " + version, name);
    }
    leases.incrementAndGet();
    var ended = new AtomicInteger();
    return new LeasedModel(
        description(),
        this::infer,
        FakeModels::statistics,
        System::nanoTime,
        () -> {
          if (ended.getAndIncrement() == 0) {
            leases.decrementAndGet();
          }
        });
  }

  private PlainCall infer(PlainRequest request, PlainListener listener) {
    var call = new Waiting(request, listener);
    RuntimeException given = failure;
    if (given != null) {
      call.fail(given);
    } else if (hold) {
      waiting.add(call);
    } else {
      call.answer();
    }
    return call;
  }

  /** Each input is the output of its name, with bytes of its own. */
  private PlainAnswer echo(PlainRequest request) {
    var outputs = new ArrayList<HostTensor>();
    for (HostTensor input : request.inputs()) {
      if (request.outputs().isEmpty() || request.outputs().contains(input.name())) {
        byte[] bytes = input.bytes().toArray(ValueLayout.JAVA_BYTE);
        outputs.add(
            new HostTensor(
                input.name(), input.dataType(), input.shape(), MemorySegment.ofArray(bytes)));
      }
    }
    answers.incrementAndGet();
    return GivenAnswer.of(outputs, answers::decrementAndGet);
  }

  private static PlainDescription description() {
    return new PlainDescription(
        NAME,
        3,
        ModelConfig.newBuilder()
            .setName(NAME)
            .setPlatform("onnxruntime_onnx")
            .setMaxBatchSize(8)
            .build(),
        List.of(new TensorSpec("x", DataType.FP32, List.of(-1L, 4L))),
        List.of(new TensorSpec("x", DataType.FP32, List.of(-1L, 4L))),
        Map.of("x", List.of("left", "right", "both")),
        "fake 1",
        null,
        List.of());
  }

  private static PlainStatistics statistics() {
    return new PlainStatistics(
        1_000,
        5,
        2,
        new Tally(4, 40),
        new Tally(1, 10),
        new Tally(4, 41),
        new Tally(4, 42),
        new Tally(4, 43),
        new Tally(4, 44),
        new Tally(1, 45),
        new Tally(2, 46),
        List.of(new Batch(2, new Tally(1, 1), new Tally(1, 2), new Tally(1, 3))),
        new Failures(1, 0, 0, 0),
        0,
        Histogram.ofDurations().snapshot(),
        Histogram.ofDurations().snapshot());
  }
}
