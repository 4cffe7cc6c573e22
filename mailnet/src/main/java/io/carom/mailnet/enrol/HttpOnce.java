package io.carom.mailnet.enrol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// One question and one answer of HTTP/1.1 (RFC 9112), the connection closed behind it. The JDK's own
/// client cannot be told to believe a fingerprint instead of a host's name.
final class HttpOnce {
    private static final int MAX_HEAD = 16 << 10;

    private HttpOnce() {}

    record Read(int status, byte[] body) {}

    static void write(OutputStream out, String method, String host, int port, String path, byte[] body)
            throws IOException {
        String head = method + " " + path + " HTTP/1.1\r\nHost: " + (host.indexOf(':') < 0 ? host : "[" + host + "]")
                + ":" + port + "\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }

    static Read read(InputStream in, int most) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int b = in.read();
            if (b < 0 || head.length() > MAX_HEAD) {
                throw new EOFException("no answer of HTTP");
            }
            head.append((char) b);
        }
        String[] lines = head.toString().split("\r\n");
        if (!lines[0].matches("HTTP/1\\.1 \\d{3}( .*)?")) {
            throw new IOException("no answer of HTTP");
        }
        int status = Integer.parseInt(lines[0].substring(9, 12));
        int length = 0;
        for (String line : lines) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.matches("content-length: ?\\d{1,9}")) {
                length = Integer.parseInt(lower.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                throw new IOException("an answer in pieces, which this server does not send");
            }
        }
        if (length > most) {
            throw new IOException("an answer of " + length + " bytes");
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the answer ended too early");
        }
        return new Read(status, body);
    }
}
