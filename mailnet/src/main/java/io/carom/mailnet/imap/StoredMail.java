package io.carom.mailnet.imap;

import io.carom.mailnet.seal.ContentType;
import io.carom.mailnet.seal.MailHeader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// A mail in its file, mapped: where its parts are (RFC 2046). Nothing of it is copied but what is
/// asked for. Belongs to one thread, which closes it.
final class StoredMail implements AutoCloseable {
    private static final int MAX_HEADER = 256 << 10;
    private static final int MAX_DEPTH = 16;
    private static final int MAX_PARTS = 1_000;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment bytes;
    private int parts;

    /// A part, as bytes of the mail.
    ///
    /// @param head where its header begins
    /// @param body where its body begins, behind the empty line
    /// @param end where its body ends
    /// @param children of a multipart; of a mail within a mail the one
    record Part(long head, long body, long end, MailHeader header, ContentType type, List<Part> children) {
        boolean isMultipart() {
            return type.value().startsWith("multipart/") && !children.isEmpty();
        }

        boolean isMail() {
            return type.value().equals("message/rfc822") && !children.isEmpty();
        }
    }

    StoredMail(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            arena.close();
            throw e;
        }
    }

    long size() {
        return bytes.byteSize();
    }

    byte at(long index) {
        return bytes.get(ValueLayout.JAVA_BYTE, index);
    }

    byte[] copy(long from, long end) {
        return bytes.asSlice(from, end - from).toArray(ValueLayout.JAVA_BYTE);
    }

    MemorySegment slice(long from, long end) {
        return bytes.asSlice(from, end - from);
    }

    Part whole() {
        return part(0, size(), 0, "text/plain");
    }

    /// The header alone.
    MailHeader header() {
        return header(0, bodyOf(0, size()));
    }

    private MailHeader header(long from, long body) {
        try {
            return MailHeader.parse(copy(from, Math.min(body, from + MAX_HEADER)));
        } catch (IllegalArgumentException e) {
            return new MailHeader(List.of());
        }
    }

    /// Where the empty line ends that the body follows.
    private long bodyOf(long from, long end) {
        for (long i = from; i < end; ) {
            long next = nextLine(i, end);
            if (next - i == 2 && at(i) == '\r' || next - i == 1) {
                return next;
            }
            i = next;
        }
        return end;
    }

    private long nextLine(long from, long end) {
        long i = from;
        while (i < end && at(i) != '\n') {
            i++;
        }
        return Math.min(i + 1, end);
    }

    private Part part(long from, long end, int depth, String otherwise) {
        parts++;
        long body = bodyOf(from, end);
        MailHeader header = header(from, body);
        ContentType type = ContentType.of(header.first("content-type").orElse(otherwise));
        if (type.value().indexOf('/') < 0) {
            type = new ContentType("text/plain", type.parameters());
        }
        List<Part> children = new ArrayList<>();
        String boundary = type.parameter("boundary");
        if (depth < MAX_DEPTH && type.value().startsWith("multipart/") && !boundary.isEmpty()) {
            String inner = type.value().equals("multipart/digest") ? "message/rfc822" : "text/plain";
            divide(body, end, boundary, depth, inner, children);
        } else if (depth < MAX_DEPTH && type.value().equals("message/rfc822")) {
            children.add(part(body, end, depth + 1, "text/plain"));
        }
        return new Part(from, body, end, header, type, List.copyOf(children));
    }

    private void divide(long from, long end, String boundary, int depth, String inner, List<Part> into) {
        long begin = -1;
        for (long i = from; i < end && parts < MAX_PARTS; ) {
            long next = nextLine(i, end);
            int kind = delimiter(i, next, boundary);
            if (kind > 0) {
                if (begin >= 0) {
                    into.add(part(begin, Math.max(begin, withoutEnd(i)), depth + 1, inner));
                }
                begin = next;
                if (kind == 2) {
                    return;
                }
            }
            i = next;
        }
        if (begin >= 0 && parts < MAX_PARTS) {
            into.add(part(begin, end, depth + 1, inner));
        }
    }

    /// The line end ahead of a delimiter belongs to it.
    private long withoutEnd(long line) {
        long end = line;
        if (end > 0 && at(end - 1) == '\n') {
            end--;
            if (end > 0 && at(end - 1) == '\r') {
                end--;
            }
        }
        return end;
    }

    /// 0 for none, 1 for one between parts, 2 for the last.
    private int delimiter(long from, long next, String boundary) {
        if (next - from < boundary.length() + 2 || at(from) != '-' || at(from + 1) != '-') {
            return 0;
        }
        for (int i = 0; i < boundary.length(); i++) {
            if (at(from + 2 + i) != (byte) boundary.charAt(i)) {
                return 0;
            }
        }
        long after = from + 2 + boundary.length();
        boolean last = after + 1 < next && at(after) == '-' && at(after + 1) == '-';
        for (long i = last ? after + 2 : after; i < next; i++) {
            if (" \t\r\n".indexOf(at(i)) < 0) {
                return 0;
            }
        }
        return last ? 2 : 1;
    }

    long lines(long from, long end) {
        long lines = 0;
        for (long i = from; i < end; i++) {
            if (at(i) == '\n') {
                lines++;
            }
        }
        return lines;
    }

    @Override
    public void close() {
        arena.close();
    }
}
