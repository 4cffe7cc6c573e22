package io.carom.taxii;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.intel.Tlp;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Collections: what is published is there once, each version in its place, and for nobody else.
class CollectionStoreTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.123456Z");
    private static final Viewer ACME = new Viewer("acme", Tlp.GREEN, true);

    @TempDir
    Path home;

    static String indicator(int number, String modified, String name) {
        return "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--" + uuid(number)
                + "\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"" + modified + "\",\"name\":\"" + name
                + "\",\"pattern\":\"[ipv4-addr:value = '192.0.2.1']\",\"pattern_type\":\"stix\","
                + "\"valid_from\":\"2026-01-01T00:00:00.000Z\"}";
    }

    private static UUID uuid(int number) {
        return new UUID(0x0000_0000_0000_4000L, 0x8000_0000_0000_0000L | number);
    }

    private static TaxiiCollection own(CollectionStore store, Viewer viewer) throws Exception {
        return store.collection(viewer, store.collectionOf(Objects.requireNonNull(viewer.client())))
                .orElseThrow();
    }

    @Test
    void whatSaysTheSameIsNotWrittenAgainAndWhatChangedIsALaterVersion() throws Exception {
        try (CollectionStore store = CollectionStore.open(home)) {
            String first = indicator(1, "2026-02-01T00:00:00.000Z", "one");
            assertEquals(new CollectionStore.Published(1, 0, 0, 0), store.publish("acme", List.of(first), NOW));
            // Made again tomorrow: only its times differ.
            assertEquals(
                    new CollectionStore.Published(0, 0, 1, 0),
                    store.publish("acme", List.of(indicator(1, "2026-03-05T00:00:00.000Z", "one")), NOW));
            // Says something else with the same time.
            assertEquals(
                    new CollectionStore.Published(0, 1, 0, 0),
                    store.publish("acme", List.of(indicator(1, "2026-02-01T00:00:00.000Z", "two")), NOW));
            Page page = store.page(own(store, ACME), PageQuery.latest(10), true);
            assertEquals(1, page.entries().size());
            assertTrue(page.entries().getFirst().json().contains("\"name\":\"two\""));
            assertTrue(page.entries().getFirst().json().contains("\"modified\":\"2026-03-04T05:06:07.123Z\""));
            assertTrue(page.entries().getFirst().json().contains("\"created\":\"2026-01-01T00:00:00.000Z\""));
        }
    }

    @Test
    void whatIsWithdrawnIsRevokedOnce() throws Exception {
        try (CollectionStore store = CollectionStore.open(home)) {
            store.publish("acme", List.of(indicator(1, "2026-02-01T00:00:00.000Z", "one")), NOW);
            String id = "indicator--" + uuid(1);
            assertEquals(
                    1,
                    store.withdraw("acme", List.of(id, "indicator--nobody"), NOW)
                            .withdrawn());
            assertEquals(0, store.withdraw("acme", List.of(id), NOW).withdrawn());
            Page page = store.page(own(store, ACME), PageQuery.latest(10), true);
            assertTrue(page.entries().getFirst().json().contains("\"revoked\":true"));
        }
    }

    @Test
    void aClientSeesItsOwnAndOfTheSharedWhatItsCircleMay() throws Exception {
        try (CollectionStore store = CollectionStore.open(home)) {
            store.publish("acme", List.of(indicator(1, "2026-02-01T00:00:00.000Z", "a")), NOW);
            store.publish("globex", List.of(indicator(2, "2026-02-01T00:00:00.000Z", "g")), NOW);
            store.share(
                    List.of(
                            marked(3, Tlp.GREEN),
                            marked(4, Tlp.AMBER),
                            indicator(5, "2026-02-01T00:00:00.000Z", "nobody marked it")),
                    NOW);
            assertEquals(2, store.collections(ACME).size());
            assertTrue(store.collection(ACME, store.collectionOf("globex")).isEmpty());
            assertEquals(1, store.collections(new Viewer("globex", null, false)).size());
            assertEquals(List.of(), store.collections(new Viewer(null, null, true)));
            assertEquals(Set.of(3), shared(store, Tlp.GREEN));
            assertEquals(Set.of(3, 4), shared(store, Tlp.AMBER));
            // What is shared no longer is taken back, in the circle that it was in.
            store.share(List.of(marked(4, Tlp.AMBER)), NOW);
            TaxiiCollection green = sharedSeen(store, Tlp.GREEN);
            List<Page.Entry> left =
                    store.page(green, PageQuery.latest(10), true).entries();
            assertEquals(1, left.size());
            assertTrue(left.getFirst().json().contains("\"revoked\":true"));
            // Nobody may write to what is shared.
            assertFalse(green.canWrite());
        }
    }

    private static String marked(int number, Tlp tlp) {
        String json = indicator(number, "2026-02-01T00:00:00.000Z", "shared");
        return json.substring(0, json.length() - 1) + ",\"object_marking_refs\":[\"" + tlp.marking() + "\"]}";
    }

    private static TaxiiCollection sharedSeen(CollectionStore store, Tlp circle) throws Exception {
        return store.collections(new Viewer(null, circle, true)).getFirst();
    }

    private static Set<Integer> shared(CollectionStore store, Tlp circle) throws Exception {
        return store.page(sharedSeen(store, circle), PageQuery.latest(10), false).entries().stream()
                .map(e -> (int) UUID.fromString(e.id().substring(11)).getLeastSignificantBits())
                .collect(Collectors.toSet());
    }

    @Test
    void whatIsNoStixObjectIsRefusedAndNothingIsWritten() throws Exception {
        try (CollectionStore store = CollectionStore.open(home)) {
            for (String bad : List.of(
                    "[]",
                    "{",
                    "{\"id\":\"x\"}",
                    "{\"type\":\"indicator\",\"id\":\"indicator--1\"}",
                    "{\"type\":\"indicator\",\"id\":\"malware--" + uuid(1) + "\"}",
                    "{\"type\":\"Indicator\",\"id\":\"Indicator--" + uuid(1) + "\"}",
                    "{\"type\":\"tool\",\"id\":\"tool--" + uuid(1) + "\",\"modified\":\"yesterday\"}",
                    "{\"type\":\"tool\",\"id\":\"tool--" + uuid(1) + "\",\"spec_version\":\"3.0\"}",
                    "{\"type\":\"tool\",\"id\":\"tool--" + uuid(1) + "\"} {}")) {
                IllegalArgumentException e = assertThrows(
                        IllegalArgumentException.class,
                        () -> store.publish(
                                "acme", List.of(indicator(1, "2026-02-01T00:00:00.000Z", "good"), bad), NOW),
                        bad);
                assertTrue(String.valueOf(e.getMessage()).startsWith("object 2: "), e.getMessage());
            }
            assertEquals(
                    List.of(),
                    store.page(own(store, ACME), PageQuery.latest(10), true).entries());
        }
    }

    @Test
    void everyPageIsARangeOfAnIndexInTheOrderOfTheAnswer() throws Exception {
        try (var connection = TaxiiDatabase.open(home)) {
            for (String sql : List.of(
                    PageReader.BY_STRATUM, PageReader.BY_VERSION, PageReader.BY_NAME, PageReader.BY_NAME_AND_VERSION)) {
                StringBuilder plan = new StringBuilder();
                try (var statement = connection.createStatement();
                        var rows = statement.executeQuery("EXPLAIN QUERY PLAN " + sql.replace("?", "1"))) {
                    while (rows.next()) {
                        plan.append(rows.getString("detail")).append('\n');
                    }
                }
                assertTrue(plan.toString().startsWith("SEARCH objects USING "), plan.toString());
                assertFalse(plan.toString().contains("SCAN"), plan.toString());
                // Versions of one object at one time are few; they may be sorted.
                assertTrue(
                        sql.equals(PageReader.BY_NAME_AND_VERSION)
                                || !plan.toString().contains("TEMP B-TREE"),
                        plan.toString());
            }
        }
    }

    /// An object version as a plain list knows it.
    private record Plain(String id, String type, String spec, long version, long added) {}

    private static boolean wanted(Plain one, List<Plain> all, PageQuery q) {
        List<Plain> mine = all.stream().filter(p -> p.id.equals(one.id)).toList();
        String newest =
                mine.stream().map(Plain::spec).max(Comparator.naturalOrder()).orElseThrow();
        boolean spec = q.specs().isEmpty() ? one.spec.equals(newest) : q.specs().contains(one.spec);
        List<Plain> among = mine.stream().filter(p -> p.spec.equals(one.spec)).toList();
        boolean version = q.all()
                || q.first() && among.stream().noneMatch(p -> p.version < one.version)
                || q.last() && among.stream().noneMatch(p -> p.version > one.version)
                || q.versions().contains(one.version);
        return spec
                && version
                && (q.types().isEmpty() || q.types().contains(one.type))
                && (q.ids().isEmpty() || q.ids().contains(one.id))
                && one.added > q.addedAfter();
    }

    @Test
    void everyFilterGivesWhatAPlainListGives() throws Exception {
        Random random = new Random(7);
        List<String> types = List.of("indicator", "malware", "tool");
        try (CollectionStore store = CollectionStore.open(home)) {
            TaxiiCollection own = own(store, ACME);
            Map<String, Plain> plain = new HashMap<>();
            long clock = 0;
            for (int round = 0; round < 400; round++) {
                String type = types.get(random.nextInt(types.size()));
                String id = type + "--" + uuid(random.nextInt(12));
                if (random.nextInt(8) == 0) {
                    PageQuery which = query(random, plain.values(), 1);
                    Set<Plain> gone = new LinkedHashSet<>();
                    List<Plain> all = List.copyOf(plain.values());
                    for (Plain one : all) {
                        List<Plain> mine = all.stream()
                                .filter(p -> p.id.equals(id) && p.spec.equals(one.spec))
                                .toList();
                        boolean version = which.all()
                                || which.first() && mine.stream().noneMatch(p -> p.version < one.version)
                                || which.last() && mine.stream().noneMatch(p -> p.version > one.version)
                                || which.versions().contains(one.version);
                        if (one.id.equals(id)
                                && version
                                && (which.specs().isEmpty() || which.specs().contains(one.spec))) {
                            gone.add(one);
                        }
                    }
                    assertEquals(gone.size(), store.delete(own, id, which, NOW));
                    gone.forEach(g -> plain.remove(g.id + g.spec + g.version));
                    continue;
                }
                String spec = random.nextInt(4) == 0 ? "2.0" : "2.1";
                long version = TaxiiTime.parse("2026-01-01T00:00:00Z") + random.nextInt(30) * 1_000_000L;
                String json = "{\"type\":\"" + type + "\",\"id\":\"" + id + "\",\"spec_version\":\"" + spec
                        + "\",\"modified\":\"" + TaxiiTime.text(version) + "\"}";
                boolean added =
                        store.add(own, List.of(TaxiiObject.of(json)), NOW).getFirst();
                clock = Math.max(TaxiiTime.micros(NOW), clock + 1);
                assertEquals(!plain.containsKey(id + spec + version), added);
                if (added) {
                    plain.put(id + spec + version, new Plain(id, type, spec, version, clock));
                } else {
                    clock--;
                }
                if (round % 4 == 0) {
                    compare(store, own, query(random, plain.values(), 1 + random.nextInt(9)), plain.values());
                }
            }
        }
    }

    private static void compare(
            CollectionStore store, TaxiiCollection own, PageQuery query, java.util.Collection<Plain> plain)
            throws Exception {
        List<Plain> all = List.copyOf(plain);
        List<String> expected = all.stream()
                .filter(p -> wanted(p, all, query))
                .sorted(Comparator.comparingLong(Plain::added))
                .map(p -> p.id + " " + p.version + " " + p.spec)
                .toList();
        List<String> found = new ArrayList<>();
        PageQuery next = query;
        Page page;
        do {
            page = store.page(own, next, true);
            assertTrue(page.entries().size() <= query.limit());
            page.entries().forEach(e -> found.add(e.id() + " " + e.version() + " " + e.spec()));
            if (page.more()) {
                assertEquals(query.limit(), page.entries().size());
                next = next.after(page.entries().getLast().added());
            }
        } while (page.more());
        assertEquals(expected, found, query.toString());
    }

    private static PageQuery query(Random random, java.util.Collection<Plain> plain, int limit) {
        List<Plain> some = List.copyOf(plain);
        Set<String> types = random.nextInt(3) == 0 ? Set.of("indicator", "grouping") : Set.of();
        Set<String> ids = new LinkedHashSet<>();
        Set<Long> versions = new LinkedHashSet<>();
        if (!some.isEmpty()) {
            if (random.nextInt(3) == 0) {
                ids.add(some.get(random.nextInt(some.size())).id);
                ids.add(some.get(random.nextInt(some.size())).id);
                ids.add("tool--" + uuid(99));
            }
            if (random.nextInt(3) == 0) {
                versions.add(some.get(random.nextInt(some.size())).version);
                versions.add(some.get(random.nextInt(some.size())).version);
            }
        }
        Set<String> specs = switch (random.nextInt(4)) {
            case 0 -> Set.of("2.0");
            case 1 -> Set.of("2.0", "2.1");
            default -> Set.of();
        };
        long after = random.nextInt(3) == 0 && !some.isEmpty()
                ? some.get(random.nextInt(some.size())).added
                : Long.MIN_VALUE;
        return new PageQuery(
                after,
                types,
                ids,
                random.nextInt(5) == 0,
                random.nextInt(4) == 0,
                random.nextInt(2) == 0,
                versions,
                specs,
                limit);
    }

    @Test
    void aPartThatIsMarkedMarksTheObject() {
        String object = indicator(1, "2026-02-01T00:00:00.000Z", "one");
        String marked = object.substring(0, object.length() - 1) + ",\"object_marking_refs\":[\"" + Tlp.GREEN.marking()
                + "\"],\"granular_markings\":[{\"marking_ref\":\"" + Tlp.RED.marking()
                + "\",\"selectors\":[\"name\"]}]}";
        assertEquals(Tlp.RED, TaxiiObject.of(marked).tlp());
    }
}
