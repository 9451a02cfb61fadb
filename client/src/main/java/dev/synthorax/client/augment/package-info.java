/**
 * Plans at work: the items of a plan, what each is made from, the images that are kept on the way,
 * and the datasets in the end. Images come by the {@linkplain
 * dev.synthorax.client.generation.GenerationEngine engine}. A manifest is a function of what was
 * asked and of the pixels that came: no times, no machine.
 */
@NullMarked
package dev.synthorax.client.augment;

import org.jspecify.annotations.NullMarked;
