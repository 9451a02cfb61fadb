package dev.synthorax.benchmarks.attack;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A cache whose files are not what they were, and what killed starts leave there. */
final class BadCache implements Attack {
  private static final int ZEROS = 4096;
  private static final Duration START_LIMIT = Duration.ofSeconds(40);
  private static final String SAME = "same version and pixels";

  @Override
  public String name() {
    return "cache";
  }

  @Override
  public String about() {
    return "zeros in exported files, cut files, leftovers of killed starts";
  }

  /** Damages a file. */
  private interface Damage {
    void to(RandomAccessFile file) throws IOException;
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    Path cache = scene.folder().resolve("cache");
    ServerSettings settings = scene.settings().withCache(cache);
    Reference expected;
    try (AttackedServer server = scene.serving("fill", settings)) {
      expected = Reference.of(server, "");
    }
    var figures = new ArrayList<Figure>();
    figures.add(
        after(
            scene,
            settings,
            expected,
            "unet.fp32",
            "4 KB of zeros in the unet's weights",
            file -> {
              file.seek(file.length() / 2 / ZEROS * ZEROS);
              file.write(new byte[ZEROS]);
            }));
    figures.add(
        after(
            scene,
            settings,
            expected,
            "unet.fp32",
            "the unet's weights cut in half",
            file -> file.setLength(file.length() / 2)));
    figures.add(
        after(
            scene,
            settings,
            expected,
            ".onnx",
            "graphs cut in half",
            file -> file.setLength(file.length() / 2)));
    figures.add(
        after(scene, settings, expected, ".fp32", "empty weights", file -> file.setLength(0)));
    figures.add(
        after(
            scene,
            settings,
            expected,
            "unet/diffusion_pytorch_model.safetensors",
            "the extracted model's weights cut in half",
            file -> file.setLength(file.length() / 2)));
    figures.addAll(leftovers(scene, expected));
    return figures;
  }

  private static Figure after(
      Scene scene,
      ServerSettings settings,
      Reference expected,
      String ending,
      String what,
      Damage damage)
      throws Exception {
    scene.tell(what);
    int damaged = 0;
    for (Path path : Folders.below(settings.cache())) {
      if (Files.isRegularFile(path) && path.toString().endsWith(ending)) {
        path.toFile().setWritable(true);
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
          damage.to(file);
          damaged++;
        }
      }
    }
    if (damaged == 0) {
      return Figure.equal(what, "no file ends with " + ending, SAME);
    }
    Path folder = scene.folder().resolve(what.replace(' ', '-'));
    String came;
    try (AttackedServer server = AttackedServer.start(scene.installation(), settings, folder)) {
      if (server.awaitServing(START_LIMIT)) {
        came = expected.compare(Reference.of(server, ""));
      } else {
        Integer exit = server.awaitExit(Duration.ofSeconds(2));
        came = exit == null ? "does not serve" : "ends with exit code " + exit;
      }
    }
    if (!came.equals(SAME)) {
      Folders.delete(settings.cache()); // so that the next damage meets a good cache
      try (AttackedServer server = scene.serving("refill", settings)) {
        server.terminate();
        server.awaitExit(START_LIMIT);
      }
    }
    return Figure.equal(what, came, SAME);
  }

  /** Kills starts while they extract and export, lets a day pass, and starts once more. */
  private static List<Figure> leftovers(Scene scene, Reference expected) throws Exception {
    scene.tell("killed starts");
    Path cache = scene.folder().resolve("killed-cache");
    ServerSettings settings = scene.settings().withCache(cache);
    for (int kill = 0; kill < 6; kill++) {
      Path folder = scene.folder().resolve("killed-" + kill);
      try (AttackedServer server = AttackedServer.start(scene.installation(), settings, folder)) {
        long endNanos = System.nanoTime() + START_LIMIT.toNanos();
        int before = unfinished(cache).size();
        while (unfinished(cache).size() <= before
            && !server.awaitServing(Duration.ZERO)
            && System.nanoTime() < endNanos) {
          Thread.onSpinWait();
        }
      } // and close() kills it in the midst
    }
    List<Path> left = unfinished(cache);
    for (Path path : Folders.below(cache)) {
      Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    }
    try (AttackedServer server = scene.serving("after-killed", settings)) {
      return List.of(
          Figure.told("files and folders that killed starts left", left.size()),
          Figure.atMost("of them after the next start", unfinished(cache).size(), 0),
          Figure.equal(
              "answer after killed starts", expected.compare(Reference.of(server, "")), SAME));
    }
  }

  /** What has the name of something that is still written. */
  private static List<Path> unfinished(Path cache) throws IOException {
    if (!Files.isDirectory(cache)) {
      return List.of();
    }
    try {
      return Folders.below(cache).stream()
          .filter(
              path -> {
                String name = String.valueOf(path.getFileName());
                return name.startsWith("extracting-")
                    || name.endsWith(".tmp")
                    || name.endsWith(".partial")
                    || name.startsWith(".");
              })
          .toList();
    } catch (java.io.UncheckedIOException e) {
      return List.of(); // a folder was renamed while we looked
    }
  }
}
