package io.carom.config;

import java.util.List;

/// A file that a person wrote is wrong; the message has one line a fault, each with file, line, column
/// and what to do.
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<String> faults;

    public ConfigException(List<String> faults) {
        super(String.join(System.lineSeparator(), faults));
        this.faults = List.copyOf(faults);
    }

    public List<String> faults() {
        return faults;
    }
}
