package dev.synthorax.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.training.stage.Identity;
import dev.synthorax.training.stage.Inputs;
import dev.synthorax.training.stage.Pace;
import dev.synthorax.training.stage.Recipe;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.WorkFolder;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdentityTest {
  private static final Identity SOME =
      Identity.NONE.with("recipe", "some").with("seed", 7).withDigest("a.txt", "0".repeat(64));

  @Test
  void parse_ofItsOwnJson_isTheSame() {
    assertThat(Identity.parse(SOME.toJson())).isEqualTo(SOME);
    assertThat(SOME.toJson()).contains(SOME.hash(), "\"seed\" : \"7\"");
  }

  @Test
  void parse_editedByHand_isRefused() {
    String edited = SOME.toJson().replace("\"7\"", "\"8\"");

    assertThatThrownBy(() -> Identity.parse(edited))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the hash is not that of the fields");
    assertThatThrownBy(() -> Identity.parse("{")).hasMessageContaining("not JSON");
  }

  @Test
  void hash_anyField_changesIt() {
    assertThat(
            List.of(
                SOME.hash(),
                SOME.with("seed", 8).hash(),
                SOME.with("more", 1).hash(),
                Identity.NONE.hash()))
        .doesNotHaveDuplicates();
  }

  @Test
  void differences_namedFieldsAndBothValues() {
    Identity now =
        Identity.NONE.with("recipe", "some").with("steps", 3).withDigest("a.txt", "1".repeat(64));

    assertThat(SOME.differences(now))
        .containsExactly(
            "seed was 7, now absent",
            "a.txt was sha256:000000000000, now sha256:111111111111",
            "steps was absent, now 3");
    assertThat(SOME.differences(SOME)).isEmpty();
  }

  @Test
  void withJson_nestedObjects_areFieldsAndListsAreValues() throws IOException {
    var json =
        new ObjectMapper().readTree("{\"a\": {\"b\": [1, 2]}, \"c\": \"text\", \"d\": 1e-5}");

    assertThat(Identity.NONE.withJson("unet", json).fields())
        .containsExactly(
            java.util.Map.entry("unet.a.b", "[1,2]"),
            java.util.Map.entry("unet.c", "text"),
            java.util.Map.entry("unet.d", "1.0E-5"));
  }

  /**
   * A number in the code that decides a result is a component of a record, and so in identities.
   */
  @Test
  void constants_ofTheRooms_areAllInAnIdentity(@TempDir Path folder) throws Exception {
    List<Identity> all = List.of(identity("cxr-mini", folder), identity("segmenter", folder));

    int records = 0;
    for (Class<?> type : classes()) {
      for (Field field : type.getDeclaredFields()) {
        boolean constant = Modifier.isStatic(field.getModifiers()) && !field.isSynthetic();
        assertThat(constant && (field.getType() == double.class || field.getType() == float.class))
            .as("%s: a number beside the identity (expected: in a record with a DEFAULT)", field)
            .isFalse();
        if (constant
            && type.isRecord()
            && field.getName().equals("DEFAULT")
            && type != Pace.class) {
          records++;
          assertThat(type.getRecordComponents())
              .allSatisfy(
                  component ->
                      assertThat(all)
                          .as("%s", component)
                          .anyMatch(
                              identity ->
                                  identity.fields().keySet().stream()
                                      .anyMatch(name -> name.endsWith("." + component.getName()))));
        }
      }
    }
    assertThat(records).isGreaterThan(6);
  }

  private static Identity identity(String name, Path folder) throws IOException {
    Recipe recipe = Recipes.find(name);
    try (WorkFolder work = WorkFolder.open(folder.resolve(name));
        Samples samples =
            Samples.open(List.of(SampleSource.of(Work.writeShards(folder.resolve("shards")))))) {
      work.layOut(recipe);
      Identity identity = samples.identify(Identity.NONE);
      for (Recipe.Stage stage : recipe.plan(new Inputs(work, samples, Map.of())).stages()) {
        identity = stage.identify(identity);
      }
      return identity;
    }
  }

  private static List<Class<?>> classes()
      throws IOException, URISyntaxException, ReflectiveOperationException {
    Path root = Path.of(Identity.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path home = root.resolve(Training.class.getPackageName().replace('.', '/'));
    List<String> names;
    try (Stream<Path> files = Files.walk(home)) {
      names =
          files
              .map(file -> root.relativize(file).toString().replace('/', '.'))
              .filter(name -> name.endsWith(".class") && !name.endsWith("package-info.class"))
              .map(name -> name.substring(0, name.length() - ".class".length()))
              .toList();
    }
    Class<?>[] classes = new Class<?>[names.size()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = Class.forName(names.get(i), false, Training.class.getClassLoader());
    }
    return Arrays.asList(classes);
  }
}
