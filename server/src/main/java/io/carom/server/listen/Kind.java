package io.carom.server.listen;

import io.carom.config.YamlNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// A kind of listener.
public interface Kind {
    /// As `kind` names it in `listeners.yaml`, and `--listen KIND=ADDRESS`.
    String name();

    /// What is to be said of one beside what all have in common (`kind`, `address`, `name`, `client`,
    /// `clients`, `format`); every other name is a fault.
    List<String> keys();

    /// Whether it has an address; else `address` is a place of another sort.
    default boolean network() {
        return true;
    }

    /// Checks what was said, noting faults in their places.
    default void check(ListenerSettings settings, Map<String, YamlNode> nodes) {}

    /// @throws IOException if it cannot receive there
    Listener start(ListenerSettings settings, Surrounding surrounding) throws IOException;
}
