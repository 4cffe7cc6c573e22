package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LumberjackTest {
    @TempDir
    Path home;

    private Around around;
    private Listener listener;

    @BeforeEach
    void start() throws IOException {
        around = new Around(home);
        listener = around.start("lumberjack", Map.of(), Map.of());
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
    }

    private static byte[] window(int size) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out);
        data.writeBytes("2W");
        data.writeInt(size);
        return out.toByteArray();
    }

    private static byte[] event(int sequence, String json) throws IOException {
        byte[] b = json.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out);
        data.writeBytes("2J");
        data.writeInt(sequence);
        data.writeInt(b.length);
        data.write(b);
        return out.toByteArray();
    }

    private static byte[] compressed(byte[] frames) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflate = new DeflaterOutputStream(packed)) {
            deflate.write(frames);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out);
        data.writeBytes("2C");
        data.writeInt(packed.size());
        data.write(packed.toByteArray());
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static String beat(String line) {
        return "{\"@timestamp\":\"2026-11-29T12:00:00Z\",\"@metadata\":{\"beat\":\"filebeat\"},\"message\":\"" + line
                + "\",\"host\":{\"name\":\"web1\"},\"log\":{\"file\":{\"path\":\"/var/log/auth.log\"}}}";
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", Around.port(listener));
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static long acknowledged(DataInputStream in) throws IOException {
        assertEquals('2', in.readByte());
        assertEquals('A', in.readByte());
        return in.readInt() & 0xFFFF_FFFFL;
    }

    @Test
    void aCompressedWindowIsAcknowledgedOnceItIsKept() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(joined(window(2), compressed(joined(event(1, beat("one")), event(2, beat("two"))))));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            assertEquals(2, acknowledged(in));
            assertEquals(List.of("one", "two"), around.records());
            assertEquals("lumberjack/web1/auth.log", around.entries.getFirst().source());
            // The next window on the same connection, in the clear.
            socket.getOutputStream().write(joined(window(1), event(1, beat("three"))));
            assertEquals(1, acknowledged(in));
        }
        assertEquals(List.of("one", "two", "three"), around.records());
    }

    @Test
    void nothingIsAcknowledgedWhileTheSpoolIsFull() throws Exception {
        around.full = true;
        try (Socket socket = connect()) {
            socket.getOutputStream().write(joined(window(1), event(1, beat("late"))));
            Around.await("it waits", () -> listener.counts().waited.get() > 2);
            assertEquals(0, socket.getInputStream().available());
            around.full = false;
            assertEquals(1, acknowledged(new DataInputStream(socket.getInputStream())));
        }
        assertEquals(List.of("late"), around.records());
    }

    @Test
    void anEventThatIsNoJsonIsKeptAsALineAndAcknowledged() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(joined(window(1), event(7, "{\"broken\":")));
            assertEquals(7, acknowledged(new DataInputStream(socket.getInputStream())));
        }
        assertEquals(List.of("{\"broken\":"), around.records());
    }

    @Test
    void bombsGiantsAndGarbageEndTheirConnectionAndHoldNothing() throws Exception {
        byte[] bomb = compressed(new byte[80 << 20]);
        byte[] giant = joined(window(1), new byte[] {'2', 'J', 0, 0, 0, 1, 0x7F, 0, 0, 0});
        byte[] wide = window(1 << 30);
        byte[] nested = compressed(compressed(event(1, beat("x"))));
        Random random = new Random(1);
        byte[] garbage = new byte[4000];
        random.nextBytes(garbage);
        for (byte[] each : List.of(bomb, giant, wide, nested, garbage)) {
            try (Socket socket = connect()) {
                try {
                    socket.getOutputStream().write(each);
                    int read = socket.getInputStream().read();
                    assertTrue(read < 0, "the connection ends");
                } catch (IOException e) {
                    // It was reset: ended too.
                }
            }
        }
        Around.await("the memory comes back", () -> around.budget.used() == 0);
        try (Socket socket = connect()) {
            socket.getOutputStream().write(joined(window(1), event(1, beat("good"))));
            assertEquals(1, acknowledged(new DataInputStream(socket.getInputStream())));
        }
        assertEquals(List.of("good"), around.records());
    }
}
