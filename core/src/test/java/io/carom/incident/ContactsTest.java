package io.carom.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import io.carom.trace.Ledger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContactsTest {
    private static Ledger.Pair pair(String client, String src, String dst, int port, long count) {
        return new Ledger.Pair(client, src, dst, port, null, null, null, 1, 2, count, 0, 0);
    }

    private static String address(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> "203.0.113." + random.nextInt(250);
            case 1 -> "10.8.4." + random.nextInt(20);
            case 2 -> "fd00::" + Integer.toHexString(random.nextInt(30));
            default -> "10.1." + random.nextInt(3) + "." + random.nextInt(100);
        };
    }

    /// Whatever comes, goes and comes again, it is as in plain maps.
    @Test
    void isWhatPlainMapsAre() throws Exception {
        Parties parties = PartiesFile.parse("""
                parties:
                  - {name: ng, role: supplier, networks: [10.8.0.0/16]}
                  - {name: acme, role: client, networks: [10.1.0.0/16, "fd00::/16"]}
                links:
                  - {name: ng-acme, supplier: ng, client: acme, kind: vpn, networks: [10.8.4.0/24]}
                """, "p");
        Random random = new Random(3);
        Map<String, Contacts> contacts = new HashMap<>();
        for (int turn = 0; turn < 12; turn++) {
            int many = turn == 5 ? 10 : random.nextInt(4000);
            List<Ledger.Pair> all = new ArrayList<>();
            Set<String> met = new HashSet<>();
            for (int i = 0; i < many; i++) {
                String src = address(random);
                String dst = address(random);
                int port = random.nextInt(3);
                if (met.add(src + " " + dst + " " + port)) {
                    all.add(pair("acme", src, dst, port, random.nextInt(5)));
                }
            }
            all.forEach(p -> Contacts.enter(p, parties, contacts));
            Contacts of = contacts.getOrDefault("acme", Contacts.NONE);
            Set<String> machines = new HashSet<>();
            Map<String, Set<String>> machinesAt = new HashMap<>();
            for (Ledger.Pair p : all) {
                for (String[] both : new String[][] {{p.src(), p.dst()}, {p.dst(), p.src()}}) {
                    if (both[0].startsWith("10.1.") || both[0].startsWith("fd00:")) {
                        machines.add(both[0]);
                        machinesAt
                                .computeIfAbsent(both[1], a -> new HashSet<>())
                                .add(both[0]);
                    }
                }
            }
            assertEquals(machines.size(), of.machines(), "turn " + turn);
            List<String> asked = Stream.concat(
                            all.stream().flatMap(p -> Stream.of(p.src(), p.dst())), Stream.of("192.0.2.1", ""))
                    .distinct()
                    .toList();
            for (String address : asked) {
                assertEquals(machinesAt.getOrDefault(address, Set.of()).size(), of.machinesAt(address), address);
                assertEquals(
                        all.stream()
                                .filter(p -> p.dst().equals(address))
                                .sorted(Ledger.MOST_SEEN)
                                .toList(),
                        of.to(address));
                assertEquals(
                        all.stream()
                                .filter(p -> p.src().equals(address))
                                .sorted(Ledger.MOST_SEEN)
                                .toList(),
                        of.from(address));
            }
            contacts.values().forEach(Contacts::clear);
            assertEquals(0, of.machines());
            assertTrue(all.isEmpty() || of.to(all.getFirst().dst()).isEmpty());
        }
    }

    @Test
    void clientsAreKeptApart() {
        Map<String, Contacts> contacts = new HashMap<>();
        Contacts.enter(pair("acme", "10.1.0.1", "10.1.0.2", 445, 1), Parties.NONE, contacts);
        Contacts.enter(pair("bolt", "10.1.0.1", "10.1.0.3", 445, 1), Parties.NONE, contacts);
        assertEquals(
                1, contacts.getOrDefault("acme", Contacts.NONE).from("10.1.0.1").size());
        assertEquals(
                0, contacts.getOrDefault("bolt", Contacts.NONE).to("10.1.0.2").size());
    }
}
