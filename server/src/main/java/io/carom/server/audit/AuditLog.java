package io.carom.server.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// The file `audit.ndjson` of a home: one JSON object a line, each with the SHA-256 of itself and the
/// one before. The file `audit.head` names the last, so that a log that was cut off at its end is seen
/// too. Several processes may write. For any number of threads.
public final class AuditLog implements AutoCloseable {
    public static final String FILE = "audit.ndjson";
    static final String HEAD = "audit.head";
    /// The hash before the first.
    static final String NONE = "0".repeat(64);

    static final String HASH = ",\"hash\":\"";
    /// No line is longer; what could be is cut.
    private static final int LONGEST = 1 << 14;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final FileChannel channel;
    private final FileChannel head;
    private long size = -1;
    private long number;
    private String last = NONE;

    private AuditLog(Path file, FileChannel channel, FileChannel head) {
        this.file = file;
        this.channel = channel;
        this.head = head;
    }

    public static AuditLog open(Path home) throws IOException {
        Files.createDirectories(home);
        Path file = home.resolve(FILE);
        if (!Files.exists(file)
                && FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        return new AuditLog(
                file,
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                FileChannel.open(home.resolve(HEAD), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    }

    static String hash(String before, String line) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(before.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(line.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /// Writes a line. What was changed is on the disk when this returns; what was only read, soon
    /// after.
    public synchronized void add(AuditEntry entry, Instant at) throws IOException {
        try (FileLock lock = channel.lock()) {
            catchUp();
            ObjectNode line = JSON.createObjectNode();
            line.put("n", number + 1)
                    .put("at", at.toString())
                    .put("who", entry.who())
                    .put("role", entry.role())
                    .put("from", entry.from())
                    .put("did", entry.did())
                    .put("what", entry.what());
            if (entry.client() != null) {
                line.put("client", entry.client());
            }
            if (entry.status() != 0) {
                line.put("status", entry.status());
            }
            line.put("prev", last);
            String text = JSON.writeValueAsString(line);
            String hash = hash(last, text);
            byte[] bytes =
                    (text.substring(0, text.length() - 1) + HASH + hash + "\"}\n").getBytes(StandardCharsets.UTF_8);
            write(channel, bytes, size);
            size += bytes.length;
            number++;
            last = hash;
            write(head, (number + " " + hash + "\n").getBytes(StandardCharsets.US_ASCII), 0);
            if (entry.did().equals("change") || entry.did().equals("sign-in")) {
                channel.force(false);
                head.force(false);
            }
            if (!lock.isValid()) {
                throw new IOException(file + ": the lock was lost");
            }
        }
    }

    private static void write(FileChannel to, byte[] bytes, long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long position = at;
        while (buffer.hasRemaining()) {
            position += to.write(buffer, position);
        }
    }

    /// Learns what others wrote. A last line that was never finished, for its writer was killed, is
    /// taken off: nobody was told that it is there.
    private void catchUp() throws IOException {
        long now = channel.size();
        if (now == size) {
            return;
        }
        long from = Math.max(0, now - LONGEST);
        byte[] tail = new byte[(int) (now - from)];
        ByteBuffer buffer = ByteBuffer.wrap(tail);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new IOException(file + ": ended while it was read");
            }
        }
        int end = tail.length;
        while (end > 0 && tail[end - 1] != '\n') {
            end--;
        }
        if (end < tail.length) {
            channel.truncate(from + end);
        }
        size = from + end;
        if (end == 0) {
            number = 0;
            last = NONE;
            return;
        }
        int begin = end - 1;
        while (begin > 0 && tail[begin - 1] != '\n') {
            begin--;
        }
        JsonNode line = JSON.readTree(new String(tail, begin, end - begin, StandardCharsets.UTF_8));
        number = line.path("n").asLong(0);
        last = line.path("hash").asString(NONE);
    }

    /// The latest lines that fit, the latest first.
    public List<JsonNode> latest(int most, Predicate<JsonNode> fits) throws IOException {
        List<JsonNode> out = new ArrayList<>();
        byte[] block = new byte[1 << 16];
        long at = Files.size(file);
        byte[] rest = new byte[0];
        while (at > 0 && out.size() < most) {
            int length = (int) Math.min(block.length, at);
            at -= length;
            byte[] all = new byte[length + rest.length];
            ByteBuffer buffer = ByteBuffer.wrap(all, 0, length);
            while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) >= 0) {}
            System.arraycopy(rest, 0, all, length, rest.length);
            int end = all.length;
            for (int i = all.length - 1; i >= 0 && out.size() < most; i--) {
                if (all[i] == '\n' || i == 0 && at == 0) {
                    int begin = all[i] == '\n' ? i + 1 : 0;
                    take(new String(all, begin, end - begin, StandardCharsets.UTF_8), fits, out);
                    end = i;
                }
            }
            rest = java.util.Arrays.copyOf(all, Math.max(0, end));
        }
        return out;
    }

    private static void take(String line, Predicate<JsonNode> fits, List<JsonNode> out) {
        if (!line.isBlank()) {
            JsonNode node;
            try {
                node = JSON.readTree(line);
            } catch (tools.jackson.core.JacksonException e) {
                node = JSON.createObjectNode().put("what", "a line that cannot be read: see carom audit verify");
            }
            if (fits.test(node)) {
                out.add(node);
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        head.close();
    }
}
