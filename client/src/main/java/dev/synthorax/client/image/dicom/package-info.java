/**
 * The part of DICOM that single-frame grey radiographs need: files in, with their look-up tables
 * and windows applied, and synthetic secondary captures out. Knows nothing of datasets.
 */
@NullMarked
package dev.synthorax.client.image.dicom;

import org.jspecify.annotations.NullMarked;
