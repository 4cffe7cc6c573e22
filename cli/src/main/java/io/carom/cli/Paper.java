package io.carom.cli;

import java.io.PrintWriter;
import java.util.Map;

/// Text for people on a terminal: wrapped at its width, in colour where there is one to show it.
///
/// Values go in as they come from logs; nothing a terminal would obey comes out. Colour only on a terminal,
/// and not where `NO_COLOR` is set (https://no-color.org).
final class Paper {
    private static final int WIDEST = 100;
    private static final int NARROWEST = 40;
    private static final int LONGEST = 4000;

    /// SGR codes: bold red, yellow, cyan, grey.
    private static final Map<String, String> COLOURS =
            Map.of("critical", "1;31", "high", "31", "medium", "33", "low", "36", "informational", "90");

    private final PrintWriter out;
    private final int width;
    private final boolean colour;

    Paper(PrintWriter out) {
        this(out, Terminal.columns(), coloured(System.getenv("NO_COLOR")));
    }

    Paper(PrintWriter out, int width, boolean colour) {
        this.out = out;
        this.width = Math.clamp(width, NARROWEST, WIDEST);
        this.colour = colour;
    }

    private static boolean coloured(@org.jspecify.annotations.Nullable String no) {
        return (no == null || no.isEmpty()) && Terminal.shows();
    }

    private String in(String code, String text) {
        return colour ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
    }

    /// An empty line.
    Paper gap() {
        out.println();
        return this;
    }

    /// A heading of a part.
    Paper head(String text) {
        out.println(in("1", Shown.text(text, width)));
        return this;
    }

    /// A severity, then its title: what stands first of an incident.
    Paper incident(String severity, String title) {
        String label = severity.toUpperCase(java.util.Locale.ROOT);
        String pad = " ".repeat(Math.max(1, 15 - label.length()));
        String[] lines = wrapped(title, width - 15);
        out.println(in(COLOURS.getOrDefault(severity, "0"), label) + pad + in("1", lines[0]));
        for (int i = 1; i < lines.length; i++) {
            out.println(" ".repeat(15) + in("1", lines[i]));
        }
        return this;
    }

    /// A paragraph, every line indented.
    Paper text(int indent, String text) {
        return item(indent, "", text);
    }

    /// What matters less.
    Paper soft(int indent, String text) {
        for (String line : wrapped(text, width - indent)) {
            out.println(" ".repeat(indent) + in("90", line));
        }
        return this;
    }

    /// A paragraph whose first line begins with a mark, the others under its text.
    Paper item(int indent, String mark, String text) {
        String begin = mark.isEmpty() ? "" : Shown.text(mark, 40) + " ";
        int hang = indent + Math.min(begin.length(), width / 3);
        String[] lines = wrapped(text, width - hang);
        out.println(" ".repeat(indent) + begin + lines[0]);
        for (int i = 1; i < lines.length; i++) {
            out.println(" ".repeat(hang) + lines[i]);
        }
        return this;
    }

    /// The text in lines of at most so many letters; a word that is longer is cut over lines. At least one
    /// line.
    static String[] wrapped(String text, int most) {
        StringBuilder all = new StringBuilder();
        int length = 0;
        for (String word : Shown.text(text, LONGEST).split(" ")) {
            String rest = word;
            if (length > 0 && length + 1 + rest.codePointCount(0, rest.length()) > most) {
                all.append('\n');
                length = 0;
            } else if (length > 0) {
                all.append(' ');
                length++;
            }
            while (rest.codePointCount(0, rest.length()) > most) {
                int end = rest.offsetByCodePoints(0, most);
                all.append(rest, 0, end).append('\n');
                rest = rest.substring(end);
            }
            all.append(rest);
            length += rest.codePointCount(0, rest.length());
        }
        return all.toString().split("\n", -1);
    }
}
