package dev.synthorax.benchmarks.attack;

import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.ManagedChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The same requests to two installations, alone and all at once: every byte must be the same. */
final class FixedRequests implements Attack {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Override
  public String name() {
    return "fixed";
  }

  @Override
  public String about() {
    return "20 fixed requests, alone and in company: bytes equal to the older installation's";
  }

  @Override
  public boolean paired() {
    return true;
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    Map<String, String> now = digests(scene);
    Scene older = scene.older();
    Map<String, String> then = older == null ? now : digests(older);
    var different = new ArrayList<String>();
    now.forEach(
        (name, digest) -> {
          if (!digest.equals(then.get(name))) {
            different.add(name);
          }
        });
    return List.of(
        Figure.told("images of 20 fixed requests", now.size()),
        Figure.told("digest of all their bytes", Reference.digest(now.toString())),
        Figure.equal(
            "different from the older installation, or in company",
            different.isEmpty() ? "none" : String.join(", ", different),
            "none"));
  }

  /** Digests by request and image, also in {@code digests.txt}. */
  private static Map<String, String> digests(Scene scene) throws Exception {
    var digests = new LinkedHashMap<String, String>();
    try (AttackedServer server = scene.serving("fixed", scene.settings())) {
      ManagedChannel channel = Wire.channel(server.target());
      try {
        Map<String, GenerationSpec> cases = RequestCases.all();
        for (var request : cases.entrySet()) {
          digests.putAll(digests(request.getKey(), start(server, channel, request.getValue())));
        }
        var together = new LinkedHashMap<String, CompletableFuture<Answer>>();
        cases.forEach((name, spec) -> together.put(name, start(server, channel, spec)));
        for (var call : together.entrySet()) {
          digests(call.getKey(), call.getValue())
              .forEach(
                  (name, digest) ->
                      digests.merge(
                          name, digest, (one, other) -> one.equals(other) ? one : "differs"));
        }
      } finally {
        channel.shutdownNow();
      }
    }
    Files.write(
        scene.folder().resolve("digests.txt"),
        digests.entrySet().stream().map(e -> e.getValue() + "  " + e.getKey()).toList());
    return digests;
  }

  private static CompletableFuture<Answer> start(
      AttackedServer server, ManagedChannel channel, GenerationSpec spec) {
    return Wire.call(channel, Wire.GENERATE, server.request(spec), LIMIT);
  }

  private static Map<String, String> digests(String name, CompletableFuture<Answer> call)
      throws Exception {
    Answer answer = call.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    var digests = new TreeMap<String, String>();
    if (!answer.ok()) {
      digests.put(name + " #0", answer.shown());
      return digests;
    }
    for (Wire.Pixels image : Wire.imagesOfResponse(answer.messages().getFirst())) {
      digests.put(name + " #" + image.index(), Reference.digest(image.data().toByteArray()));
    }
    return digests;
  }
}
