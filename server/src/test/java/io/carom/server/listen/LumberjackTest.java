package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
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

    /// The record of a beat, behind what is known of it.
    private static String kept(String line) {
        return "<13>1 2026-11-29T12:00:00Z web1 - - - - " + line;
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", Around.port(listener));
        socket.setSoTimeout(120_000);
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
            assertEquals(List.of(kept("one"), kept("two")), around.records());
            assertEquals("lumberjack/web1/auth.log", around.entries.getFirst().source());
            // The next window on the same connection, in the clear.
            socket.getOutputStream().write(joined(window(1), event(1, beat("three"))));
            assertEquals(1, acknowledged(in));
        }
        assertEquals(List.of(kept("one"), kept("two"), kept("three")), around.records());
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
        assertEquals(List.of(kept("late")), around.records());
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
                } catch (SocketTimeoutException e) {
                    throw new AssertionError("the connection goes on", e);
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
        assertEquals(List.of(kept("good")), around.records());
    }

    @Test
    void aWindowOfManySourcesIsPutAtOnce() throws Exception {
        try (Socket socket = connect()) {
            byte[] other = event(2, beat("two").replace("web1", "web2"));
            socket.getOutputStream().write(joined(window(2), event(1, beat("one")), other));
            assertEquals(2, acknowledged(new DataInputStream(socket.getInputStream())));
        }
        assertEquals(2, around.entries.size());
        assertEquals(1, around.puts.get());
    }

    @Test
    void anEventOfManyMiBIsCutAndAcknowledgedAsItsSenderWouldSendItForEver() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(joined(window(2), event(1, beat("x".repeat(5 << 20))), event(2, beat("y"))));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            // So much is kept before the window is whole.
            assertEquals(1, acknowledged(in));
            assertEquals(2, acknowledged(in));
        }
        assertEquals(1, listener.counts().cut.get());
        assertEquals(Records.LONGEST, around.records().getFirst().length());
        assertTrue(around.records().contains(kept("y")));
        Around.await("the memory comes back", () -> around.budget.used() == 0);
    }

    @Test
    void fieldsWithoutEndEndTheirConnection() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out);
        data.write(window(1));
        data.writeBytes("2D");
        data.writeInt(1);
        data.writeInt(100);
        try (Socket socket = connect()) {
            socket.getOutputStream().write(out.toByteArray());
            for (int i = 0; i < 100; i++) {
                out.reset();
                data.writeInt(3);
                data.writeBytes("k" + (char) ('0' + i / 10) + (char) ('0' + i % 10));
                data.writeInt(1 << 20);
                data.write(new byte[1 << 20]);
                socket.getOutputStream().write(out.toByteArray());
            }
        } catch (IOException e) {
            // It was shown the door.
        }
        Around.await("it is refused", () -> listener.counts().refused.get() == 1);
        Around.await("the memory comes back", () -> around.budget.used() == 0);
        assertEquals(List.of(), around.entries);
    }

    @Test
    void whatAConnectionHoldsIsTakenOfTheMemoryOfAll() throws Exception {
        byte[] event = event(1, beat("x".repeat(3 << 20)));
        try (Socket socket = connect()) {
            socket.getOutputStream().write(joined(window(1), java.util.Arrays.copyOf(event, 2 << 20)));
            Around.await("it is taken", () -> around.budget.used() > 1 << 20);
        }
        Around.await("the memory comes back", () -> around.budget.used() == 0);
        byte[] frame = compressed(joined(event(1, beat("one")), event(2, beat("two"))));
        try (Socket socket = connect()) {
            socket.getOutputStream().write(joined(window(3), frame));
            Around.await(
                    "it waits for the third",
                    () -> listener.counts().connections.get() == 1);
            socket.getOutputStream().write(event(3, beat("three")));
            assertEquals(3, acknowledged(new DataInputStream(socket.getInputStream())));
        }
        assertEquals(List.of(kept("one"), kept("two"), kept("three")), around.records());
    }
}
