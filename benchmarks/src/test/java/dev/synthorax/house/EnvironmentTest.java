package dev.synthorax.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.resident.ServerSetup;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a server reads of its environment decides which commands may use it. */
class EnvironmentTest {
  private static final Pattern READ = Pattern.compile("getenv\\(\"(\\w+)\"\\)");

  /** Where programs and libraries are looked for; what is computed does not follow from it. */
  private static final Set<String> WHERE = Set.of("PATH");

  @Test
  void variables_thatTheServerReads_areComparedByTheClient() {
    var read = new TreeSet<String>();
    House.sources().stream()
        .filter(source -> source.main() && Set.of("server", "native").contains(source.module()))
        .map(source -> String.join("\n", source.lines()))
        .forEach(
            text -> {
              Matcher name = READ.matcher(text);
              while (name.find()) {
                read.add(name.group(1));
              }
            });
    read.removeAll(WHERE);

    assertThat(read).isNotEmpty();
    assertThat(ServerSetup.VARIABLES).containsAll(read);
  }
}
