package dev.synthorax.benchmarks.attack;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A folder that is no good model beside one that is, and alone. */
final class BadModels implements Attack {
  private static final String GOOD = "good";
  private static final String BAD = "bad";
  private static final Path ENDLESS = Path.of("/dev/zero");

  @Override
  public String name() {
    return "loading";
  }

  @Override
  public String about() {
    return "folders of models that are broken or hostile, beside a good one and alone";
  }

  /** Breaks a good folder. */
  private interface Damage {
    void to(Path folder) throws IOException, InterruptedException;
  }

  private static final List<String> PIPED =
      List.of(
          "unet/config.json",
          "tokenizer/vocab.json",
          "unet/diffusion_pytorch_model.safetensors",
          "model_index.json",
          "synthorax.yaml",
          "tokenizer/merges.txt",
          "scheduler/scheduler_config.json");

  private static Map<String, Damage> damages(boolean quick) {
    var all = new LinkedHashMap<String, Damage>();
    all.put("a billion channels", BadModels::billionChannels);
    all.put(
        "a vae of a billion channels",
        folder ->
            Folders.edit(
                folder.resolve("vae/config.json"), "16, 24, 32, 64", "1000000000, 24, 32, 64"));
    all.put(
        "weights linked to an endless device", folder -> Folders.linkTo(weights(folder), ENDLESS));
    all.put(
        "a configuration linked to an endless device",
        folder -> Folders.linkTo(folder.resolve("unet/config.json"), ENDLESS));
    for (String file : quick ? PIPED.subList(0, 3) : PIPED) {
      all.put(file + " is a pipe", folder -> Folders.pipe(folder.resolve(file)));
    }
    all.put("a token id outside the vocabulary", BadModels::strangeToken);
    all.put("weights cut in half", BadModels::cutWeights);
    all.put("weights of zeros", folder -> replace(weights(folder), new byte[1 << 20]));
    all.put(
        "a weight header of 2^62 bytes",
        folder -> replace(weights(folder), new byte[] {0, 0, 0, 0, 0, 0, 0, 0x40, '{', '}'}));
    all.put(
        "a configuration nested 100,000 deep",
        folder ->
            replace(
                folder.resolve("unet/config.json"),
                "[".repeat(100_000).getBytes(StandardCharsets.US_ASCII)));
    all.put(
        "an image size of two billion",
        folder ->
            Folders.edit(
                folder.resolve("synthorax.yaml"), "[[128, 128]]", "[[2000000000, 2000000000]]"));
    return all;
  }

  private static Path weights(Path folder) {
    return folder.resolve("unet/diffusion_pytorch_model.safetensors");
  }

  private static void billionChannels(Path folder) throws IOException {
    for (String network : List.of("unet", "controlnet")) {
      Folders.edit(
          folder.resolve(network).resolve("config.json"), "48, 96, 144", "1000000000, 96, 144");
    }
  }

  private static void strangeToken(Path folder) throws IOException {
    Folders.edit(
        folder.resolve("tokenizer/vocab.json"),
        "\"<|endoftext|>\" : 717",
        "\"<|endoftext|>\" : 5000");
    Folders.edit(folder.resolve("text_encoder/config.json"), "717", "5000");
  }

  private static void cutWeights(Path folder) throws IOException {
    byte[] all = Files.readAllBytes(weights(folder));
    replace(weights(folder), java.util.Arrays.copyOf(all, all.length / 2));
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Files.delete(file);
    Files.write(file, content);
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    Path original = scene.folder().resolve("original");
    Folders.copy(scene.installation().bundledModel(), original);
    Path good = scene.folder().resolve("beside").resolve(GOOD);
    Folders.link(original, good);
    Reference expected;
    try (AttackedServer server = scene.serving("reference", scene.settings().withModels(good))) {
      expected = Reference.of(server, GOOD);
    }
    var figures = new ArrayList<Figure>();
    int number = 0;
    for (var damage : damages(scene.quick()).entrySet()) {
      scene.tell(damage.getKey());
      Path folder = scene.folder().resolve("case-" + number++);
      Folders.link(original, folder.resolve("models").resolve(GOOD));
      Path bad = folder.resolve("models").resolve(BAD);
      Folders.link(original, bad);
      damage.getValue().to(bad);
      figures.add(
          Figure.equal(
              damage.getKey() + ", beside a good model",
              beside(scene, folder, expected),
              "serves; bad refused; good: same version and pixels"));
    }
    figures.addAll(alone(scene));
    Folders.delete(scene.folder().resolve("original"));
    return figures;
  }

  private static String beside(Scene scene, Path folder, Reference expected) throws Exception {
    ServerSettings settings = scene.settings().withModels(folder.resolve("models"));
    try (AttackedServer server =
        AttackedServer.start(scene.installation(), settings, folder.resolve("server"))) {
      if (!server.awaitServing(startLimit(scene))) {
        Integer exit = server.awaitExit(Duration.ofSeconds(2));
        return exit == null
            ? "does not serve within " + startLimit(scene).toSeconds() + " s"
            : "ends with exit code " + exit;
      }
      return "serves; bad "
          + badState(server)
          + "; good: "
          + expected.compare(Reference.of(server, GOOD));
    }
  }

  private static Duration startLimit(Scene scene) {
    return scene.seconds(30, 15);
  }

  private static String badState(AttackedServer server) {
    ManagedChannel channel = Wire.channel(server.target());
    try {
      Answer list =
          Wire.call(channel, Wire.LIST_MODELS, new byte[0], Duration.ofSeconds(10)).join();
      if (!list.ok()) {
        return list.shown();
      }
      var bad =
          Wire.models(list.messages().getFirst()).stream()
              .filter(model -> model.name().equals(BAD))
              .findFirst();
      if (bad.isEmpty() || bad.get().state() == Wire.Listed.FAILED) {
        return "refused";
      }
      return "in state " + bad.get().state() + ", answers " + Reference.of(server, BAD).pixels();
    } finally {
      channel.shutdownNow();
    }
  }

  /** Nothing to serve must end the process, and not as if all were well. */
  private static List<Figure> alone(Scene scene) throws Exception {
    var figures = new ArrayList<Figure>();
    for (String what : List.of("a billion channels", "weights linked to an endless device")) {
      Path folder = scene.folder().resolve("case-0");
      if (what.startsWith("weights")) {
        folder = scene.folder().resolve("case-2");
      }
      ServerSettings settings = scene.settings().withModels(folder.resolve("models").resolve(BAD));
      try (AttackedServer server =
          AttackedServer.start(scene.installation(), settings, folder.resolve("alone"))) {
        boolean serves = server.awaitServing(startLimit(scene));
        Integer exit = serves ? null : server.awaitExit(Duration.ofSeconds(5));
        figures.add(
            Figure.equal(
                what + ", alone",
                serves ? "serves" : exit == null ? "neither serves nor ends" : "exit code " + exit,
                "exit code 1"));
      }
    }
    return figures;
  }
}
