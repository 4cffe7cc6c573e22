package io.carom.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Collects everything that is wrong with a file, so that its author mends it in one go.
public final class Faults {
    private final String file;

    private record Fault(int line, int column, String message) {}

    private final List<Fault> faults = new ArrayList<>();

    public Faults(String file) {
        this.file = file;
    }

    /// Notes a fault at a line and column, both from 1.
    public void at(int line, int column, String message) {
        faults.add(new Fault(line, column, message));
    }

    public void at(YamlNode node, String message) {
        at(node.line(), node.column(), message);
    }

    /// `file:line:column: message`, in the file's order.
    public List<String> found() {
        return faults.stream()
                .sorted(Comparator.comparingInt(Fault::line).thenComparingInt(Fault::column))
                .map(f -> file + ":" + f.line + ":" + f.column + ": " + f.message)
                .toList();
    }

    /// @throws ConfigException with all faults, if there are any
    public void throwIfAny() throws ConfigException {
        if (!faults.isEmpty()) {
            throw new ConfigException(found());
        }
    }
}
