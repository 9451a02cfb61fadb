package dev.synthorax.client;

import static java.util.Objects.requireNonNull;

import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerateStreamRequest;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.GetModelRequest;
import dev.synthorax.proto.v1.GetModelResponse;
import dev.synthorax.proto.v1.ListModelsRequest;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.ModelServiceGrpc;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Talks to one Synthorax server, or to several alike that share the calls: blocking,
 * asynchronously, or as a stream of events.
 *
 * <p>Every call has the deadline of {@link ClientOptions}, retries included. A call is tried again
 * only after UNAVAILABLE or RESOURCE_EXHAUSTED, after the delay that the server asks for, and only
 * while nothing of its answer has arrived; of a stream of images, no image. A request without a
 * seed is given one before its first try, so that every try asks for the same images.
 *
 * <p>Blocking methods throw {@link SynthoraxException}; a future ends with it. Cancelling a future
 * cancels the call on the server.
 *
 * <p>Of several servers, each call goes to the one with the fewest of this client's calls under
 * way, and the next try of a call that one refused goes to another.
 *
 * <p><b>Ownership:</b> owns its channels.
 *
 * <p><b>Threading:</b> any thread may call anything. Listeners run on the channel's threads, one
 * event of a call at a time; they must not block.
 */
public final class SynthoraxClient implements AutoCloseable {
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final List<Server> servers; // their channels are owned
  private final Channel channel;
  private final String target;
  private final ClientOptions options;

  private record Server(String target, ManagedChannel channel) {}

  private SynthoraxClient(List<Server> servers, ClientOptions options) {
    this.servers = List.copyOf(servers);
    this.channel =
        servers.size() == 1
            ? servers.getFirst().channel
            : new BalancedChannel(servers.stream().map(Server::channel).toList(), System::nanoTime);
    this.target = servers.stream().map(Server::target).collect(Collectors.joining(", "));
    this.options = options;
  }

  /**
   * Opens a client; it connects at the first call. The caller closes it.
   *
   * @param target {@code host:port}, or any gRPC target
   * @throws IllegalArgumentException if {@code target} cannot be parsed, or what the options say of
   *     security cannot be used
   */
  public static SynthoraxClient open(String target, ClientOptions options) {
    return open(List.of(target), options);
  }

  /**
   * Opens a client of several servers; it connects at the first call. The caller closes it.
   *
   * @param targets {@code host:port} each, or any gRPC target; at least one
   * @throws IllegalArgumentException if there is none, one cannot be parsed, or what the options
   *     say of security cannot be used
   */
  public static SynthoraxClient open(List<String> targets, ClientOptions options) {
    requireNonNull(options, "options");
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("targets: none (expected: at least one server)");
    }
    List<Server> servers = new ArrayList<>();
    try {
      for (String target : targets) {
        servers.add(new Server(target, channel(target, options)));
      }
    } catch (IllegalArgumentException e) {
      servers.forEach(server -> server.channel.shutdownNow());
      throw e;
    }
    return new SynthoraxClient(servers, options);
  }

  private static ManagedChannel channel(String target, ClientOptions options) {
    ClientSecurity security = options.security();
    return Grpc.newChannelBuilder(target, security.credentials())
        .intercept(security.interceptors(target))
        .maxInboundMessageSize(options.maxInboundBytes())
        .build();
  }

  /**
   * Opens a client on a channel that is there already; the client closes it. What the options say
   * of security is the channel's business.
   */
  public static SynthoraxClient adoptChannel(ManagedChannel channel, ClientOptions options) {
    requireNonNull(options, "options");
    return new SynthoraxClient(List.of(new Server(channel.authority(), channel)), options);
  }

  /**
   * Makes images and waits for all of them.
   *
   * @return every image of {@code spec}, in order of index
   * @throws SynthoraxException if the call fails
   */
  public GenerateResponse generate(GenerationSpec spec) {
    return await(generateAsync(spec));
  }

  /** Makes images; the future holds all of them, in order of index. */
  public CompletableFuture<GenerateResponse> generateAsync(GenerationSpec spec) {
    return unary(
        GenerationServiceGrpc.getGenerateMethod(),
        GenerateRequest.newBuilder().setSpec(seeded(spec)).build(),
        Function.identity());
  }

  /**
   * Makes images, tells {@code listener} what happens, and waits until the last is finished.
   *
   * @throws SynthoraxException if the call fails
   */
  public void generateStream(GenerationSpec spec, Consumer<GenerateStreamResponse> listener) {
    await(generateStreamAsync(spec, listener));
  }

  /**
   * Makes images and tells {@code listener} what happens: one {@code Queued}, {@code Progress} now
   * and then, one {@code Image} an image in the order they finish. Until the first image the call
   * may be tried again, from a new {@code Queued} on. What the listener throws ends the call and
   * the future.
   */
  public CompletableFuture<@Nullable Void> generateStreamAsync(
      GenerationSpec spec, Consumer<GenerateStreamResponse> listener) {
    requireNonNull(listener, "listener");
    return RetryingCall.start(
        terms(options),
        GenerationServiceGrpc.getGenerateStreamMethod(),
        GenerateStreamRequest.newBuilder().setSpec(seeded(spec)).build(),
        listener,
        GenerateStreamResponse::hasImage);
  }

  /**
   * Lists the server's models, by name, ready or not.
   *
   * @throws SynthoraxException if the call fails
   */
  public List<Model> models() {
    return await(modelsAsync());
  }

  /** Lists the server's models, by name, ready or not. */
  public CompletableFuture<List<Model>> modelsAsync() {
    return Pages.collect(
        "models",
        token ->
            unary(
                ModelServiceGrpc.getListModelsMethod(),
                ListModelsRequest.newBuilder().setPageToken(token).build(),
                page -> new Pages.Page<>(page.getModelsList(), page.getNextPageToken())));
  }

  /**
   * Describes one model.
   *
   * @param name empty: the server's default pipeline
   * @param version empty: the newest
   * @throws SynthoraxException NOT_FOUND if there is none of that name or version
   */
  public Model model(String name, String version) {
    return await(modelAsync(name, version));
  }

  /** Describes one model; see {@link #model}. */
  public CompletableFuture<Model> modelAsync(String name, String version) {
    return unary(
        ModelServiceGrpc.getGetModelMethod(), get(name, version), GetModelResponse::getModel);
  }

  /**
   * Describes one model as each server has it, by target in the order given; see {@link #model}. Of
   * several servers, one that is down is tried once.
   */
  public Map<String, CompletableFuture<Model>> modelOfEachAsync(String name, String version) {
    ClientOptions once = servers.size() == 1 ? options : options.withRetry(RetryPolicy.NONE);
    Map<String, CompletableFuture<Model>> models = new LinkedHashMap<>();
    for (Server server : servers) {
      models.put(
          server.target,
          RetryingCall.unary(
              new RetryingCall.Terms(server.channel, server.target, once),
              ModelServiceGrpc.getGetModelMethod(),
              get(name, version),
              GetModelResponse::getModel));
    }
    return models;
  }

  private static GetModelRequest get(String name, String version) {
    return GetModelRequest.newBuilder().setModel(name).setModelVersion(version).build();
  }

  /**
   * Asks the server's health once: the future holds whether it is SERVING now, and fails where
   * nobody answers.
   *
   * @param timeout how long an answer may take; positive
   */
  public CompletableFuture<Boolean> servingAsync(Duration timeout) {
    return RetryingCall.unary(
        terms(options.withDeadline(timeout).withRetry(RetryPolicy.NONE)),
        HealthGrpc.getCheckMethod(),
        HealthCheckRequest.getDefaultInstance(),
        health -> health.getStatus() == HealthCheckResponse.ServingStatus.SERVING);
  }

  /**
   * Returns the calls of the server's training; they are this client's and end with it.
   *
   * @throws IllegalStateException if this client talks to several servers: a job is one server's
   */
  public TrainingClient training() {
    return new TrainingClient(ofOneServer("a training"));
  }

  /**
   * Returns the calls about images that readers rate; they are this client's and end with it.
   *
   * @throws IllegalStateException if this client talks to several servers: a set is one server's
   */
  public ReviewClient review() {
    return new ReviewClient(ofOneServer("a review set"));
  }

  /** Returns the calls that read radiographs; they are this client's and end with it. */
  public ReadingClient reading() {
    return new ReadingClient(terms(options));
  }

  private RetryingCall.Terms ofOneServer(String thing) {
    if (servers.size() != 1) {
      throw new IllegalStateException(
          "servers: " + target + " (expected: one, since " + thing + " belongs to one server)");
    }
    return terms(options);
  }

  private RetryingCall.Terms terms(ClientOptions callOptions) {
    return new RetryingCall.Terms(channel, target, callOptions);
  }

  private <Q, R, T> CompletableFuture<T> unary(
      MethodDescriptor<Q, R> method, Q request, Function<R, T> mapping) {
    return RetryingCall.unary(terms(options), method, request, mapping);
  }

  private static GenerationSpec seeded(GenerationSpec spec) {
    if (spec.hasSeed()) {
      return spec;
    }
    return spec.toBuilder().setSeed(ThreadLocalRandom.current().nextLong(1L << 32)).build();
  }

  /** Waits for a call; what it throws is thrown here. */
  static <T extends @Nullable Object> T await(CompletableFuture<T> call) {
    try {
      return call.get();
    } catch (InterruptedException e) {
      call.cancel(true);
      Thread.currentThread().interrupt();
      throw SynthoraxException.of(Status.Code.CANCELLED, "interrupted while waiting", e);
    } catch (CancellationException e) {
      throw SynthoraxException.of(Status.Code.CANCELLED, "the call was cancelled", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SynthoraxException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw SynthoraxException.of(Status.Code.UNKNOWN, "the call failed", e);
    }
  }

  /**
   * Ends the connections; calls that still run fail. Any thread may call it, any number of times.
   */
  @Override
  public void close() {
    servers.forEach(server -> server.channel.shutdownNow());
    try {
      for (Server server : servers) {
        if (!server.channel.awaitTermination(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
          server.channel.shutdownNow();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
