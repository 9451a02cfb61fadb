/** Where things stand in a YAML file that a person wrote. */
@NullMarked
package dev.synthorax.client.yaml;

import org.jspecify.annotations.NullMarked;
