package dev.synthorax.benchmarks.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Attacks servers that it starts, one attack after the other, and says what they bore. */
@Command(
    name = "attack",
    mixinStandardHelpOptions = true,
    description = "Attacks a server in ways that clients and operators can; bounded in time.",
    footer = {
      "",
      "Exit code 1: a limit was broken. Without names every attack runs; 'list' names",
      "them. With --before each attack runs on the older installation first, and those",
      "in pairs take turns.",
      "",
      "Example: synthorax bench attack masks queue --before ../synthorax-old --quick"
    })
public final class AttackCommand implements Callable<Integer> {
  private static final List<Attack> ATTACKS =
      List.of(
          new FixedRequests(),
          new SilentReaders(),
          new MaskFlood(),
          new FullQueue(),
          new RetryDelays(),
          new BadModels(),
          new BadCache(),
          new BadMessages(),
          new OddLatents(),
          new LastCalls(),
          new Resets(),
          new Fuzz(),
          new Soak(),
          new PairedThroughput(),
          new PairedStart());

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "Attacks (default: all).")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--server-home",
      paramLabel = "DIR",
      description = "Built checkout whose server is attacked (default: this one).")
  private @Nullable Path serverHome;

  @Option(
      names = "--before",
      paramLabel = "DIR",
      description = "Built checkout of an older version, to stand beside.")
  private @Nullable Path before;

  @Option(names = "--quick", description = "Shorter times, for a look.")
  private boolean quick;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = "target/attack",
      description = "Caches, models and logs of the servers (default: ${DEFAULT-VALUE}).")
  private Path work = Path.of("");

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there too.")
  private @Nullable Path json;

  /** Made by picocli. */
  public AttackCommand() {}

  @Override
  public Integer call() throws Exception {
    if (names.equals(List.of("list"))) {
      ATTACKS.forEach(attack -> System.out.printf("%-15s %s%n", attack.name(), attack.about()));
      return 0;
    }
    Installation newer = serverHome == null ? Installation.own() : Installation.of(serverHome);
    Installation older = before == null ? null : Installation.of(before);
    var table = new AttackTable(older == null ? null : older.label(), newer.label());
    for (Attack attack : chosen()) {
      System.err.println(
          LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS)
              + " "
              + attack.name());
      Scene old = older == null ? null : scene(older, null, "before", attack);
      if (old != null && !attack.paired()) {
        table.before(attack.name(), run(attack, old));
      }
      table.after(attack.name(), run(attack, scene(newer, old, "after", attack)));
      if (json != null) {
        table.writeJson(json);
      }
    }
    System.out.print(table.markdown());
    return table.broken() == 0 ? 0 : 1;
  }

  private List<Attack> chosen() {
    for (String name : names) {
      if (ATTACKS.stream().noneMatch(attack -> attack.name().equals(name))) {
        throw new ParameterException(
            spec.commandLine(),
            "NAME: "
                + name
                + " (expected: "
                + String.join(", ", ATTACKS.stream().map(Attack::name).toList())
                + ")");
      }
    }
    return ATTACKS.stream()
        .filter(attack -> names.isEmpty() || names.contains(attack.name()))
        .toList();
  }

  private Scene scene(Installation installation, @Nullable Scene older, String when, Attack attack)
      throws IOException {
    Path side = work.toAbsolutePath().normalize().resolve(when);
    Path folder = side.resolve(attack.name());
    Folders.delete(folder);
    Files.createDirectories(folder);
    return new Scene(installation, older, folder, side.resolve("cache"), quick, System.err);
  }

  /** An attack that itself fails is a figure too: the others still run. */
  private static List<Figure> run(Attack attack, Scene scene) throws InterruptedException {
    try {
      return attack.run(scene);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return List.of(Figure.equal("the attack itself", "failed: " + e, "done"));
    }
  }
}
