package dev.synthorax.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BalancedChannelTest {
  private static final GenerateRequest REQUEST =
      GenerateRequest.newBuilder()
          .setSpec(GenerationSpec.newBuilder().setPrompt("p").setSeed(1).setCount(1))
          .build();

  private final AtomicLong nanos = new AtomicLong();
  private final List<Server> servers = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();

  @AfterEach
  void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    servers.forEach(Server::shutdownNow);
  }

  private FakeServices serve() throws IOException {
    FakeServices fake = new FakeServices();
    String name = InProcessServerBuilder.generateName();
    InProcessServerBuilder builder = InProcessServerBuilder.forName(name).directExecutor();
    fake.services().forEach(builder::addService);
    servers.add(builder.build().start());
    channels.add(InProcessChannelBuilder.forName(name).directExecutor().build());
    return fake;
  }

  private GenerateResponse call(BalancedChannel channel) {
    return ClientCalls.blockingUnaryCall(
        channel, GenerationServiceGrpc.getGenerateMethod(), CallOptions.DEFAULT, REQUEST);
  }

  private void callTimes(BalancedChannel channel, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(call(channel).getImagesCount()).isEqualTo(1);
    }
  }

  @Test
  void newCall_idleServers_takeTurns() throws IOException {
    FakeServices one = serve();
    FakeServices other = serve();

    callTimes(new BalancedChannel(channels, nanos::get), 10);

    assertThat(one.requests).hasSize(5);
    assertThat(other.requests).hasSize(5);
  }

  @Test
  void newCall_oneServerAtWork_goesToTheOther() throws IOException {
    FakeServices slow = serve();
    FakeServices other = serve();
    slow.beSilent();
    BalancedChannel channel = new BalancedChannel(channels, nanos::get);
    ClientCall<GenerateRequest, GenerateResponse> stuck = // the first turn is the slow server's
        channel.newCall(GenerationServiceGrpc.getGenerateMethod(), CallOptions.DEFAULT);
    var _ = ClientCalls.futureUnaryCall(stuck, REQUEST);

    callTimes(channel, 6);

    assertThat(slow.requests).hasSize(1);
    assertThat(other.requests).hasSize(6);
    stuck.cancel("done", null);
  }

  @Test
  void newCall_serverThatRefused_restsForASecond() throws IOException {
    FakeServices full = serve();
    FakeServices other = serve();
    full.failures.add(
        FakeServices.failure(Status.Code.RESOURCE_EXHAUSTED, "QUEUE_FULL", "the queue is full"));
    BalancedChannel channel = new BalancedChannel(channels, nanos::get);

    assertThatThrownBy(() -> call(channel)).hasMessageContaining("RESOURCE_EXHAUSTED");
    callTimes(channel, 4);
    assertThat(full.requests).hasSize(1);
    assertThat(other.requests).hasSize(4);
    nanos.addAndGet(BalancedChannel.REST.toNanos());
    callTimes(channel, 4);

    assertThat(full.requests).hasSize(3);
    assertThat(other.requests).hasSize(6);
  }

  @Test
  void newCall_allServersRefused_areAskedAgain() throws IOException {
    FakeServices only = serve();
    only.failures.add(
        FakeServices.failure(Status.Code.UNAVAILABLE, "DRAINING", "the server is draining"));
    BalancedChannel channel = new BalancedChannel(channels, nanos::get);

    assertThatThrownBy(() -> call(channel)).hasMessageContaining("UNAVAILABLE");
    callTimes(channel, 1);

    assertThat(only.requests).hasSize(2);
  }
}
