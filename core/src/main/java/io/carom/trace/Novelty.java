package io.carom.trace;

import java.util.HashMap;
import java.util.Map;

/// How unusual a session is for the machine it leads to or comes from, given what its logs show before.
///
/// A pair that met often before is usual. A pair that never met is unusual, but the less so the more such
/// pairs the machine sees on an ordinary day: a file server is met by somebody new daily, a desk is not.
final class Novelty {
    private static final long DAY = 24L * 3_600_000;

    private final History history;
    private final Map<String, Double> rates = new HashMap<>();

    Novelty(History history) {
        this.history = history;
    }

    /// Whether the logs had begun less than a day before: then everything is new.
    boolean young(Session s) {
        long[] span = history.span(s.client());
        return span == null || s.time() - span[0] < DAY;
    }

    /// 0 (every day) to 1 (never before, and nothing new ever comes here).
    double into(Session s) {
        return of(s, s.to(), true);
    }

    double outOf(Session s) {
        return of(s, s.from(), false);
    }

    private double of(Session s, String machine, boolean into) {
        if (young(s)) {
            return 0.4;
        }
        double rate = rates.computeIfAbsent(s.client() + "\0" + machine + "\0" + into, k -> {
            return rate(s.client(), history.fresh(s.client(), machine, into));
        });
        return 1 / (1 + (double) s.earlier()) / (1 + 0.3 * rate);
    }

    /// New pairs a day, after the first day. One is taken off, for the session in question is among them.
    private double rate(String client, long fresh) {
        long[] span = history.span(client);
        if (span == null) {
            return 0;
        }
        double days = Math.max(1, (span[1] - span[0]) / (double) DAY - 1);
        return Math.max(0, fresh - 1) / days;
    }
}
