package dev.synthorax.training.stage;

import java.io.IOException;
import java.util.Objects;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * What a run computes on. The same run gives the same bytes where this is the same; elsewhere the
 * last bits of a sum may differ.
 */
public final class Environment {
  private Environment() {}

  /** libtorch's version, the processor's instructions and the threads, in words. */
  public static String describe() throws IOException {
    return "libtorch %s, %s, %d threads"
        .formatted(
            Objects.requireNonNullElse(Loader.getVersion("org.bytedeco", "pytorch"), "unknown"),
            torch.get_cpu_capability().getString(),
            torch.get_num_threads());
  }
}
