package dev.synthorax.nn.weights;

import dev.synthorax.engine.InferenceException;

/**
 * What a clone without Git LFS leaves in place of a large file: a few lines that name it.
 *
 * @see <a href="https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md">the pointer file</a>
 */
final class GitLfs {

  /** How every pointer begins. */
  static final String BEGINNING = "version https://git-lfs.github.com/spec/";

  private GitLfs() {}

  /** Whether a file that begins with this text is a pointer. */
  static boolean isPointer(String beginning) {
    return beginning.startsWith(BEGINNING);
  }

  /** The failure of a file that is one. */
  static InferenceException failure(ModelFile file) {
    return file.failed(
        "a Git LFS pointer, not the file itself (expected: the file; run git lfs pull in the folder"
            + " it was cloned to)",
        null);
  }
}
