package dev.synthorax.house;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.augment.plan.PlanFile;
import dev.synthorax.client.training.RecipeFile;
import dev.synthorax.house.House.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the guides name is there. */
class GuidesTest {
  private static final Pattern QUOTED = Pattern.compile("`([^`\n]+)`");
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern CODE =
      Pattern.compile("^```.*?^```", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)[^)]*\\)");

  /** A name of a type, perhaps with one inside it or a method of its. */
  private static final Pattern TYPE = Pattern.compile("[A-Z]\\w*[a-z]\\w*(\\.\\w+)*(\\(\\))?");

  /** Types of others, messages of the contract, and those that a reader is to write. */
  private static final Set<String> NOT_OURS =
      Set.of("Callable", "RuntimeException", "Error", "Model", "ModelConfig");

  static Stream<Path> guides() throws IOException {
    try (Stream<Path> files = Files.walk(House.ROOT.resolve("docs"))) {
      return Stream.concat(
          Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md").map(House.ROOT::resolve),
          files.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream())
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("guides")
  void links_ofAGuide_leadSomewhere(Path guide) throws IOException {
    var broken = new TreeSet<String>();
    Matcher link = LINK.matcher(CODE.matcher(Files.readString(guide)).replaceAll(""));
    while (link.find()) {
      String target = link.group(1);
      if (!target.contains("://") && !Files.exists(guide.resolveSibling(target))) {
        broken.add(target);
      }
    }

    assertThat(broken).as("links of %s to nothing", guide).isEmpty();
  }

  @Test
  void examples_recipesAndPlans_canBeRead() throws IOException {
    Path examples = House.ROOT.resolve("docs/examples");
    List<Path> recipes;
    try (Stream<Path> files = Files.list(examples)) {
      recipes =
          files
              .filter(file -> file.toString().endsWith(".yaml") && !file.endsWith("plan.yaml"))
              .toList();
    }

    assertThat(recipes).isNotEmpty();
    for (Path recipe : recipes) {
      assertThat(RecipeFile.read(recipe).datasets()).as("%s", recipe).isNotEmpty();
    }
    assertThat(PlanFile.read(examples.resolve("plan.yaml")).arms()).isNotEmpty();
  }

  @Test
  void recipes_ofTheGuide_canBeRead(@TempDir Path folder) throws IOException {
    Matcher block = YAML.matcher(Files.readString(House.ROOT.resolve("docs/training.md")));
    int count = 0;
    while (block.find()) {
      Path recipe = Files.writeString(folder.resolve("recipe.yaml"), block.group(1));
      assertThat(RecipeFile.read(recipe).datasets()).as(block.group(1)).isNotEmpty();
      count++;
    }

    assertThat(count).isPositive();
  }

  @Test
  void types_ofTheDrawing_areThere() throws IOException {
    Set<String> ours = House.sources().stream().map(Source::simpleName).collect(toSet());
    var missing = new TreeSet<String>();
    Matcher quoted = QUOTED.matcher(Files.readString(House.DRAWING));
    while (quoted.find()) {
      String name = quoted.group(1);
      String type = name.replaceFirst("\\..*", "");
      boolean example = type.matches("X[A-Z].*");
      if (TYPE.matcher(name).matches()
          && !example
          && !NOT_OURS.contains(type)
          && !ours.contains(type)) {
        missing.add(name);
      }
    }

    assertThat(missing).as("types named in %s that are not there", House.DRAWING).isEmpty();
  }

  @Test
  void paths_ofTheDrawing_areThere() throws IOException {
    var missing = new TreeSet<String>();
    Matcher quoted = QUOTED.matcher(Files.readString(House.DRAWING));
    while (quoted.find()) {
      String path = quoted.group(1);
      boolean pattern = path.contains("<") || path.contains(" ") || path.matches(".*/X[A-Z][^/]*");
      if (path.contains("/") && !pattern && !Files.exists(House.ROOT.resolve(path))) {
        missing.add(path);
      }
    }

    assertThat(missing).as("paths named in %s that are not there", House.DRAWING).isEmpty();
  }
}
