package dev.synthorax.client.reading;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.dataset.OrderedParallel;
import dev.synthorax.client.image.GrayImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Reads films, a few at a time, and hands over in order what was said of them. A film that cannot
 * be read is left out; a server that cannot read any ends the work.
 */
public final class Films {
  private static final int AT_A_TIME = 8; // enough for a server to run them together

  private Films() {}

  /**
   * What is done with a film.
   *
   * @param <T> what it gives
   */
  public interface Work<T> {
    /**
     * Asks the server and keeps what it says; on several threads.
     *
     * @param image the film's pixels
     * @throws IOException if the result cannot be written
     * @throws SynthoraxException what the server answered
     */
    T read(FilmFile film, GrayImage image) throws IOException;
  }

  /**
   * Hears of every film in order, on the calling thread.
   *
   * @param <T> what was made of it
   */
  public interface Results<T> {
    /** A film was read. */
    void done(FilmFile film, T result) throws IOException;

    /** A film was left out. */
    void leftOut(Left left);
  }

  /**
   * A film that was left out.
   *
   * @param why one line, which names the file
   */
  public record Left(FilmFile film, String why) {}

  private record Outcome<T>(FilmFile film, @Nullable T result, @Nullable String why) {}

  /**
   * Reads films.
   *
   * @return those that were left out
   * @throws IOException if a result cannot be written
   * @throws SynthoraxException if the server does not answer, or has no model for it
   * @throws InterruptedException if the calling thread is interrupted
   */
  public static <T> List<Left> read(List<FilmFile> films, Work<T> work, Results<T> results)
      throws IOException, InterruptedException {
    requireNonNull(work, "work");
    requireNonNull(results, "results");
    List<Left> left = new ArrayList<>();
    List<Callable<Outcome<T>>> tasks = new ArrayList<>();
    films.forEach(film -> tasks.add(() -> read(film, work)));
    OrderedParallel.forEach(
        tasks.iterator(),
        AT_A_TIME,
        (Outcome<T> outcome) -> {
          T result = outcome.result;
          if (result != null) {
            results.done(outcome.film, result);
          } else {
            var each = new Left(outcome.film, String.valueOf(outcome.why));
            left.add(each);
            results.leftOut(each);
          }
        });
    return left;
  }

  private static <T> Outcome<T> read(FilmFile film, Work<T> work) throws IOException {
    GrayImage image;
    try {
      image = film.read();
    } catch (IOException e) {
      return new Outcome<>(film, null, e.getMessage());
    }
    try {
      return new Outcome<>(film, work.read(film, image), null);
    } catch (SynthoraxException e) {
      String field = e.field();
      if (field == null || !field.startsWith("spec.image")) {
        throw e; // it would be the same of every film
      }
      return new Outcome<>(film, null, film.file() + ": " + e.getMessage());
    }
  }
}
