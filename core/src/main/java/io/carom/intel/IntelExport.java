package io.carom.intel;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Writes indicators for other programs. What a format has no word for, or what could be taken for more than
/// a value there, is left out and counted by reason; nothing of an indicator's comment reaches a rule.
public enum IntelExport {
    STIX {
        @Override
        void write(Out out) {
            JsonExports.stix(out);
        }
    },
    MISP {
        @Override
        void write(Out out) {
            JsonExports.misp(out);
        }
    },
    CSV {
        @Override
        void write(Out out) {
            TableExports.csv(out);
        }
    },
    ZEEK {
        @Override
        void write(Out out) {
            TableExports.zeek(out);
        }
    },
    SURICATA {
        @Override
        void write(Out out) {
            RuleExports.suricata(out);
        }
    },
    SURICATA_DATASET {
        @Override
        void write(Out out) {
            TableExports.dataset(out);
        }
    },
    SNORT {
        @Override
        void write(Out out) {
            RuleExports.snort(out);
        }
    },
    SIGMA {
        @Override
        void write(Out out) {
            RuleExports.sigma(out);
        }
    },
    RPZ {
        @Override
        void write(Out out) {
            TableExports.rpz(out);
        }
    },
    BLOCKLIST {
        @Override
        void write(Out out) {
            TableExports.blocklist(out);
        }
    },
    DEFENDER {
        @Override
        void write(Out out) {
            TableExports.defender(out);
        }
    },
    CROWDSTRIKE {
        @Override
        void write(Out out) {
            TableExports.crowdstrike(out);
        }
    };

    /// What was written.
    ///
    /// @param left how many were left out, by reason
    public record Written(String text, Map<String, Integer> left) {}

    /// As `--to` takes it.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The format of that name; null if there is none.
    public static @Nullable IntelExport labelled(String label) {
        for (IntelExport one : values()) {
            if (one.label().equals(label)) {
                return one;
            }
        }
        return null;
    }

    public static List<String> labels() {
        List<String> labels = new ArrayList<>();
        for (IntelExport one : values()) {
            labels.add(one.label());
        }
        return labels;
    }

    /// @param now the time of what states none itself
    public Written write(List<ThreatIndicator> indicators, Instant now) {
        Out out = new Out(indicators, now);
        write(out);
        return new Written(out.text.toString(), out.left);
    }

    abstract void write(Out out);

    /// What is written, and what of it cannot be.
    static final class Out {
        final List<ThreatIndicator> all;
        final Instant now;
        final StringBuilder text = new StringBuilder();
        final Map<String, Integer> left = new TreeMap<>();

        Out(List<ThreatIndicator> all, Instant now) {
            this.all = all;
            this.now = now;
        }

        Out line(String line) {
            text.append(line).append('\n');
            return this;
        }

        void leave(ThreatIndicator one, String why) {
            left.merge(one.type().label() + ": " + why, 1, Integer::sum);
        }

        /// Those of {@link #plain} that stand for one value: in most formats a `*` would be a letter.
        List<ThreatIndicator> single() {
            List<ThreatIndicator> single = new ArrayList<>();
            for (ThreatIndicator one : plain()) {
                if (one.type().isOpen(one.value())) {
                    leave(one, "stands for all that begin or end like it");
                } else {
                    single.add(one);
                }
            }
            return single;
        }

        /// Those whose value is one line of text; others are left out.
        List<ThreatIndicator> plain() {
            List<ThreatIndicator> plain = new ArrayList<>();
            for (ThreatIndicator one : all) {
                if (isPlain(one.value())) {
                    plain.add(one);
                } else {
                    leave(one, "has control characters");
                }
            }
            return plain;
        }
    }

    /// Whether nothing in it ends a line or is invisible.
    static boolean isPlain(String value) {
        return value.codePoints()
                .noneMatch(c -> Character.isISOControl(c)
                        || c == 0x2028
                        || c == 0x2029
                        || Character.getType(c) == Character.FORMAT
                        || Character.getType(c) == Character.SURROGATE);
    }
}
