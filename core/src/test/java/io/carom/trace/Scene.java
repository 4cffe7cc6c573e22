package io.carom.trace;

import io.carom.config.ConfigException;
import io.carom.observe.Address;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What was seen and found, to be traced.
abstract class Scene {
    static final long T = Instant.parse("2019-03-10T12:00:00Z").toEpochMilli();
    static final long MINUTE = 60_000;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    final List<Observation> seen = new ArrayList<>();
    final List<Suspicion> suspicions = new ArrayList<>();
    private int record;

    static Address ip(String text) {
        return Objects.requireNonNull(Address.of(text));
    }

    Origin origin(String client) {
        return new Origin(client, 0, ++record, 1, 4001);
    }

    void rdp(String client, long time, String from, String to, long minutes) {
        seen.add(new Contact(
                origin(client),
                time,
                ip(from),
                50_000,
                ip(to),
                3389,
                6,
                Outcome.SUCCESS,
                1,
                500_000,
                9_000_000,
                900,
                900,
                minutes * MINUTE,
                "rdp",
                false));
    }

    void signIn(String client, long time, String account, String from, String host, Means means) {
        seen.add(new SignIn(
                origin(client),
                time,
                account,
                client,
                ip(from),
                "",
                host,
                null,
                means,
                Outcome.SUCCESS,
                "",
                "",
                "",
                ""));
    }

    /// @param severity OCSF's, 1 to 5
    void suspect(String client, String machine, long time, int severity, String title, String attack) {
        suspicions.add(new Suspicion(
                client,
                machine,
                "",
                time,
                severity,
                title,
                List.of(attack),
                "",
                new Trace.Source("log", suspicions.size() + 1)));
    }

    List<Trace> trace(String parties, String client, Map<String, Long> since) throws ConfigException {
        SessionBook book = new SessionBook();
        seen.stream().sorted(Comparator.comparingLong(Observation::time)).forEach(book);
        Parties who = parties.isEmpty() ? Parties.NONE : PartiesFile.parse(parties, "p");
        return new Tracer(book.history(o -> "log"), who, suspicions).trace(client, since);
    }
}
