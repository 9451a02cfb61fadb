package dev.synthorax.server.plain;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Plan;
import dev.synthorax.engine.PlanProgress;
import dev.synthorax.engine.PlanRequest;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.proto.inference.ModelDynamicBatching;
import dev.synthorax.proto.inference.ModelOutput;
import dev.synthorax.server.plain.PlainModel.Machine;
import dev.synthorax.server.scheduler.ByteBudget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Loads a folder in Triton's layout: {@code config.pbtxt}, which may be missing, and {@code
 * NUMBER/model.onnx}.
 *
 * <p><b>Ownership:</b> borrows the backend. <b>Threading:</b> any thread; loads are independent.
 */
public final class PlainLoader {
  private static final String LABELS = "labels.txt";
  private static final String PLANS = "plans";

  private final Backend backend;
  private final Machine machine;
  private final Devices devices;
  private final int intraOpThreads;
  private final Path cache;
  private final PlanProgress progress;

  /**
   * A loader.
   *
   * @param devices of the backend that models run on where they do not say
   * @param intraOpThreads as in {@link PlanRequest}
   * @param cache folder for compiled plans; made where it is missing
   * @param budget bytes of answers that may be under way, over all models
   * @param answers kept ones, over all models
   * @param progress told while plans are compiled for a device
   */
  public PlainLoader(
      Backend backend,
      List<Device> devices,
      int intraOpThreads,
      Path cache,
      ByteBudget budget,
      ResponseCache answers,
      PlanProgress progress) {
    this(
        backend,
        devices,
        intraOpThreads,
        cache,
        new Machine(budget, answers, System::nanoTime, InstantSource.system()),
        progress);
  }

  PlainLoader(
      Backend backend,
      List<Device> devices,
      int intraOpThreads,
      Path cache,
      Machine machine,
      PlanProgress progress) {
    this.backend = requireNonNull(backend, "backend");
    this.devices = new Devices(devices, backend.devices());
    this.intraOpThreads = intraOpThreads;
    this.cache = requireNonNull(cache, "cache");
    this.machine = machine;
    this.progress = requireNonNull(progress, "progress");
  }

  /**
   * Whether a folder is a plain model, by what lies in it alone.
   *
   * @return null if it is; otherwise what it lacks
   */
  public static @Nullable String lacks(Path folder) {
    return Files.exists(folder.resolve(ModelConfigFile.NAME))
            || !VersionFolders.numbers(folder, VersionFolders.GRAPH).isEmpty()
        ? null
        : "no %s and no 1/%s".formatted(ModelConfigFile.NAME, VersionFolders.GRAPH);
  }

  /**
   * Loads every version that is to be served, and warms it up.
   *
   * @param name of the model
   * @param broken told, from any thread, if a version can serve no more
   * @return ascending, at least one; the caller closes them
   * @throws InferenceException {@code MODEL_FAILED} in one line with all that is wrong; {@code
   *     UNSUPPORTED}, {@code OUT_OF_MEMORY}
   */
  @SuppressWarnings("MustBeClosed") // the caller closes them
  public List<PlainModel> load(String name, Path folder, Consumer<InferenceException> broken) {
    ModelConfig config = ModelConfigFile.read(folder);
    var rules = new ConfigRules(config, name);
    requireNone(rules.problems());
    var models = new ArrayList<PlainModel>();
    try {
      for (long version : VersionFolders.served(folder, config)) {
        models.add(load(new Version(name, folder, version), config, rules.warnings(), broken));
      }
      return models;
    } catch (RuntimeException | Error e) { // one model's Error must not leave memory to nobody
      PlainModel.closeAll(models);
      throw e;
    }
  }

  private static void requireNone(List<String> problems) {
    if (!problems.isEmpty()) {
      throw ModelConfigFile.failed(ModelConfigFile.NAME + ": " + String.join("; ", problems), null);
    }
  }

  /**
   * What is loaded.
   *
   * @param folder of the model
   */
  private record Version(String name, Path folder, long number) {
    Path graph(ModelConfig config) {
      Path own = folder.resolve(Long.toString(number));
      return ModelConfigFile.within(own, "default_model_filename", VersionFolders.graph(config));
    }
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the model adopts runners and plans
  private PlainModel load(
      Version version,
      ModelConfig config,
      List<String> warnings,
      Consumer<InferenceException> broken) {
    Map<Device, Integer> counts = devices.instances(config.getInstanceGroupList());
    var plans = new LinkedHashMap<Device, Plan>();
    var runners = new ArrayList<BatchRunner>();
    try {
      for (Device device : counts.keySet()) {
        plans.put(device, openPlan(version.graph(config), device, config));
      }
      Plan first = plans.values().iterator().next();
      var graph = new GraphConfig(config, first.inputs(), first.outputs());
      requireNone(graph.problems());
      PlainDescription description =
          describe(version, complete(graph.completed(), version, config), counts, warnings);
      var warmup = new Warmup(version.folder(), description);
      for (var entry : counts.entrySet()) {
        for (int i = 0; i < entry.getValue(); i++) {
          Plan plan = requireNonNull(plans.get(entry.getKey()), "plan");
          BatchRunner runner = openRunner(plan, entry.getKey(), description);
          runners.add(runner);
          warmup.run(runner);
        }
      }
      return new PlainModel(description, runners, List.copyOf(plans.values()), machine, broken);
    } catch (RuntimeException | Error e) {
      var parts = new ArrayList<AutoCloseable>(runners);
      parts.addAll(plans.values());
      PlainModel.closeAll(parts);
      throw e;
    }
  }

  @MustBeClosed
  private Plan openPlan(Path graph, Device device, ModelConfig config) {
    int maxRows =
        config.getMaxBatchSize() == 0 && config.getInputCount() == 0
            ? GraphConfig.DEFAULT_BATCH
            : config.getMaxBatchSize();
    List<Integer> rows = maxRows == 0 ? List.of() : sizes(device, config, maxRows).counts();
    return backend.openPlan(
        PlanRequest.of(graph, device)
            .withRowProfiles(rows)
            .withIntraOpThreads(intraOpThreads)
            .withCache(cache.resolve(PLANS))
            .withProgress(progress));
  }

  private static RowSizes sizes(Device device, ModelConfig config, int maxRows) {
    return RowSizes.of(device, maxRows, config.getDynamicBatching().getPreferredBatchSizeList());
  }

  /** Graphs whose dims are known run in buffers that are bound; others on a processor alone. */
  @MustBeClosed
  private BatchRunner openRunner(Plan plan, Device device, PlainDescription description) {
    var tensors = new ArrayList<>(description.inputs());
    tensors.addAll(description.outputs());
    boolean batches = description.maxBatchSize() > 0;
    boolean bound =
        plan.outputs().size() == description.outputs().size()
            && tensors.stream().allMatch(spec -> isKnown(spec, batches));
    if (bound) {
      int maxRows = Math.max(1, description.maxBatchSize());
      return new BoundRunner(
          backend, plan, device, description, sizes(device, description.config(), maxRows));
    }
    if (device.kind() != Device.Kind.CPU) {
      throw ModelConfigFile.failed(
          "inputs or outputs of open dims, or strings, on %s (expected: KIND_CPU in instance_group, or known dims)"
              .formatted(device.name()),
          null);
    }
    return new FreeRunner(plan, batches);
  }

  private static boolean isKnown(TensorSpec spec, boolean batches) {
    int open = spec.shape().lastIndexOf(TensorSpec.DYNAMIC);
    return spec.dataType() != DataType.BYTES && (open < 0 || (batches && open == 0));
  }

  private PlainDescription describe(
      Version version, ModelConfig config, Map<Device, Integer> counts, List<String> warnings) {
    var labels = new HashMap<String, List<String>>();
    for (ModelOutput output : config.getOutputList()) {
      if (!output.getLabelFilename().isEmpty()) {
        labels.put(
            output.getName(), ModelConfigFile.labels(version.folder(), output.getLabelFilename()));
      }
    }
    boolean batches = config.getMaxBatchSize() > 0;
    List<TensorSpec> inputs =
        config.getInputList().stream()
            .map(each -> spec(each.getName(), each.getDataType(), each.getDimsList(), batches))
            .toList();
    List<TensorSpec> outputs =
        config.getOutputList().stream()
            .map(each -> spec(each.getName(), each.getDataType(), each.getDimsList(), batches))
            .toList();
    var said = new ArrayList<>(warnings);
    ReaderSpec reader =
        ReaderRules.find(
            version.folder(),
            config,
            inputs,
            outputs,
            labels.getOrDefault(outputs.isEmpty() ? "" : outputs.getFirst().name(), List.of()),
            said);
    return new PlainDescription(
        version.name(),
        version.number(),
        reader == null ? config : withLevels(config),
        inputs,
        outputs,
        labels,
        "%s %s (%s)"
            .formatted(backend.name(), backend.version(), counts.keySet().iterator().next().kind()),
        reader,
        said);
  }

  /** Requests about radiographs have one of three priorities; so have readers that say nothing. */
  private static ModelConfig withLevels(ModelConfig config) {
    return config.hasDynamicBatching()
            && config.getDynamicBatching().equals(ModelDynamicBatching.getDefaultInstance())
        ? config.toBuilder()
            .setDynamicBatching(
                ModelDynamicBatching.newBuilder().setPriorityLevels(3).setDefaultPriorityLevel(2))
            .build()
        : config;
  }

  private static TensorSpec spec(
      String name, dev.synthorax.proto.inference.DataType type, List<Long> dims, boolean batches) {
    var shape = new ArrayList<>(dims);
    if (batches) {
      shape.addFirst(TensorSpec.DYNAMIC);
    }
    return new TensorSpec(name, requireNonNull(Types.of(type), "type"), shape);
  }

  /** With what does not follow from the graph. */
  private ModelConfig complete(ModelConfig graph, Version version, ModelConfig written) {
    var config =
        graph.toBuilder()
            .setName(version.name())
            .setPlatform(ConfigRules.PLATFORM)
            .setBackend(ConfigRules.BACKEND)
            .setDefaultModelFilename(VersionFolders.graph(written));
    if (!written.hasVersionPolicy()) {
      config.getVersionPolicyBuilder().getLatestBuilder().setNumVersions(1);
    }
    if (written.getInstanceGroupCount() == 0) {
      config.addInstanceGroup(devices.group());
    }
    if (written.equals(ModelConfig.getDefaultInstance())
        && graph.getOutputCount() > 0
        && Files.isRegularFile(version.folder().resolve(LABELS))) {
      config.getOutputBuilder(0).setLabelFilename(LABELS); // as trained readers have it
    }
    return config.build();
  }
}
