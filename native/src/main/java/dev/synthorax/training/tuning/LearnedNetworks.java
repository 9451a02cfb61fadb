package dev.synthorax.training.tuning;

import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which of a pipeline's networks learn, by the names of their folders. */
final class LearnedNetworks {
  private static final Set<Component> POSSIBLE = EnumSet.of(Component.UNET, Component.CONTROLNET);

  private LearnedNetworks() {}

  /**
   * The networks of these names.
   *
   * @throws IllegalArgumentException if there is none, one that cannot learn, or the base lacks one
   */
  static Set<Component> of(List<String> names, BasePipeline base) {
    var problems = new ArrayList<String>();
    var networks = EnumSet.noneOf(Component.class);
    for (String name : names) {
      Component network =
          POSSIBLE.stream().filter(each -> each.folder().equals(name)).findFirst().orElse(null);
      if (network == null) {
        problems.add("'" + name + "'");
      } else if (network == Component.CONTROLNET && base.control() == null) {
        problems.add("controlnet, which the base does not have");
      } else {
        networks.add(network);
      }
    }
    if (!problems.isEmpty() || networks.isEmpty()) {
      throw new IllegalArgumentException(
          "learn: %s (expected: one or both of %s)"
              .formatted(
                  problems.isEmpty() ? names : String.join(", ", problems),
                  POSSIBLE.stream().map(Component::folder).collect(Collectors.joining(", "))));
    }
    return networks;
  }
}
