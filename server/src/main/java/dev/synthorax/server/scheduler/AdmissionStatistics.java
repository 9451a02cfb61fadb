package dev.synthorax.server.scheduler;

/**
 * Whom a queue let in, in images.
 *
 * @param admitted let in since the queue was made
 * @param full refused because as many waited as may
 * @param noMemory refused because too many bytes waited to be sent
 * @param late refused because they would have been done after their deadline
 * @param unfinished let in and not decoded, now
 * @param unsent let in and not sent, now; those unfinished among them
 */
public record AdmissionStatistics(
    long admitted, long full, long noMemory, long late, int unfinished, int unsent) {}
