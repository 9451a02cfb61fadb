/** Any image file, told by its content: pictures and DICOM. */
@NullMarked
package dev.synthorax.client.image.file;

import org.jspecify.annotations.NullMarked;
