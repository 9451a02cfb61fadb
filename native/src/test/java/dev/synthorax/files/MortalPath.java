package dev.synthorax.files;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/**
 * A path of a {@link MortalFileSystem}.
 *
 * @param files whose it is
 * @param real the same path for all others
 */
record MortalPath(MortalFileSystem files, Path real) implements Path {
  static Path real(Path path) {
    return path instanceof MortalPath mortal ? mortal.real : path;
  }

  private Path mine(Path path) {
    return new MortalPath(files, path);
  }

  private @Nullable Path mineOrNull(@Nullable Path path) {
    return path == null ? null : mine(path);
  }

  @Override
  public FileSystem getFileSystem() {
    return files;
  }

  @Override
  public boolean isAbsolute() {
    return real.isAbsolute();
  }

  @Override
  public @Nullable Path getRoot() {
    return mineOrNull(real.getRoot());
  }

  @Override
  public @Nullable Path getFileName() {
    return mineOrNull(real.getFileName());
  }

  @Override
  public @Nullable Path getParent() {
    return mineOrNull(real.getParent());
  }

  @Override
  public int getNameCount() {
    return real.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return mine(real.getName(index));
  }

  @Override
  public Path subpath(int from, int to) {
    return mine(real.subpath(from, to));
  }

  @Override
  public boolean startsWith(Path other) {
    return real.startsWith(real(other));
  }

  @Override
  public boolean endsWith(Path other) {
    return real.endsWith(real(other));
  }

  @Override
  public Path normalize() {
    return mine(real.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return mine(real.resolve(real(other)));
  }

  @Override
  public Path relativize(Path other) {
    return mine(real.relativize(real(other)));
  }

  @Override
  public URI toUri() {
    return real.toUri();
  }

  @Override
  public Path toAbsolutePath() {
    return mine(real.toAbsolutePath());
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return mine(real.toRealPath(options));
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int compareTo(Path other) {
    return real.compareTo(real(other));
  }

  @Override
  public String toString() {
    return real.toString();
  }
}
