package io.carom.bench;

import io.carom.detect.indicator.IndicatorMatcher;
import io.carom.detect.indicator.IndicatorSet;
import io.carom.event.IndicatorType;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Observables a second against millions of indicators of all kinds. The heap is 1 GB: with ten million it
/// runs only if they fit.
///
/// `distinct`: how many different values come; few repeat, as logs do, many never do.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx1g", "-XX:+UseSerialGC"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 4, time = 2)
public class IndicatorBench {
    private static final int VALUES = 1 << 16;

    @Param({"1000000", "10000000"})
    public int indicators;

    @Param({"5000", "65536"})
    public int distinct;

    private IndicatorMatcher matcher;
    private byte[][] values;
    private int[] types;

    @Setup(Level.Trial)
    public void build() {
        Random random = new Random(1);
        IndicatorSet.Builder builder = new IndicatorSet.Builder();
        for (int i = 0; i < indicators; i++) {
            String origin = "feed.csv:" + (i + 1);
            switch (i % 8) {
                case 0, 1 -> builder.add(IndicatorType.IP, address(random), "", origin);
                case 2 -> builder.add(IndicatorType.HASH, hash(random), "dropper", origin);
                case 3 -> builder.add(IndicatorType.URL, name(random) + "/" + random.nextInt(1 << 20), "", origin);
                case 4 -> builder.add(IndicatorType.EMAIL, "a" + i + "@" + name(random), "lure", origin);
                case 5 ->
                    builder.add(
                            IndicatorType.CIDR,
                            address(random).replaceFirst("\\.\\d+$", ".0") + "/" + (22 + random.nextInt(9)),
                            "",
                            origin);
                default -> builder.add(IndicatorType.DOMAIN, name(random), "", origin);
            }
        }
        matcher = new IndicatorMatcher(builder.build());
        System.gc();
        long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        System.out.println("heap after building: " + (used >> 20) + " MiB");
        values = new byte[VALUES][];
        types = new int[VALUES];
        for (int i = 0; i < VALUES; i++) {
            if (i >= distinct) {
                values[i] = values[i % distinct];
                types[i] = types[i % distinct];
                continue;
            }
            String value;
            switch (i % 6) {
                case 0, 1 -> {
                    value = address(random);
                    types[i] = 2;
                }
                case 2, 3 -> {
                    value = "www" + random.nextInt(9) + "." + name(random);
                    types[i] = 1;
                }
                case 4 -> {
                    value = "https://" + name(random) + "/p/" + random.nextInt(1 << 20) + "?q=" + i;
                    types[i] = 6;
                }
                default -> {
                    value = hash(random);
                    types[i] = 8;
                }
            }
            values[i] = value.getBytes(StandardCharsets.UTF_8);
        }
    }

    private static String address(Random random) {
        int n = random.nextInt();
        return (n >>> 24) + "." + (n >> 16 & 255) + "." + (n >> 8 & 255) + "." + (n & 255);
    }

    private static String name(Random random) {
        return Long.toHexString(random.nextLong()).substring(0, 8) + ".example";
    }

    private static String hash(Random random) {
        return String.format("%016x%016x", random.nextLong(), random.nextLong());
    }

    @Benchmark
    @OperationsPerInvocation(VALUES)
    public int observables() {
        int hits = 0;
        for (int i = 0; i < VALUES; i++) {
            hits += matcher.look(values[i], 0, values[i].length, types[i]) >= 0 ? 1 : 0;
        }
        return hits;
    }
}
