package dev.synthorax.server.repository;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.failure.ServerReason;
import dev.synthorax.server.pipeline.DiffusionPipeline;
import dev.synthorax.server.plain.PlainModel;
import java.util.Iterator;
import java.util.List;

/**
 * A loaded model of one of the kinds that are served.
 *
 * <p><b>Ownership:</b> the repository closes it when its last lease has ended.
 */
public sealed interface ServedModel extends AutoCloseable {
  /** Every version of it, the newest last, ready under that name. */
  List<ModelStatus> statuses(String name);

  /** Names the newest version. */
  String version();

  /** What is run otherwise than the folder says, one sentence each. */
  List<String> warnings();

  /** Images let in and not finished. */
  int unfinishedImages();

  /** Fails what still waits, then frees everything; not from a thread of the model itself. */
  @Override
  void close();

  /**
   * Makes images.
   *
   * @param pipeline takes requests until this is closed
   */
  record Diffusion(DiffusionPipeline pipeline) implements ServedModel {
    public Diffusion {
      requireNonNull(pipeline, "pipeline");
    }

    @Override
    public List<ModelStatus> statuses(String name) {
      return List.of(ModelStatus.ready(name, pipeline.description()));
    }

    @Override
    public String version() {
      return pipeline.description().version();
    }

    @Override
    public List<String> warnings() {
      return pipeline.description().warnings();
    }

    @Override
    public int unfinishedImages() {
      return pipeline.unfinishedImages();
    }

    @Override
    public void close() {
      pipeline.close();
    }
  }

  /**
   * Answers tensors with tensors.
   *
   * @param versions those that are served side by side, ascending; at least one
   */
  record Plain(List<PlainModel> versions) implements ServedModel {
    public Plain {
      versions = List.copyOf(versions);
    }

    /**
     * One of the versions.
     *
     * @param version its number; empty: the newest
     * @throws ServerException {@code MODEL_NOT_FOUND} if it is not served
     */
    public PlainModel model(String version) {
      if (version.isEmpty()) {
        return versions.getLast();
      }
      return versions.stream()
          .filter(each -> Long.toString(each.description().version()).equals(version))
          .findFirst()
          .orElseThrow(
              () -> {
                String name = versions.getLast().description().name();
                return new ServerException(
                    ServerReason.MODEL_NOT_FOUND,
                    "model %s: no version %s".formatted(name, version),
                    name);
              });
    }

    @Override
    public List<ModelStatus> statuses(String name) {
      return versions.stream().map(each -> ModelStatus.ready(name, each.description())).toList();
    }

    @Override
    public String version() {
      return Long.toString(versions.getLast().description().version());
    }

    @Override
    public List<String> warnings() {
      return versions.getLast().description().warnings();
    }

    @Override
    public int unfinishedImages() {
      return 0;
    }

    @Override
    public void close() {
      closeAll(versions.iterator());
    }

    /** Every one, also where another does not end well. */
    private static void closeAll(Iterator<PlainModel> left) {
      if (left.hasNext()) {
        try (var _ = left.next()) {
          closeAll(left);
        }
      }
    }
  }
}
