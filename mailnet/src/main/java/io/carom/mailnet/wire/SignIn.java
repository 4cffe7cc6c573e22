package io.carom.mailnet.wire;

import io.carom.certificate.Certificates;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.identity.Members.SignedIn;
import io.carom.mailnet.store.Notes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a member shows who it is, over SMTP and IMAP alike: by the certificate of the connection (SASL EXTERNAL,
/// RFC 4422) or by password and one-time code (PLAIN, RFC 4616; LOGIN).
public final class SignIn {
    /// Every wrong try waits so long, which a person hardly notices and a machine does.
    private static final long WAIT_MILLIS = 1_000;

    private final Members members;
    private final Notes notes;

    public SignIn(Members members, Notes notes) {
        this.members = members;
        this.notes = notes;
    }

    /// By the certificate.
    ///
    /// @param wanted in whose name; empty for the one in the certificate
    /// @return null if it does not stand for that member
    public @Nullable SignedIn external(Wire wire, String wanted) throws IOException {
        X509Certificate shown = wire.certificate();
        SignedIn who = shown == null ? null : members.byCertificate(shown);
        if (who != null
                && (wanted.isEmpty() || wanted.equalsIgnoreCase(who.address().toString()))) {
            wire.signedIn(who);
            return who;
        }
        return failed(
                wire,
                wanted,
                shown == null
                        ? "no certificate was shown"
                        : "the certificate " + Certificates.fingerprint(shown) + " does not stand for it");
    }

    /// By PLAIN's message, in Base64.
    public @Nullable SignedIn plain(Wire wire, String message) throws IOException {
        String text;
        try {
            text = new String(Base64.getDecoder().decode(message), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return failed(wire, "", "no Base64");
        }
        String[] parts = text.split("\0", -1);
        if (parts.length != 3 || !parts[0].isEmpty() && !parts[0].equalsIgnoreCase(parts[1])) {
            return failed(wire, parts.length == 3 ? parts[0] : "", "in another's name");
        }
        return password(wire, parts[1], parts[2]);
    }

    /// By password and one-time code, one behind the other.
    public @Nullable SignedIn password(Wire wire, String user, String password) throws IOException {
        Address address = Address.of(user).orElse(null);
        SignedIn who = address == null ? null : members.byPassword(address, password);
        if (who == null) {
            return failed(wire, user, "password or code are wrong, or the code was used");
        }
        wire.signedIn(who);
        return who;
    }

    private @Nullable SignedIn failed(Wire wire, String user, String why) {
        notes.refused("signin.refused", wire.from(), Map.of("from", wire.from(), "user", user, "why", why));
        try {
            Thread.sleep(WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }
}
