/** Prompts as token ids: the CLIP tokenizer, and vocabularies of our own in its file format. */
@NullMarked
package dev.synthorax.nn.text;

import org.jspecify.annotations.NullMarked;
