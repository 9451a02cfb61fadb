/**
 * Files that are there whole or not at all, files that are nothing but files, and their digests.
 */
@NullMarked
package dev.synthorax.files;

import org.jspecify.annotations.NullMarked;
