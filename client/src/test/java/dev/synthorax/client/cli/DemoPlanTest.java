package dev.synthorax.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.FakeServices;
import dev.synthorax.client.augment.Mode;
import dev.synthorax.client.augment.PlannedRequest;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.proto.v1.DiffusionModel;
import dev.synthorax.proto.v1.Model;
import dev.synthorax.proto.v1.StructureMask;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DemoPlanTest {
  @Test
  void prompts_allOfThem_areWordsTheGeneratorWasTaught() {
    assertThat(Phantoms.wordings()).containsAll(DemoPlan.prompts());
  }

  @Test
  void of_manySeeds_writesPromptsTheGeneratorWasTaught() {
    for (long seed = 0; seed < 10; seed++) {
      List<String> prompts =
          DemoPlan.of(DemoPlan.DEFAULT_COUNT, seed, FakeServices.MODEL).stream()
              .filter(planned -> Mode.of(planned.request()) == Mode.TM2I)
              .map(planned -> planned.request().getPrompt())
              .toList();

      assertThat(Phantoms.wordings()).as("seed %d", seed).containsAll(prompts);
    }
  }

  @Test
  void of_sameSeed_isTheSamePlan() {
    List<PlannedRequest> plan = DemoPlan.of(12, 5, FakeServices.MODEL);

    assertThat(DemoPlan.of(12, 5, FakeServices.MODEL)).isEqualTo(plan);
    assertThat(DemoPlan.of(12, 6, FakeServices.MODEL)).isNotEqualTo(plan);
  }

  @Test
  void of_modelWithoutAStructure_leavesItsMaskOut() {
    Model lungsOnly =
        FakeServices.MODEL.toBuilder()
            .setDiffusion(DiffusionModel.newBuilder().addStructures("lungs"))
            .build();

    assertThat(DemoPlan.of(12, 1, lungsOnly))
        .flatExtracting(planned -> planned.request().getMasksList())
        .extracting(StructureMask::getStructure)
        .containsOnly("lungs");
  }
}
