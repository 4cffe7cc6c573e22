package io.carom.mailnet.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// One-time codes by time: RFC 6238 with what every authenticator does, HMAC-SHA-1, 30 seconds, six digits.
public final class Totp {
    private static final int STEP_SECONDS = 30;
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final SecureRandom RANDOM = new SecureRandom();

    private Totp() {}

    /// 160 bits in Base32, as authenticators take them.
    public static String secret() {
        byte[] bytes = new byte[20];
        RANDOM.nextBytes(bytes);
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < 160; bit += 5) {
            int value = 0;
            for (int b = bit; b < bit + 5; b++) {
                value = value << 1 | bytes[b >> 3] >> (7 - (b & 7)) & 1;
            }
            text.append(BASE32.charAt(value));
        }
        return text.toString();
    }

    static byte[] decoded(String base32) {
        ByteBuffer bytes = ByteBuffer.allocate(base32.length() * 5 / 8);
        int bits = 0;
        int value = 0;
        for (int i = 0; i < base32.length(); i++) {
            int at = BASE32.indexOf(base32.charAt(i));
            if (at < 0) {
                throw new IllegalArgumentException("no Base32");
            }
            value = (value << 5 | at) & 0xffff;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes.put((byte) (value >> bits));
            }
        }
        return bytes.array();
    }

    /// For an authenticator.
    public static String uri(String address, String domain, String secret) {
        return "otpauth://totp/" + domain + ":" + address.replace("@", "%40") + "?secret=" + secret + "&issuer="
                + domain;
    }

    public static String code(String secret, long step) {
        return code(decoded(secret), step);
    }

    static String code(byte[] secret, long step) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            byte[] hash = mac.doFinal(ByteBuffer.allocate(8).putLong(step).array());
            int at = hash[hash.length - 1] & 0xf;
            int number = ByteBuffer.wrap(hash).getInt(at) & 0x7fff_ffff;
            return String.format(Locale.ROOT, "%06d", number % 1_000_000);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-1", e);
        }
    }

    public static long step(Instant now) {
        return now.getEpochSecond() / STEP_SECONDS;
    }

    /// The step whose code this is: the present one or either neighbour, later than the last that was used, so
    /// that no code counts twice (RFC 6238, 5.2); -1 if it is none.
    static long accepted(String secret, String code, Instant now, long lastUsed) {
        long found = -1;
        for (long step = step(now) - 1; step <= step(now) + 1; step++) {
            boolean same = MessageDigest.isEqual(
                    code(secret, step).getBytes(StandardCharsets.US_ASCII), code.getBytes(StandardCharsets.US_ASCII));
            if (same && step > lastUsed && found < 0) {
                found = step;
            }
        }
        return found;
    }
}
