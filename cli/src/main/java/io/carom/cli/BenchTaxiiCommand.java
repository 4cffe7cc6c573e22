package io.carom.cli;

import io.carom.taxii.CollectionStore;
import io.carom.taxii.Page;
import io.carom.taxii.PageQuery;
import io.carom.taxii.TaxiiCollection;
import io.carom.taxii.TaxiiObject;
import io.carom.taxii.TaxiiTime;
import io.carom.taxii.Viewer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a page of a collection costs, wherever it begins.
@Command(
        name = "taxii",
        header = {
            "Fills a collection and reads pages of 1,000 at its start, middle and end, with each filter.",
            "",
            "  carom bench taxii --objects 100000",
            "  carom bench taxii --objects 1000000 --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class BenchTaxiiCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> TYPES = List.of("indicator", "malware", "identity", "relationship", "sighting");
    private static final int BATCH = 10_000;
    private static final int PAGE = 1_000;
    private static final long START = TaxiiTime.parse("2026-01-01T00:00:00Z");

    @Mixin
    Common common = new Common();

    @Option(names = "--objects", defaultValue = "1000000", description = "How many (default ${DEFAULT-VALUE}).")
    int count;

    @Option(names = "--runs", defaultValue = "9", description = "Of each page (default ${DEFAULT-VALUE}).")
    int runs;

    @Override
    public Integer call() throws Exception {
        Path home = common.home().resolve("bench-taxii-" + count);
        boolean made = CollectionStore.exists(home);
        try (CollectionStore store = CollectionStore.open(home)) {
            String id = store.collectionOf("bench");
            TaxiiCollection collection =
                    store.collection(new Viewer("bench", null, true), id).orElseThrow();
            if (!made) {
                fill(store, collection, home);
            }
            measures(store, collection).forEach((name, query) -> measure(store, collection, name, query));
        }
        common.note("the collection is kept in " + home + " for another run");
        return Exit.DONE;
    }

    /// One in ten is a second version of the object nine before it.
    private static TaxiiObject object(int n) {
        boolean again = n % 10 == 9;
        int of = again ? n - 9 : n;
        String type = TYPES.get(of % TYPES.size());
        return TaxiiObject.of("{\"type\":\"" + type + "\",\"spec_version\":\"2.1\",\"id\":\"" + type + "--"
                + new UUID(0x4000L | (long) of << 16, 0x8000_0000_0000_0000L | of)
                + "\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"" + TaxiiTime.text(START + n * 1_000L)
                + "\",\"name\":\"object " + of + (again ? " again" : "")
                + "\",\"description\":\"What stands in an object of usual size: some words, some more words, and"
                + " a value such as h" + n + ".example that is like no other.\"}");
    }

    private void fill(CollectionStore store, TaxiiCollection collection, Path home) throws IOException {
        long begun = System.nanoTime();
        List<TaxiiObject> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(object(i));
            if (batch.size() == BATCH || i == count - 1) {
                store.add(collection, batch, Instant.now());
                batch.clear();
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        ObjectNode line = JSON.createObjectNode();
        line.put("objects", count)
                .put("added_per_second", Math.round(count / seconds))
                .put("bytes_per_object", Files.size(home.resolve("taxii.db")) / count);
        common.out().println(JSON.writeValueAsString(line));
    }

    private Map<String, PageQuery> measures(CollectionStore store, TaxiiCollection collection) throws IOException {
        PageQuery latest = PageQuery.latest(PAGE);
        long first = store.page(collection, PageQuery.latest(1), false)
                .entries()
                .getFirst()
                .added();
        // Times of adding are one apart within a batch, so the place is found by asking.
        long middle = at(store, collection, first, 0.5);
        long end = at(store, collection, first, 0.999);
        Map<String, PageQuery> all = new LinkedHashMap<>();
        all.put("latest, from the start", latest);
        all.put("latest, from the middle", latest.after(middle));
        all.put("latest, near the end", latest.after(end));
        all.put("one type, from the middle", query(middle, Set.of("malware"), false));
        all.put("a type that is not there", query(middle, Set.of("campaign"), false));
        all.put("all versions, from the middle", query(middle, Set.of(), true));
        all.put(
                "first versions, from the middle",
                new PageQuery(middle, Set.of(), Set.of(), false, true, false, Set.of(), Set.of(), PAGE));
        all.put(
                "an exact version",
                new PageQuery(
                        Long.MIN_VALUE,
                        Set.of(),
                        Set.of(),
                        false,
                        false,
                        false,
                        Set.of(START + count / 2 * 1_000L),
                        Set.of(),
                        PAGE));
        all.put(
                "an id",
                new PageQuery(
                        Long.MIN_VALUE,
                        Set.of(),
                        Set.of(object(count / 2).id()),
                        true,
                        false,
                        false,
                        Set.of(),
                        Set.of(),
                        PAGE));
        all.put(
                "STIX 2.0, of which there is none",
                new PageQuery(Long.MIN_VALUE, Set.of(), Set.of(), false, false, true, Set.of(), Set.of("2.0"), PAGE));
        return all;
    }

    private static PageQuery query(long after, Set<String> types, boolean every) {
        return new PageQuery(after, types, Set.of(), every, false, !every, Set.of(), Set.of(), PAGE);
    }

    private long at(CollectionStore store, TaxiiCollection collection, long first, double part) throws IOException {
        Page.Entry one = store.page(
                        collection,
                        new PageQuery(
                                Long.MIN_VALUE,
                                Set.of(),
                                Set.of(object((int) (count * part) / 10 * 10 + 1)
                                        .id()),
                                true,
                                false,
                                false,
                                Set.of(),
                                Set.of(),
                                1),
                        false)
                .entries()
                .getFirst();
        return Math.max(first, one.added());
    }

    private void measure(CollectionStore store, TaxiiCollection collection, String name, PageQuery query) {
        try {
            double[] took = new double[runs];
            int entries = 0;
            for (int i = 0; i < runs; i++) {
                long begun = System.nanoTime();
                entries = store.page(collection, query, true).entries().size();
                took[i] = (System.nanoTime() - begun) / 1e6;
            }
            Arrays.sort(took);
            ObjectNode line = JSON.createObjectNode();
            line.put("page", name)
                    .put("objects", entries)
                    .put("ms_least", round(took[0]))
                    .put("ms_median", round(took[runs / 2]))
                    .put("ms_most", round(took[runs - 1]));
            common.out().println(JSON.writeValueAsString(line));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static double round(double ms) {
        return Math.round(ms * 100) / 100.0;
    }
}
