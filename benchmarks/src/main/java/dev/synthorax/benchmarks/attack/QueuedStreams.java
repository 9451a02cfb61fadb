package dev.synthorax.benchmarks.attack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Streams that wait and run on a server, and how many denoising steps they tell of.
 *
 * <p><b>Ownership:</b> owns its channels.
 *
 * <p><b>Threading:</b> any thread; guarded by its own monitor.
 */
final class QueuedStreams implements AutoCloseable {
  private static final int STREAMS_PER_CONNECTION = 256;

  private final AttackedServer server;
  private final boolean again;
  private final IntFunction<GenerationSpec> specs;
  private final List<ManagedChannel> channels = new ArrayList<>();

  @GuardedBy("this")
  private int next;

  @GuardedBy("this")
  private long steps;

  @GuardedBy("this")
  private int told;

  @GuardedBy("this")
  private int ended;

  private volatile boolean closed;

  /**
   * Opens them.
   *
   * @param again whether a stream that ends well is followed by the next
   * @param specs of request 0, 1, 2 and so on
   */
  QueuedStreams(
      AttackedServer server, int streams, boolean again, IntFunction<GenerationSpec> specs) {
    this.server = server;
    this.again = again;
    this.specs = specs;
    for (int i = 0; i < streams; i++) {
      if (i % STREAMS_PER_CONNECTION == 0) {
        channels.add(Wire.channel(server.target()));
      }
      open(channels.getLast());
    }
  }

  private void open(ManagedChannel channel) {
    byte[] request = server.request(specs.apply(take()));
    ClientCall<byte[], byte[]> call = channel.newCall(Wire.GENERATE_STREAM, CallOptions.DEFAULT);
    call.start(new Listener(channel, call), new Metadata());
    call.request(1);
    call.sendMessage(request);
    call.halfClose();
  }

  private synchronized int take() {
    return next++;
  }

  /** Denoising steps told of so far, over all streams. */
  synchronized long steps() {
    return steps;
  }

  /** Streams that were let in so far. */
  synchronized int letIn() {
    return told;
  }

  /** Streams that ended so far. */
  synchronized int ended() {
    return ended;
  }

  /** Steps a second over some time. */
  double stepsPerSecond(java.time.Duration time) throws InterruptedException {
    long startNanos = System.nanoTime();
    long before = steps();
    Thread.sleep(time);
    return (steps() - before) / ((System.nanoTime() - startNanos) / 1e9);
  }

  /** Waits until that many are in, at most a minute. */
  void awaitLetIn(int count) throws InterruptedException {
    long endNanos = System.nanoTime() + 60_000_000_000L;
    while (letIn() < count && System.nanoTime() < endNanos) {
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    closed = true;
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private final class Listener extends ClientCall.Listener<byte[]> {
    private final ManagedChannel channel;
    private final ClientCall<byte[], byte[]> call;
    private int done;
    private boolean in;

    private Listener(ManagedChannel channel, ClientCall<byte[], byte[]> call) {
      this.channel = channel;
      this.call = call;
    }

    @Override
    public void onMessage(byte[] event) {
      int now = Wire.stepsDone(event);
      synchronized (QueuedStreams.this) {
        told += in ? 0 : 1;
        in = true;
        steps += Math.max(0, now - done);
      }
      done = Math.max(done, now);
      call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      synchronized (QueuedStreams.this) {
        ended++;
      }
      if (again && status.isOk() && !closed) {
        open(channel);
      }
    }
  }
}
