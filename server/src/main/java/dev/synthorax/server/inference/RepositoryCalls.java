package dev.synthorax.server.inference;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.proto.inference.ModelRepositoryParameter;
import dev.synthorax.proto.inference.RepositoryIndexRequest;
import dev.synthorax.proto.inference.RepositoryIndexResponse;
import dev.synthorax.proto.inference.RepositoryIndexResponse.ModelIndex;
import dev.synthorax.proto.inference.RepositoryModelLoadRequest;
import dev.synthorax.proto.inference.RepositoryModelLoadResponse;
import dev.synthorax.proto.inference.RepositoryModelUnloadRequest;
import dev.synthorax.proto.inference.RepositoryModelUnloadResponse;
import dev.synthorax.server.grpc.FieldException;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.repository.ModelState;
import dev.synthorax.server.repository.ModelStatus;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * The models there are, and which of them are loaded.
 *
 * @param models of this server; borrowed
 * @param allowed whether clients may load and unload
 */
record RepositoryCalls(ModelRepository models, boolean allowed) {
  private static final String DEPENDENTS = "unload_dependents";

  /**
   * Every model.
   *
   * @throws InferenceException {@code UNSUPPORTED} for a repository that has a name
   */
  RepositoryIndexResponse index(RepositoryIndexRequest request) {
    requireOnlyOne(request.getRepositoryName());
    var response = RepositoryIndexResponse.newBuilder();
    models.list().stream()
        .filter(model -> !request.getReady() || model.state() == ModelState.READY)
        .forEach(model -> response.addModels(wire(model)));
    return response.build();
  }

  private static ModelIndex wire(ModelStatus model) {
    return ModelIndex.newBuilder()
        .setName(model.name())
        .setVersion(model.version())
        .setState(
            switch (model.state()) {
              case LOADING -> "LOADING";
              case READY -> "READY";
              case FAILED, UNLOADED -> "UNAVAILABLE";
            })
        .setReason(model.state() == ModelState.UNLOADED ? "unloaded" : model.reason())
        .build();
  }

  private static void requireOnlyOne(String repository) {
    if (!repository.isEmpty()) {
      throw FieldException.of(
          "repository_name",
          ErrorReason.UNSUPPORTED,
          "given (expected: none, since this server has one repository)");
    }
  }

  void load(
      RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> observer) {
    answer(
        observer,
        request.getModelName(),
        RepositoryModelLoadResponse.getDefaultInstance(),
        () -> {
          requireAllowed(request.getRepositoryName(), request.getModelName());
          for (String name : request.getParametersMap().keySet()) {
            throw parameter(name, "in place of the model's own files (expected: none)");
          }
          return models.load(request.getModelName());
        });
  }

  void unload(
      RepositoryModelUnloadRequest request,
      StreamObserver<RepositoryModelUnloadResponse> observer) {
    answer(
        observer,
        request.getModelName(),
        RepositoryModelUnloadResponse.getDefaultInstance(),
        () -> {
          requireAllowed(request.getRepositoryName(), request.getModelName());
          for (Map.Entry<String, ModelRepositoryParameter> parameter :
              request.getParametersMap().entrySet()) {
            if (!parameter.getKey().equals(DEPENDENTS) || !parameter.getValue().hasBoolParam()) {
              throw parameter(
                  parameter.getKey(),
                  "not known (expected: %s, a bool_param, alone)".formatted(DEPENDENTS));
            }
          }
          return models.unload(request.getModelName());
        });
  }

  private static FieldException parameter(String name, String what) {
    ModelNames.requireLength("parameters", name);
    return FieldException.of("parameters[\"%s\"]".formatted(name), ErrorReason.UNSUPPORTED, what);
  }

  private void requireAllowed(String repository, String model) {
    if (!allowed) {
      throw new InferenceException(
          ErrorReason.UNSUPPORTED,
          "loading and unloading is off (start the server with --model-control)");
    }
    requireOnlyOne(repository);
    ModelNames.require("model_name", model, "", "");
  }

  /** Answers when the work is done, on its thread. */
  private static <R> void answer(
      StreamObserver<R> observer,
      String model,
      R response,
      Supplier<CompletableFuture<ModelStatus>> work) {
    ((ServerCallStreamObserver<R>) observer)
        .setOnCancelHandler(() -> {}); // the work goes on, and nobody waits for the answer
    CompletableFuture<ModelStatus> done;
    try {
      done = work.get();
    } catch (RuntimeException e) { // the call's top: every failure becomes a status
      observer.onError(InferenceErrors.of(e, model, ""));
      return;
    }
    var _ =
        done.whenComplete(
            (status, failure) -> {
              if (failure == null) {
                observer.onNext(response);
                observer.onCompleted();
              } else {
                observer.onError(InferenceErrors.of(cause(failure), model, ""));
              }
            });
  }

  private static RuntimeException cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof RuntimeException known
        ? known
        : new IllegalStateException("a model's load ended with an error", cause);
  }
}
