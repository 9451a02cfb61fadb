package dev.synthorax.server.review;

import dev.synthorax.files.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * An order of a reader's own, so that readers do not tire at the same items: by the SHA-256 of
 * seed, reader and name.
 *
 * @param seed of the set
 * @param reader by name
 */
record ReaderOrder(long seed, String reader) {
  private record Placed<T>(long key, T value) {}

  /** The things in this order. */
  <T> List<T> of(List<T> things, Function<T, String> name) {
    MessageDigest digest = Sha256.digest();
    List<Placed<T>> placed = new ArrayList<>(things.size());
    for (T thing : things) {
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).flip());
      digest.update((reader + '\n' + name.apply(thing)).getBytes(StandardCharsets.UTF_8));
      placed.add(new Placed<>(ByteBuffer.wrap(digest.digest()).getLong(), thing));
    }
    placed.sort(Comparator.comparingLong(Placed::key));
    return placed.stream().map(Placed::value).toList();
  }
}
