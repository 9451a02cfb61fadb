/**
 * The {@code synthorax} command: one class a sub-command, exit codes 0 (done), 1 (failed) and 2
 * (bad usage), and errors of one line that say what was wrong, what was expected and what to do.
 */
@NullMarked
package dev.synthorax.client.cli;

import org.jspecify.annotations.NullMarked;
