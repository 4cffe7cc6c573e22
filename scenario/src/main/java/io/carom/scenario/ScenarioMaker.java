package io.carom.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongConsumer;

/// Makes a scenario: a supplier and its clients over some days, their ordinary life, and an intrusion
/// through the supplier in it, as the logs of their products.
///
/// Time goes by in slices of an hour or less, so that no more than some ten thousand records are held in
/// memory however many are asked for. Every organisation and slice has a random source of its own, so the
/// same options give the same bytes.
public final class ScenarioMaker {
    static final long HOUR = 3_600_000L;
    private static final int[] SLICES = {1, 2, 3, 4, 6, 10, 12, 20, 30, 60};
    private static final double RECORDS_A_SLICE = 40_000;

    private final ScenarioOptions options;
    private final List<Org> orgs = new ArrayList<>();
    private final Map<Org, Logs> logs = new LinkedHashMap<>();
    private final Truth truth;
    private final World world;
    private final LogFile.Shelf shelf;
    private final double recordsASlice;
    private long peak;

    /// @param recordsASlice how many may fall into one at most
    ScenarioMaker(ScenarioOptions options, double recordsASlice) {
        this.options = options;
        this.recordsASlice = recordsASlice;
        world = new World(options.seed(), options.clients());
        truth = new Truth(world.supplier.name);
        shelf = new LogFile.Shelf(options, truth);
        orgs.add(world.supplier);
        orgs.addAll(world.clients);
        for (Org org : orgs) {
            logs.put(org, new Logs(org, options, shelf));
            org.servers.forEach(h -> truth.machine(org.name, h.name(), h.ip()));
            org.users.forEach(u -> truth.machine(
                    org.name, u.workstation().name(), u.workstation().ip()));
        }
    }

    /// Makes it.
    ///
    /// @param progress told how many records were written so far
    /// @return what really happened, as in `truth.json`
    public static Truth make(ScenarioOptions options, LongConsumer progress) throws IOException {
        Files.createDirectories(options.out());
        return new ScenarioMaker(options, RECORDS_A_SLICE).play(progress);
    }

    private Intrusion intrusion(LinkTraffic traffic) {
        return new Intrusion(world, options, truth, traffic);
    }

    /// What is to happen, without writing a record.
    Truth planned() {
        intrusion(new LinkTraffic(world, logs));
        return truth;
    }

    Truth play(LongConsumer progress) throws IOException {
        LinkTraffic traffic = new LinkTraffic(world, logs);
        Intrusion intrusion = intrusion(traffic);
        Background background = new Background(world, options, shelf, traffic);
        Rounds rounds = new Rounds(world, options, traffic);
        SupplierWork work = new SupplierWork(world, traffic);
        Twins twins = new Twins(world, traffic);
        long start = options.start().toEpochMilli();
        int hours = options.days() * 24;
        double weight = 0;
        double busiest = 0;
        for (int hour = 0; hour < hours; hour++) {
            double all = 0;
            for (Org org : orgs) {
                all += Background.weight(org, start + hour * HOUR);
            }
            weight += all;
            busiest = Math.max(busiest, all);
        }
        int slices = slices(options.events() * busiest / weight, recordsASlice);
        long slice = HOUR / slices;
        double until = 0;
        for (int hour = 0; hour < hours; hour++) {
            long at = start + hour * HOUR;
            for (Org org : orgs) {
                Random random = source(1, hour, org);
                rounds.play(org, at, random);
                twins.play(org, at, random);
            }
            work.play(at, source(2, hour, world.supplier));
            for (int part = 0; part < slices; part++) {
                long from = at + part * slice;
                intrusion.play(from + slice);
                for (Org org : orgs) {
                    until += options.events() * Background.weight(org, at) / weight / slices;
                    Random random = source(3, hour * 64L + part, org);
                    background.play(org, from, slice, until, random);
                }
                flush(from + slice);
                progress.accept(shelf.written);
            }
        }
        // What began before the end may leave records behind it.
        intrusion.play(Long.MAX_VALUE);
        flush(Long.MAX_VALUE);
        for (Logs of : logs.values()) {
            of.close();
        }
        Files.writeString(options.out().resolve("parties.yaml"), world.parties());
        truth.write(options.out(), shelf.written);
        return truth;
    }

    /// A source that has nothing to do with its neighbours'.
    private Random source(int purpose, long slice, Org org) {
        long mixed = options.seed() * 0x9E3779B97F4A7C15L + slice * 0xD1B54A32D192ED03L + purpose * 7919L;
        return new Dice(mixed ^ org.name.hashCode() * 0x8CB92BA72F3D8DD7L);
    }

    static int slices(double recordsAnHour, double recordsASlice) {
        for (int slices : SLICES) {
            if (recordsAnHour / slices <= recordsASlice) {
                return slices;
            }
        }
        return 60;
    }

    private void flush(long before) throws IOException {
        long held = 0;
        for (Logs of : logs.values()) {
            held += of.held();
        }
        peak = Math.max(peak, held);
        for (Logs of : logs.values()) {
            of.flush(before);
        }
    }

    /// The most bytes of records that were held back at once.
    long peak() {
        return peak;
    }
}
