package io.carom.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.SourceNames;
import io.carom.observe.Observation.Call;
import io.carom.observe.Observation.Change;
import io.carom.observe.Observation.Changed;
import io.carom.observe.Observation.Lease;
import io.carom.observe.Observation.Lookup;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a book says that is asked again and again while it is written, beside one that is asked once.
class SessionIndexTest extends Scene {
    private static final String CLIENT = "acme";

    static {
        // Those that records of a scene name.
        SourceNames.of("one");
        SourceNames.of("scene");
    }

    private static History afresh(SessionBook book) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(book);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return ((SessionBook) in.readObject()).history(o -> "log");
        }
    }

    private String address(Random random) {
        return random.nextInt(6) == 0 ? "203.0.113." + random.nextInt(1, 4) : "10.20.1." + random.nextInt(1, 12);
    }

    private String host(Random random) {
        return "srv" + random.nextInt(6);
    }

    private void something(Random random, long time) {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> rdp(CLIENT, time, address(random), "10.20.1." + random.nextInt(1, 12), 10);
            case 4, 5, 6 ->
                signIn(CLIENT, time, "user" + random.nextInt(3), address(random), host(random), Means.REMOTE_DESKTOP);
            case 7 ->
                signIn(
                        CLIENT,
                        time,
                        "j.doe@ng.example",
                        address(random),
                        host(random),
                        random.nextBoolean() ? Means.REMOTE_SUPPORT : Means.NETWORK);
            case 8 ->
                seen.add(new Lease(
                        origin(CLIENT),
                        time,
                        ip("10.20.1." + random.nextInt(1, 12)),
                        null,
                        random.nextBoolean() ? host(random) : "desk" + random.nextInt(3),
                        "",
                        "",
                        Lease.Kind.DHCP,
                        random.nextBoolean() ? time + HOUR : 0,
                        random.nextInt(4) == 0));
            case 9 ->
                seen.add(new Lookup(
                        origin(CLIENT),
                        time,
                        null,
                        "",
                        null,
                        host(random),
                        "A",
                        0,
                        List.of("10.20.1." + random.nextInt(1, 12))));
            case 10, 11, 12 -> {
                // A sign-in that comes by a connection says which address the host has.
                String from = address(random);
                int n = random.nextInt(6);
                rdp(CLIENT, time, from, "10.20.1." + (1 + n), 10);
                signIn(CLIENT, time + 2_000, "user1", from, "srv" + n, Means.REMOTE_DESKTOP);
            }
            case 13 ->
                seen.add(new Call(
                        origin(CLIENT),
                        time,
                        ip(address(random)),
                        ip("10.20.1." + random.nextInt(1, 12)),
                        "",
                        "",
                        "rpc",
                        "svcctl",
                        "CreateServiceW",
                        Outcome.SUCCESS));
            default ->
                seen.add(new Change(origin(CLIENT), time, Changed.SERVICE_INSTALLED, host(random), "", null, "", ""));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void askedWhileItIsWrittenItSaysWhatItSaysAfterwards(long seed) throws Exception {
        Random random = new Random(seed);
        SessionBook book = new SessionBook();
        History history = book.history(o -> "log");
        long time = T;
        int sessions = 0;
        for (int round = 0; round < 12; round++) {
            seen.clear();
            for (int i = random.nextInt(60); i > 0; i--) {
                time += random.nextInt(20) * MINUTE;
                something(random, time);
            }
            seen.forEach(book);
            // The book learns from coincidences when it is asked for its history.
            history = book.history(o -> "log");
            History plain = afresh(book);
            Set<String> machines = new TreeSet<>(plain.sources(CLIENT));
            machines.addAll(plain.targets(CLIENT));
            machines.addAll(history.sources(CLIENT));
            for (String machine : machines) {
                if (random.nextInt(4) > 0) {
                    assertEquals(plain.into(CLIENT, machine), history.into(CLIENT, machine), "into " + machine);
                    assertEquals(plain.outOf(CLIENT, machine), history.outOf(CLIENT, machine), "out of " + machine);
                    for (String account : List.of("user0", "user1", "j.doe@ng.example")) {
                        assertArrayEquals(
                                plain.outOf(CLIENT, machine).stream()
                                        .filter(s -> s.account().equals(account))
                                        .mapToLong(Session::time)
                                        .toArray(),
                                history.times(CLIENT, machine, account));
                    }
                    assertEquals(plain.channels(CLIENT, machine), history.channels(CLIENT, machine));
                    sessions += plain.into(CLIENT, machine).size();
                }
            }
            if (random.nextBoolean()) {
                assertEquals(plain.sources(CLIENT), history.sources(CLIENT));
                assertEquals(List.copyOf(plain.targets(CLIENT)), List.copyOf(history.targets(CLIENT)));
                for (String account : List.of("user0", "user1", "user2", "j.doe@ng.example", "j.doe")) {
                    assertEquals(plain.desksOf(CLIENT, account), history.desksOf(CLIENT, account), account);
                    assertEquals(plain.machinesOf(CLIENT, account), history.machinesOf(CLIENT, account), account);
                }
            }
            assertEquals(plain.carriers(CLIENT, 0, Long.MAX_VALUE), history.carriers(CLIENT, 0, Long.MAX_VALUE));
            assertEquals(plain.mentions(CLIENT, 0, Long.MAX_VALUE), history.mentions(CLIENT, 0, Long.MAX_VALUE));
        }
        assertTrue(sessions > 0);
    }
}
