package io.carom.mailnet.page;

import io.carom.certificate.Certificates;
import io.carom.mailnet.Network;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.identity.Members.SignedIn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who is signed in on the page. By the key of a member's certificate, which answers a question that is
/// asked once; by the certificate of the connection; or by password and one-time code. A session is a
/// random token that the page keeps in memory: no cookie that a browser would send by itself.
final class PageSessions {
    private static final Duration ANSWERED_WITHIN = Duration.ofMinutes(2);
    private static final Duration IDLE = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofHours(12);
    private static final int MOST_QUESTIONS = 10_000;
    private static final int MOST_SESSIONS = 5_000;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Network network;
    /// The oldest first, which go when there are too many.
    private final Map<String, Instant> questions = new LinkedHashMap<>();

    private final Map<String, Session> sessions = new LinkedHashMap<>();

    private record Session(SignedIn who, Instant since, Instant last) {}

    PageSessions(Network network) {
        this.network = network;
    }

    private static String random() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static <V> void trim(Map<String, V> all, int most) {
        for (Iterator<String> i = all.keySet().iterator(); all.size() > most && i.hasNext(); ) {
            i.next();
            i.remove();
        }
    }

    /// A question, to be answered once.
    String question() {
        String nonce = random();
        synchronized (questions) {
            questions.put(nonce, network.clock().instant());
            trim(questions, MOST_QUESTIONS);
        }
        return nonce;
    }

    /// Who holds the key of a certificate.
    ///
    /// @param signature of what was asked, as browsers make it (IEEE P1363), in hexadecimal
    /// @return null if that does not show it
    @Nullable
    SignedIn byKey(String fingerprint, String nonce, String signature) throws IOException {
        Instant asked;
        synchronized (questions) {
            asked = questions.remove(nonce);
        }
        if (asked == null
                || asked.plus(ANSWERED_WITHIN).isBefore(network.clock().instant())) {
            return null;
        }
        for (Members.Member one : network.members().all()) {
            X509Certificate certificate = one.certificate();
            if (one.revoked() == null
                    && certificate != null
                    && Certificates.fingerprint(certificate).equals(fingerprint)) {
                return holds(certificate, nonce, signature) ? network.members().byCertificate(certificate) : null;
            }
        }
        return null;
    }

    private boolean holds(X509Certificate certificate, String nonce, String signature) {
        String said = "carom-mail page sign-in\n" + network.settings().domain() + "\n" + nonce;
        try {
            Signature check = Signature.getInstance("SHA256withECDSAinP1363Format");
            check.initVerify(certificate.getPublicKey());
            check.update(said.getBytes(StandardCharsets.UTF_8));
            return check.verify(HexFormat.of().parseHex(signature));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    /// By password with the code of the moment behind it.
    @Nullable
    SignedIn byPassword(String address, String password) throws IOException {
        Address of = Address.of(address).orElse(null);
        return of == null ? null : network.members().byPassword(of, password);
    }

    /// A new session's token.
    String begin(SignedIn who) {
        String token = random();
        Instant now = network.clock().instant();
        synchronized (sessions) {
            sessions.values().removeIf(s -> isOver(s, now));
            sessions.put(token, new Session(who, now, now));
            trim(sessions, MOST_SESSIONS);
        }
        return token;
    }

    private static boolean isOver(Session session, Instant now) {
        return session.last().plus(IDLE).isBefore(now)
                || session.since().plus(LONGEST).isBefore(now);
    }

    void end(String token) {
        synchronized (sessions) {
            sessions.remove(token);
        }
    }

    /// Who has that token, still being a member; null if nobody.
    ///
    /// @param counts whether a person did this: waiting for news keeps no session open
    @Nullable
    SignedIn who(String token, boolean counts) throws IOException {
        Instant now = network.clock().instant();
        Session session;
        synchronized (sessions) {
            session = sessions.get(token);
            if (session != null && isOver(session, now)) {
                sessions.remove(token);
                session = null;
            }
            if (session != null && counts) {
                sessions.put(token, new Session(session.who(), session.since(), now));
            }
        }
        if (session == null) {
            return null;
        }
        if (!network.members().isStill(session.who())) {
            end(token);
            return null;
        }
        return session.who();
    }
}
