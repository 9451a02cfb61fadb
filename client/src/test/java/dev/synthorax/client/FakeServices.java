package dev.synthorax.client;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.Png;
import dev.synthorax.proto.v1.DiffusionModel;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.GenerateRequest;
import dev.synthorax.proto.v1.GenerateResponse;
import dev.synthorax.proto.v1.GenerateStreamRequest;
import dev.synthorax.proto.v1.GenerateStreamResponse;
import dev.synthorax.proto.v1.GenerationServiceGrpc;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.GetModelRequest;
import dev.synthorax.proto.v1.GetModelResponse;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.ImageSize;
import dev.synthorax.proto.v1.ListModelsRequest;
import dev.synthorax.proto.v1.ListModelsResponse;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.ModelServiceGrpc;
import dev.synthorax.proto.v1.ModelState;
import dev.synthorax.proto.v1.NoiseScheduler;
import dev.synthorax.proto.v1.OutputFormat;
import dev.synthorax.proto.v1.Progress;
import dev.synthorax.proto.v1.Queued;
import io.grpc.BindableService;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The two services with a model that draws nothing but a pattern of the seed. Failures put into
 * {@link #failures} are answered first, one a call; requests are kept.
 */
public final class FakeServices {
  /** Image side in pixels. */
  public static final int SIDE = 128;

  /** The one model there is. */
  public static final Model MODEL =
      Model.newBuilder()
          .setName("fake-cxr")
          .setVersion("0123456789abcdef")
          .setState(ModelState.MODEL_STATE_READY)
          .setDescription("A pattern instead of a thorax.")
          .setDiffusion(
              DiffusionModel.newBuilder()
                  .addSizes(ImageSize.newBuilder().setWidth(128).setHeight(128))
                  .addAllStructures(List.of("lungs", "heart", "pneumothorax"))
                  .addNoiseSchedulers(NoiseScheduler.NOISE_SCHEDULER_DDIM)
                  .addNoiseSchedulers(NoiseScheduler.NOISE_SCHEDULER_DPM_SOLVER_PP_2M)
                  .setDefaultNumInferenceSteps(20)
                  .setDefaultGuidanceScale(4)
                  .setMaxPromptTokens(32)
                  .setBackend("fake 1.0 (CPU)")
                  .addRowCounts(1)
                  .setParameters(12_345_678))
          .build();

  /** Requests in the order they came. */
  public final Queue<GenerationSpec> requests = new ConcurrentLinkedQueue<>();

  /** Failures to answer with, one a call. */
  public final Queue<StatusRuntimeException> failures = new ConcurrentLinkedQueue<>();

  /** Ends when a silent call has come. */
  public final CompletableFuture<Boolean> arrived = new CompletableFuture<>();

  /** Ends when the caller of a silent call has left. */
  public final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();

  /** Sentences to answer with. */
  public final Queue<String> warnings = new ConcurrentLinkedQueue<>();

  /** Listed after the model that there is, a page each. */
  public final List<Model> furtherModels = new CopyOnWriteArrayList<>();

  private final LongFunction<byte[]> draw;
  private volatile UnaryOperator<Image> forgery = UnaryOperator.identity();
  private volatile UnaryOperator<EffectiveSettings> forgedSettings = UnaryOperator.identity();
  private volatile UnaryOperator<Model> forgedModel = UnaryOperator.identity();
  private final AtomicReference<FakeEvents.@Nullable Late> lateFailure = new AtomicReference<>();
  private volatile boolean silent;
  private volatile boolean forgetful;
  private volatile String version = MODEL.getVersion();
  private volatile List<String> findings = List.of();
  private final AtomicInteger callsBeforeFailures = new AtomicInteger();

  /** Creates services that draw a pattern. */
  public FakeServices() {
    this(FakeServices::pattern);
  }

  /**
   * Creates services that draw what {@code draw} gives.
   *
   * @param draw from a seed to a PNG
   */
  public FakeServices(LongFunction<byte[]> draw) {
    this.draw = draw;
  }

  /** Lets the next stream, and it alone, fail after some events. */
  public void failNextStreamAfter(int events, StatusRuntimeException failure) {
    lateFailure.set(new FakeEvents.Late(events, failure));
  }

  /** Lets every call wait for ever. */
  public void beSilent() {
    silent = true;
  }

  /** Lets every stream end before its last image. */
  public void forgetLastImage() {
    forgetful = true;
  }

  /** Sends other images than were drawn. */
  public void forge(UnaryOperator<Image> images) {
    forgery = images;
  }

  /** Sends other settings than were used. */
  public void forgeSettings(UnaryOperator<EffectiveSettings> settings) {
    forgedSettings = settings;
  }

  /** Describes another model than there is. */
  public void forgeModel(UnaryOperator<Model> model) {
    forgedModel = model;
  }

  /** Holds the failures back for some calls. */
  public void failAfter(int calls) {
    callsBeforeFailures.set(calls);
  }

  /** Lets the model have another version. */
  public void haveVersion(String other) {
    version = other;
  }

  /** Lets the model state its findings. */
  public void know(List<String> names) {
    findings = List.copyOf(names);
  }

  /** Returns the services to bind. */
  public List<BindableService> services() {
    return List.of(new Generation(), new Models());
  }

  /** Returns a failure with its details, as a server sends it. */
  public static StatusRuntimeException failure(
      Status.Code code, String reason, String message, Message... details) {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder().setCode(code.value()).setMessage(message);
    status.addDetails(
        Any.pack(ErrorInfo.newBuilder().setReason(reason).setDomain("synthorax.dev").build()));
    for (Message detail : details) {
      status.addDetails(Any.pack(detail));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  private static byte[] pattern(long seed) {
    return pattern(seed, SIDE, SIDE);
  }

  /** Returns the image of a seed at some size. */
  public static byte[] pattern(long seed, int width, int height) {
    byte[] pixels = new byte[width * height];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) ((i * 7L + seed * 31) >>> 2);
    }
    return Png.encode(GrayImage.of(width, height, pixels));
  }

  private EffectiveSettings settings(GenerationSpec request) {
    return forgedSettings.apply(honestSettings(request));
  }

  private EffectiveSettings honestSettings(GenerationSpec request) {
    return EffectiveSettings.newBuilder()
        .setModel(request.getModel().isEmpty() ? MODEL.getName() : request.getModel())
        .setModelVersion(version)
        .setNumInferenceSteps(request.hasNumInferenceSteps() ? request.getNumInferenceSteps() : 20)
        .setGuidanceScale(request.hasGuidanceScale() ? request.getGuidanceScale() : 4)
        .setNoiseScheduler(
            request.getNoiseScheduler() == NoiseScheduler.NOISE_SCHEDULER_UNSPECIFIED
                ? NoiseScheduler.NOISE_SCHEDULER_DDIM
                : request.getNoiseScheduler())
        .setSeed(request.getSeed())
        .setCount(request.hasCount() ? request.getCount() : 1)
        .setWidth(request.hasWidth() ? request.getWidth() : SIDE)
        .setHeight(request.hasHeight() ? request.getHeight() : SIDE)
        .setOutputFormat(OutputFormat.OUTPUT_FORMAT_PNG_GRAY8)
        .build();
  }

  private Image image(GenerationSpec request, int index) {
    long seed = request.getSeed() + index;
    EffectiveSettings used = honestSettings(request);
    boolean usual = used.getWidth() == SIDE && used.getHeight() == SIDE;
    byte[] png = usual ? draw.apply(seed) : pattern(seed, used.getWidth(), used.getHeight());
    return forgery.apply(FakeImage.of(index, seed, png, used));
  }

  private Model model() {
    Model.Builder model = MODEL.toBuilder().setVersion(version);
    model.getDiffusionBuilder().addAllFindings(findings);
    return forgedModel.apply(model.build());
  }

  /** Answers with the next failure, if there is one. */
  private boolean failed(StreamObserver<?> answer) {
    StatusRuntimeException failure =
        callsBeforeFailures.getAndDecrement() > 0 ? null : failures.poll();
    if (failure != null) {
      answer.onError(failure);
    } else if (silent) {
      ((ServerCallStreamObserver<?>) answer).setOnCancelHandler(() -> cancelled.complete(true));
      arrived.complete(true);
    }
    return failure != null || silent;
  }

  private final class Generation extends GenerationServiceGrpc.GenerationServiceImplBase {
    @Override
    public void generate(GenerateRequest call, StreamObserver<GenerateResponse> answer) {
      GenerationSpec request = call.getSpec();
      requests.add(request);
      if (failed(answer)) {
        return;
      }
      GenerateResponse.Builder response =
          GenerateResponse.newBuilder().setSettings(settings(request)).addAllWarnings(warnings);
      for (int i = 0; i < Math.max(1, request.getCount()); i++) {
        response.addImages(image(request, i));
      }
      answer.onNext(response.build());
      answer.onCompleted();
    }

    @Override
    public void generateStream(
        GenerateStreamRequest call, StreamObserver<GenerateStreamResponse> answer) {
      GenerationSpec request = call.getSpec();
      requests.add(request);
      if (failed(answer)) {
        return;
      }
      EffectiveSettings settings = settings(request);
      FakeEvents events = new FakeEvents(answer, lateFailure.getAndSet(null));
      events.send(
          GenerateStreamResponse.newBuilder()
              .setQueued(Queued.newBuilder().setSettings(settings).addAllWarnings(warnings)));
      int count = Math.max(1, request.getCount());
      for (int i = count - 1; i >= (forgetful ? 1 : 0); i--) { // images finish in any order
        int steps = settings.getNumInferenceSteps();
        events.send(
            GenerateStreamResponse.newBuilder()
                .setProgress(
                    Progress.newBuilder()
                        .setStepsDone((count - i) * steps)
                        .setStepsTotal(count * steps)
                        .setImagesDone(count - i - 1)));
        events.send(GenerateStreamResponse.newBuilder().setImage(image(request, i)));
      }
      events.end();
    }
  }

  /** Answers a list with one model a page; a token is the position of its model. */
  private ListModelsResponse page(String token) {
    int position = token.isEmpty() ? 0 : Integer.parseInt(token);
    ListModelsResponse.Builder page = ListModelsResponse.newBuilder();
    if (position == 0) {
      page.addModels(model());
    } else {
      page.addModels(furtherModels.get(position - 1));
    }
    if (position < furtherModels.size()) {
      page.setNextPageToken(Integer.toString(position + 1));
    }
    return page.build();
  }

  private final class Models extends ModelServiceGrpc.ModelServiceImplBase {
    @Override
    public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> answer) {
      if (!failed(answer)) {
        answer.onNext(page(request.getPageToken()));
        answer.onCompleted();
      }
    }

    @Override
    public void getModel(GetModelRequest request, StreamObserver<GetModelResponse> answer) {
      if (!failed(answer)) {
        Model known =
            furtherModels.stream()
                .filter(model -> model.getName().equals(request.getModel()))
                .findFirst()
                .orElseGet(FakeServices.this::model);
        answer.onNext(GetModelResponse.newBuilder().setModel(known).build());
        answer.onCompleted();
      }
    }
  }
}
