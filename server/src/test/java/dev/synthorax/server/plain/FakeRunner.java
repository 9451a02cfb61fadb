package dev.synthorax.server.plain;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.InferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/** Adds one to each row; a test can hold its runs, break them and count them. */
final class FakeRunner implements BatchRunner {
  /** A row that the network cannot bear. */
  static final float POISON = -1;

  /** A row at which the device is lost. */
  static final float FATAL = -2;

  /** A row at which the memory of the process ends. */
  static final float GREEDY = -3;

  private final List<List<Float>> runs = new CopyOnWriteArrayList<>();
  private final Semaphore started = new Semaphore(0);
  private final Semaphore permits;
  private List<CheckedRequest> loaded = List.of();
  private volatile boolean closed;

  FakeRunner() {
    this(new Semaphore(1_000_000));
  }

  /** Every run waits for one of the permits. */
  FakeRunner(Semaphore permits) {
    this.permits = permits;
  }

  /** Rows of every run. */
  List<List<Float>> runs() {
    return runs;
  }

  /** Waits until so many runs have begun. */
  void awaitRuns(int count) {
    started.acquireUninterruptibly(count);
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void load(List<CheckedRequest> batch, int rows) {
    loaded = batch;
  }

  @Override
  public void compute() {
    var rows = new ArrayList<Float>();
    for (CheckedRequest request : loaded) {
      for (float value : Requests.values(request.inputs().getFirst())) {
        rows.add(value);
      }
    }
    runs.add(rows);
    started.release();
    permits.acquireUninterruptibly();
    if (rows.contains(POISON)) {
      throw new InferenceException(ErrorReason.BACKEND_FAILURE, "the fake fails as told");
    }
    if (rows.contains(FATAL)) {
      throw new InferenceException(ErrorReason.DEVICE_LOST, "the fake's device is lost");
    }
    if (rows.contains(GREEDY)) {
      throw new OutOfMemoryError("as told");
    }
  }

  @Override
  public List<HostTensor> unload(CheckedRequest request, int firstRow) {
    float[] own = Requests.values(request.inputs().getFirst());
    List<Float> all = runs.getLast();
    for (int i = 0; i < own.length; i++) {
      own[i] = all.get(firstRow + i) + 1;
    }
    return List.of(Requests.floats("y", List.of((long) own.length, 1L), own));
  }

  @Override
  public void finish() {
    loaded = List.of();
  }

  @Override
  public void close() {
    closed = true;
  }
}
