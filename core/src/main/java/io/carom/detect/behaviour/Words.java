package io.carom.detect.behaviour;

import io.carom.event.Finding;
import io.carom.observe.Address;
import java.util.Locale;

/// How numbers, times and values are said in findings.
final class Words {
    private Words() {}

    static String percent(double share) {
        return Math.round(share * 100) + " %";
    }

    static String decimals(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /// `963,595`.
    static String exactly(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    static String bytes(long n) {
        if (n < 10_000) {
            return n + " bytes";
        }
        return n < 10_000_000
                ? Math.round(n / 1000.0) + " kB"
                : n < 10_000_000_000L ? Math.round(n / 1e6) + " MB" : Math.round(n / 1e9) + " GB";
    }

    static String seconds(double s) {
        if (s < 120) {
            return Math.round(s) + " s";
        }
        if (s < 7200) {
            return Math.round(s / 60) + " min";
        }
        return s < 172_800 ? decimals(s / 3600) + " h" : decimals(s / 86_400) + " days";
    }

    static String count(long n, String one, String many) {
        return n + " " + (n == 1 ? one : many);
    }

    /// A text of the logs within a sentence: on one line, and not long.
    static String quoted(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && out.length() < 240; i++) {
            char c = text.charAt(i);
            boolean space = Character.isWhitespace(c) || Character.isISOControl(c);
            if (!space || !out.isEmpty() && out.charAt(out.length() - 1) != ' ') {
                out.append(space ? ' ' : c);
            }
        }
        return out.toString().strip() + (out.length() >= 240 ? "…" : "");
    }

    static Finding.Observable address(String name, Address address) {
        return new Finding.Observable(name, 2, address.text());
    }

    static Finding.Observable hostname(String name, String value) {
        return new Finding.Observable(name, 1, value);
    }
}
