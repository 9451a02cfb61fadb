package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

/**
 * A request's claim to steps. All images of one request are made with the same object, and alike
 * but for their seeds; together they have the share that a request of a single image has.
 *
 * <p>Immutable; which object it is counts, not what it says.
 */
public final class RequestShare {
  private final String tenant;

  /**
   * The claim of a new request.
   *
   * @param tenant whose request it is; tenants share first, then the requests of each
   */
  public RequestShare(String tenant) {
    this.tenant = requireNonNull(tenant, "tenant");
  }

  String tenant() {
    return tenant;
  }
}
