package io.carom.mailnet.federation;

import io.carom.certificate.Certificates;
import io.carom.home.HomeDatabase;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.MailAuthority;
import io.carom.mailnet.store.AuditLog;
import io.carom.mailnet.store.NetworkDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The networks of other organisations that this one exchanges mail with: each by the fingerprint of its authority and
/// one route, which were checked by people. Nothing is looked up anywhere.
public final class Peers {
    private final NetworkDatabase database;
    private final String domain;
    private final InstantSource clock;
    private final AtomicLong changes = new AtomicLong();

    public Peers(NetworkDatabase database, String domain, InstantSource clock) {
        this.database = database;
        this.domain = domain;
        this.clock = clock;
    }

    /// @param port where its mail goes
    /// @param membersPort where its members' certificates are asked for
    /// @param asked when they were last given; null if never
    public record Peer(
            String domain,
            String host,
            int port,
            int membersPort,
            X509Certificate authority,
            Instant made,
            @Nullable Instant ended,
            @Nullable Instant asked) {}

    /// A member of another network.
    public record Correspondent(Address address, String name, X509Certificate certificate) {}

    /// Begins to exchange mail with a network, whose card was checked.
    public void add(Card card, X509Certificate authority) throws IOException {
        if (card.domain().equals(domain)) {
            throw new IOException(domain + " is this network itself");
        }
        if (!Certificates.fingerprint(authority).equals(card.fingerprint())) {
            throw new IOException(card.host() + " shows another authority than the card says; somebody is between");
        }
        Instant now = clock.instant();
        byte[] der = der(authority);
        database.alter(c -> {
            HomeDatabase.update(c, "DELETE FROM peer_members WHERE domain = ?", card.domain());
            changes.incrementAndGet();
            HomeDatabase.update(
                    c,
                    "INSERT OR REPLACE INTO peers (domain, host, port, members_port, authority, fingerprint, made)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    card.domain(),
                    card.host(),
                    card.port(),
                    card.membersPort(),
                    der,
                    card.fingerprint(),
                    now.toEpochMilli());
            AuditLog.add(
                    c,
                    now,
                    "federation.added",
                    Map.of(
                            "domain", card.domain(),
                            "host", card.host() + ":" + card.port(),
                            "authority", card.fingerprint()));
        });
    }

    /// Ends the exchange; mail that still waits for it is returned to its senders.
    ///
    /// @return whether there was one
    public boolean end(String with) throws IOException {
        Instant now = clock.instant();
        return database.change(c -> {
            boolean was = HomeDatabase.update(
                            c,
                            "UPDATE peers SET ended = ? WHERE domain = ? AND ended IS NULL",
                            now.toEpochMilli(),
                            with)
                    > 0;
            HomeDatabase.update(c, "DELETE FROM peer_members WHERE domain = ?", with);
            changes.incrementAndGet();
            if (was) {
                AuditLog.add(c, now, "federation.ended", Map.of("domain", with));
            }
            return was;
        });
    }

    /// A number that is another when this program began or ended an exchange.
    public long changes() {
        return changes.get();
    }

    public List<Peer> all() throws IOException {
        return database.ask(c -> HomeDatabase.rows(c, Peers::peer, "SELECT * FROM peers ORDER BY domain"));
    }

    /// The network of that domain, if mail is exchanged with it now; null otherwise.
    public @Nullable Peer active(String with) throws IOException {
        List<Peer> found = database.ask(
                c -> HomeDatabase.rows(c, Peers::peer, "SELECT * FROM peers WHERE domain = ? AND ended IS NULL", with));
        return found.isEmpty() ? null : found.getFirst();
    }

    /// The network whose own certificate this is; null if it is no other network's, or its time is over.
    public @Nullable Peer byCertificate(X509Certificate shown) throws IOException {
        for (Peer peer : all()) {
            if (peer.ended() == null
                    && MailAuthority.objection(shown, peer.authority(), clock.instant()) == null
                    && MailAuthority.isNetwork(shown, peer.domain())) {
                return peer;
            }
        }
        return null;
    }

    /// Notes who is in another network. Certificates that are not its authority's, or of other domains, are left out.
    public void members(Peer peer, List<Correspondent> all) throws IOException {
        Instant now = clock.instant();
        database.alter(c -> {
            HomeDatabase.update(c, "DELETE FROM peer_members WHERE domain = ?", peer.domain());
            for (Correspondent one : all) {
                boolean theirs = one.address().domain().equals(peer.domain())
                        && one.address().equals(MailAuthority.address(one.certificate()))
                        && MailAuthority.objection(one.certificate(), peer.authority(), now) == null;
                if (theirs) {
                    HomeDatabase.update(
                            c,
                            "INSERT OR REPLACE INTO peer_members (address, domain, name, der) VALUES (?, ?, ?, ?)",
                            one.address().toString(),
                            peer.domain(),
                            one.name(),
                            der(one.certificate()));
                }
            }
            HomeDatabase.update(c, "UPDATE peers SET asked = ? WHERE domain = ?", now.toEpochMilli(), peer.domain());
        });
    }

    /// All members of other networks that are known.
    public List<Correspondent> correspondents() throws IOException {
        return database.ask(c -> HomeDatabase.rows(
                c,
                r -> new Correspondent(
                        Address.of(r.getString("address")).orElseThrow(),
                        r.getString("name"),
                        certificate(r.getBytes("der"))),
                "SELECT * FROM peer_members ORDER BY address"));
    }

    private static Peer peer(ResultSet r) throws SQLException, IOException {
        long ended = r.getLong("ended");
        long asked = r.getLong("asked");
        return new Peer(
                r.getString("domain"),
                r.getString("host"),
                r.getInt("port"),
                r.getInt("members_port"),
                certificate(r.getBytes("authority")),
                Instant.ofEpochMilli(r.getLong("made")),
                ended == 0 ? null : Instant.ofEpochMilli(ended),
                asked == 0 ? null : Instant.ofEpochMilli(asked));
    }

    private static X509Certificate certificate(byte[] der) throws IOException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new IOException("a certificate cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] der(X509Certificate certificate) throws IOException {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IOException("a certificate has no form: " + e.getMessage(), e);
        }
    }
}
