package dev.synthorax.server;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Backends;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.Precision;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import dev.synthorax.nn.onnx.DiffusersExport;
import dev.synthorax.nn.onnx.ExportedPipeline;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Every network of a pipeline on some backend, beside ONNX Runtime on the processor in FP32, on the
 * same numbers.
 *
 * @param model folder of the pipeline
 * @param cache for graphs and plans
 */
record NetworkAgreement(Path model, Path cache) {
  private static final int ROWS = 4;
  private static final int SIDE = 128;

  /**
   * Compares.
   *
   * @param backendName what computes beside the processor
   * @param precision of the graphs there
   * @return by network and output: the largest difference, as a part of the largest number
   */
  Map<String, Double> differences(String backendName, Precision precision) {
    Map<String, Path> ours = graphs(precision);
    var differences = new LinkedHashMap<String, Double>();
    try (Backend processor = Backends.open("onnxruntime-cpu");
        Backend backend = Backends.open(backendName)) {
      graphs(Precision.FP32)
          .forEach(
              (network, file) -> {
                Map<String, float[]> expected = run(processor, file, Precision.FP32);
                run(backend, requireNonNull(ours.get(network)), precision)
                    .forEach(
                        (output, values) ->
                            differences.put(
                                network + " " + output,
                                difference(values, requireNonNull(expected.get(output)))));
              });
    }
    return differences;
  }

  private Map<String, Path> graphs(Precision precision) {
    ExportedPipeline exported =
        DiffusersExport.export(DiffusersFolder.of(model), SIDE, SIDE, cache, precision);
    var graphs = new LinkedHashMap<String, Path>();
    graphs.put("text_encoder", exported.textEncoder());
    graphs.put("unet", exported.unet());
    graphs.put("controlnet", requireNonNull(exported.controlNet()));
    graphs.put("vae_decoder", exported.vaeDecoder());
    return graphs;
  }

  /** Runs three times: what is recorded and replayed is compared, too. */
  private Map<String, float[]> run(Backend backend, Path file, Precision precision) {
    Device device = backend.devices().getFirst();
    PlanRequest request =
        PlanRequest.of(file, device)
            .withPrecision(precision)
            .withRowProfiles(List.of(ROWS))
            .withCache(cache.resolve("plans"));
    try (DeviceStream stream = backend.openStream(device);
        Plan plan = backend.openPlan(request);
        ExecutionContext context = plan.openContext(ROWS)) {
      var random = new SplittableRandom(9);
      for (TensorSpec input : context.inputs()) {
        fill(backend, stream, context.buffer(input.name()), input, random);
      }
      for (int i = 0; i < 3; i++) {
        context.enqueue(stream);
      }
      var outputs = new LinkedHashMap<String, float[]>();
      for (TensorSpec output : context.outputs()) {
        outputs.put(output.name(), floats(backend, stream, context.buffer(output.name()), output));
      }
      return outputs;
    }
  }

  private static void fill(
      Backend backend,
      DeviceStream stream,
      DeviceBuffer to,
      TensorSpec input,
      SplittableRandom random) {
    try (DeviceMemory staging = backend.openStaging(to.device(), to.byteSize())) {
      MemorySegment host = staging.buffer().host();
      for (long i = 0; i < input.elements(); i++) {
        double gaussian = random.nextGaussian();
        switch (input.name()) {
          case "input_ids" ->
              host.setAtIndex(ValueLayout.JAVA_LONG, i, 1 + Math.abs((long) (100 * gaussian)));
          case "timestep" -> set(host, input, i, 999.0 / (i + 1));
          case "controlnet_cond" -> set(host, input, i, gaussian > 0 ? 1 : 0);
          default -> set(host, input, i, gaussian);
        }
      }
      stream.copy(staging.buffer(), to);
      stream.synchronize();
    }
  }

  /** A number that every precision holds exactly, so that all begin with the same. */
  private static void set(MemorySegment host, TensorSpec input, long index, double value) {
    float exact = Math.round(value * 64) / 64f;
    input.dataType().setFloat(host, index, input.name().equals("timestep") ? (float) value : exact);
  }

  private static float[] floats(
      Backend backend, DeviceStream stream, DeviceBuffer from, TensorSpec output) {
    try (DeviceMemory staging = backend.openStaging(from.device(), from.byteSize())) {
      stream.copy(from, staging.buffer());
      stream.synchronize();
      float[] values = new float[Math.toIntExact(output.elements())];
      DataType type = output.dataType();
      for (int i = 0; i < values.length; i++) {
        values[i] = type.getFloat(staging.buffer().host(), i);
      }
      return values;
    }
  }

  private static double difference(float[] values, float[] expected) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      double here = Math.abs((double) values[i] - expected[i]);
      difference = here <= difference ? difference : here; // NaN counts as a difference
    }
    return difference / largest;
  }
}
