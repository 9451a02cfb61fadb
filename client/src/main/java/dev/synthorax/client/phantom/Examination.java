package dev.synthorax.client.phantom;

import dev.synthorax.client.dataset.View;

/**
 * One film to be made: which patient, with what, in which geometry.
 *
 * <p>Anatomy is drawn from {@code patient}, so films of one patient show one person; what changes
 * from day to day (findings, breath, posture, film) from {@code seed}.
 *
 * @param seed the film
 * @param patient the seed that names the patient
 * @param site the site of the seed
 * @param geometry source, patient, detector
 * @param pathology what is wrong that day
 */
record Examination(
    long seed,
    long patient,
    Site site,
    Geometry geometry,
    Pathology pathology,
    PhantomKnobs knobs) {

  static Examination of(PhantomSpec spec) {
    long seed = spec.seed();
    Site site = Site.of(seed);
    Pathology pathology = Pathology.of(seed, spec.findings(), spec.knobs());
    boolean ill = !pathology.lesions().isEmpty();
    SitePrior.Practice practice = site.prior().practice();
    Geometry geometry =
        Geometry.draw(
            Draw.of(seed, Draw.Purpose.VIEW),
            ill ? practice.portableIll() : practice.portableWell(),
            ill);
    View view = spec.knobs().view();
    if (view != null && view != geometry.view()) {
      geometry = Geometry.of(view, Draw.of(seed, Draw.Purpose.VIEW).chance(0.4));
    }
    return new Examination(seed, Site.patient(seed), site, geometry, pathology, spec.knobs());
  }

  /** Numbers that belong to the person. */
  Draw ofPatient(Draw.Purpose purpose) {
    return Draw.of(patient, purpose);
  }

  /** Numbers that belong to the day. */
  Draw ofDay(Draw.Purpose purpose) {
    return Draw.of(seed, purpose);
  }
}
