/**
 * Rules about the whole house, checked where all of it can be seen: arrows, sizes, names, comments
 * and the guides.
 */
@NullMarked
package dev.synthorax.house;

import org.jspecify.annotations.NullMarked;
