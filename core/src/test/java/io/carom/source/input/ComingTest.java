package io.carom.source.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.EventBatch;
import io.carom.source.InputContext;
import io.carom.source.Sources;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComingTest {
    /// A pipe into which the test writes: reading waits, and gives what was written at once.
    private static final class Pipe extends InputStream {
        private final BlockingQueue<byte[]> written = new LinkedBlockingQueue<>();
        private byte[] now = {};
        private int at;
        private boolean ended;
        final AtomicInteger asked = new AtomicInteger();

        void write(String text) {
            written.add(text.getBytes(StandardCharsets.UTF_8));
        }

        void end() {
            written.add(new byte[0]);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            if (ended) {
                return -1;
            }
            if (at == now.length) {
                try {
                    now = written.take();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                }
                at = 0;
                if (now.length == 0) {
                    ended = true;
                    return -1;
                }
            }
            int got = Math.min(len, now.length - at);
            System.arraycopy(now, at, b, off, got);
            at += got;
            return got;
        }

        @Override
        public int available() {
            asked.incrementAndGet();
            byte[] next = written.peek();
            return now.length - at + (next == null ? 0 : next.length);
        }
    }

    private static String line(int n) {
        return "{\"_path\":\"conn\",\"ts\":1583317800." + n % 10 + ",\"uid\":\"C" + n
                + "\",\"id.orig_h\":\"10.1.0.5\",\"id.orig_p\":40000,\"id.resp_h\":\"203.0.113.9\",\"id.resp_p\":443,"
                + "\"proto\":\"tcp\",\"conn_state\":\"SF\"}\n";
    }

    private final BlockingQueue<List<String>> batches = new LinkedBlockingQueue<>();

    private Thread reading(InputStream in) {
        return Thread.ofVirtual().start(() -> {
            try {
                new InputReader(Sources.installed(), null)
                        .read(
                                in,
                                new InputContext("-", ZoneOffset.UTC, Instant.EPOCH),
                                new EventBatch(1 << 16),
                                (batch, n) -> {
                                    List<String> rows = new ArrayList<>();
                                    for (int row = 0; row < batch.rows(); row++) {
                                        rows.add(batch.text(batch.nativeText(row)));
                                    }
                                    batches.add(rows);
                                    return batch;
                                });
            } catch (IOException e) {
                batches.add(List.of(String.valueOf(e)));
            }
        });
    }

    private List<String> next() throws InterruptedException {
        List<String> out = batches.poll(60, TimeUnit.SECONDS);
        assertTrue(out != null, "nothing was given");
        return out;
    }

    @Test
    void whatCameIsGivenBeforeTheRestIsThere() throws Exception {
        Pipe pipe = new Pipe();
        Thread reader = reading(pipe);
        pipe.write(line(1));
        assertEquals(List.of(line(1).strip()), next());
        String second = line(2);
        pipe.write(second.substring(0, 30));
        pipe.write(second.substring(30) + line(3));
        List<String> got = new ArrayList<>(next());
        while (got.size() < 2) {
            got.addAll(next());
        }
        assertEquals(List.of(line(2).strip(), line(3).strip()), got);
        pipe.end();
        reader.join();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void cutAnywhereItIsTheSame(long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder all = new StringBuilder();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            all.append(line(i));
            lines.add(line(i).strip());
        }
        Pipe pipe = new Pipe();
        Thread reader = reading(pipe);
        for (int at = 0; at < all.length(); ) {
            int length = Math.min(all.length() - at, 1 + random.nextInt(seed % 2 == 0 ? 600 : 60_000));
            pipe.write(all.substring(at, at + length));
            at += length;
        }
        pipe.end();
        reader.join();
        List<String> got = new ArrayList<>();
        batches.forEach(got::addAll);
        assertEquals(lines, got);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 6, 7})
    void aHeaderThatComesInPiecesIsReadAsOne(int first) throws Exception {
        String[] head = ("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
                        + "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\n"
                        + "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\n"
                        + "1583317800.0\tC1\t10.1.0.5\t40000\t203.0.113.9\t443\ttcp\n")
                .split("(?<=\n)");
        Pipe pipe = new Pipe();
        Thread reader = reading(pipe);
        pipe.write(String.join("", List.of(head).subList(0, first)));
        // It is taken for all that comes for now.
        while (pipe.asked.get() < 30 && batches.isEmpty()) {
            Thread.onSpinWait();
        }
        pipe.write(String.join("", List.of(head).subList(first, head.length)));
        List<String> got = new ArrayList<>();
        while (got.isEmpty()) {
            got.addAll(next());
        }
        assertEquals(1, got.size());
        assertTrue(got.getFirst().contains("203.0.113.9"), got::toString);
        pipe.end();
        reader.join();
    }
}
