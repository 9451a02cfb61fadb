package dev.synthorax.nn.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Precision;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.nn.Ops;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.diffusers.NetworkGraphs;
import dev.synthorax.nn.diffusers.PipelineGraph;
import dev.synthorax.nn.onnx.RandomPipeline;
import dev.synthorax.nn.torch.TorchOps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ONNX files of every network of a pipeline, beside the networks. */
class CheckedExportIT {
  private static final int SIDE = 16;

  @TempDir Path folder;
  private DiffusersFolder pipeline;
  private Backend backend;

  @BeforeEach
  @SuppressWarnings("MustBeClosed") // closed in closeBackend
  void writePipeline() throws IOException {
    RandomPipeline.write(folder.resolve("pipeline"), RandomPipeline.Size.TINY, 3);
    pipeline = DiffusersFolder.of(folder.resolve("pipeline"));
    backend = Backends.open("onnxruntime-cpu");
  }

  @AfterEach
  void closeBackend() {
    backend.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "FP16"})
  void write_eachNetwork_computesWhatTheNetworkDoes(Precision precision) throws IOException {
    var graphs = graphs(precision);
    List<CheckedExport.Written> written = new ArrayList<>();
    for (PipelineGraph graph : graphs.all()) {
      written.add(write(graph));
    }

    assertThat(written)
        .extracting(CheckedExport.Written::network)
        .containsExactly("text_encoder", "unet", "controlnet", "vae_decoder", "vae_encoder");
    assertThat(written)
        .allSatisfy(
            each -> {
              assertThat(each.precision()).isEqualTo(precision);
              assertThat(each.difference())
                  .isBetween(1e-12, precision == Precision.FP32 ? 1e-4 : 3e-2);
              assertThat(each.file().resolveSibling("model.onnx_data")).isNotEmptyFile();
            });
  }

  @Test
  void write_graphThatComputesSomethingElse_isRefusedWithTheFigure() {
    var graphs = graphs(Precision.FP32);

    assertThatThrownBy(() -> write(new Astray(graphs.decoder())))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("model.onnx: differs from the network by 0.33")
        .hasMessageEndingWith("(expected: at most 0.001 in FP32)");
  }

  @Test
  void write_weightsOfAnotherShape_areNamed() throws IOException {
    var graphs = graphs(Precision.FP32);
    Path weights = folder.resolve("pipeline/unet/diffusion_pytorch_model.safetensors");
    Files.delete(weights);
    Files.copy(folder.resolve("pipeline/vae/diffusion_pytorch_model.safetensors"), weights);

    assertThatThrownBy(() -> write(graphs.unet()))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("unet/diffusion_pytorch_model.safetensors");
    assertThat(folder.resolve("out/unet/model.onnx")).doesNotExist();
  }

  private CheckedExport.Written write(PipelineGraph graph) throws IOException {
    return new CheckedExport(backend, graphs(Precision.FP32).textConfig().vocabSize())
        .write(
            graph,
            pipeline.weights(graph.component()),
            folder.resolve("out").resolve(graph.name()));
  }

  private NetworkGraphs graphs(Precision precision) {
    return new NetworkGraphs(pipeline, SIDE, SIDE, precision);
  }

  /** Half as much again where libtorch computes it. */
  private record Astray(PipelineGraph right) implements PipelineGraph {
    @Override
    public String name() {
      return right.name();
    }

    @Override
    public Component component() {
      return right.component();
    }

    @Override
    public Precision precision() {
      return right.precision();
    }

    @Override
    public List<TensorSpec> inputs() {
      return right.inputs();
    }

    @Override
    public List<String> outputs() {
      return right.outputs();
    }

    @Override
    public <T> List<T> forward(Ops<T> ops, List<T> inputs) {
      double factor = ops instanceof TorchOps ? 1.5 : 1;
      return right.forward(ops, inputs).stream().map(each -> ops.scale(each, factor)).toList();
    }
  }
}
