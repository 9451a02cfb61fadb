package dev.synthorax.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Spreads calls over several servers: each goes to the server with the fewest calls under way, so
 * that a faster server is given more. A server that is not connected, or that answered a call with
 * UNAVAILABLE or RESOURCE_EXHAUSTED less than {@link #REST} ago, is asked only where all are so:
 * the next try of a failed call goes to another one.
 *
 * <p><b>Ownership:</b> borrows its channels.
 *
 * <p><b>Threading:</b> any thread.
 */
final class BalancedChannel extends Channel {
  static final Duration REST = Duration.ofSeconds(1);

  private final List<Server> servers;
  private final LongSupplier nanoClock;
  private final AtomicInteger turn = new AtomicInteger();

  BalancedChannel(List<ManagedChannel> channels, LongSupplier nanoClock) {
    this.servers = channels.stream().map(Server::new).toList();
    this.nanoClock = nanoClock;
  }

  @Override
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    Server server = pick();
    return new SimpleForwardingClientCall<>(server.channel.newCall(method, options)) {
      @Override
      public void start(Listener<R> listener, Metadata headers) {
        server.underWay.incrementAndGet();
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                server.underWay.decrementAndGet();
                if (status.getCode() == Status.Code.UNAVAILABLE
                    || status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
                  server.restUntil(nanoClock.getAsLong() + REST.toNanos());
                }
                super.onClose(status, trailers);
              }
            },
            headers);
      }
    };
  }

  @Override
  public String authority() {
    return servers.stream()
        .map(server -> server.channel.authority())
        .collect(Collectors.joining(", "));
  }

  /** Returns the server for the next call; of equal ones they take turns. */
  private Server pick() {
    long now = nanoClock.getAsLong();
    int first = Math.floorMod(turn.getAndIncrement(), servers.size());
    List<Server> inTurn =
        IntStream.range(0, servers.size())
            .mapToObj(i -> servers.get((first + i) % servers.size()))
            .toList();
    Server best = null;
    boolean bestIsFit = false;
    int bestUnderWay = 0;
    for (Server server : inTurn) {
      boolean fit = server.isFit(now);
      int underWay = server.underWay.get();
      if (best == null || (fit && !bestIsFit) || (fit == bestIsFit && underWay < bestUnderWay)) {
        best = server;
        bestIsFit = fit;
        bestUnderWay = underWay;
      }
    }
    if (best == null) {
      throw new IllegalStateException("no servers (expected: at least one)");
    }
    if (best.channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      best.channel.resetConnectBackoff(); // a call is worth an attempt now
    }
    return best;
  }

  private static final class Server {
    private final ManagedChannel channel;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong restUntilNanos = new AtomicLong();
    private volatile boolean rested = true;

    private Server(ManagedChannel channel) {
      this.channel = channel;
    }

    private void restUntil(long nanos) {
      restUntilNanos.set(nanos);
      rested = false;
    }

    private boolean isFit(long nowNanos) {
      if (!rested && nowNanos - restUntilNanos.get() >= 0) {
        rested = true;
      }
      return rested && channel.getState(false) != ConnectivityState.TRANSIENT_FAILURE;
    }
  }
}
