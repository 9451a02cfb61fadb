package dev.synthorax.client.augment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RoomTest {
  @TempDir private Path temp;

  @Test
  void problem_lessThanNeeded_namesFreeAndNeeded() throws IOException {
    assertThat(new Room(3_100_000_000L, 1_600_000_000L, 1_200_000).problem(temp.resolve("none")))
        .isEqualTo(
            "room on the disk: 1.2 MB are free (expected: about 3.1 GB while at work, 1.6 GB at the"
                + " end)");
  }

  @Test
  void problem_imagesThatAreThere_needNoMoreRoom() throws IOException {
    Files.write(temp.resolve("image"), new byte[700]);

    assertThat(new Room(1000, 500, 300).problem(temp)).isNull();
    assertThat(new Room(1001, 500, 300).problem(temp)).contains("about 301 bytes while at work");
  }

  @Test
  void bytes_anySize_isSaidWithAUnit() {
    assertThat(Room.bytes(999)).isEqualTo("999 bytes");
    assertThat(Room.bytes(1500)).isEqualTo("1.5 kB");
    assertThat(Room.bytes(2_000_000_000_000L)).isEqualTo("2.0 TB");
  }
}
