/** Files on disk: hashed, whole or not there, forced, and folders that one process writes. */
@NullMarked
package dev.synthorax.client.storage;

import org.jspecify.annotations.NullMarked;
