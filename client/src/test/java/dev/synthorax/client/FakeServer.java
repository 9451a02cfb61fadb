package dev.synthorax.client;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import java.io.IOException;

/** Fake services behind a port of this machine. */
public final class FakeServer implements AutoCloseable {
  private final Server server; // owned

  private FakeServer(Server server) {
    this.server = server;
  }

  /** Starts a server of these and further services; the caller closes it. */
  public static FakeServer start(FakeServices services, BindableService... further)
      throws IOException {
    ServerBuilder<?> builder = ServerBuilder.forPort(0);
    services.services().forEach(builder::addService);
    for (BindableService service : further) {
      builder.addService(service);
    }
    return new FakeServer(builder.build().start());
  }

  /** Returns {@code host:port}. */
  public String target() {
    return "127.0.0.1:" + server.getPort();
  }

  /** Ends it and waits until nobody answers any more. */
  public void end() throws InterruptedException {
    server.shutdownNow().awaitTermination();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
