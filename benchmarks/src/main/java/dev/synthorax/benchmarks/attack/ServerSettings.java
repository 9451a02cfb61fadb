package dev.synthorax.benchmarks.attack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How a server under attack is started.
 *
 * @param jvm options of its JVM
 * @param models folders of models; empty: the bundled ones
 * @param cache where graphs and bundled models go
 * @param grace what running requests get at the end, in whole seconds
 */
record ServerSettings(List<String> jvm, List<Path> models, Path cache, Duration grace) {
  ServerSettings {
    jvm = List.copyOf(jvm);
    models = List.copyOf(models);
  }

  static ServerSettings of(Path cache) {
    return new ServerSettings(List.of(), List.of(), cache, Duration.ofSeconds(5));
  }

  ServerSettings withJvm(String... options) {
    return new ServerSettings(List.of(options), models, cache, grace);
  }

  ServerSettings withModels(Path... folders) {
    return new ServerSettings(jvm, List.of(folders), cache, grace);
  }

  ServerSettings withCache(Path folder) {
    return new ServerSettings(jvm, models, folder, grace);
  }

  ServerSettings withGrace(Duration time) {
    return new ServerSettings(jvm, models, cache, time);
  }
}
