package io.carom.detect.behaviour.engine;

import io.carom.observe.Address;
import org.jspecify.annotations.Nullable;

/// What whoever starts the runner knows beyond the logs.
public interface Surroundings {
    /// Nothing is known beyond the logs.
    Surroundings NONE = new Surroundings() {
        @Override
        public @Nullable String warninglist(String value) {
            return null;
        }

        @Override
        public boolean allowedScanner(Address address, String client) {
            return false;
        }
    };

    /// Name of the warninglist the value is on, null if on none.
    @Nullable
    String warninglist(String value);

    /// Whether scanning by this address was ordered.
    boolean allowedScanner(Address address, String client);
}
