package io.carom.server.account;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Tells who asks, by a password, a token or a certificate. A password costs a tenth of a second of a
/// processor, so one that was right is known again for some minutes; and an address that was wrong too
/// often waits. For any number of threads.
public final class Authenticator {
    private static final Duration KNOWN = Duration.ofMinutes(5);
    private static final int MOST_KNOWN = 1_000;
    private static final Duration COUNTED = Duration.ofMinutes(1);
    private static final int MOST_WRONG = 20;
    private static final int MOST_COUNTED = 10_000;
    private static final int LONGEST = 4_096;

    private final Accounts accounts;
    private final InstantSource clock;
    /// Each check holds 19 MiB.
    private final Semaphore checks = new Semaphore(2, true);

    private final String salt;
    private final Map<String, Known> known = new LinkedHashMap<>();
    private final Map<String, Wrong> wrong = new LinkedHashMap<>();

    private record Known(String hash, Instant until) {}

    private record Wrong(int times, Instant since) {}

    public Authenticator(Accounts accounts, InstantSource clock) {
        this.accounts = accounts;
        this.clock = clock;
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.salt = Base64.getEncoder().encodeToString(random);
    }

    /// Whoever asks from there was wrong too often of late.
    public static final class TooOften extends Exception {
        private static final long serialVersionUID = 1;
    }

    /// @param authorization the header; null where there is none
    /// @param certificate that the client showed to have the key of; null where it showed none
    /// @param from the address that asks
    public Optional<Asker> asker(@Nullable String authorization, @Nullable X509Certificate certificate, String from)
            throws IOException, TooOften, InterruptedException {
        Instant now = clock.instant();
        if (authorization == null) {
            return certificate == null ? Optional.empty() : accounts.byCertificate(certificate, now);
        }
        int space = authorization.indexOf(' ');
        if (space < 0 || authorization.length() > LONGEST) {
            return Optional.empty();
        }
        String value = authorization.substring(space + 1).strip();
        return switch (authorization.substring(0, space).toLowerCase(Locale.ROOT)) {
            // Nobody guesses 256 bits, however often.
            case "bearer" -> accounts.byToken(value, now);
            case "basic" -> {
                if (tooOften(from, now)) {
                    throw new TooOften();
                }
                Optional<Asker> asker = basic(value, now);
                if (asker.isEmpty()) {
                    count(from, now);
                }
                yield asker;
            }
            default -> Optional.empty();
        };
    }

    /// Checks what a person typed; whoever is wrong too often waits, by address and by name.
    public Optional<Asker> password(String name, String password, String from)
            throws IOException, TooOften, InterruptedException {
        Instant now = clock.instant();
        String named = "name " + name;
        if (tooOften(from, now) || tooOften(named, now)) {
            throw new TooOften();
        }
        Optional<Asker> asker =
                name.length() + password.length() > LONGEST ? Optional.empty() : checked(name, password, now);
        if (asker.isEmpty()) {
            wrong(name, from);
        }
        return asker;
    }

    /// Counts a wrong try, such as a wrong one-time password.
    public void wrong(String name, String from) {
        count(from, clock.instant());
        count("name " + name, clock.instant());
    }

    private Optional<Asker> basic(String value, Instant now) throws IOException, InterruptedException {
        String text;
        try {
            text = new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int colon = text.indexOf(':');
        if (colon < 1) {
            return Optional.empty();
        }
        return checked(text.substring(0, colon), text.substring(colon + 1), now);
    }

    private Optional<Asker> checked(String name, String password, Instant now)
            throws IOException, InterruptedException {
        Accounts.Kept kept = accounts.kept(name);
        String hash = kept == null ? null : kept.hash();
        if (kept == null || hash == null) {
            checks.acquire();
            try {
                Secrets.checkNobodys(password);
            } finally {
                checks.release();
            }
            return Optional.empty();
        }
        String key = Secrets.digest(salt + name + ":" + password);
        if (!isKnown(key, hash, now)) {
            checks.acquire();
            try {
                if (!Secrets.checks(password, hash)) {
                    return Optional.empty();
                }
            } finally {
                checks.release();
            }
            know(key, hash, now);
        }
        return Optional.of(Asker.whole(kept.account()));
    }

    private synchronized boolean isKnown(String key, String hash, Instant now) {
        Known one = known.get(key);
        return one != null && one.hash.equals(hash) && now.isBefore(one.until);
    }

    private synchronized void know(String key, String hash, Instant now) {
        known.remove(key);
        known.put(key, new Known(hash, now.plus(KNOWN)));
        if (known.size() > MOST_KNOWN) {
            known.remove(known.keySet().iterator().next());
        }
    }

    private synchronized boolean tooOften(String from, Instant now) {
        Wrong one = wrong.get(from);
        return one != null && one.times >= MOST_WRONG && now.isBefore(one.since.plus(COUNTED));
    }

    private synchronized void count(String from, Instant now) {
        Wrong before = wrong.remove(from);
        wrong.put(
                from,
                before == null || !now.isBefore(before.since.plus(COUNTED))
                        ? new Wrong(1, now)
                        : new Wrong(before.times + 1, before.since));
        if (wrong.size() > MOST_COUNTED) {
            wrong.remove(wrong.keySet().iterator().next());
        }
    }
}
