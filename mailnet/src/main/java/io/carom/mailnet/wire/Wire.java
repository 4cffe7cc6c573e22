package io.carom.mailnet.wire;

import io.carom.mailnet.identity.Members.SignedIn;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One connection: bytes both ways in TLS, lines that end with CR LF and with nothing else, and bounds in
/// time that hold however slowly the other end reads or writes. One thread talks over it; the watch may end
/// it at any time.
public final class Wire implements AutoCloseable {
    private static final int BUFFER = 8192;

    private final Socket raw;
    private final SSLSocket tls;
    private final Doors doors;
    private final InputStream in;
    private final OutputStream out;
    private final String from;
    private final long opened = System.nanoTime();
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    private volatile long lineSince;
    private volatile long writeSince;
    private volatile @Nullable SignedIn who;
    private volatile String network = "";
    private volatile boolean known;
    private volatile String ended = "";

    Wire(Socket raw, SSLSocket tls, Doors doors) throws IOException {
        this.raw = raw;
        this.doors = doors;
        this.tls = tls;
        from = raw.getInetAddress().getHostAddress();
        in = tls.getInputStream();
        out = new BufferedOutputStream(tls.getOutputStream(), BUFFER);
    }

    /// The other end's address, without its port.
    public String from() {
        return from;
    }

    /// The certificate that was shown, once the trust of its listener has let it pass; null if none was.
    public @Nullable X509Certificate certificate() {
        try {
            return tls.getSession().getPeerCertificates()[0] instanceof X509Certificate shown ? shown : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    /// Which member talks; the bound for strangers no longer counts.
    public void signedIn(SignedIn member) {
        who = member;
        known();
    }

    /// Which network talks, by its domain.
    public void signedIn(String domain) {
        network = domain;
        known();
    }

    private void known() {
        if (!known) {
            known = true;
            doors.known(from);
            doors.bound(this);
        }
    }

    /// The network that talks; empty if none does.
    public String network() {
        return network;
    }

    public @Nullable SignedIn who() {
        return who;
    }

    /// Whether the same member, or the same network, talks over both.
    boolean isOfTheSame(Wire other) {
        SignedIn one = who;
        SignedIn two = other.who;
        if (one != null && two != null) {
            return one.address().equals(two.address());
        }
        return one == null && two == null && !network.isEmpty() && network.equals(other.network);
    }

    /// When it was opened, in nanoseconds of no particular beginning.
    long opened() {
        return opened;
    }

    boolean isKnown() {
        return known;
    }

    /// How long the other end may say nothing.
    public void idle(Duration most) throws IOException {
        raw.setSoTimeout((int) most.toMillis());
    }

    /// The next byte, -1 at the end.
    ///
    /// @throws SocketTimeoutException if nothing came for longer than allowed
    public int read() throws IOException {
        if (at == end) {
            int read = in.read(buffer, 0, BUFFER);
            if (read < 0) {
                return -1;
            }
            at = 0;
            end = read;
        }
        return buffer[at++] & 0xff;
    }

    /// Whether something has come that nobody read yet.
    public boolean hasMore() {
        return at < end;
    }

    /// A line without its CR LF; null at the end.
    ///
    /// @param most bytes without the end
    /// @throws WireFault on a longer line, a CR or LF alone, a NUL, or an end within a line
    public @Nullable String line(int most) throws IOException {
        StringBuilder line = new StringBuilder();
        try {
            for (int b = read(); ; b = read()) {
                if (lineSince == 0) {
                    lineSince = System.nanoTime();
                }
                switch (b) {
                    case -1 -> {
                        if (!line.isEmpty()) {
                            throw new WireFault("the connection ended within a line");
                        }
                        return null;
                    }
                    case '\n' -> throw new WireFault("a line feed without a carriage return");
                    case 0 -> throw new WireFault("a NUL in a line");
                    case '\r' -> {
                        if (read() != '\n') {
                            throw new WireFault("a carriage return without a line feed");
                        }
                        return line.toString();
                    }
                    default -> {
                        if (line.length() >= most) {
                            throw new WireFault("a line of more than " + most + " bytes");
                        }
                        line.append((char) b);
                    }
                }
            }
        } finally {
            lineSince = 0;
        }
    }

    /// Begins or ends a stretch that has to come within the time of a line.
    public void during(boolean begins) {
        lineSince = begins ? System.nanoTime() : 0;
    }

    public void write(byte[] bytes, int from, int length) throws IOException {
        writeSince = System.nanoTime();
        try {
            out.write(bytes, from, length);
        } finally {
            writeSince = 0;
        }
    }

    public void write(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        write(bytes, 0, bytes.length);
    }

    public void flush() throws IOException {
        writeSince = System.nanoTime();
        try {
            out.flush();
        } finally {
            writeSince = 0;
        }
    }

    /// Whether the other end makes us wait longer than it may.
    boolean isSlow(Patience patience) {
        long now = System.nanoTime();
        long line = lineSince;
        long write = writeSince;
        return !known && now - opened > patience.strangers().toNanos()
                || line != 0 && now - line > patience.lines().toNanos()
                || write != 0 && now - write > patience.writes().toNanos();
    }

    /// Ends it from another thread, at once: whoever reads or writes fails.
    public void cut(String why) {
        ended = why;
        try {
            raw.close();
        } catch (IOException e) {
            // Closed is closed.
        }
    }

    /// Why it was cut; empty if it was not.
    public String ended() {
        return ended;
    }

    @Override
    public void close() throws IOException {
        try {
            if (ended.isEmpty()) {
                // The farewell must not wait for one who does not read.
                writeSince = System.nanoTime();
                out.flush();
                tls.close();
            }
        } finally {
            writeSince = 0;
            raw.close();
        }
    }
}
