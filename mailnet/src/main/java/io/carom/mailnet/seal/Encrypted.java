package io.carom.mailnet.seal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether a mail is encrypted as a whole, told by its content and not by what it says of itself: S/MIME enveloped
/// data (RFC 8551) or OpenPGP/MIME (RFC 3156). Keys are not needed for that; whether somebody put a readable text where
/// the cipher's belongs is told by its bytes not being spread as a cipher's are.
public final class Encrypted {
    private static final Set<String> PKCS7 = Set.of("application/pkcs7-mime", "application/x-pkcs7-mime");

    private Encrypted() {}

    /// A key that a mail is encrypted to.
    ///
    /// @param issuer and serial of its certificate, or null
    /// @param identifier of the key itself, or null
    public record To(byte @Nullable [] issuer, @Nullable BigInteger serial, byte @Nullable [] identifier) {
        boolean is(X509Certificate certificate) {
            if (serial != null && issuer != null) {
                return serial.equals(certificate.getSerialNumber())
                        && org.bouncycastle.asn1.x500.X500Name.getInstance(issuer)
                                .equals(org.bouncycastle.asn1.x500.X500Name.getInstance(
                                        certificate.getIssuerX500Principal().getEncoded()));
            }
            byte[] own = certificate.getExtensionValue("2.5.29.14");
            return own != null
                    && identifier != null
                    && java.util.Arrays.equals(
                            org.bouncycastle.asn1.ASN1OctetString.getInstance(
                                            org.bouncycastle.asn1.ASN1OctetString.getInstance(own)
                                                    .getOctets())
                                    .getOctets(),
                            identifier);
        }
    }

    /// What a mail is encrypted with.
    ///
    /// @param smime else OpenPGP, whose keys are not known here
    public record Seal(boolean smime, List<To> to) {
        public Seal {
            to = List.copyOf(to);
        }

        /// Whether the holder of a certificate can read it; null where that cannot be told.
        public @Nullable Boolean opensFor(X509Certificate certificate) {
            return smime ? to.stream().anyMatch(t -> t.is(certificate)) : null;
        }
    }

    /// @param body what follows the empty line; read to its end if the mail is in order
    /// @throws NotEncrypted saying what of it could be read
    public static Seal check(MailHeader header, InputStream body) throws IOException {
        if (header.all("content-type").size() > 1
                || header.all("content-transfer-encoding").size() > 1) {
            throw new NotEncrypted("it says twice of what kind it is");
        }
        ContentType type = ContentType.of(header.first("content-type").orElse("text/plain"));
        String coding = header.first("content-transfer-encoding").orElse("7bit").toLowerCase(Locale.ROOT);
        if (PKCS7.contains(type.value())) {
            if (!coding.equals("base64")) {
                throw new NotEncrypted("it is S/MIME, but not in Base64");
            }
            return new Seal(true, EnvelopedData.check(body));
        }
        if (type.value().equals("multipart/encrypted")) {
            if (!type.parameter("protocol").equalsIgnoreCase("application/pgp-encrypted")) {
                throw new NotEncrypted("it is multipart/encrypted, but not of OpenPGP");
            }
            PgpMime.check(type.parameter("boundary"), new BufferedInputStream(body));
            return new Seal(false, List.of());
        }
        throw new NotEncrypted("its body is " + (type.value().isEmpty() ? "text" : shown(type.value())));
    }

    private static String shown(String value) {
        String kept = value.replaceAll("[^a-z0-9/.+-]", "?");
        return kept.length() > 60 ? kept.substring(0, 60) : kept;
    }

    /// Counts how bytes are spread. Of a cipher's every value comes as often; with 255 degrees of freedom a sum of
    /// squares above 600 comes by chance once in more than 10^25 mails, text is in the thousands.
    static final class Spread {
        private static final int LEAST = 1024;
        private static final int MOST = 1 << 16;
        private static final double BOUND = 600;
        private final int[] counts = new int[256];
        private int total;

        void add(byte[] bytes, int length) {
            for (int i = 0; i < length && total < MOST; i++, total++) {
                counts[bytes[i] & 0xff]++;
            }
        }

        void check() throws NotEncrypted {
            if (total < LEAST) {
                return;
            }
            double expected = total / 256.0;
            double sum = 0;
            for (int count : counts) {
                sum += (count - expected) * (count - expected) / expected;
            }
            if (sum > BOUND) {
                throw new NotEncrypted("what should be encrypted in it is not");
            }
        }
    }
}
