package dev.synthorax.training.stage;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How often a run reports and saves.
 *
 * @param nanoClock as {@link System#nanoTime}
 * @param report between two reports
 * @param checkpoint between two checkpoints: the most that a killed run loses
 */
public record Pace(LongSupplier nanoClock, Duration report, Duration checkpoint) {
  public static final Pace DEFAULT =
      new Pace(System::nanoTime, Duration.ofSeconds(10), Duration.ofMinutes(3));
}
