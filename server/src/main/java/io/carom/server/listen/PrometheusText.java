package io.carom.server.listen;

import java.util.HashSet;
import java.util.Set;

/// Figures in Prometheus' text format 0.0.4. Label values may hold anything.
public final class PrometheusText {
    private final StringBuilder out = new StringBuilder();
    private final Set<String> told = new HashSet<>();

    /// @param type `counter` or `gauge`
    /// @param labels name, value, name, value…
    public PrometheusText add(String name, String type, String help, double value, String... labels) {
        if (told.add(name)) {
            out.append("# HELP ").append(name).append(' ').append(help).append('\n');
            out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        }
        out.append(name);
        for (int i = 0; i < labels.length; i += 2) {
            out.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
            escaped(labels[i + 1]);
            out.append('"');
        }
        out.append(labels.length > 0 ? "} " : " ");
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            out.append((long) value);
        } else {
            out.append(value);
        }
        out.append('\n');
        return this;
    }

    private void escaped(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '"' -> out.append("\\\"");
                case '\n' -> out.append("\\n");
                default -> out.append(c < ' ' || c == 0x7F ? '?' : c);
            }
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
