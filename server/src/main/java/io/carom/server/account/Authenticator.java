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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells who asks, by a password, a token or a certificate. A password costs a tenth of a second of a
/// processor, so one that was right is known again for some minutes, from the network it came from; and a
/// network or a name that was wrong too often waits, however the password came. For any number of threads.
public final class Authenticator {
    private static final Duration KNOWN = Duration.ofMinutes(5);
    private static final int MOST_KNOWN = 1_000;
    private static final Duration COUNTED = Duration.ofMinutes(1);
    private static final int MOST_WRONG = 20;
    private static final int MOST_COUNTED = 10_000;
    private static final int LONGEST = 4_096;
    /// How long a password waits for its turn.
    private static final long PATIENCE_MILLIS = 2_000;

    /// Before a name that is counted; no network is called so.
    private static final String NAMED = "name ";

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

    /// That network or that name was wrong too often of late, or too many ask at once.
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
                String[] pair = pair(value);
                yield pair == null ? Optional.empty() : checked(pair[0], pair[1], from, true);
            }
            default -> Optional.empty();
        };
    }

    /// The name in a header of name and password, whoever it is or is not; empty where it has none.
    public static String named(String authorization) {
        int space = authorization.indexOf(' ');
        String[] pair = space < 0
                        || authorization.length() > LONGEST
                        || !authorization.substring(0, space).equalsIgnoreCase("basic")
                ? null
                : pair(authorization.substring(space + 1).strip());
        return pair == null ? "" : pair[0];
    }

    private static String @Nullable [] pair(String value) {
        String text;
        try {
            text = new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
        int colon = text.indexOf(':');
        return colon < 1 ? null : new String[] {text.substring(0, colon), text.substring(colon + 1)};
    }

    /// Checks what a person typed; whoever is wrong too often waits, by network and by name. A second
    /// proof is the caller's to ask for.
    public Optional<Asker> password(String name, String password, String from)
            throws IOException, TooOften, InterruptedException {
        return checked(name, password, from, false);
    }

    /// Counts a try at something else than a password, such as a one-time password, before it is looked
    /// at. What is right is no try: {@link #right} takes it back.
    public void tries(String name, String from) throws TooOften {
        if (!counted(network(from), NAMED + name, clock.instant())) {
            throw new TooOften();
        }
    }

    public void right(String name, String from) {
        takeBack(network(from));
        takeBack(NAMED + name);
    }

    /// @param alone whether nothing but the password is asked for; one that has a second proof beside
    ///     it then lets nobody in, is not even looked at, and takes as long
    private Optional<Asker> checked(String name, String password, String from, boolean alone)
            throws IOException, TooOften, InterruptedException {
        if (name.length() + password.length() > LONGEST) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        String network = network(from);
        if (tooOften(network, now)) {
            throw new TooOften();
        }
        Accounts.Kept kept = accounts.kept(name);
        String hash = kept == null || alone && kept.second() ? null : kept.hash();
        String key = Secrets.digest(salt + network + " " + name + ":" + password);
        // Who was right from there goes on, whatever others do elsewhere to the name.
        if (kept != null && hash != null && isKnown(key, hash, now)) {
            know(key, hash, now);
            return Optional.of(Asker.whole(kept.account()));
        }
        if (!counted(network, NAMED + name, now)) {
            throw new TooOften();
        }
        if (!checks.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
            right(name, from);
            throw new TooOften();
        }
        try {
            if (kept == null || hash == null) {
                Secrets.checkNobodys(password);
                return Optional.empty();
            }
            if (!Secrets.checks(password, hash)) {
                return Optional.empty();
            }
        } finally {
            checks.release();
        }
        right(name, from);
        know(key, hash, now);
        return Optional.of(Asker.whole(kept.account()));
    }

    private static String network(String from) {
        return Network.name(Network.bits(from));
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

    /// Counts a try before it is known how it ends, so that many at once are no more than as many one
    /// behind the other.
    ///
    /// @return false if there were too many already
    private synchronized boolean counted(String network, String name, Instant now) {
        if (tooOften(network, now) || tooOften(name, now)) {
            return false;
        }
        count(network, now);
        count(name, now);
        return true;
    }

    private synchronized void takeBack(String who) {
        Wrong one = wrong.get(who);
        if (one != null && one.times > 1) {
            wrong.replace(who, new Wrong(one.times - 1, one.since));
        } else if (one != null) {
            wrong.remove(who);
        }
    }

    private synchronized boolean tooOften(String who, Instant now) {
        Wrong one = wrong.get(who);
        return one != null && one.times >= MOST_WRONG && now.isBefore(one.since.plus(COUNTED));
    }

    private synchronized void count(String who, Instant now) {
        Wrong before = wrong.remove(who);
        wrong.put(
                who,
                before == null || !now.isBefore(before.since.plus(COUNTED))
                        ? new Wrong(1, now)
                        : new Wrong(before.times + 1, before.since));
        if (wrong.size() > MOST_COUNTED) {
            wrong.remove(wrong.keySet().iterator().next());
        }
    }
}
