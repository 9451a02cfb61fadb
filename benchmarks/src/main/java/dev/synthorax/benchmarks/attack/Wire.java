package dev.synthorax.benchmarks.attack;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The server's methods by path and field number, so that one attack meets older and newer servers
 * alike and can send what no generated class would.
 */
final class Wire {
  static final MethodDescriptor<byte[], byte[]> GENERATE =
      method(MethodType.UNARY, "synthorax.v1.GenerationService/Generate");
  static final MethodDescriptor<byte[], byte[]> GENERATE_STREAM =
      method(MethodType.SERVER_STREAMING, "synthorax.v1.GenerationService/GenerateStream");
  static final MethodDescriptor<byte[], byte[]> LIST_MODELS =
      method(MethodType.UNARY, "synthorax.v1.ModelService/ListModels");
  private static final MethodDescriptor<byte[], byte[]> GET_MODEL =
      method(MethodType.UNARY, "synthorax.v1.ModelService/GetModel");

  private static final int MAX_ANSWER_BYTES = 256 << 20;
  private static final int RESPONSE_IMAGES = 1;
  private static final int RESPONSE_SETTINGS = 2;
  private static final int SETTINGS_VERSION = 2;
  private static final int EVENT_IMAGE = 3;
  private static final int EVENT_PROGRESS = 2;
  private static final int PROGRESS_STEPS_DONE = 1;
  private static final int IMAGE_INDEX = 1;
  private static final int IMAGE_DATA = 3;
  private static final int MODELS = 1;
  private static final int MODEL_NAME = 1;
  private static final int MODEL_STATE = 3;

  private Wire() {}

  /** An image of an answer. */
  record Pixels(int index, ByteString data) {}

  /** A model and its state as the wire has them. */
  record Listed(String name, int state) {
    static final int READY = 2;
    static final int FAILED = 3;
  }

  private static MethodDescriptor<byte[], byte[]> method(MethodType type, String path) {
    Marshaller<byte[]> bytes = new Bytes();
    return MethodDescriptor.newBuilder(bytes, bytes).setType(type).setFullMethodName(path).build();
  }

  private static final class Bytes implements Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A channel of its own connection. */
  static ManagedChannel channel(String target) {
    return NettyChannelBuilder.forTarget(target)
        .usePlaintext()
        .maxInboundMessageSize(MAX_ANSWER_BYTES)
        .build();
  }

  /** A channel that takes little before the other side must wait. */
  static ManagedChannel narrowChannel(String target) {
    return NettyChannelBuilder.forTarget(target).usePlaintext().flowControlWindow(65_535).build();
  }

  /** Calls a method and reads all of its answer. */
  static CompletableFuture<Answer> call(
      ManagedChannel channel,
      MethodDescriptor<byte[], byte[]> method,
      byte[] request,
      Duration deadline) {
    var options = CallOptions.DEFAULT.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
    var answer = new CompletableFuture<Answer>();
    ClientCall<byte[], byte[]> call = channel.newCall(method, options);
    long startNanos = System.nanoTime();
    call.start(
        new ClientCall.Listener<>() {
          private final List<byte[]> messages = new ArrayList<>();

          @Override
          public void onMessage(byte[] message) {
            messages.add(message);
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            answer.complete(Answer.of(status, trailers, messages, System.nanoTime() - startNanos));
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(request);
    call.halfClose();
    return answer;
  }

  /**
   * Whether a server takes a request's {@code GenerationSpec} as a field of its own; before, the
   * fields stood in the request itself, with the same numbers.
   */
  static boolean takesSpec(ManagedChannel channel) {
    Answer answer = call(channel, GET_MODEL, new byte[0], Duration.ofSeconds(10)).join();
    return answer.code() != Status.Code.UNIMPLEMENTED;
  }

  /** A request around a spec. */
  static byte[] request(ByteString spec) {
    return UnknownFieldSet.newBuilder()
        .addField(1, UnknownFieldSet.Field.newBuilder().addLengthDelimited(spec).build())
        .build()
        .toByteArray();
  }

  /** Images of a whole response. */
  static List<Pixels> imagesOfResponse(byte[] response) {
    return parse(response).getField(RESPONSE_IMAGES).getLengthDelimitedList().stream()
        .map(Wire::pixels)
        .toList();
  }

  /** The model version that a whole response names. */
  static String versionOfResponse(byte[] response) {
    UnknownFieldSet settings = parse(only(parse(response), RESPONSE_SETTINGS));
    return only(settings, SETTINGS_VERSION).toStringUtf8();
  }

  /** The images of a stream's events, in the order in which they came. */
  static List<Pixels> imagesOfEvents(List<byte[]> events) {
    var images = new ArrayList<Pixels>();
    for (byte[] event : events) {
      parse(event)
          .getField(EVENT_IMAGE)
          .getLengthDelimitedList()
          .forEach(image -> images.add(pixels(image)));
    }
    return images;
  }

  /** Steps that an event says are done; -1 where it says nothing of them. */
  static int stepsDone(byte[] event) {
    var progress = parse(event).getField(EVENT_PROGRESS).getLengthDelimitedList();
    return progress.isEmpty() ? -1 : (int) number(parse(progress.getLast()), PROGRESS_STEPS_DONE);
  }

  /** Models of a list. */
  static List<Listed> models(byte[] response) {
    return parse(response).getField(MODELS).getLengthDelimitedList().stream()
        .map(Wire::parse)
        .map(
            model ->
                new Listed(
                    only(model, MODEL_NAME).toStringUtf8(), (int) number(model, MODEL_STATE)))
        .toList();
  }

  private static Pixels pixels(ByteString image) {
    UnknownFieldSet fields = parse(image);
    return new Pixels((int) number(fields, IMAGE_INDEX), only(fields, IMAGE_DATA));
  }

  private static ByteString only(UnknownFieldSet fields, int number) {
    var values = fields.getField(number).getLengthDelimitedList();
    return values.isEmpty() ? ByteString.EMPTY : values.getLast();
  }

  private static long number(UnknownFieldSet fields, int number) {
    var values = fields.getField(number).getVarintList();
    return values.isEmpty() ? 0 : values.getLast();
  }

  private static UnknownFieldSet parse(byte[] message) {
    return parse(ByteString.copyFrom(message));
  }

  private static UnknownFieldSet parse(ByteString message) {
    try {
      return UnknownFieldSet.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the server's answer is no protobuf", e);
    }
  }
}
