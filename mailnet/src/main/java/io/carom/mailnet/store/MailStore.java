package io.carom.mailnet.store;

import io.carom.home.HomeDatabase;
import io.carom.mailnet.NetworkSettings;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.identity.Members.SignedIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The mail of a network: a file a mail under `mail/`, and who has it in which mailbox in the database. What
/// was accepted is on the disk, and in the audit log, before anybody is told so.
public final class MailStore {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration HOUR = Duration.ofHours(1);

    private final Path mail;
    private final Path spool;
    private final NetworkDatabase database;
    private final NetworkSettings settings;
    private final InstantSource clock;
    private final Map<Address, Set<Runnable>> watching = new ConcurrentHashMap<>();

    public MailStore(Path folder, NetworkDatabase database, NetworkSettings settings, InstantSource clock)
            throws IOException {
        mail = folder.resolve("mail");
        spool = folder.resolve("spool");
        this.database = database;
        this.settings = settings;
        this.clock = clock;
        Files.createDirectories(spool);
        for (int i = 0; i < 256; i++) {
            Files.createDirectories(mail.resolve(HexFormat.of().toHexDigits((byte) i)));
        }
    }

    /// Where a mail comes from.
    public sealed interface Origin {}

    /// @param who the member that submits it
    public record Member(SignedIn who) implements Origin {}

    /// @param domain of the network that hands it over
    public record Peer(String domain) implements Origin {}

    /// Carom itself.
    public record Own() implements Origin {}

    /// What is said about a mail beside its content.
    ///
    /// @param to members here, and members of other networks where it comes from here
    /// @param messageId from its header, without angle brackets
    /// @param answers ids of mails that it answers
    public record Envelope(Origin origin, Address from, List<Address> to, String messageId, List<String> answers) {
        public Envelope {
            to = List.copyOf(to);
            answers = List.copyOf(answers);
        }
    }

    /// A new id: 128 random bits.
    public static String newId() {
        byte[] id = new byte[16];
        RANDOM.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /// A place for a mail that comes in.
    public Spool spool() throws IOException {
        return new Spool(spool.resolve(newId()));
    }

    public Path file(String id) {
        return mail.resolve(id.substring(0, 2)).resolve(id);
    }

    /// Whether mail is exchanged with the network of that domain.
    private boolean isRouted(Connection c, String domain) throws SQLException, IOException {
        return NetworkDatabase.number(c, 0, "SELECT count(*) FROM peers WHERE domain = ? AND ended IS NULL", domain)
                > 0;
    }

    /// Takes a mail. When this returns it is kept, whatever happens to the machine's power; when it throws it
    /// is not.
    ///
    /// @param id by which it is kept
    /// @throws Refused saying why not; also if its sender was revoked in the meantime
    public void accept(String id, Envelope envelope, Spool in) throws IOException {
        Path place = file(id);
        long size = in.size();
        String digest = in.keep(place);
        Instant now = clock.instant();
        try {
            database.alter(c -> {
                admit(c, envelope, now);
                HomeDatabase.update(
                        c,
                        "INSERT INTO messages (id, sender, recipients, received, size, digest, message_id)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                        id,
                        envelope.from().toString(),
                        envelope.to().size(),
                        now.toEpochMilli(),
                        size,
                        digest,
                        envelope.messageId());
                for (Address to : envelope.to()) {
                    route(c, id, envelope, to, size, now);
                }
                for (String answered : envelope.answers()) {
                    HomeDatabase.update(
                            c,
                            "UPDATE awaited SET answered = ? WHERE message_id = ? AND address = ? AND answered IS NULL",
                            now.toEpochMilli(),
                            answered,
                            envelope.from().toString());
                }
                AuditLog.add(
                        c,
                        now,
                        "mail.accepted",
                        Map.of(
                                "mail", id,
                                "from", envelope.from(),
                                "to",
                                        String.join(
                                                " ",
                                                envelope.to().stream()
                                                        .map(Address::toString)
                                                        .toList()),
                                "size", size,
                                "sha256", digest));
            });
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(place);
            throw e;
        }
        envelope.to().forEach(this::changed);
    }

    private void admit(Connection c, Envelope envelope, Instant now) throws SQLException, IOException {
        switch (envelope.origin()) {
            case Member(SignedIn who) -> {
                if (!Members.isStill(c, who)) {
                    throw new Refused(550, "5.7.1", "you are no member any more");
                }
                hourly(c, envelope, now);
            }
            case Peer(String domain) -> {
                if (!isRouted(c, domain)) {
                    throw new Refused(550, "5.7.1", domain + " is not federated with this network any more");
                }
            }
            case Own own -> {}
        }
    }

    private void hourly(Connection c, Envelope envelope, Instant now) throws SQLException, IOException {
        List<long[]> sent = HomeDatabase.rows(
                c,
                r -> new long[] {r.getLong(1), r.getLong(2)},
                "SELECT count(*), coalesce(sum(recipients), 0) FROM messages WHERE sender = ? AND received > ?",
                envelope.from().toString(),
                now.minus(HOUR).toEpochMilli());
        int most = settings.limits().hourly();
        if (sent.getFirst()[0] >= most) {
            throw new Refused(451, "4.7.1", "you have sent " + most + " mails in this hour; try later");
        }
        if (sent.getFirst()[1] + envelope.to().size()
                > (long) most * settings.limits().recipients()) {
            throw new Refused(451, "4.7.1", "you have written to too many in this hour; try later");
        }
    }

    private void route(Connection c, String id, Envelope envelope, Address to, long size, Instant now)
            throws SQLException, IOException {
        if (to.domain().equals(settings.domain())) {
            if (Members.active(c, to) == null) {
                throw new Refused(550, "5.1.1", to + " is no member");
            }
            // What Carom itself sends, to many at once, a mailbox that is full keeps from nobody.
            if (!(envelope.origin() instanceof Own)
                    && used(c, to) + size > settings.limits().mailbox()) {
                throw new Refused(452, "4.2.2", "the mailbox of " + to + " is full");
            }
            add(c, mailbox(c, to, "INBOX", now), id, size, "", now, now);
        } else {
            boolean passesThrough = envelope.origin() instanceof Peer;
            if (passesThrough || !isRouted(c, to.domain())) {
                throw new Refused(550, "5.7.1", to + " is not in this network or one federated with it");
            }
            HomeDatabase.update(
                    c,
                    "INSERT INTO queue (message, sender, recipient, domain, made, next) VALUES (?, ?, ?, ?, ?, ?)",
                    id,
                    envelope.from().toString(),
                    to.toString(),
                    to.domain(),
                    now.toEpochMilli(),
                    now.toEpochMilli());
        }
    }

    /// Keeps a mail that a program puts into a member's own mailbox.
    ///
    /// @return its UID
    public long append(SignedIn who, MailboxRow mailbox, Spool in, String flags, Instant internal) throws IOException {
        String id = newId();
        long size = in.size();
        Path place = file(id);
        String digest = in.keep(place);
        Instant now = clock.instant();
        try {
            long uid = database.change(c -> {
                if (!Members.isStill(c, who)) {
                    throw new Refused(550, "5.7.1", "you are no member any more");
                }
                room(c, who.address(), size);
                HomeDatabase.update(
                        c,
                        "INSERT INTO messages (id, sender, recipients, received, size, digest, message_id)"
                                + " VALUES (?, '', 0, ?, ?, ?, '')",
                        id,
                        now.toEpochMilli(),
                        size,
                        digest);
                AuditLog.add(
                        c,
                        now,
                        "mail.appended",
                        Map.of("mail", id, "of", who.address(), "size", size, "sha256", digest));
                return add(c, mailbox.id(), id, size, flags, internal, now);
            });
            changed(who.address());
            return uid;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(place);
            throw e;
        }
    }

    static long add(Connection c, long mailbox, String id, long size, String flags, Instant internal, Instant now)
            throws SQLException, IOException {
        long uid = NetworkDatabase.number(
                c,
                -1,
                "UPDATE mailboxes SET next = next + 1, modseq = modseq + 1, bytes = bytes + ? WHERE id = ?"
                        + " AND substr(name, 1, 1) <> ? RETURNING next - 1",
                size,
                mailbox,
                Folders.DELETED);
        if (uid < 0) {
            // Deleted while the mail was on its way: there nobody would find it.
            throw new Refused(550, "5.1.1", "the mailbox is not there any more");
        }
        HomeDatabase.update(
                c,
                "INSERT INTO entries (mailbox, uid, message, size, flags, internal, modseq) VALUES"
                        + " (?1, ?2, ?3, ?4, ?5, ?6, (SELECT modseq FROM mailboxes WHERE id = ?1))",
                mailbox,
                uid,
                id,
                size,
                flags,
                internal.toEpochMilli());
        return uid;
    }

    /// Whether a member's mailboxes take a mail of that size now.
    public boolean hasRoom(Address of, long size) throws IOException {
        return database.ask(c -> used(c, of)) + size <= settings.limits().mailbox();
    }

    /// @throws Refused if a member's mailboxes do not take so much more
    void room(Connection c, Address of, long size) throws SQLException, IOException {
        if (used(c, of) + size > settings.limits().mailbox()) {
            throw new Refused(452, "4.2.2", "the mailbox is full");
        }
    }

    private static long used(Connection c, Address of) throws SQLException, IOException {
        return NetworkDatabase.number(
                c, 0, "SELECT coalesce(sum(bytes), 0) FROM mailboxes WHERE address = ?", of.toString());
    }

    /// The id of a mailbox, which is made if it is not there.
    static long mailbox(Connection c, Address of, String name, Instant now) throws SQLException, IOException {
        long there = NetworkDatabase.number(
                c, -1, "SELECT id FROM mailboxes WHERE address = ? AND name = ?", of.toString(), name);
        if (there >= 0) {
            return there;
        }
        // Whoever made, deleted and makes again must not be given a validity that a program has seen.
        return NetworkDatabase.number(
                c,
                -1,
                "INSERT INTO mailboxes (address, name, validity) VALUES (?1, ?2, max(?3,"
                        + " (SELECT coalesce(max(validity), 0) + 1 FROM mailboxes WHERE address = ?1))) RETURNING id",
                of.toString(),
                name,
                now.getEpochSecond());
    }

    /// Runs something when a member's mail changes, until the answer is closed.
    public AutoCloseable watch(Address of, Runnable task) {
        Set<Runnable> all = watching.computeIfAbsent(of, a -> new CopyOnWriteArraySet<>());
        all.add(task);
        return () -> all.remove(task);
    }

    void changed(Address of) {
        watching.getOrDefault(of, Set.of()).forEach(Runnable::run);
    }

    /// Another program changed something: everybody looks.
    public void changedElsewhere() {
        watching.values().forEach(all -> all.forEach(Runnable::run));
    }

    /// A mailbox as its member's program sees it.
    public record MailboxRow(long id, String name, long validity, long next, long modseq, boolean subscribed) {}

    /// What of a mailbox changed.
    ///
    /// @param gone whether it is there no more
    public record EntryRow(
            long uid, String message, long size, String flags, Instant internal, long modseq, boolean gone) {}

    /// The mailboxes of a member.
    public Folders folders(Address of) {
        return new Folders(of, this, database, clock);
    }

    /// Removes what no mailbox has any more and no hold keeps, and what is older than mail is kept.
    ///
    /// @return how many mails were removed
    public int sweep() throws IOException {
        Instant now = clock.instant();
        // A program may have put in a mail of before 1970.
        long oldest = settings.retention().isZero()
                ? Long.MIN_VALUE
                : now.minus(settings.retention()).toEpochMilli();
        List<String> removed = database.change(c -> {
            HomeDatabase.update(
                    c,
                    "UPDATE entries SET gone = ?1, modseq = 1 + (SELECT modseq FROM mailboxes WHERE id = mailbox)"
                            + " WHERE gone IS NULL AND internal < ?2 AND NOT EXISTS"
                            + " (SELECT 1 FROM holds h JOIN mailboxes b ON b.id = entries.mailbox WHERE h.released IS NULL"
                            + " AND h.address IN ('*', b.address))",
                    now.toEpochMilli(),
                    oldest);
            recount(c);
            List<String> ids = HomeDatabase.rows(
                    c,
                    r -> r.getString(1),
                    "SELECT id FROM messages m WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.message = m.id AND"
                            + " e.gone IS NULL) AND NOT EXISTS (SELECT 1 FROM queue q WHERE q.message = m.id)"
                            + " AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.released IS NULL AND (h.address = '*'"
                            + " OR h.address = m.sender OR h.address IN (SELECT b.address FROM entries e JOIN mailboxes b"
                            + " ON b.id = e.mailbox WHERE e.message = m.id))) AND m.received < ? LIMIT 10000",
                    now.minus(HOUR).toEpochMilli());
            for (String id : ids) {
                HomeDatabase.update(c, "DELETE FROM entries WHERE message = ?", id);
                HomeDatabase.update(c, "DELETE FROM messages WHERE id = ?", id);
                AuditLog.add(c, now, "mail.removed", Map.of("mail", id));
            }
            return ids;
        });
        if (!removed.isEmpty()) {
            changedElsewhere();
        }
        for (String id : removed) {
            Files.deleteIfExists(file(id));
        }
        return removed.size();
    }

    static void recount(Connection c) throws SQLException {
        HomeDatabase.update(
                c,
                "UPDATE mailboxes SET modseq = max(modseq, coalesce((SELECT max(e.modseq) FROM entries e WHERE"
                        + " e.mailbox = mailboxes.id), 0)), bytes = coalesce((SELECT sum(e.size) FROM entries e WHERE"
                        + " e.mailbox = mailboxes.id AND e.gone IS NULL), 0)");
    }

    /// Removes what an end in the middle left: mails that came in but were never accepted. Only while no
    /// other program accepts mail: a file that is younger than an hour is let be.
    public int tidy() throws IOException {
        Instant before = clock.instant().minus(HOUR);
        List<Path> left = new ArrayList<>();
        Predicate<Path> old = p -> {
            try {
                return Files.getLastModifiedTime(p).toInstant().isBefore(before);
            } catch (IOException e) {
                return false;
            }
        };
        try (Stream<Path> files = Files.list(spool)) {
            files.filter(old).forEach(left::add);
        }
        try (Stream<Path> folders = Files.list(mail)) {
            for (Path folder : folders.toList()) {
                try (Stream<Path> files = Files.list(folder)) {
                    for (Path file : files.filter(old).toList()) {
                        String id = String.valueOf(file.getFileName());
                        long kept = database.ask(
                                c -> NetworkDatabase.number(c, 0, "SELECT count(*) FROM messages WHERE id = ?", id));
                        if (kept == 0) {
                            left.add(file);
                        }
                    }
                }
            }
        }
        for (Path file : left) {
            Files.deleteIfExists(file);
        }
        return left.size();
    }

    /// Keeps all mail of a member, or of everybody (`*`), from being removed.
    ///
    /// @return the hold's number
    public long hold(String address, String reason) throws IOException {
        Instant now = clock.instant();
        return database.change(c -> {
            long id = NetworkDatabase.number(
                    c,
                    -1,
                    "INSERT INTO holds (address, reason, made) VALUES (?, ?, ?) RETURNING id",
                    address,
                    reason,
                    now.toEpochMilli());
            AuditLog.add(c, now, "hold.placed", Map.of("hold", id, "address", address, "reason", reason));
            return id;
        });
    }

    /// @return whether there was such a hold
    public boolean release(long hold) throws IOException {
        Instant now = clock.instant();
        return database.change(c -> {
            boolean was = HomeDatabase.update(
                            c,
                            "UPDATE holds SET released = ? WHERE id = ? AND released IS NULL",
                            now.toEpochMilli(),
                            hold)
                    > 0;
            if (was) {
                AuditLog.add(c, now, "hold.released", Map.of("hold", hold));
            }
            return was;
        });
    }

    /// A hold.
    public record Hold(
            long id,
            String address,
            String reason,
            Instant made,
            @Nullable Instant released) {}

    public List<Hold> holds() throws IOException {
        return database.ask(c -> HomeDatabase.rows(
                c,
                r -> {
                    long released = r.getLong("released");
                    return new Hold(
                            r.getLong("id"),
                            r.getString("address"),
                            r.getString("reason"),
                            Instant.ofEpochMilli(r.getLong("made")),
                            released == 0 ? null : Instant.ofEpochMilli(released));
                },
                "SELECT * FROM holds ORDER BY id"));
    }

    /// A mail of somebody, as it is handed to a court.
    public record Kept(String mailbox, long uid, String message, Instant internal, boolean gone) {}

    /// All mail of a member, also what the member deleted and a hold keeps.
    public List<Kept> kept(Address of) throws IOException {
        return database.ask(c -> HomeDatabase.rows(
                c,
                r -> new Kept(
                        r.getString(1),
                        r.getLong(2),
                        r.getString(3),
                        Instant.ofEpochMilli(r.getLong(4)),
                        r.getObject(5) != null),
                "SELECT b.name, e.uid, e.message, e.internal, e.gone FROM entries e JOIN mailboxes b ON b.id = e.mailbox"
                        + " WHERE b.address = ? ORDER BY e.internal, b.name, e.uid",
                of.toString()));
    }
}
