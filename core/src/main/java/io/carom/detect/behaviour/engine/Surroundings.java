package io.carom.detect.behaviour.engine;

import org.jspecify.annotations.Nullable;

/// What whoever starts the runner knows beyond the logs.
public interface Surroundings {
    /// Nothing is known beyond the logs.
    Surroundings NONE = value -> null;

    /// Name of the warninglist the value is on, null if on none.
    @Nullable
    String warninglist(String value);
}
