package io.carom.source;

import io.carom.event.EventBatch;
import io.carom.source.input.InputReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;

/// How fast a log is read and mapped on one core: `ZeekSpeed <file> [rounds]`. Run by hand, after a
/// warm-up within.
final class ZeekSpeed {
    private ZeekSpeed() {}

    static void main(String[] args) throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of(args[0]));
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 10;
        InputContext context = new InputContext(args[0], ZoneOffset.UTC, Instant.EPOCH);
        double best = 0;
        for (int round = 0; round < rounds; round++) {
            long start = System.nanoTime();
            long records = new InputReader(Sources.installed(), null)
                    .read(new ByteArrayInputStream(bytes), context, new EventBatch(1 << 16), (batch, n) -> batch)
                    .records();
            double rate = bytes.length * 1e3 / (System.nanoTime() - start);
            best = Math.max(best, rate);
            System.out.printf("%d records, %.0f MB/s, best %.0f%n", records, rate, best);
        }
    }
}
