package io.carom.mailnet;

import io.carom.certificate.Authority;
import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.federation.Card;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.seal.Smime;
import io.carom.mailnet.store.AuditLog;
import io.carom.mailnet.wire.Patience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// A network on this machine with its server, on ports that are free, and members who joined it as members do.
final class TestNetwork implements AutoCloseable {
    final Path home;
    final Network network;
    final Map<String, Membership> members = new HashMap<>();
    private static final List<KeyPair> KEYS = new ArrayList<>();
    private MailServer server;
    private int count;

    TestNetwork(Path home, String domain) throws IOException {
        this(home, domain, UnaryOperator.identity(), InstantSource.system());
    }

    TestNetwork(Path home, String domain, UnaryOperator<NetworkSettings> change, InstantSource clock)
            throws IOException {
        this(home, domain, change, clock, Patience.USUAL);
    }

    TestNetwork(Path home, String domain, UnaryOperator<NetworkSettings> change, InstantSource clock, Patience patience)
            throws IOException {
        this.home = home;
        network = Network.create(home, change.apply(settings(domain)), clock, key(0));
        server = MailServer.start(network, patience);
    }

    static NetworkSettings settings(String domain) {
        return new NetworkSettings(
                domain,
                "127.0.0.1",
                "127.0.0.1",
                new NetworkSettings.Ports(0, 0, 0, 0),
                NetworkSettings.Limits.USUAL,
                Duration.ZERO);
    }

    /// Making keys takes longer than all else; tests may share them.
    private static synchronized KeyPair key(int n) throws IOException {
        while (KEYS.size() <= n) {
            KEYS.add(Network.rsa());
        }
        return KEYS.get(n);
    }

    MailServer.Ports ports() {
        return server.ports();
    }

    MailServer server() {
        return server;
    }

    Address address(String local) {
        return new Address(local, network.settings().domain());
    }

    Membership join(String local) throws IOException {
        return join(local, false);
    }

    Membership join(String local, boolean totp) throws IOException {
        Members.Invitation invitation = network.members().invite(address(local), local, totp, Duration.ofHours(1));
        Membership joined = Membership.join(
                network.link(invitation, ports().members()), home.resolve("member-" + local + count), key(++count));
        members.put(local, joined);
        return joined;
    }

    Authority.Issued identity(String local) throws IOException {
        return members.get(local).identity();
    }

    Card card() {
        return new Card(
                network.settings().domain(),
                "127.0.0.1",
                ports().federation(),
                ports().members(),
                network.authority().fingerprint());
    }

    /// A connection as a member, signed in, greeted.
    Talker submission(String local) throws IOException {
        Talker talker = new Talker(ports().submission(), identity(local));
        talker.expect("220 ");
        talker.say("EHLO test", "250 ");
        talker.say("AUTH EXTERNAL =", "235 ");
        return talker;
    }

    Talker imap(String local) throws IOException {
        Talker talker = new Talker(ports().imap(), identity(local));
        talker.expect("* OK ");
        talker.say("a AUTHENTICATE EXTERNAL =", "a OK ");
        return talker;
    }

    /// A mail from a member, encrypted to these.
    byte[] mail(String from, String text, X509Certificate... to) throws IOException {
        return mail(from, "Subject: [...]\r\n", text, to);
    }

    byte[] mail(String from, String head, String text, X509Certificate... to) throws IOException {
        byte[] entity =
                ("Content-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n").getBytes(StandardCharsets.UTF_8);
        byte[] sealed = Smime.sealed(entity, identity(from), List.of(to));
        byte[] fields =
                ("From: " + from + "@" + network.settings().domain() + "\r\n" + head).getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[fields.length + sealed.length];
        System.arraycopy(fields, 0, all, 0, fields.length);
        System.arraycopy(sealed, 0, all, fields.length, sealed.length);
        return all;
    }

    X509Certificate certificate(String local) throws IOException {
        return identity(local).certificate();
    }

    /// All events of the audit log of that name, as text.
    List<String> audit(String event) throws IOException {
        List<String> found = new ArrayList<>();
        for (AuditLog.Entry entry : network.database().ask(c -> AuditLog.entries(c, 0, 100_000))) {
            if (entry.event().equals(event)) {
                found.add(entry.detail());
            }
        }
        return found;
    }

    /// Waits for something that other threads do.
    static void until(String what, Check check) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!check.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not come: " + what);
            }
            Thread.sleep(20);
        }
    }

    interface Check {
        boolean holds() throws Exception;
    }

    void restart() throws IOException {
        server.close();
        server = MailServer.start(network);
    }

    @Override
    public void close() throws IOException {
        server.close();
        network.close();
    }
}
