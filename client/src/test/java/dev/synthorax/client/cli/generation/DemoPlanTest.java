package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.FakeServices;
import dev.synthorax.client.generation.Mode;
import dev.synthorax.client.generation.PlannedRequest;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.proto.v1.DiffusionModel;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.StructureMask;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DemoPlanTest {
  private static final List<Integer> CYCLE =
      IntStream.rangeClosed(1, DemoPlan.DEFAULT_COUNT).boxed().toList();

  @Test
  void of_anySeed_namesNoSide() {
    for (long seed = 0; seed < 10; seed++) {
      assertThat(DemoPlan.of(CYCLE, seed, FakeServices.MODEL))
          .extracting(planned -> planned.request().getPrompt())
          .noneMatch(prompt -> prompt.contains("left") || prompt.contains("right"));
    }
  }

  @Test
  void of_someNumbers_areThoseOfTheWholeCycle() {
    List<PlannedRequest> whole = DemoPlan.of(CYCLE, 5, FakeServices.MODEL);

    assertThat(DemoPlan.of(List.of(3, 12), 5, FakeServices.MODEL))
        .containsExactly(whole.get(2), whole.get(11));
  }

  @Test
  void of_modelThatListsItsWords_usesNoOthers() {
    Model knowing =
        FakeServices.MODEL.toBuilder()
            .setDiffusion(
                FakeServices.MODEL.getDiffusion().toBuilder()
                    .addAllWords(List.of("normal", "chest", "radiograph", "atelectasis")))
            .build();

    assertThat(DemoPlan.of(CYCLE, 1, knowing))
        .filteredOn(planned -> Mode.of(planned.request()) == Mode.T2I)
        .extracting(planned -> planned.request().getPrompt())
        .containsOnly("normal chest radiograph", "atelectasis");
  }

  @Test
  void prompts_allOfThem_areWordsTheGeneratorWasTaught() {
    assertThat(Phantoms.wordings()).containsAll(DemoPlan.prompts());
  }

  @Test
  void of_manySeeds_writesPromptsTheGeneratorWasTaught() {
    for (long seed = 0; seed < 10; seed++) {
      List<String> prompts =
          DemoPlan.of(CYCLE, seed, FakeServices.MODEL).stream()
              .filter(planned -> Mode.of(planned.request()) == Mode.TM2I)
              .map(planned -> planned.request().getPrompt())
              .toList();

      assertThat(Phantoms.wordings()).as("seed %d", seed).containsAll(prompts);
    }
  }

  @Test
  void of_sameSeed_isTheSamePlan() {
    List<PlannedRequest> plan = DemoPlan.of(CYCLE, 5, FakeServices.MODEL);

    assertThat(DemoPlan.of(CYCLE, 5, FakeServices.MODEL)).isEqualTo(plan);
    assertThat(DemoPlan.of(CYCLE, 6, FakeServices.MODEL)).isNotEqualTo(plan);
  }

  @Test
  void of_modelWithoutAStructure_leavesItsMaskOut() {
    Model lungsOnly =
        FakeServices.MODEL.toBuilder()
            .setDiffusion(DiffusionModel.newBuilder().addStructures("lungs"))
            .build();

    assertThat(DemoPlan.of(CYCLE, 1, lungsOnly))
        .flatExtracting(planned -> planned.request().getMasksList())
        .extracting(StructureMask::getStructure)
        .containsOnly("lungs");
  }
}
