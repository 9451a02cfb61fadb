package dev.synthorax.training.stage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A way to train one kind of model. A new one is a class and a line in {@code training.Recipes};
 * its templates lie in this package's resources below its name.
 */
public interface Recipe {
  /** What people call it. */
  String name();

  /** What comes out, in a few words. */
  String summary();

  /**
   * Counts the changes of the code that give other results with the same settings; part of the
   * identity. Raise it with each such change: runs of the former code are then not gone on with.
   */
  int revision();

  /** Settings and configurations that a new work folder starts with, relative to it. */
  List<String> templates();

  /** Where a template lies among the resources of all recipes. */
  default String template(String name) {
    return name() + "/" + name;
  }

  /** The models that it needs or may be given. */
  default Roles roles() {
    return Roles.NONE;
  }

  /**
   * What is to be done, checked as far as it can be before anything is computed.
   *
   * @throws IllegalArgumentException if settings are wrong or do not fit samples or models
   */
  Plan plan(Inputs inputs) throws IOException;

  /**
   * Stages in order and what becomes of their results.
   *
   * @param seed decides everything random
   */
  record Plan(long seed, List<Stage> stages, Result result) {
    public Plan {
      stages = List.copyOf(stages);
    }
  }

  /** One step of the way, with results of its own on disk. */
  interface Stage {
    /** What events and folders call it. */
    String name();

    /** All that decides this stage's result beside what decided the stages before. */
    Identity identify(Identity before) throws IOException;

    /**
     * Computes the results from those of earlier stages alone, and calls {@link StageRun#finish}.
     *
     * @return false if told to stop, with a checkpoint written where there are any
     */
    boolean run(StageRun run) throws IOException;
  }

  /** The finished model. */
  interface Result {
    /** All that decides its files beside the stages. */
    Identity identify(Identity before) throws IOException;

    /** Writes its files into an empty folder. */
    void write(Path folder) throws IOException;
  }
}
