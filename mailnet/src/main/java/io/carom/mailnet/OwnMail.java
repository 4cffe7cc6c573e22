package io.carom.mailnet;

import io.carom.certificate.Authority;
import io.carom.certificate.Pem;
import io.carom.home.HomeDatabase;
import io.carom.mailnet.federation.Peers;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.seal.Smime;
import io.carom.mailnet.store.MailStore;
import io.carom.mailnet.store.Spool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Mail that Carom itself writes: signed by `carom@DOMAIN`, encrypted to those it is for, and waited
/// for where it asks for an answer. The server need not run.
public final class OwnMail {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH);
    private static final String EOL = "\r\n";

    private OwnMail() {}

    /// Sends a text.
    ///
    /// @param subject as it stands inside; outside, where servers read it, stands that there is one
    public static String send(Network network, List<Address> to, String subject, String text) throws IOException {
        byte[] entity = ("Content-Type: text/plain; charset=utf-8" + EOL + "Content-Transfer-Encoding: base64" + EOL
                        + "Subject: " + encoded(subject) + EOL + EOL
                        + java.util.Base64.getMimeEncoder()
                                .encodeToString(text.replace("\n", EOL).getBytes(StandardCharsets.UTF_8))
                        + EOL)
                .getBytes(StandardCharsets.US_ASCII);
        return send(network, to, entity);
    }

    private static String encoded(String subject) {
        return "=?utf-8?B?" + java.util.Base64.getEncoder().encodeToString(subject.getBytes(StandardCharsets.UTF_8))
                + "?=";
    }

    /// Sends a MIME entity.
    ///
    /// @return the mail's Message-ID, without angle brackets
    /// @throws IOException if one of them is no member here or of a federated network; then nobody gets it
    public static String send(Network network, List<Address> to, byte[] entity) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Address one : to) {
            certificates.add(certificate(network, one));
        }
        Address from = network.members().system();
        Authority.Issued own = new Authority.Issued(
                Pem.certificates(network.folder().resolve("carom.crt")).getFirst(),
                Pem.key(network.folder().resolve("carom.key")));
        Instant now = network.clock().instant();
        String id = MailStore.newId();
        String messageId = id + "@" + from.domain();
        String head = "Return-Path: <" + from + ">" + EOL + "Date: " + DATE.format(now.atOffset(ZoneOffset.UTC)) + EOL
                + "From: Carom <" + from + ">" + EOL + "To: "
                + String.join(
                        "," + EOL + " ", to.stream().map(Address::toString).toList()) + EOL + "Subject: [...]"
                + EOL + "Message-ID: <" + messageId + ">" + EOL;
        try (Spool spool = network.store().spool()) {
            spool.write(head.getBytes(StandardCharsets.US_ASCII));
            spool.write(Smime.sealed(entity, own, certificates));
            network.store()
                    .accept(id, new MailStore.Envelope(new MailStore.Own(), from, to, messageId, List.of()), spool);
        }
        return messageId;
    }

    private static X509Certificate certificate(Network network, Address of) throws IOException {
        Members.Member member = network.members().active(of);
        if (member != null) {
            X509Certificate own = member.certificate();
            if (own != null) {
                return own;
            }
        }
        return network.peers().correspondents().stream()
                .filter(c -> c.address().equals(of))
                .map(Peers.Correspondent::certificate)
                .findFirst()
                .orElseThrow(
                        () -> new IOException(of + " is no member of the mail network, or of one federated with it."
                                + " Invite: carom mail network invite " + of));
    }

    /// An answer that was waited for.
    public record Answer(String about, String client, Address address, Instant at) {}

    /// The answers that came, about what begins so.
    public static List<Answer> answers(Network network, String about) throws IOException {
        return network.database()
                .ask(c -> HomeDatabase.rows(
                        c,
                        r -> new Answer(
                                r.getString("about"),
                                r.getString("client"),
                                Address.of(r.getString("address")).orElseThrow(),
                                Instant.ofEpochMilli(r.getLong("answered"))),
                        "SELECT * FROM awaited WHERE answered IS NOT NULL AND substr(about, 1, length(?1)) = ?1"
                                + " ORDER BY answered",
                        about));
    }

    /// Waits for answers to a mail: a member's mail that answers it counts as its acknowledgement.
    ///
    /// @param about `drill ID` or `advice PACKAGE`
    public static void await(Network network, String messageId, List<Address> from, String about, String client)
            throws IOException {
        long now = network.clock().instant().toEpochMilli();
        network.database().alter(c -> {
            for (Address one : from) {
                HomeDatabase.update(
                        c,
                        "INSERT OR IGNORE INTO awaited (message_id, address, about, client, sent) VALUES (?, ?, ?, ?, ?)",
                        messageId,
                        one.toString(),
                        about,
                        client,
                        now);
            }
        });
    }
}
