package io.carom.mailnet;

import io.carom.certificate.Certificates;
import io.carom.certificate.Pem;
import io.carom.config.ConfigException;
import io.carom.mailnet.federation.Peers;
import io.carom.mailnet.identity.MailAuthority;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.store.AuditLog;
import io.carom.mailnet.store.MailStore;
import io.carom.mailnet.store.NetworkDatabase;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.InstantSource;
import java.util.Map;

/// A network as it lies in a home, whether or not its server runs: `mailnet/` with settings, authority, members and
/// mail. Several programs may have it open.
public final class Network implements AutoCloseable {
    private final Path folder;
    private final NetworkSettings settings;
    private final InstantSource clock;
    private final MailAuthority authority;
    private final NetworkDatabase database;
    private final Members members;
    private final Peers peers;
    private final MailStore store;

    private Network(
            Path folder,
            NetworkSettings settings,
            InstantSource clock,
            MailAuthority authority,
            NetworkDatabase database)
            throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.clock = clock;
        this.authority = authority;
        this.database = database;
        members = new Members(database, authority, settings.domain(), clock);
        peers = new Peers(database, settings.domain(), clock);
        store = new MailStore(folder, database, settings, clock);
    }

    public static boolean exists(Path home) {
        return Files.isRegularFile(home.resolve(NetworkSettings.FOLDER).resolve(NetworkSettings.FILE));
    }

    /// Makes a network: its authority, its settings, and Carom's own member.
    ///
    /// @throws IOException if this home has one already
    public static Network create(Path home, NetworkSettings settings, InstantSource clock) throws IOException {
        return create(home, settings, clock, rsa());
    }

    /// @param own the key of Carom's own member
    static Network create(Path home, NetworkSettings settings, InstantSource clock, KeyPair own) throws IOException {
        Path folder = home.resolve(NetworkSettings.FOLDER);
        if (exists(home)) {
            throw new IOException(folder + ": this home has a mail network already");
        }
        if (!NetworkSettings.DOMAIN.matcher(settings.domain()).matches()) {
            throw new IOException("\"" + settings.domain() + "\" is no domain; expected one such as northgate.example");
        }
        Files.createDirectories(folder);
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        MailAuthority authority = MailAuthority.create(folder, settings.domain(), clock.instant());
        Network network = new Network(folder, settings, clock, authority, NetworkDatabase.open(folder));
        try {
            network.database.alter(c -> {
                AuditLog.add(
                        c,
                        clock.instant(),
                        "network.made",
                        Map.of("domain", settings.domain(), "authority", authority.fingerprint()));
            });
            Pem.write(folder.resolve("carom.key"), Pem.text(own.getPrivate()), true);
            Pem.write(folder.resolve("carom.crt"), Pem.text(network.members.admitSystem(own.getPublic())), false);
            // Last: a network without settings is none, and can be made again.
            Pem.write(folder.resolve(NetworkSettings.FILE), settings.yaml(), false);
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
        return network;
    }

    public static Network open(Path home, InstantSource clock) throws IOException, ConfigException {
        NetworkSettings settings = NetworkSettings.of(home);
        Path folder = home.resolve(NetworkSettings.FOLDER);
        return new Network(folder, settings, clock, MailAuthority.of(folder), NetworkDatabase.open(folder));
    }

    /// A new RSA key of 3072 bits: what every mail program can decrypt with.
    public static KeyPair rsa() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(3072);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IOException("no key could be made: " + e.getMessage(), e);
        }
    }

    public Path folder() {
        return folder;
    }

    public NetworkSettings settings() {
        return settings;
    }

    public InstantSource clock() {
        return clock;
    }

    public MailAuthority authority() {
        return authority;
    }

    public NetworkDatabase database() {
        return database;
    }

    public Members members() {
        return members;
    }

    public Peers peers() {
        return peers;
    }

    public MailStore store() {
        return store;
    }

    /// Adds to the audit log.
    public void audit(String event, Map<String, ?> detail) throws IOException {
        database.alter(c -> {
            AuditLog.add(c, clock.instant(), event, detail);
        });
    }

    /// The link that lets one invited join: where, the code, and by which fingerprint the network is known. What
    /// stands behind `#` no browser sends on.
    ///
    /// @param port where members are answered
    public String link(Members.Invitation invitation, int port) {
        String host = settings.host().indexOf(':') >= 0 ? "[" + settings.host() + "]" : settings.host();
        return "https://" + host + ":" + port + "/join/" + invitation.code() + "#"
                + Certificates.fingerprint(authority.certificate());
    }

    /// Where members are answered: as the settings say, or where the server that runs found a port.
    ///
    /// @throws IOException if any free port is to be taken and no server runs
    public int membersPort() throws IOException {
        int stated = settings.ports().members();
        if (stated != 0) {
            return stated;
        }
        long found = database.ask(c -> NetworkDatabase.number(
                c,
                0,
                "SELECT json_extract(detail, '$.members') FROM audit WHERE event = 'server.started'"
                        + " ORDER BY seq DESC LIMIT 1"));
        if (found == 0) {
            throw new IOException("the network's ports are free ones: start it first (carom mail network start)");
        }
        return (int) found;
    }

    @Override
    public void close() throws IOException {
        database.close();
    }
}
