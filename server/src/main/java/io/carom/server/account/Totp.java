package io.carom.server.account;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// One-time passwords by time, RFC 6238: HMAC-SHA-1, 30 seconds, 6 digits, which is what authenticator
/// programs take.
public final class Totp {
    static final int STEP_SECONDS = 30;
    /// Steps that a clock may be off.
    private static final int SKEW = 1;

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private Totp() {}

    /// A new seed of 160 bits, in Base32 (RFC 4648).
    public static String seed() {
        byte[] random = new byte[20];
        new SecureRandom().nextBytes(random);
        StringBuilder out = new StringBuilder();
        int bits = 0;
        int held = 0;
        for (byte b : random) {
            held = held << 8 | b & 0xFF;
            bits += 8;
            while (bits >= 5) {
                out.append(BASE32.charAt(held >> bits - 5 & 31));
                bits -= 5;
            }
        }
        return out.toString();
    }

    static byte[] bytes(String base32) {
        ByteBuffer out = ByteBuffer.allocate(base32.length() * 5 / 8);
        int bits = 0;
        int held = 0;
        for (char c : base32.toUpperCase(Locale.ROOT).toCharArray()) {
            int value = BASE32.indexOf(c);
            if (value < 0) {
                throw new IllegalArgumentException("no Base32");
            }
            held = held << 5 | value;
            bits += 5;
            if (bits >= 8) {
                out.put((byte) (held >> bits - 8));
                bits -= 8;
            }
        }
        return out.array();
    }

    /// RFC 4226, section 5.3.
    static String at(byte[] seed, long step, int digits) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(seed, "HmacSHA1"));
            byte[] hash = mac.doFinal(ByteBuffer.allocate(8).putLong(step).array());
            int offset = hash[hash.length - 1] & 0xF;
            int number = ByteBuffer.wrap(hash, offset, 4).getInt() & 0x7FFF_FFFF;
            int modulus = 1;
            for (int i = 0; i < digits; i++) {
                modulus *= 10;
            }
            return String.format(Locale.ROOT, "%0" + digits + "d", number % modulus);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has HMAC-SHA-1", e);
        }
    }

    /// The step of time that a code is of; -1 if it is of none now, or of one that was used.
    ///
    /// @param used the latest step a code of which was taken: each is good once (RFC 6238, section 5.2)
    public static long step(String seed, String code, long used, Instant now) {
        long current = now.getEpochSecond() / STEP_SECONDS;
        byte[] key = bytes(seed);
        byte[] shown = code.strip().getBytes(StandardCharsets.US_ASCII);
        long found = -1;
        for (long step = current - SKEW; step <= current + SKEW; step++) {
            byte[] right = at(key, step, 6).getBytes(StandardCharsets.US_ASCII);
            if (MessageDigest.isEqual(right, shown) && step > used) {
                found = step;
            }
        }
        return found;
    }
}
