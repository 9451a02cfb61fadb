package dev.synthorax.client.training;

import dev.synthorax.client.SampleDigest;
import dev.synthorax.client.SampleSource;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One dataset of a job, by the name that it has on the server. Unless the recipe names it, the name
 * holds the digest of the samples: other samples are another dataset, and what the server has under
 * the name need not be read again. Phantoms follow from their seeds, so that the digest of the
 * first few stands for all.
 *
 * @param name on the server
 * @param source null: it is there already
 * @param count samples; 0: not known here
 * @param weight in every batch
 * @param named whether the recipe chose the name, which then says nothing of the samples
 * @param warnings what is odd but not wrong in its tables
 */
record NamedSamples(
    String name,
    @Nullable SampleSource source,
    int count,
    double weight,
    boolean named,
    List<String> warnings) {
  private static final int PHANTOMS_THAT_TELL = 8;
  private static final int DIGITS = 12;
  private static final int WORDS = 64 - 1 - DIGITS; // of the 64 characters that a name may have

  /** Copies the list. */
  NamedSamples {
    warnings = List.copyOf(warnings);
  }

  /**
   * Opens an entry of a recipe.
   *
   * @param read hears how many samples were read for the name
   * @throws IOException if the dataset cannot be read
   */
  static NamedSamples of(TrainingData data, int threads, LongConsumer read)
      throws IOException, InterruptedException {
    return switch (data) {
      case TrainingData.OnServer kept ->
          new NamedSamples(kept.name(), null, 0, kept.weight(), true, List.of());
      case TrainingData.Phantom phantom -> phantoms(phantom, threads);
      case TrainingData.Folder folder -> folder(folder, threads, read);
    };
  }

  private static NamedSamples folder(TrainingData.Folder data, int threads, LongConsumer read)
      throws IOException, InterruptedException {
    FolderSamples samples = FolderSamples.open(data, threads);
    String name = data.name();
    if (name == null) {
      String words = String.valueOf(data.folder().toAbsolutePath().normalize().getFileName());
      if (data.split() != null) {
        words += "-" + data.split().wireName();
      }
      name = named(words, digest(samples, read));
    }
    return new NamedSamples(
        name, samples, samples.size(), data.weight(), data.name() != null, samples.warnings());
  }

  private static NamedSamples phantoms(TrainingData.Phantom data, int threads)
      throws IOException, InterruptedException {
    String name = data.name();
    if (name == null) {
      int some = Math.min(PHANTOMS_THAT_TELL, data.count());
      String words = "phantoms-" + data.site() + "-" + data.seed() + "-" + data.count();
      name = named(words, digest(new PhantomSamples(data, some, threads), _ -> {}));
    }
    return new NamedSamples(
        name,
        new PhantomSamples(data, data.count(), threads),
        data.count(),
        data.weight(),
        data.name() != null,
        List.of());
  }

  private static String digest(SampleSource samples, LongConsumer read)
      throws IOException, InterruptedException {
    SampleDigest digest = new SampleDigest(samples.shape());
    samples.forEach(
        sample -> {
          digest.add(sample);
          read.accept(digest.point().getSamples());
        });
    return HexFormat.of().formatHex(digest.point().getDigest().toByteArray());
  }

  /** Returns words that may be a name, shortened, with the first digits of a digest. */
  static String named(String words, String digest) {
    String plain =
        words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-").replaceAll("^[._-]+", "");
    String shortened = plain.substring(0, Math.min(WORDS, plain.length()));
    return (shortened.isEmpty() ? "data" : shortened) + "-" + digest.substring(0, DIGITS);
  }
}
