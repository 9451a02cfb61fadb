package dev.synthorax.engine.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The kernels: CUDA C++ beside this class, one file each, and the function of the file's name. */
enum Kernel {
  /** Fills a network's inputs. */
  GATHER,
  /** Moves whole rows between tensors. */
  SCATTER,
  /** Guides and moves latents one step. */
  UPDATE,
  /** Puts back what is known. */
  RESTORE,
  /** Draws noise. */
  NORMAL,
  /** Makes pictures. */
  GREY;

  private static final List<String> HEADERS = List.of("rows.cuh", "noise.cuh");

  /** The function's name, as the code says it. */
  String function() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its file's name. */
  String file() {
    return function() + ".cu";
  }

  /** Its code. */
  String source() {
    return text(file());
  }

  /** What the code may include, by name. */
  static Map<String, String> headers() {
    var headers = new LinkedHashMap<String, String>();
    HEADERS.forEach(name -> headers.put(name, text(name)));
    return headers;
  }

  private static String text(String name) {
    try (InputStream stream = Kernel.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(name + " is not on the class path beside the kernels");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
