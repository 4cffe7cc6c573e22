package io.carom.intel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/// UUIDs made of names, so that the same thing has the same id whenever it is exported.
final class NameUuid {
    /// Namespace of our own objects: the name-based UUID of "io.carom" as a domain.
    static final UUID OWN = of(UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "io.carom");

    private NameUuid() {}

    static UUID own(String name) {
        return of(OWN, name);
    }

    /// By SHA-1 (RFC 9562, section 5.5).
    static UUID of(UUID namespace, String name) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(ByteBuffer.allocate(16)
                    .putLong(namespace.getMostSignificantBits())
                    .putLong(namespace.getLeastSignificantBits())
                    .flip());
            ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
            long high = hash.getLong() & ~0xF000L | 0x5000L;
            long low = hash.getLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
            return new UUID(high, low);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-1", e);
        }
    }
}
