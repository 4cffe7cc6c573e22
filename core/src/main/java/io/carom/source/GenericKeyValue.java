package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.source.parse.KeyValues;

/// Lines of `name=value` pairs of products without a reader of their own, with or without a syslog header.
///
/// What stands between pairs (space, tab, comma, semicolon, bar) is told from the line. Claimed are lines
/// with at least three pairs.
@AutoService(Source.class)
public final class GenericKeyValue implements LineSource {
    private static final char[] SEPARATORS = {' ', ',', ';', '|', '\t'};
    private static final ThreadLocal<KeyValues[]> CUTTERS = ThreadLocal.withInitial(() -> {
        KeyValues[] cutters = new KeyValues[SEPARATORS.length];
        for (int i = 0; i < cutters.length; i++) {
            cutters[i] = new KeyValues(SEPARATORS[i]);
        }
        return cutters;
    });

    @Override
    public String name() {
        return "generic-key-value";
    }

    @Override
    public String product() {
        return "key=value lines of products without a reader of their own";
    }

    @Override
    public int rank() {
        return -100;
    }

    @Override
    public boolean claims(Line line) {
        return separator(line) >= 0;
    }

    /// Which of the separators stands before most names, -1 with fewer than three pairs.
    static int separator(Line line) {
        byte[] b = line.bytes();
        int[] before = new int[SEPARATORS.length];
        int pairs = 0;
        boolean quoted = false;
        int to = Math.min(line.to(), line.from() + 8192);
        for (int at = line.from(); at < to; at++) {
            if (b[at] == '"') {
                quoted = !quoted;
            }
            if (b[at] != '=' || quoted) {
                continue;
            }
            int name = at;
            while (name > line.from() && isName(b[name - 1])) {
                name--;
            }
            if (name == at || at - name > 64) {
                continue;
            }
            if (name == line.from()) {
                pairs++;
                continue;
            }
            int gap = name - 1;
            while (gap > line.from() && b[gap] == ' ' && b[gap - 1] != ' ' && isSeparator(b[gap - 1])) {
                gap--;
            }
            for (int i = 0; i < SEPARATORS.length; i++) {
                if (b[gap] == SEPARATORS[i]) {
                    before[i]++;
                    pairs++;
                }
            }
        }
        if (pairs < 3) {
            return -1;
        }
        int most = 0;
        for (int i = 1; i < before.length; i++) {
            if (before[i] > before[most]) {
                most = i;
            }
        }
        return most;
    }

    private static boolean isSeparator(byte c) {
        return c == ',' || c == ';' || c == '|' || c == '\t';
    }

    private static boolean isName(byte c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.';
    }

    @Override
    public void read(Line line, Row row) {
        int separator = Math.max(0, separator(line));
        CUTTERS.get()[separator].parse(row, line.from(), line.to());
        GenericFields.own().finish(row, line.from(), line.to());
    }
}
