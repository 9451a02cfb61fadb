/** What a person at a terminal sees and does: bars, clean text, Ctrl-C; knows no command. */
@NullMarked
package dev.synthorax.client.cli.terminal;

import org.jspecify.annotations.NullMarked;
