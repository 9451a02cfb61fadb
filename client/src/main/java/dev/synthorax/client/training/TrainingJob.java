package dev.synthorax.client.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.SampleSource;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.TrainingClient;
import dev.synthorax.client.storage.ContentHash;
import dev.synthorax.proto.v1.Dataset;
import dev.synthorax.proto.v1.DatasetShare;
import dev.synthorax.proto.v1.DatasetState;
import dev.synthorax.proto.v1.Training;
import dev.synthorax.proto.v1.TrainingSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The job that a recipe asks for. Its name follows from all that decides its result, so that the
 * same recipe on the same samples is the same job: started again, it goes on or is only watched.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class TrainingJob {
  private static final JsonMapper SORTED =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private final TrainingRecipe recipe;
  private final List<NamedSamples> datasets;
  private final TrainingSpec spec;
  private final String name;

  /** Is told what a job is doing before it trains; on the calling thread. */
  public interface Listener {
    /** Some samples of a dataset are read, to know their digest. */
    void reading(String dataset, long samples);

    /** Some samples of a dataset are on their way, of all that it has. */
    void uploading(String dataset, long samples, int of);

    /** Something odd that stops nothing. */
    void warning(String line);
  }

  /**
   * A dataset of a job, for people.
   *
   * @param name on the server
   * @param samples 0: not known here
   * @param share of every batch, 0..1
   */
  public record Part(String name, int samples, double share) {}

  private TrainingJob(TrainingRecipe recipe, List<NamedSamples> datasets) {
    this.recipe = recipe;
    this.datasets = datasets;
    this.spec = spec();
    this.name = NamedSamples.named(recipe.model(), ContentHash.of(identity()));
  }

  /**
   * Opens the datasets of a recipe, and reads those that are named by their content.
   *
   * @param threads that read images
   * @throws IOException if a dataset cannot be read; {@code datasets[1]: why}
   */
  public static TrainingJob of(TrainingRecipe recipe, int threads, Listener listener)
      throws IOException, InterruptedException {
    List<NamedSamples> datasets = new ArrayList<>();
    for (int i = 0; i < recipe.datasets().size(); i++) {
      TrainingData data = recipe.datasets().get(i);
      String at = "datasets[" + i + "]";
      NamedSamples samples;
      try {
        samples = NamedSamples.of(data, threads, read -> listener.reading(at, read));
      } catch (IOException e) {
        throw new IOException(at + ": " + e.getMessage(), e);
      }
      if (datasets.stream().anyMatch(other -> other.name().equals(samples.name()))) {
        throw new IOException(
            at + ": the samples of " + samples.name() + " again (expected: each dataset once)");
      }
      samples.warnings().forEach(listener::warning);
      datasets.add(samples);
    }
    return new TrainingJob(recipe, datasets);
  }

  private TrainingSpec spec() {
    TrainingSpec.Builder message =
        TrainingSpec.newBuilder()
            .setRecipe(recipe.recipe())
            .setModel(recipe.model())
            .putAllModels(recipe.models())
            .setThreads(recipe.threads())
            .setPromote(recipe.promote());
    recipe
        .settings()
        .forEach(
            (template, changes) -> message.putSettings(template, StructValues.struct(changes)));
    for (NamedSamples samples : datasets) {
      message.addDatasets(
          DatasetShare.newBuilder().setDataset(samples.name()).setWeight(samples.weight()));
    }
    return message.build();
  }

  /** All that decides the job's result, as JSON with its keys in order. */
  private byte[] identity() {
    Map<String, Object> identity = new LinkedHashMap<>();
    identity.put("recipe", recipe.recipe());
    identity.put("model", recipe.model());
    identity.put("datasets", datasets.stream().map(NamedSamples::name).toList());
    identity.put("weights", datasets.stream().map(NamedSamples::weight).toList());
    identity.put("models", recipe.models());
    identity.put("settings", SORTED.convertValue(recipe.settings(), Map.class));
    identity.put("threads", recipe.threads());
    identity.put("promote", recipe.promote());
    try {
      return SORTED.writeValueAsString(identity).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("names, numbers and JSON always become JSON", e);
    }
  }

  /** Returns the job's name on the server. */
  public String name() {
    return name;
  }

  /** Returns what is asked for. */
  public TrainingRecipe recipe() {
    return recipe;
  }

  /** Returns the datasets, in the recipe's order. */
  public List<Part> parts() {
    double all = datasets.stream().mapToDouble(NamedSamples::weight).sum();
    return datasets.stream()
        .map(samples -> new Part(samples.name(), samples.count(), samples.weight() / all))
        .toList();
  }

  /**
   * Starts the job or goes on with it. It is asked for before anything is uploaded, so that what is
   * wrong with it is known first.
   *
   * @return the job as the server has it
   * @throws SynthoraxException if the server refuses it
   * @throws IOException if samples cannot be read
   */
  public Training start(TrainingClient training, Listener listener)
      throws IOException, InterruptedException {
    for (NamedSamples samples : datasets) {
      if (samples.named() && isWhole(training.datasetIfAny(samples.name()))) {
        upload(training, samples, listener); // its name does not say that it holds our samples
      }
    }
    try {
      return training.start(name, spec);
    } catch (SynthoraxException e) {
      if (!e.reason().equals("DATASET_NOT_FOUND")) {
        throw e;
      }
    }
    for (NamedSamples samples : datasets) {
      if (!isWhole(training.datasetIfAny(samples.name()))) {
        upload(training, samples, listener);
      }
    }
    return training.start(name, spec);
  }

  private static boolean isWhole(@Nullable Dataset dataset) {
    return dataset != null && dataset.getState() == DatasetState.DATASET_STATE_WHOLE;
  }

  private static void upload(TrainingClient training, NamedSamples samples, Listener listener)
      throws IOException, InterruptedException {
    SampleSource source = samples.source();
    if (source != null) {
      var _ =
          training.upload(
              samples.name(),
              source,
              done -> listener.uploading(samples.name(), done, samples.count()));
    }
  }
}
