package io.carom.mailnet;

import io.carom.certificate.Authority;
import io.carom.mailnet.enrol.MembersPort;
import io.carom.mailnet.federation.Forwarder;
import io.carom.mailnet.federation.Peers;
import io.carom.mailnet.identity.MailAuthority;
import io.carom.mailnet.identity.Members.SignedIn;
import io.carom.mailnet.imap.ImapSession;
import io.carom.mailnet.page.MailPage;
import io.carom.mailnet.smtp.FromPeer;
import io.carom.mailnet.smtp.Submission;
import io.carom.mailnet.store.AuditLog;
import io.carom.mailnet.store.Notes;
import io.carom.mailnet.wire.Doors;
import io.carom.mailnet.wire.Listener;
import io.carom.mailnet.wire.NetworkTls;
import io.carom.mailnet.wire.Patience;
import io.carom.mailnet.wire.SignIn;
import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A network's server: four ports (mail in, mail read, members, other networks), each in TLS 1.3 alone,
/// and what is done in between: revoked members' sessions end, mail goes to other networks, the audit
/// log is sealed, old mail is removed.
public final class MailServer implements AutoCloseable {
    private static final Duration SEALED = Duration.ofMinutes(1);
    private static final Duration SWEPT = Duration.ofHours(1);

    private final Network network;
    private final Doors doors;
    private final Notes notes;
    private final Listener submission;
    private final Listener imap;
    private final Listener federation;
    private final MembersPort members;
    private final Forwarder forwarder;
    private long version;
    private long changes;
    private Instant sealed = Instant.EPOCH;
    private Instant swept = Instant.EPOCH;
    private volatile @Nullable Exception failed;
    private boolean closed;

    /// Where each port is.
    public record Ports(int submission, int imap, int members, int federation) {}

    private MailServer(Network network, Patience patience) throws IOException {
        this.network = network;
        NetworkSettings settings = network.settings();
        doors = new Doors(settings.limits().connections(), settings.limits().fromOne(), patience);
        notes = new Notes(network.database(), network.clock());
        X509Certificate authority = network.authority().certificate();
        Authority.Issued own = network.authority()
                .network(settings.domain(), names(settings), network.clock().instant());
        // No authorities are named when certificates are asked for: programs on GnuTLS that compare names show none
        // then.
        SSLContext forMembers = NetworkTls.server(own, authority, chain -> member(chain.getFirst()));
        SSLContext forNetworks = NetworkTls.server(own, authority, chain -> networkOf(chain.getFirst()));
        SSLContext forBoth = NetworkTls.server(own, authority, chain -> {
            String objection = member(chain.getFirst());
            return objection == null || network.peers().byCertificate(chain.getFirst()) != null ? null : objection;
        });
        SignIn signIn = new SignIn(network.members(), notes);
        NetworkSettings.Ports ports = settings.ports();
        String listen = settings.listen();
        List<AutoCloseable> opened = new ArrayList<>(List.of(doors));
        try {
            submission = Listener.open(
                    "submission",
                    Listener.at(listen, ports.submission()),
                    forMembers,
                    false,
                    doors,
                    wire -> Submission.talk(wire, network, signIn, notes),
                    this::refused);
            opened.add(submission);
            imap = Listener.open(
                    "imap",
                    Listener.at(listen, ports.imap()),
                    forMembers,
                    false,
                    doors,
                    wire -> ImapSession.talk(wire, network, signIn, notes),
                    this::refused);
            opened.add(imap);
            federation = Listener.open(
                    "federation",
                    Listener.at(listen, ports.federation()),
                    forNetworks,
                    true,
                    doors,
                    wire -> FromPeer.talk(wire, network, notes),
                    this::refused);
            opened.add(federation);
            members = MembersPort.open(
                    Listener.at(listen, ports.members()),
                    forBoth,
                    network,
                    notes,
                    submission.port(),
                    imap.port(),
                    new MailPage(network, notes));
        } catch (IOException | RuntimeException e) {
            // Of a server that does not start no port stays open.
            for (AutoCloseable one : opened) {
                close(one, e);
            }
            throw e;
        }
        forwarder = new Forwarder(network, own);
    }

    private static void close(AutoCloseable one, Exception because) {
        try {
            one.close();
        } catch (Exception e) {
            because.addSuppressed(e);
        }
    }

    /// Starts all of it. Whoever starts it closes it; the network stays open.
    public static MailServer start(Network network) throws IOException {
        return start(network, Patience.USUAL);
    }

    /// @param patience how long the other ends may take
    static MailServer start(Network network, Patience patience) throws IOException {
        MailServer server = new MailServer(network, patience);
        try {
            network.store().tidy();
            network.audit(
                    "server.started",
                    Map.of(
                            "submission", server.ports().submission(),
                            "imap", server.ports().imap(),
                            "members", server.ports().members(),
                            "federation", server.ports().federation()));
            server.version = network.database().version();
            server.forwarder.start();
            server.doors.also(server::look);
        } catch (IOException | RuntimeException e) {
            close(server, e);
            throw e;
        }
        return server;
    }

    private static Set<String> names(NetworkSettings settings) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        names.add(settings.host());
        names.add("localhost");
        names.add("127.0.0.1");
        InetAddress listen = InetAddress.getByName(settings.listen());
        if (!listen.isAnyLocalAddress()) {
            names.add(listen.getHostAddress());
        }
        return names;
    }

    public Ports ports() {
        return new Ports(submission.port(), imap.port(), members.port(), federation.port());
    }

    /// Connections that are open now.
    public int connections() {
        return doors.taken();
    }

    /// What last went wrong in between; null if nothing did.
    public @Nullable Exception failed() {
        return failed;
    }

    private @Nullable String member(X509Certificate shown) throws IOException {
        String objection = MailAuthority.objection(
                shown, network.authority().certificate(), network.clock().instant());
        if (objection != null) {
            return objection;
        }
        if (MailAuthority.address(shown) == null) {
            return "it is no member's";
        }
        return network.members().byCertificate(shown) == null ? "it is revoked" : null;
    }

    private @Nullable String networkOf(X509Certificate shown) throws IOException {
        Peers.Peer peer = network.peers().byCertificate(shown);
        return peer == null ? "it is of no network that is federated with this one" : null;
    }

    private void refused(String listener, String from, String why) {
        notes.refused("connection.refused", from, Map.of("to", listener, "from", from, "why", why));
    }

    /// Done a few times a second.
    private void look() {
        try {
            long now = network.database().version();
            long own = network.members().changes() + network.peers().changes();
            if (now != version || own != changes) {
                endThoseWhoLeft();
            }
            if (now != version) {
                network.store().changedElsewhere();
            }
            version = now;
            changes = own;
            Instant time = network.clock().instant();
            if (time.isAfter(sealed.plus(SEALED))) {
                sealed = time;
                notes.roll();
                seal();
            }
            if (time.isAfter(swept.plus(SWEPT))) {
                swept = time;
                network.store().sweep();
            }
        } catch (IOException | RuntimeException e) {
            // The next look is soon; a database that stays broken fails every command that needs it, with its reason.
            failed = e;
        }
    }

    private void seal() throws IOException {
        network.database().alter(c -> {
            AuditLog.seal(c, network.clock().instant(), network.authority().key());
        });
    }

    private void endThoseWhoLeft() throws IOException {
        Set<SignedIn> standing = network.members().standing();
        Set<String> networks = new LinkedHashSet<>();
        for (Peers.Peer peer : network.peers().all()) {
            if (peer.ended() == null) {
                networks.add(peer.domain());
            }
        }
        int ended = doors.cut(
                wire -> {
                    SignedIn who = wire.who();
                    return who != null && !standing.contains(who)
                            || !wire.network().isEmpty() && !networks.contains(wire.network());
                },
                "revoked");
        if (ended > 0) {
            network.audit("sessions.ended", Map.of("count", ended, "why", "revoked"));
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        submission.close();
        imap.close();
        federation.close();
        members.close();
        forwarder.close();
        doors.close();
        network.audit("server.stopped", Map.of());
        seal();
    }
}
