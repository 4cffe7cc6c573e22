package io.carom.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What differs from seed to seed. Intrusions are planned, not played: no log is written.
class VarietyTest {
    private record Planned(World world, Truth truth) {}

    private static Planned plan(long seed, int clients, int days) {
        ScenarioOptions options = new ScenarioOptions(
                seed, days, clients, 100_000, Path.of("never-written"), Instant.parse("2019-03-04T00:00:00Z"));
        World world = new World(seed, clients);
        Truth truth = new Truth(world.supplier.name);
        LogFile.Shelf shelf = new LogFile.Shelf(options, truth);
        Map<Org, Logs> logs = new LinkedHashMap<>();
        List<Org> orgs = new ArrayList<>(world.clients);
        orgs.add(world.supplier);
        for (Org org : orgs) {
            logs.put(org, new Logs(org, options, shelf));
        }
        new Intrusion(world, options, truth, new LinkTraffic(world, logs));
        return new Planned(world, truth);
    }

    private static List<Planned> seeds() {
        List<Planned> out = new ArrayList<>();
        for (long seed = 1; seed <= 40; seed++) {
            out.add(plan(seed, 3 + (int) (seed % 10), 14));
        }
        return out;
    }

    @Test
    void everyWayInAppearsOverFortySeeds() {
        Set<String> kinds = seeds().stream().map(p -> p.truth.entry().kind()).collect(Collectors.toSet());
        assertEquals(Arrays.stream(Entries.Kind.values()).map(k -> k.label).collect(Collectors.toSet()), kinds);
    }

    @Test
    void everyKindOfLinkIsUsedAndEverySortOfProductStandsSomewhere() {
        Set<String> kinds = new TreeSet<>();
        Set<String> products = new TreeSet<>();
        for (Planned p : seeds()) {
            p.truth.courses().values().forEach(c -> kinds.add(c.linkKind()));
            p.world.clients.forEach(c -> products.addAll(List.of(c.wall.name(), c.sensor.name())));
            p.world.links.forEach(l -> products.add(l.tool()));
        }
        kinds.remove("");
        assertEquals(Set.of("site-to-site", "vpn", "rdp-gateway", "remote-support", "federation"), kinds);
        assertEquals(
                Set.of(
                        "",
                        "ASA",
                        "FORTIGATE",
                        "PALO_ALTO",
                        "ZEEK_TSV",
                        "ZEEK_JSON",
                        "NFDUMP",
                        "ScreenConnect",
                        "AnyDesk",
                        "TeamViewer"),
                products);
    }

    @Test
    void thePathInsideTheSupplierIsOfManyLengths() {
        Set<Long> steps = new TreeSet<>();
        for (Planned p : seeds()) {
            String supplier = p.truth.supplier();
            steps.add(p.truth.hops().stream()
                    .filter(h -> h.fromParty().equals(supplier)
                            && h.toParty().equals(supplier)
                            && !h.via().contains("-"))
                    .count());
        }
        assertTrue(steps.size() >= 4, steps.toString());
    }

    @Test
    void everyPathIsUnbrokenFromOutsideToEachClient() {
        for (Planned p : seeds()) {
            Set<String> reached = new TreeSet<>();
            for (Truth.Hop hop : p.truth.hops()) {
                boolean outside = hop.fromParty().equals("outside");
                assertTrue(outside || reached.contains(hop.fromParty() + " " + hop.from()), hop + " from nowhere");
                reached.add(hop.toParty() + " " + hop.to());
                // The far end of a tunnel counts to the supplier.
                reached.add(p.truth.supplier() + " " + hop.to());
            }
            assertEquals(p.truth.entry().from(), p.truth.entryAddress());
            assertFalse(p.truth.clientsHit().isEmpty());
            assertFalse(p.truth.clientsSpared().isEmpty());
            for (Truth.Course course : p.truth.courses().values()) {
                assertTrue(
                        course.recon() <= course.movement() || course.movement() == course.entered(),
                        course.toString());
            }
        }
    }

    @Test
    void accountsAndHoursAreNotAlwaysTheSame() {
        Set<Integer> hours = new TreeSet<>();
        Set<String> accounts = new TreeSet<>();
        for (Planned p : seeds()) {
            hours.add(Instant.ofEpochMilli(p.truth.entry().time())
                    .atZone(java.time.ZoneOffset.UTC)
                    .getHour());
            accounts.add(p.truth.entry().account());
        }
        assertTrue(hours.size() > 8, hours.toString());
        assertTrue(accounts.size() > 10, accounts.toString());
    }

    @Test
    void itAlsoFitsIntoThreeDaysAndNinety() {
        for (int days : new int[] {3, 90}) {
            for (long seed = 1; seed <= 10; seed++) {
                Planned p = plan(seed, 12, days);
                long end = Instant.parse("2019-03-04T00:00:00Z").toEpochMilli() + days * 86_400_000L;
                for (Truth.Hop hop : p.truth.hops()) {
                    assertTrue(hop.time() < end, hop + " is later than day " + days);
                }
            }
        }
    }

    @Test
    void aClientsMachinesLieInItsNetworksAndSomeNetworksOverlap() throws IOException {
        World world = new World(9, 8);
        for (Org org : world.clients) {
            for (Org.Host server : org.servers) {
                assertTrue(server.ip().startsWith(org.network + "."));
            }
        }
        assertTrue(world.clients.stream().map(o -> o.network).distinct().count() < world.clients.size());
    }
}
