package dev.synthorax.server.plain;

import dev.synthorax.proto.inference.ModelConfig;
import dev.synthorax.proto.inference.ModelDynamicBatching;
import dev.synthorax.proto.inference.ModelInput;
import dev.synthorax.proto.inference.ModelInstanceGroup;
import dev.synthorax.proto.inference.ModelOutput;
import dev.synthorax.proto.inference.ModelVersionPolicy.PolicyChoiceCase;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a configuration is wrong or not done here, whatever the graph, and what of it has no
 * effect.
 */
final class ConfigRules {
  /** What runs these models, as configurations name it. */
  static final String BACKEND = "onnxruntime";

  /** The same by its older name. */
  static final String PLATFORM = "onnxruntime_onnx";

  private static final int MAX_LEVELS = 64;
  private static final int MAX_INSTANCES = 64;
  private static final int MAX_BATCH = 1 << 16;

  private final ModelConfig config;
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /**
   * Checks.
   *
   * @param name of the model's folder
   */
  ConfigRules(ModelConfig config, String name) {
    this.config = config;
    refuse(
        !config.getName().isEmpty() && !config.getName().equals(name),
        "name: %s (expected: %s, that of its folder)".formatted(config.getName(), name));
    refuse(
        !config.getPlatform().isEmpty() && !config.getPlatform().equals(PLATFORM),
        "platform: %s (expected: %s)".formatted(config.getPlatform(), PLATFORM));
    refuse(
        !config.getBackend().isEmpty() && !config.getBackend().equals(BACKEND),
        "backend: %s (expected: %s)".formatted(config.getBackend(), BACKEND));
    refuse(
        config.getMaxBatchSize() < 0 || config.getMaxBatchSize() > MAX_BATCH,
        "max_batch_size: %d (expected: 0 to %d)".formatted(config.getMaxBatchSize(), MAX_BATCH));
    unsupported();
    versions();
    config.getInputList().forEach(this::input);
    config.getOutputList().forEach(this::output);
    config.getInstanceGroupList().forEach(this::instances);
    if (config.hasDynamicBatching()) {
      batching(config.getDynamicBatching());
    }
    withoutEffect();
  }

  /** Each names its field; the model does not load. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Each names its field. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  private void refuse(boolean wrong, String problem) {
    if (wrong) {
      problems.add(problem);
    }
  }

  private void notDone(boolean there, String field) {
    refuse(there, field + " is not done by this server (expected: none)");
  }

  private void unsupported() {
    notDone(config.hasSequenceBatching(), "sequence_batching");
    notDone(config.hasEnsembleScheduling(), "ensemble_scheduling");
    notDone(
        config.getModelTransactionPolicy().getDecoupled(), "model_transaction_policy.decoupled");
    notDone(config.getModelOperations().getOpLibraryFilenameCount() > 0, "model_operations");
    notDone(config.getModelRepositoryAgents().getAgentsCount() > 0, "model_repository_agents");
    notDone(config.getBatchInputCount() > 0, "batch_input");
    notDone(config.getBatchOutputCount() > 0, "batch_output");
    notDone(!config.getRuntime().isEmpty(), "runtime");
    notDone(config.getCcModelFilenamesCount() > 0, "cc_model_filenames");
  }

  private void versions() {
    var policy = config.getVersionPolicy();
    boolean none =
        policy.getPolicyChoiceCase() == PolicyChoiceCase.SPECIFIC
            && policy.getSpecific().getVersionsCount() == 0;
    refuse(none, "version_policy.specific: no versions (expected: at least one)");
  }

  private void input(ModelInput input) {
    String field = "input " + input.getName() + ": ";
    refuse(input.getName().isEmpty(), "input: no name");
    notDone(input.hasReshape(), field + "reshape");
    notDone(input.getIsShapeTensor(), field + "is_shape_tensor");
    notDone(input.getAllowRaggedBatch(), field + "allow_ragged_batch");
    notDone(input.getOptional(), field + "optional");
    notDone(input.getIsNonLinearFormatIo(), field + "is_non_linear_format_io");
  }

  private void output(ModelOutput output) {
    String field = "output " + output.getName() + ": ";
    refuse(output.getName().isEmpty(), "output: no name");
    notDone(output.hasReshape(), field + "reshape");
    notDone(output.getIsShapeTensor(), field + "is_shape_tensor");
    notDone(output.getIsNonLinearFormatIo(), field + "is_non_linear_format_io");
  }

  private void instances(ModelInstanceGroup group) {
    refuse(
        group.getCount() < 0 || group.getCount() > MAX_INSTANCES,
        "instance_group: count %d (expected: 1 to %d)".formatted(group.getCount(), MAX_INSTANCES));
    notDone(group.getKind() == ModelInstanceGroup.Kind.KIND_MODEL, "instance_group: KIND_MODEL");
    notDone(group.getPassive(), "instance_group: passive");
    notDone(group.getSecondaryDevicesCount() > 0, "instance_group: secondary_devices");
    warn(group.hasRateLimiter(), "instance_group: rate_limiter");
    warn(group.getProfileCount() > 0, "instance_group: profile");
    warn(!group.getHostPolicy().isEmpty(), "instance_group: host_policy");
  }

  private void batching(ModelDynamicBatching batching) {
    for (int rows : batching.getPreferredBatchSizeList()) {
      refuse(
          rows < 1 || rows > Math.max(1, config.getMaxBatchSize()),
          "dynamic_batching.preferred_batch_size: %d (expected: 1 to max_batch_size, %d)"
              .formatted(rows, config.getMaxBatchSize()));
    }
    long levels = batching.getPriorityLevels();
    refuse(
        levels < 0 || levels > MAX_LEVELS,
        "dynamic_batching.priority_levels: %s (expected: at most %d)"
            .formatted(Long.toUnsignedString(levels), MAX_LEVELS));
    long usual = batching.getDefaultPriorityLevel();
    refuse(
        (levels > 0 && (usual < 1 || usual > levels)) || (levels == 0 && usual != 0),
        "dynamic_batching.default_priority_level: %s (expected: 1 to priority_levels, %s)"
            .formatted(Long.toUnsignedString(usual), Long.toUnsignedString(levels)));
    for (long level : batching.getPriorityQueuePolicyMap().keySet()) {
      refuse(
          level < 1 || level > levels,
          "dynamic_batching.priority_queue_policy: level %s (expected: 1 to priority_levels, %s)"
              .formatted(Long.toUnsignedString(level), Long.toUnsignedString(levels)));
    }
  }

  private void withoutEffect() {
    warn(config.hasOptimization(), "optimization");
    warn(config.getMetricTagsCount() > 0, "metric_tags");
    warn(config.hasModelMetrics(), "model_metrics");
    config.getParametersMap().keySet().stream()
        .filter(key -> !ReaderRules.KEYS.contains(key))
        .sorted()
        .forEach(key -> warn(true, "parameters: " + key));
  }

  private void warn(boolean there, String field) {
    if (there) {
      warnings.add("%s: %s has no effect here.".formatted(ModelConfigFile.NAME, field));
    }
  }
}
