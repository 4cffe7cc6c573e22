package io.carom.detect.behaviour;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.config.ConfigException;
import io.carom.event.SourceNames;
import io.carom.observe.Address;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Call;
import io.carom.observe.Observation.Change;
import io.carom.observe.Observation.Changed;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Launch;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Request;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Observation.Use;
import io.carom.observe.Observation.Written;
import io.carom.observe.Origin;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// What people and programs did, a line each: for tests.
final class Deeds {
    /// Monday, 2025-06-16 00:00 UTC.
    static final long T0 = 1_750_032_000_000L;

    static final long SECOND = 1000;
    static final long MINUTE = 60 * SECOND;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    final List<Observation> all = new ArrayList<>();
    private final String client;
    private long record;
    private int lent = 40_000;

    Deeds(String client) {
        this.client = client;
    }

    private static @Nullable Address address(String text) {
        return Address.of(text);
    }

    private Origin origin(int classUid) {
        return new Origin(client, 1, ++record, SourceNames.of("test"), classUid);
    }

    Deeds signIn(long time, String account, String src, String host, Means means, Outcome outcome) {
        return signIn(time, account, src, host, means, outcome, "");
    }

    Deeds signIn(long time, String account, String src, String host, Means means, Outcome outcome, String country) {
        Address from = address(src);
        all.add(new SignIn(
                origin(3002),
                time,
                account,
                "corp",
                from,
                from == null ? src : "",
                host,
                null,
                means,
                outcome,
                "",
                country,
                "",
                ""));
        return this;
    }

    Deeds launch(long time, String host, String account, String image, String commandLine, String parent) {
        all.add(new Launch(origin(1007), time, host, account, "corp", image, commandLine, parent, ""));
        return this;
    }

    Deeds written(long time, String host, String account, String path, long size, String by) {
        all.add(new Written(origin(1001), time, host, null, account, path, size, by));
        return this;
    }

    Deeds change(long time, Changed changed, String host, String account, String src, String what, String detail) {
        all.add(new Change(origin(6003), time, changed, host, account, address(src), what, detail));
        return this;
    }

    Deeds use(long time, String account, String src, String service, String operation, String what, String detail) {
        all.add(new Use(origin(6003), time, account, address(src), service, operation, what, Outcome.SUCCESS, detail));
        return this;
    }

    Deeds call(long time, String src, String dst, String endpoint, String operation) {
        all.add(new Call(
                origin(4001), time, address(src), address(dst), "", "", "rpc", endpoint, operation, Outcome.UNKNOWN));
        return this;
    }

    /// Somebody asked the client's own site for something.
    Deeds request(long time, String src, String method, String path) {
        all.add(new Request(
                origin(4002),
                time,
                Contacts.address(src),
                null,
                443,
                "",
                method,
                path,
                "Mozilla/5.0",
                "",
                200,
                100,
                900,
                false));
        return this;
    }

    Deeds tcp(long time, String src, String dst, int port, long bytesOut, long bytesIn) {
        lent = lent >= 60_000 ? 40_000 : lent + 1;
        all.add(new Contact(
                origin(4001),
                time,
                Contacts.address(src),
                lent,
                Contacts.address(dst),
                port,
                6,
                Outcome.SUCCESS,
                0.95f,
                bytesOut,
                bytesIn,
                1 + bytesOut / 900,
                1 + bytesIn / 900,
                60_000,
                "",
                false));
        return this;
    }

    /// What the analytic finds: a subject found again on the same day is one finding, the one that says most.
    List<Draft> found(String analytic, Parties parties) {
        return told(Behaviour.of(analytic, all, parties));
    }

    List<Draft> found(String analytic) {
        return found(analytic, Parties.NONE);
    }

    static List<Draft> told(List<Draft> drafts) {
        Map<String, Draft> best = new LinkedHashMap<>();
        for (Draft draft : drafts) {
            best.merge(
                    draft.subject() + "|" + Math.floorDiv(draft.time(), DAY),
                    draft,
                    (a, b) -> b.severityId() > a.severityId()
                                    || b.severityId() == a.severityId() && b.confidence() >= a.confidence()
                            ? b
                            : a);
        }
        List<Draft> all = new ArrayList<>(best.values());
        all.sort(Comparator.comparingLong(Draft::time));
        return all;
    }

    /// Checks that the same is found when all comes late and in another order, every record told twice.
    void inAnyOrder(String analytic, Parties parties) {
        List<String> once = titles(found(analytic, parties));
        List<Observation> before = List.copyOf(all);
        Collections.shuffle(all, new Random(7));
        assertEquals(once, titles(found(analytic, parties)), "shuffled");
        all.clear();
        all.addAll(before);
    }

    private static List<String> titles(List<Draft> drafts) {
        return drafts.stream().map(d -> d.severityId() + " " + d.title()).toList();
    }

    /// A supplier northgate that reaches acme by VPN, with what else is declared of the link.
    static Parties parties(String more) {
        try {
            return PartiesFile.parse("""
                    parties:
                      - {name: northgate, role: supplier, networks: [10.99.0.0/16], scanners: [10.99.4.200/32], logs: [northgate]}
                      - {name: acme, role: client, networks: [10.20.0.0/16], logs: [acme]}
                    links:
                      - {name: northgate-vpn, supplier: northgate, client: acme, kind: vpn, networks: [10.99.4.0/24]%s}
                    """.formatted(more), "p");
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }
}
