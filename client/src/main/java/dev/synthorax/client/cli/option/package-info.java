/** Options, exit codes and connections that several commands share; below all commands. */
@NullMarked
package dev.synthorax.client.cli.option;

import org.jspecify.annotations.NullMarked;
