/** {@code dataset} and {@code phantom}: datasets on disk. */
@NullMarked
package dev.synthorax.client.cli.dataset;

import org.jspecify.annotations.NullMarked;
