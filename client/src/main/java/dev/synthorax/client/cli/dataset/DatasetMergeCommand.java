package dev.synthorax.client.cli.dataset;

import dev.synthorax.client.cli.option.ExitCode;
import dev.synthorax.client.cli.option.OutputOptions;
import dev.synthorax.client.cli.option.UsageException;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.Merge;
import dev.synthorax.client.dataset.format.DatasetFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes several datasets as one. */
@Command(
    name = "merge",
    description = "Writes several datasets as one; splits and labels stay what they were.",
    sortOptions = false,
    footer = {
      "",
      "A label that a dataset does not mention stays not mentioned in its images:",
      "that is not negative. Equal names in two datasets are refused without a flag,",
      "and so is a patient in two splits.",
      "",
      "Examples:",
      "  synthorax dataset merge siim candid --to folder --out both --prefix",
      "  synthorax dataset merge nih-1 nih-2 --to nih --out nih --same-patients"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields before call()
final class DatasetMergeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(arity = "2..*", paramLabel = "DIR", description = "Folders of datasets, two or more.")
  private List<Path> folders;

  @Option(
      names = "--prefix",
      description = "Put the folder's name before the names of images, patients and studies.")
  private boolean prefix;

  @Option(
      names = "--same-patients",
      description = "Patients of one name are one person, in whichever dataset.")
  private boolean samePatients;

  @Mixin private DatasetTarget target;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    target.check();
    if (prefix && samePatients) {
      throw new UsageException(
          "--prefix and --same-patients (expected: one; the first keeps patients apart)");
    }
    List<Merge.Part> parts = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Set<String> formats = new HashSet<>();
    int leftOut = 0;
    for (Path folder : folders) {
      Dataset dataset =
          DatasetSource.open(DatasetFormat.detect(folder), folder, err, target.readOptions());
      formats.add(dataset.format());
      leftOut += dataset.leftOut();
      parts.add(new Merge.Part(folder.toString(), name(folder, names), dataset.images()));
    }
    Merge merge = merge(parts);
    merge.warnings().forEach(warning -> err.println("warning: " + warning));
    target.write(
        merge.images(),
        folders.size()
            + " datasets ("
            + String.join(", ", formats.stream().sorted().toList())
            + ")",
        leftOut,
        output.json(),
        spec.commandLine().getOut(),
        err);
    return ExitCode.OK;
  }

  /** The folder's own name, with a number where it was taken. */
  private static String name(Path folder, Set<String> taken) {
    String own = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    String plain = own.replaceAll("[^A-Za-z0-9_.-]", "_").replaceFirst("^\\.+", "");
    String name = plain;
    for (int number = 2; !taken.add(name); number++) {
      name = plain + "-" + number;
    }
    return name;
  }

  private Merge merge(List<Merge.Part> parts) throws IOException {
    Merge.Names names =
        prefix
            ? Merge.Names.PREFIXED
            : samePatients ? Merge.Names.SAME_PATIENTS : Merge.Names.UNKNOWN;
    try {
      return Merge.of(parts, names);
    } catch (IllegalArgumentException e) {
      String advice =
          switch (names) {
            case UNKNOWN ->
                "; --prefix keeps equal names apart, --same-patients makes equal patients one";
            case SAME_PATIENTS -> "; --prefix keeps equal names apart";
            case PREFIXED -> "";
          };
      throw new IOException(e.getMessage() + advice, e);
    }
  }
}
