package io.carom.intel;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How much an indicator is still worth: its confidence, falling with age by the kind of value.
///
/// MISP's polynomial model: `score = base · (1 − (t / lifetime)^(1 / speed))`, never below 0; t since
/// its origin last said so (Iklody et al., arXiv:1803.11052; Mokaddem et al., arXiv:1902.03914).
/// Lifetime and speed of addresses, names and URLs are those of MISP's "NIDS Simple Decaying Model"
/// (120 days, 2), of what is labelled as phishing those of its
/// "Phishing model" (3 days, 2.3), the base where none is stated is theirs too (80). The others are our
/// own choice: what an intruder rents changes hands soon, what he wrote keeps meaning him.
public enum Decay {
    /// Rented: addresses, names, URLs.
    INFRASTRUCTURE(120, 2),
    /// Pages that are gone after days.
    PHISHING(3, 2.3),
    /// Mail addresses and accounts.
    ACCOUNT(365, 1),
    /// What software looks like from outside: user agents, JA4, file names.
    TRAIT(730, 0.5),
    /// Hashes and patterns: they stay true; what fades is that anybody still uses them.
    CONTENT(1825, 0.3);

    /// Below it MISP calls an indicator decayed.
    public static final int THRESHOLD = 30;

    /// Where an origin states no confidence.
    public static final int BASE = 80;

    private final int lifetimeDays;
    private final double speed;

    Decay(int lifetimeDays, double speed) {
        this.lifetimeDays = lifetimeDays;
        this.speed = speed;
    }

    public int lifetimeDays() {
        return lifetimeDays;
    }

    public double speed() {
        return speed;
    }

    /// The model of an indicator.
    public static Decay of(ThreatIndicator one) {
        return switch (one.type()) {
            case HASH, PATTERN -> CONTENT;
            case EMAIL, ACCOUNT -> ACCOUNT;
            case FILE_NAME, FILE_PATH, USER_AGENT, JA4, REGISTRY_KEY, MUTEX, PIPE -> TRAIT;
            default -> phishing(one) ? PHISHING : INFRASTRUCTURE;
        };
    }

    private static boolean phishing(ThreatIndicator one) {
        return one.facts().labels().stream()
                .anyMatch(l -> l.toLowerCase(Locale.ROOT).contains("phishing"));
    }

    /// 0 to 100.
    ///
    /// @param confirmed when it was last seen, where that is known; else null
    public static int score(ThreatIndicator one, @Nullable Instant confirmed, Instant now) {
        Instant since = later(confirmed, later(one.facts().made(), one.facts().validFrom()));
        int base = one.facts().confidence() < 0 ? BASE : one.facts().confidence();
        return since == null ? base : of(one).score(base, Duration.between(since, now));
    }

    private static @Nullable Instant later(@Nullable Instant a, @Nullable Instant b) {
        return a == null || b != null && b.isAfter(a) ? b : a;
    }

    /// The score at this age.
    int score(int base, Duration age) {
        double t = Math.max(0, age.toMillis() / 86_400_000.0) / lifetimeDays;
        return t >= 1 ? 0 : (int) Math.round(base * (1 - Math.pow(t, 1 / speed)));
    }
}
