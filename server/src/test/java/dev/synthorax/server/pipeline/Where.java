package dev.synthorax.server.pipeline;

import dev.synthorax.engine.Backend;

/** Where the fake's arithmetic runs. */
enum Where {
  PROCESSOR,
  /** A device that runs nothing before it is waited for. */
  DEVICE;

  Backend backend(FakeBackend networks) {
    return switch (this) {
      case PROCESSOR -> networks;
      case DEVICE -> new DeferredBackend(networks);
    };
  }
}
