package io.carom.mailnet.seal;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/// The body of an OpenPGP/MIME mail (RFC 3156, 4): two parts, "Version: 1" and an armoured message that
/// begins with session keys and goes on with one packet of encrypted, integrity-protected data (RFC 9580,
/// 5.13, 5.14), and nothing beside them, before them or after them.
final class PgpMime {
    private static final int MAX_LINE = 2_000;
    /// What Thunderbird and GPGTools write ahead of the first part, for programs without OpenPGP: that and no
    /// more.
    private static final Pattern PREAMBLE =
            Pattern.compile("This is an OpenPGP/MIME encrypted message \\(RFC \\d{4} and \\d{4}\\)");

    private PgpMime() {}

    static void check(String boundary, InputStream body) throws IOException {
        if (boundary.isEmpty() || boundary.length() > 70) {
            throw new NotEncrypted("it says that it is OpenPGP/MIME, but has no boundary");
        }
        String line = skipBlank(body);
        if (PREAMBLE.matcher(line).matches()) {
            line = skipBlank(body);
        }
        expect(line.equals("--" + boundary), "something stands ahead of its parts");
        String version = part(body, "application/pgp-encrypted", boundary);
        expect(version.strip().equalsIgnoreCase("version: 1"), "its first part is not \"Version: 1\"");
        MailHeader header = header(body);
        String type = ContentType.of(header.first("content-type").orElse("")).value();
        expect(type.equals("application/octet-stream"), "its second part is not encrypted");
        String coding = header.first("content-transfer-encoding").orElse("7bit").toLowerCase(Locale.ROOT);
        expect(coding.equals("7bit") || coding.equals("8bit"), "its second part is not armoured as it should be");
        expect(skipBlank(body).equals("-----BEGIN PGP MESSAGE-----"), "its second part is not an OpenPGP message");
        for (line = line(body); !line.isEmpty(); line = line(body)) {
            expect(line.matches("(Version|Comment|MessageID|Hash|Charset): .{0,200}"), "its armour has a strange head");
        }
        Armour armour = new Armour(body);
        packets(Base64.getMimeDecoder().wrap(armour));
        armour.drain();
        expect(skipBlank(body).equals("--" + boundary + "--"), "something stands between its parts");
        while (true) {
            int b = body.read();
            if (b < 0) {
                return;
            }
            expect(b == '\r' || b == '\n', "something stands after its parts");
        }
    }

    private static void expect(boolean holds, String otherwise) throws NotEncrypted {
        if (!holds) {
            throw new NotEncrypted("it says that it is OpenPGP/MIME, but " + otherwise);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            expect(b >= 0, "it ends too early");
            expect(line.length() < MAX_LINE, "it has too long a line");
            line.append((char) b);
        }
        int last = line.length() - 1;
        if (last >= 0 && line.charAt(last) == '\r') {
            line.setLength(last);
        }
        return line.toString().stripTrailing();
    }

    private static String skipBlank(InputStream in) throws IOException {
        String line = line(in);
        while (line.isEmpty()) {
            line = line(in);
        }
        return line;
    }

    private static MailHeader header(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            expect(bytes.size() < 4 * MAX_LINE, "a part has too long a head");
            bytes.writeBytes((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }
        try {
            return MailHeader.parse(bytes.toByteArray());
        } catch (IllegalArgumentException e) {
            throw new NotEncrypted("it says that it is OpenPGP/MIME, but " + e.getMessage());
        }
    }

    private static String part(InputStream in, String type, String boundary) throws IOException {
        String found =
                ContentType.of(header(in).first("content-type").orElse("")).value();
        expect(found.equals(type), "a part is " + (found.isEmpty() ? "text" : "of another kind"));
        StringBuilder text = new StringBuilder();
        for (String line = line(in); !line.equals("--" + boundary); line = line(in)) {
            text.append(line).append('\n');
            expect(text.length() < MAX_LINE, "its first part is more than a version");
        }
        return text.toString();
    }

    /// Session keys, then encrypted data to the end.
    private static void packets(InputStream in) throws IOException {
        boolean keys = false;
        try {
            while (true) {
                int head = in.read();
                if (head < 0) {
                    throw new NotEncrypted("it says that it is OpenPGP/MIME, but nothing is encrypted in it");
                }
                expect((head & 0x80) != 0, "its content is no OpenPGP");
                boolean old = (head & 0x40) == 0;
                int tag = old ? head >> 2 & 0xf : head & 0x3f;
                // 1, 3: session keys; 18, 20: data with integrity. Data without (9) can be changed on its way.
                if (tag == 1 || tag == 3) {
                    keys = true;
                    skip(in, old ? oldLength(in, head & 3) : newLength(in, in.read()));
                } else if (tag == 18 || tag == 20) {
                    expect(keys, "it is encrypted to nobody");
                    data(in, old, head);
                    expect(in.read() < 0, "something stands after what is encrypted");
                    return;
                } else {
                    throw new NotEncrypted("it says that it is OpenPGP/MIME, but "
                            + (tag == 9
                                    ? "it is encrypted without protection against changes"
                                    : "what is in it is not encrypted"));
                }
            }
        } catch (EOFException | IllegalArgumentException e) {
            throw new NotEncrypted("it says that it is OpenPGP/MIME, but its content ends too early");
        }
    }

    private static long oldLength(InputStream in, int kind) throws IOException {
        expect(kind != 3, "a packet has no end");
        long length = 0;
        for (int i = 0; i < 1 << kind; i++) {
            length = length << 8 | octet(in);
        }
        return length;
    }

    /// RFC 9580, 4.2.1; negative for a part of a packet.
    private static long newLength(InputStream in, int first) throws IOException {
        if (first < 0) {
            throw new EOFException();
        }
        if (first < 192) {
            return first;
        }
        if (first < 224) {
            return (first - 192L << 8) + octet(in) + 192;
        }
        if (first < 255) {
            return -(1L << (first & 0x1f));
        }
        long length = 0;
        for (int i = 0; i < 4; i++) {
            length = length << 8 | octet(in);
        }
        return length;
    }

    private static int octet(InputStream in) throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException();
        }
        return b;
    }

    private static void skip(InputStream in, long length) throws IOException {
        expect(length >= 0 && length < 100_000, "a session key is too long");
        in.skipNBytes(length);
    }

    private static void data(InputStream in, boolean old, int head) throws IOException {
        Encrypted.Spread spread = new Encrypted.Spread();
        long total = 0;
        boolean more = true;
        while (more) {
            long length;
            if (old && (head & 3) == 3) {
                length = Long.MAX_VALUE;
                more = false;
            } else {
                length = old ? oldLength(in, head & 3) : newLength(in, in.read());
                more = length < 0;
            }
            total += spread(in, Math.abs(length), spread);
        }
        expect(total > 20, "nothing is encrypted in it");
        spread.check();
    }

    private static long spread(InputStream in, long length, Encrypted.Spread spread) throws IOException {
        byte[] bytes = new byte[8192];
        long done = 0;
        while (done < length) {
            int read = in.read(bytes, 0, (int) Math.min(bytes.length, length - done));
            if (read < 0) {
                if (length == Long.MAX_VALUE) {
                    break;
                }
                throw new EOFException();
            }
            spread.add(bytes, read);
            done += read;
        }
        return done;
    }

    /// The Base64 of an armoured message, up to its checksum or end.
    private static final class Armour extends InputStream {
        private final InputStream in;
        private byte[] line = new byte[0];
        private int at;
        private boolean ended;

        Armour(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            while (at == line.length) {
                if (ended) {
                    return -1;
                }
                next();
            }
            return line[at++];
        }

        private void next() throws IOException {
            String text = PgpMime.line(in);
            at = 0;
            line = new byte[0];
            if (text.equals("-----END PGP MESSAGE-----")) {
                ended = true;
            } else if (!text.matches("=[A-Za-z0-9+/]{4}")) {
                expect(text.matches("[A-Za-z0-9+/]*={0,2}"), "its armour has more than Base64 in it");
                line = text.getBytes(StandardCharsets.US_ASCII);
            }
        }

        void drain() throws IOException {
            while (!ended) {
                next();
                expect(line.length == 0, "its armour goes on after its end");
            }
        }
    }
}
