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

    /// Begins to receive.
    interface Start {
        Listener with(ListenerSettings settings, Surrounding surrounding) throws IOException;
    }

    /// A kind that receives at an address of the network, where that is all there is to say of it.
    static Kind network(String name, List<String> keys, Start start) {
        return new Plain(name, keys, true, start);
    }

    /// A kind that fetches from a place of its own sort.
    static Kind place(String name, List<String> keys, Start start) {
        return new Plain(name, keys, false, start);
    }

    /// One of which nothing is to be checked beside what all have in common.
    record Plain(String name, List<String> keys, boolean network, Start how) implements Kind {
        public Plain {
            keys = List.copyOf(keys);
        }

        @Override
        public Listener start(ListenerSettings settings, Surrounding surrounding) throws IOException {
            return how.with(settings, surrounding);
        }
    }
}
