package io.carom.source.input;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// What an input is known by: its content, decompressed. The same log is recognised from a plain or a
/// compressed file, under any name, and when it has grown since.
///
/// Its first 2^k bytes are hashed for each k to {@link #TOP}: a shorter version of the input is found
/// by the rung of the ladder that it still reached. Then the SHA-256 over all bytes up to where that
/// version ended must agree.
public final class Fingerprint {
    /// The highest rung: the first 64 KiB.
    public static final int TOP = 16;

    private final @Nullable MessageDigest whole;
    private final @Nullable String[] rungs = new String[TOP + 1];
    private long bytes;
    private long probe = -1;
    private @Nullable String probed;

    private Fingerprint() {
        whole = null;
    }

    /// Of an input that is not compared with others: its bytes are counted, not hashed. It has no
    /// rungs, and its {@link #sha256} is empty.
    static Fingerprint ofLengthAlone() {
        return new Fingerprint();
    }

    /// @param head the first bytes of the input, up to 2^{@link #TOP}
    public Fingerprint(byte[] head) {
        whole = newDigest();
        MessageDigest digest = newDigest();
        int done = 0;
        for (int k = 0; k <= TOP && 1 << k <= head.length; k++) {
            digest.update(head, done, (1 << k) - done);
            done = 1 << k;
            rungs[k] = hex(copy(digest).digest());
        }
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("the JDK's SHA-256 can be copied", e);
        }
    }

    private static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }

    /// The hash of the first 2^k bytes, null if the input has not so many.
    public @Nullable String rung(int k) {
        return rungs[k];
    }

    /// The highest rung that an input of so many bytes reaches; -1 for none.
    public static int rungOf(long length) {
        return length <= 0 ? -1 : Math.min(TOP, 63 - Long.numberOfLeadingZeros(length));
    }

    /// Asks for the hash of everything before this byte, to be had by {@link #probed} once that many
    /// were read.
    public void probeAt(long at) {
        probe = at;
        if (at == 0) {
            probed = sha256();
        }
    }

    public @Nullable String probed() {
        return probed;
    }

    void update(byte[] b, int from, int to) {
        if (whole != null) {
            int part = probe > bytes && probe <= bytes + to - from ? (int) (probe - bytes) : 0;
            if (part > 0) {
                whole.update(b, from, part);
                probed = sha256();
            }
            whole.update(b, from + part, to - from - part);
        }
        bytes += to - from;
    }

    /// How many bytes were taken in.
    public long bytes() {
        return bytes;
    }

    /// SHA-256 of the bytes taken in so far, in hexadecimal.
    public String sha256() {
        return whole == null ? "" : hex(copy(whole).digest());
    }
}
