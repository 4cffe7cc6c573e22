package io.carom.mailnet.identity;

import io.carom.certificate.Certificates;
import io.carom.home.HomeDatabase;
import io.carom.mailnet.store.AuditLog;
import io.carom.mailnet.store.NetworkDatabase;
import io.carom.mailnet.store.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who is in the network: by invitation alone, until revoked. Each has one certificate that holds, for a key
/// that only the member has. For any number of threads.
public final class Members {
    /// What a member signs in with beside the one-time code: so long, and random.
    private static final int PASSWORD_BYTES = 18;

    private static final int CODE_DIGITS = 6;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final NetworkDatabase database;
    private final MailAuthority authority;
    private final String domain;
    private final InstantSource clock;
    private final AtomicLong changes = new AtomicLong();

    public Members(NetworkDatabase database, MailAuthority authority, String domain, InstantSource clock) {
        this.database = database;
        this.authority = authority;
        this.domain = domain;
        this.clock = clock;
    }

    /// @param system whether this is Carom itself
    /// @param totp whether it may sign in with password and one-time code
    /// @param certificate the one that holds; null if there is none
    public record Member(
            Address address,
            String name,
            boolean system,
            Instant made,
            @Nullable Instant revoked,
            String why,
            boolean totp,
            @Nullable X509Certificate certificate) {}

    /// @param code what the one who joins shows, once
    public record Invitation(String code, Address address, Instant expires) {}

    /// An invitation that waits, or that nobody used.
    public record Invited(Address address, String name, Instant made, Instant expires) {}

    /// What whoever joined is given.
    ///
    /// @param password null if certificates alone sign in
    /// @param totp the secret of the one-time codes; null likewise
    public record Joined(
            Address address,
            X509Certificate certificate,
            @Nullable String password,
            @Nullable String totp) {}

    /// Somebody who is signed in.
    ///
    /// @param fingerprint of the certificate that was shown; empty if it was a password
    public record SignedIn(Address address, String fingerprint) {}

    /// Invites somebody; what was asked for that address before no longer counts.
    ///
    /// @param name as people read it
    /// @param totp whether the member may sign in with password and one-time code too
    /// @throws IOException if the address is not of this network
    public Invitation invite(Address address, String name, boolean totp, Duration good) throws IOException {
        if (!address.domain().equals(domain)) {
            throw new IOException(address + " is not of this network; its addresses end with @" + domain);
        }
        if (address.equals(system())) {
            throw new IOException(address + " is Carom's own");
        }
        byte[] random = new byte[20];
        RANDOM.nextBytes(random);
        String code = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        Instant now = clock.instant();
        Instant expires = now.plus(good);
        return database.change(c -> {
            HomeDatabase.update(c, "DELETE FROM invitations WHERE address = ? AND used IS NULL", address.toString());
            HomeDatabase.update(
                    c,
                    "INSERT INTO invitations (hash, address, name, totp, made, expires) VALUES (?, ?, ?, ?, ?, ?)",
                    digest(code),
                    address.toString(),
                    name,
                    totp ? 1 : 0,
                    now.toEpochMilli(),
                    expires.toEpochMilli());
            AuditLog.add(c, now, "member.invited", Map.of("address", address, "expires", expires));
            return new Invitation(code, address, expires);
        });
    }

    public List<Invited> invitations() throws IOException {
        return database.ask(c -> HomeDatabase.rows(
                c,
                r -> new Invited(
                        address(r.getString(1)),
                        r.getString(2),
                        Instant.ofEpochMilli(r.getLong(3)),
                        Instant.ofEpochMilli(r.getLong(4))),
                "SELECT address, name, made, expires FROM invitations WHERE used IS NULL ORDER BY made"));
    }

    /// Takes in whoever shows a code that was not used yet. Who was a member before has one key afterwards,
    /// the new one.
    ///
    /// @param request a certificate request, DER
    /// @param from where it comes from, for the audit log
    /// @throws IOException saying why not, in words for whoever asks
    public Joined join(String code, byte[] request, String from) throws IOException {
        Instant now = clock.instant();
        PublicKey key = MailAuthority.requested(request);
        String hash = digest(code);
        return database.change(c -> {
            List<Object[]> found = HomeDatabase.rows(
                    c,
                    r -> new Object[] {r.getString(1), r.getString(2), r.getInt(3) != 0, r.getLong(4), r.getObject(5)},
                    "SELECT address, name, totp, expires, used FROM invitations WHERE hash = ?",
                    hash);
            if (found.isEmpty() || found.getFirst()[4] != null || (long) found.getFirst()[3] < now.toEpochMilli()) {
                throw new RefusedInvitation(
                        found.isEmpty() ? "unknown" : found.getFirst()[4] != null ? "used before" : "expired");
            }
            Address address = address((String) found.getFirst()[0]);
            String name = (String) found.getFirst()[1];
            boolean totp = (boolean) found.getFirst()[2];
            HomeDatabase.update(c, "UPDATE invitations SET used = ? WHERE hash = ?", now.toEpochMilli(), hash);
            return admit(c, address, name, totp, false, key, now, from);
        });
    }

    /// Somebody showed a code that lets nobody in. Anybody can, as often as he likes: whoever answers notes
    /// it, within bounds.
    public static final class RefusedInvitation extends IOException {
        private static final long serialVersionUID = 1;
        private final String why;

        RefusedInvitation(String why) {
            super("the invitation is unknown, used or expired; ask for a new one");
            this.why = why;
        }

        /// For the audit log alone.
        public String why() {
            return why;
        }
    }

    /// Makes Carom's own member, whose key is here.
    public X509Certificate admitSystem(PublicKey key) throws IOException {
        Instant now = clock.instant();
        return database.change(
                c -> admit(c, system(), "Carom", false, true, key, now, "here").certificate());
    }

    public Address system() {
        return new Address("carom", domain);
    }

    private Joined admit(
            Connection c,
            Address address,
            String name,
            boolean totp,
            boolean system,
            PublicKey key,
            Instant now,
            String from)
            throws SQLException, IOException {
        String password = null;
        String secret = null;
        if (totp) {
            byte[] random = new byte[PASSWORD_BYTES];
            RANDOM.nextBytes(random);
            password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            secret = Totp.secret();
        }
        HomeDatabase.update(
                c,
                "INSERT INTO members (address, name, kind, made, password, totp) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                        + " ON CONFLICT (address) DO UPDATE SET name = ?2, made = ?4, password = ?5, totp = ?6,"
                        + " totp_used = 0, revoked = NULL, why = NULL",
                address.toString(),
                name,
                system ? "system" : "member",
                now.toEpochMilli(),
                password == null ? null : digest(password),
                secret);
        X509Certificate certificate = certify(c, address, name, key, now);
        AuditLog.add(
                c,
                now,
                "member.joined",
                Map.of("address", address, "certificate", Certificates.fingerprint(certificate), "from", from));
        return new Joined(address, certificate, password, secret);
    }

    private X509Certificate certify(Connection c, Address address, String name, PublicKey key, Instant now)
            throws SQLException, IOException {
        X509Certificate certificate = authority.member(address, name, key, now);
        changes.incrementAndGet();
        HomeDatabase.update(
                c,
                "UPDATE certificates SET revoked = ? WHERE address = ? AND revoked IS NULL",
                now.toEpochMilli(),
                address.toString());
        HomeDatabase.update(
                c,
                "INSERT INTO certificates (fingerprint, serial, address, der, expires) VALUES (?, ?, ?, ?, ?)",
                Certificates.fingerprint(certificate),
                certificate.getSerialNumber().toString(16),
                address.toString(),
                encoded(certificate),
                certificate.getNotAfter().getTime());
        return certificate;
    }

    /// A new certificate for a member whose old one is soon over.
    ///
    /// @param who shows the old one, or has its key: whoever learnt a password and a code would else have all
    /// mail that is written from then on encrypted to a key of his own
    public X509Certificate renew(SignedIn who, byte[] request) throws IOException {
        if (who.fingerprint().isEmpty()) {
            throw new Refused(550, "5.7.1", "sign in with the certificate that is to be renewed, or with its key");
        }
        PublicKey key = MailAuthority.requested(request);
        Instant now = clock.instant();
        return database.change(c -> {
            if (!isStill(c, who)) {
                throw new IOException("revoked");
            }
            List<String> name = HomeDatabase.rows(
                    c,
                    r -> r.getString(1),
                    "SELECT name FROM members WHERE address = ?",
                    who.address().toString());
            X509Certificate made = certify(c, who.address(), name.getFirst(), key, now);
            AuditLog.add(
                    c,
                    now,
                    "member.renewed",
                    Map.of("address", who.address(), "certificate", Certificates.fingerprint(made)));
            return made;
        });
    }

    /// Takes somebody out. What is said here holds from the moment this returns, for mail on its way too;
    /// open sessions are closed by the server within a second.
    ///
    /// @return whether there was such a member
    public boolean revoke(Address address, String why) throws IOException {
        if (address.equals(system())) {
            throw new IOException(address + " is Carom's own and stays");
        }
        Instant now = clock.instant();
        return database.change(c -> {
            int changed = HomeDatabase.update(
                    c,
                    "UPDATE members SET revoked = ?, why = ? WHERE address = ? AND revoked IS NULL",
                    now.toEpochMilli(),
                    why,
                    address.toString());
            HomeDatabase.update(
                    c,
                    "UPDATE certificates SET revoked = ? WHERE address = ? AND revoked IS NULL",
                    now.toEpochMilli(),
                    address.toString());
            int invitations = HomeDatabase.update(
                    c, "DELETE FROM invitations WHERE address = ? AND used IS NULL", address.toString());
            if (changed > 0 || invitations > 0) {
                AuditLog.add(c, now, "member.revoked", Map.of("address", address, "why", why));
            }
            changes.incrementAndGet();
            return changed > 0 || invitations > 0;
        });
    }

    public List<Member> all() throws IOException {
        return database.ask(c -> HomeDatabase.rows(
                c,
                Members::member,
                "SELECT m.*, (SELECT der FROM certificates k WHERE k.address = m.address AND k.revoked IS NULL) AS der"
                        + " FROM members m ORDER BY m.address"));
    }

    /// The member of that address, if it is one now; null otherwise.
    public @Nullable Member active(Address address) throws IOException {
        return database.ask(c -> Optional.ofNullable(active(c, address))).orElse(null);
    }

    public static @Nullable Member active(Connection c, Address address) throws SQLException, IOException {
        List<Member> found = HomeDatabase.rows(
                c,
                Members::member,
                "SELECT m.*, (SELECT der FROM certificates k WHERE k.address = m.address AND k.revoked IS NULL) AS der"
                        + " FROM members m WHERE m.address = ? AND m.revoked IS NULL",
                address.toString());
        return found.isEmpty() ? null : found.getFirst();
    }

    private static Member member(ResultSet r) throws SQLException, IOException {
        long revoked = r.getLong("revoked");
        boolean isRevoked = !r.wasNull();
        String why = r.getString("why");
        byte[] der = r.getBytes("der");
        return new Member(
                address(r.getString("address")),
                r.getString("name"),
                r.getString("kind").equals("system"),
                Instant.ofEpochMilli(r.getLong("made")),
                isRevoked ? Instant.ofEpochMilli(revoked) : null,
                why == null ? "" : why,
                r.getString("totp") != null,
                der == null ? null : certificate(der));
    }

    /// Who a certificate stands for; null if nobody, saying why to the audit log.
    public @Nullable SignedIn byCertificate(X509Certificate certificate) throws IOException {
        String fingerprint = Certificates.fingerprint(certificate);
        Address address = MailAuthority.address(certificate);
        if (address == null || MailAuthority.objection(certificate, authority.certificate(), clock.instant()) != null) {
            return null;
        }
        SignedIn who = new SignedIn(address, fingerprint);
        return isStill(who) ? who : null;
    }

    /// Who a password with a one-time code after it stands for; null if nobody. Each code counts once.
    public @Nullable SignedIn byPassword(Address address, String password) throws IOException {
        int cut = password.length() - CODE_DIGITS;
        if (cut < 1) {
            return null;
        }
        Instant now = clock.instant();
        Optional<SignedIn> found = database.change(c -> {
            List<Object[]> rows = HomeDatabase.rows(
                    c,
                    r -> new Object[] {r.getString(1), r.getString(2), r.getLong(3)},
                    "SELECT password, totp, totp_used FROM members WHERE address = ? AND revoked IS NULL"
                            + " AND totp IS NOT NULL",
                    address.toString());
            if (rows.isEmpty()) {
                return Optional.empty();
            }
            Object[] kept = rows.getFirst();
            boolean same = MessageDigest.isEqual(
                    digest(password.substring(0, cut)).getBytes(StandardCharsets.US_ASCII),
                    ((String) kept[0]).getBytes(StandardCharsets.US_ASCII));
            long step = Totp.accepted((String) kept[1], password.substring(cut), now, (long) kept[2]);
            if (!same || step < 0) {
                return Optional.empty();
            }
            HomeDatabase.update(c, "UPDATE members SET totp_used = ? WHERE address = ?", step, address.toString());
            return Optional.of(new SignedIn(address, ""));
        });
        return found.orElse(null);
    }

    /// Whether somebody who signed in is still a member, by the same certificate.
    public boolean isStill(SignedIn who) throws IOException {
        return database.ask(c -> isStill(c, who));
    }

    public static boolean isStill(Connection c, SignedIn who) throws SQLException, IOException {
        return NetworkDatabase.number(
                        c,
                        0,
                        "SELECT count(*) FROM members m WHERE m.address = ?1 AND m.revoked IS NULL AND (?2 = '' OR EXISTS"
                                + " (SELECT 1 FROM certificates k WHERE k.fingerprint = ?2 AND k.address = ?1"
                                + " AND k.revoked IS NULL))",
                        who.address().toString(),
                        who.fingerprint())
                > 0;
    }

    /// A number that is another when somebody was taken out, or was given another certificate, by this
    /// program.
    public long changes() {
        return changes.get();
    }

    /// Who may be signed in now.
    public Set<SignedIn> standing() throws IOException {
        return database.ask(c -> HomeDatabase.rows(
                        c,
                        r -> new SignedIn(address(r.getString(1)), r.getString(2)),
                        "SELECT address, '' FROM members WHERE revoked IS NULL UNION ALL SELECT k.address, k.fingerprint"
                                + " FROM certificates k JOIN members m ON m.address = k.address"
                                + " WHERE m.revoked IS NULL AND k.revoked IS NULL")
                .stream()
                .collect(Collectors.toSet()));
    }

    /// All certificates that were revoked and whose time is not over.
    public List<MailAuthority.Withdrawn> withdrawn() throws IOException {
        long now = clock.instant().toEpochMilli();
        return database.ask(c -> HomeDatabase.rows(
                c,
                r -> new MailAuthority.Withdrawn(
                        new BigInteger(r.getString(1), 16), Instant.ofEpochMilli(r.getLong(2))),
                "SELECT serial, revoked FROM certificates WHERE revoked IS NOT NULL AND expires > ? ORDER BY revoked",
                now));
    }

    private static Address address(String kept) {
        return Address.of(kept).orElseThrow(() -> new IllegalStateException("no address: " + kept));
    }

    static X509Certificate certificate(byte[] der) throws IOException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new IOException("a certificate cannot be read: " + e.getMessage(), e);
        }
    }

    static byte[] encoded(X509Certificate certificate) throws IOException {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IOException("a certificate has no form: " + e.getMessage(), e);
        }
    }

    /// Codes and passwords are random and long: a plain hash keeps them.
    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
