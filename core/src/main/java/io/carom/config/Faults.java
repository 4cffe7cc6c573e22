package io.carom.config;

import java.util.ArrayList;
import java.util.List;

/// Collects everything that is wrong with a file, so that its author mends it in one go.
public final class Faults {
    private final String file;
    private final List<String> found = new ArrayList<>();

    public Faults(String file) {
        this.file = file;
    }

    /// Notes a fault at a line and column, both from 1.
    public void at(int line, int column, String message) {
        found.add(file + ":" + line + ":" + column + ": " + message);
    }

    public void at(YamlNode node, String message) {
        at(node.line(), node.column(), message);
    }

    public List<String> found() {
        return List.copyOf(found);
    }

    /// @throws ConfigException with all faults, if there are any
    public void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            throw new ConfigException(found);
        }
    }
}
