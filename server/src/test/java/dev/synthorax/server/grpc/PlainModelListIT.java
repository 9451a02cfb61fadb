package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.engine.Backends;
import dev.synthorax.engine.TestGraphs;
import dev.synthorax.proto.v1.ListModelsRequest;
import dev.synthorax.proto.v1.ListModelsResponse;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.server.repository.ModelFolders;
import dev.synthorax.server.repository.ModelLoader;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.ByteBudget;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlainModelListIT {
  @TempDir private Path folder;

  private void version(int number) throws IOException {
    Path version =
        Files.createDirectories(folder.resolve("models/bias").resolve(String.valueOf(number)));
    Files.move(TestGraphs.addBias(folder, 1, 2, 3), version.resolve("model.onnx"));
  }

  private static List<Model> list(ModelRepository models) {
    var told = new CompletableFuture<ListModelsResponse>();
    new ModelRpc(models)
        .listModels(
            ListModelsRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(ListModelsResponse response) {
                told.complete(response);
              }

              @Override
              public void onError(Throwable failure) {
                told.completeExceptionally(failure);
              }

              @Override
              public void onCompleted() {}
            });
    return told.join().getModelsList();
  }

  @Test
  void listModels_plainModel_hasALineForEachVersionWithItsTensors() throws IOException {
    version(1);
    version(2);
    Files.writeString(
        folder.resolve("models/bias/config.pbtxt"),
        """
        version_policy { all {} }
        output { name: "y" label_filename: "labels.txt" }
        optimization {}
        """);
    Files.writeString(folder.resolve("models/bias/labels.txt"), "a\nb\nc\n");
    try (var backend = Backends.open("onnxruntime-cpu");
        var models =
            new ModelRepository(
                new ModelFolders(List.of(folder.resolve("models")), ModelLoader.all()))) {
      models.start(
          new ModelLoader.Resources(backend, 1, folder.resolve("c"), new ByteBudget(1 << 20)));

      List<Model> listed = list(models);

      assertThat(listed).extracting(Model::getVersion).containsExactly("1", "2");
      Model newest = listed.getLast();
      assertThat(newest.getDescription()).isEqualTo("An ONNX model: x to y.");
      assertThat(newest.getWarningsList())
          .containsExactly("config.pbtxt: optimization has no effect here.");
      assertThat(newest.getPlain().getMaxBatchSize()).isEqualTo(4);
      assertThat(newest.getPlain().getInputs(0).getShapeList()).containsExactly(-1L, 3L);
      assertThat(newest.getPlain().getOutputs(0).getDataType()).isEqualTo("FP32");
      assertThat(newest.getPlain().getOutputs(0).getLabelsList()).containsExactly("a", "b", "c");
    }
  }
}
