package dev.synthorax.client.training;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.phantom.PhantomSpec;
import dev.synthorax.client.phantom.Site;
import dev.synthorax.client.yaml.YamlLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a recipe from YAML; docs/training.md has every key. */
public final class RecipeFile {
  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final String A_NAME =
      "1 to 64 of a-z, 0-9, '.', '_' and '-', a letter or digit first";
  private static final int MAX_THREADS = 1024;
  private static final int MIN_SIZE = 8;
  private static final int MAX_SIZE = 4096;

  private final Path folder; // what paths in the recipe start from

  private RecipeFile(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads a recipe.
   *
   * @throws RecipeException if it is no YAML, or anything in it is wrong; tells all of it
   * @throws IOException if the file cannot be read
   */
  public static TrainingRecipe read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    JsonNode root;
    try {
      root = YAML.readTree(text);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String why = e.getOriginalMessage().lines().findFirst().orElse("damaged");
      throw new RecipeException(
          List.of(file + (at == null ? "" : ":" + at.getLineNr()) + ": no YAML (" + why + ")"));
    }
    Problems problems = new Problems(file, YamlLines.of(text));
    Path above = file.toAbsolutePath().getParent();
    TrainingRecipe recipe =
        new RecipeFile(above == null ? Path.of("") : above).recipe(new Section(root, "", problems));
    if (!problems.none()) {
      throw problems.failure();
    }
    return recipe;
  }

  private TrainingRecipe recipe(Section root) {
    String model = name(root, "model", root.need("model", "a name for the model"));
    String recipe = root.need("recipe", "a recipe of the server, such as classifier");
    List<TrainingData> datasets = new ArrayList<>();
    List<Section> entries = root.sections("datasets");
    if (entries.isEmpty()) {
      root.problem("datasets", "none (expected: a list of one at least)");
    }
    for (Section entry : entries) {
      TrainingData data = data(entry);
      if (data != null) {
        datasets.add(data);
      }
    }
    Map<String, String> models = new LinkedHashMap<>();
    for (String role : List.of("base", "proxy")) {
      String name = root.text(role, "the name of a model on the server");
      if (name != null) {
        models.put(role, name(root, role, name));
      }
    }
    Section settings = root.section("settings");
    Section networks = root.section("networks");
    Map<String, JsonNode> changes = new LinkedHashMap<>();
    if (settings != null) {
      changes.put("recipe", YAML.valueToTree(settings.all()));
    }
    if (networks != null) {
      changes.putAll(networks.all());
      changes.forEach(
          (template, value) -> {
            if (!value.isObject()) {
              networks.problem(template, value + " (expected: keys of its config.json)");
            }
          });
    }
    int threads = (int) root.whole("threads", 0, MAX_THREADS, 0);
    boolean promote = root.flag("promote", true);
    root.end();
    return new TrainingRecipe(model, recipe, datasets, models, changes, threads, promote);
  }

  private static String name(Section section, String key, String name) {
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      section.problem(key, "'" + name + "' (expected: " + A_NAME + ")");
    }
    return name;
  }

  private static @Nullable String name(Section section) {
    String name = section.text("name", A_NAME);
    return name == null ? null : name(section, "name", name);
  }

  private @Nullable TrainingData data(Section entry) {
    long kinds = List.of("folder", "phantom", "dataset").stream().filter(entry::has).count();
    if (kinds != 1) {
      entry.problem("", "(expected: one of folder, phantom or dataset)");
      entry.end();
      return null;
    }
    Section phantom = entry.section("phantom");
    TrainingData data =
        phantom != null
            ? phantom(entry, phantom)
            : entry.has("dataset") ? kept(entry) : folder(entry);
    entry.end();
    return data;
  }

  private static TrainingData kept(Section entry) {
    return new TrainingData.OnServer(
        name(entry, "dataset", entry.need("dataset", "the name of a dataset on the server")),
        entry.weight("weight"));
  }

  private TrainingData folder(Section entry) {
    String cheXmask = entry.text("chexmask", "a CheXmask table");
    return new TrainingData.Folder(
        folder.resolve(entry.need("folder", "a folder with a dataset")),
        entry.named("format", DatasetFormat::ofWireName),
        entry.named("split", Split::ofWireName),
        structures(entry),
        (int) entry.whole("size", MIN_SIZE, MAX_SIZE, 0),
        cheXmask == null ? null : folder.resolve(cheXmask),
        entry.flag("skip-missing", false),
        name(entry),
        entry.weight("weight"));
  }

  private static List<Structure> structures(Section entry) {
    List<Structure> named =
        entry.names("structures", Structure::ofWireName).stream().distinct().toList();
    return named.isEmpty() ? Structure.CHANNELS : named;
  }

  private static TrainingData phantom(Section entry, Section phantom) {
    Site site = phantom.named("site", RecipeFile::site);
    Split split = phantom.named("split", Split::ofWireName);
    Site of = site == null ? Site.A : site;
    Split in = split == null ? Split.TRAIN : split;
    long first = phantom.whole("seed", of.first(in), of.last(in), of.first(in));
    int count = (int) phantom.whole("count", 1, of.last(in) - first + 1, 0);
    if (!phantom.has("count")) {
      phantom.problem("count", "missing (expected: how many)");
    }
    int size = (int) phantom.whole("size", PhantomSpec.MIN_SIZE, PhantomSpec.MAX_SIZE, 0);
    if (!phantom.has("size")) {
      phantom.problem("size", "missing (expected: pixels a side)");
    }
    Set<Finding> findings = Set.copyOf(phantom.names("finding", Finding::ofWireName));
    phantom.end();
    return new TrainingData.Phantom(
        of,
        in,
        first,
        count,
        size,
        findings,
        structures(entry),
        name(entry),
        entry.weight("weight"));
  }

  private static Site site(String name) {
    try {
      return Site.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + name + "' (expected: A, B, C, D or E)", e);
    }
  }
}
