package dev.synthorax.client.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderLockTest {
  @TempDir private Path folder;

  @Test
  void of_folderThatIsLocked_isRefusedUntilItIsFree() throws IOException {
    try (FolderLock _ = FolderLock.of(folder)) {
      assertThatThrownBy(() -> FolderLock.of(folder))
          .isInstanceOf(IOException.class)
          .hasMessage(
              folder
                  + ": another run writes there (expected: one at a time); wait for it, or name"
                  + " another folder");
    }
    FolderLock.of(folder).close();

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void of_otherFile_isAnotherLockWithItsOwnRefusal() throws IOException {
    Path file = folder.resolve(".writing");
    try (FolderLock _ = FolderLock.of(folder);
        FolderLock _ = FolderLock.of(file, "busy")) {
      assertThatThrownBy(() -> FolderLock.of(file, "busy")).hasMessage("busy");
    }

    assertThat(folder).isEmptyDirectory();
  }
}
