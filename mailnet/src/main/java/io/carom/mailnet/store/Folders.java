package io.carom.mailnet.store;

import io.carom.home.HomeDatabase;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.store.MailStore.EntryRow;
import io.carom.mailnet.store.MailStore.MailboxRow;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One member's mailboxes. Names are rows of a table and nothing else: no name of any form leads to a file.
public final class Folders {
    private static final int MOST = 500;
    private static final int MAX_NAME = 200;
    /// What is deleted stays under a name that no program can say, until nothing holds it.
    static final String DELETED = "\u0001";

    private static final List<String> USUAL = List.of("INBOX", "Drafts", "Sent", "Archive", "Trash");

    private final Address of;
    private final MailStore store;
    private final NetworkDatabase database;
    private final InstantSource clock;

    Folders(Address of, MailStore store, NetworkDatabase database, InstantSource clock) {
        this.of = of;
        this.store = store;
        this.database = database;
        this.clock = clock;
    }

    /// Makes what every program expects to be there.
    public void prepare() throws IOException {
        if (list().size() < USUAL.size()) {
            database.alter(c -> {
                for (String name : USUAL) {
                    MailStore.mailbox(c, of, name, clock.instant());
                }
            });
        }
    }

    /// All mailboxes by name.
    public List<MailboxRow> list() throws IOException {
        return database.ask(c -> HomeDatabase.rows(
                c,
                Folders::mailbox,
                "SELECT * FROM mailboxes WHERE address = ? AND substr(name, 1, 1) <> ? ORDER BY name",
                of.toString(),
                DELETED));
    }

    /// The mailbox of a name; null if there is none.
    public @Nullable MailboxRow named(String name) throws IOException {
        String wanted = name(name);
        List<MailboxRow> found = database.ask(c -> HomeDatabase.rows(
                c, Folders::mailbox, "SELECT * FROM mailboxes WHERE address = ? AND name = ?", of.toString(), wanted));
        return found.isEmpty() || wanted.startsWith(DELETED) ? null : found.getFirst();
    }

    private static MailboxRow mailbox(ResultSet r) throws SQLException {
        return new MailboxRow(
                r.getLong("id"),
                r.getString("name"),
                r.getLong("validity"),
                r.getLong("next"),
                r.getLong("modseq"),
                r.getInt("subscribed") != 0);
    }

    /// "INBOX" however it is written (RFC 3501, 5.1).
    static String name(String name) {
        if (name.equalsIgnoreCase("INBOX")) {
            return "INBOX";
        }
        return name.toUpperCase(Locale.ROOT).startsWith("INBOX/") ? "INBOX" + name.substring(5) : name;
    }

    private static String checked(String name) throws IOException {
        String wanted = name(name.endsWith("/") ? name.substring(0, name.length() - 1) : name);
        boolean sound = !wanted.isEmpty()
                && wanted.length() <= MAX_NAME
                && wanted.chars().allMatch(c -> c >= 32 && c < 127 && c != '*' && c != '%' && c != '"' && c != '\\')
                && !("/" + wanted + "/").contains("//");
        if (!sound) {
            throw new IOException("no mailbox can be called so");
        }
        return wanted;
    }

    public void create(String name) throws IOException {
        String wanted = checked(name);
        if (named(wanted) != null) {
            throw new IOException("there is a mailbox of that name");
        }
        if (list().size() >= MOST) {
            throw new IOException("there are " + MOST + " mailboxes; no more can be made");
        }
        database.change(c -> MailStore.mailbox(c, of, wanted, clock.instant()));
    }

    public void delete(String name) throws IOException {
        MailboxRow there = there(name);
        if (there.name().equals("INBOX")) {
            throw new IOException("the inbox stays");
        }
        long now = clock.instant().toEpochMilli();
        database.alter(c -> {
            HomeDatabase.update(c, "UPDATE entries SET gone = ? WHERE mailbox = ? AND gone IS NULL", now, there.id());
            HomeDatabase.update(
                    c,
                    "UPDATE mailboxes SET name = ?, bytes = 0 WHERE id = ?",
                    DELETED + there.id() + " " + there.name(),
                    there.id());
        });
        store.changed(of);
    }

    /// With those below it. The inbox cannot be renamed.
    public void rename(String from, String to) throws IOException {
        MailboxRow there = there(from);
        String wanted = checked(to);
        if (there.name().equals("INBOX")) {
            throw new IOException("the inbox stays");
        }
        if (named(wanted) != null || (wanted + "/").startsWith(there.name() + "/")) {
            throw new IOException("there is a mailbox of that name, or it is the same");
        }
        Map<Long, String> renamed = new LinkedHashMap<>();
        for (MailboxRow one : list()) {
            if (one.id() == there.id() || one.name().startsWith(there.name() + "/")) {
                renamed.put(
                        one.id(),
                        checked(wanted + one.name().substring(there.name().length())));
            }
        }
        database.alter(c -> {
            for (Map.Entry<Long, String> one : renamed.entrySet()) {
                HomeDatabase.update(c, "UPDATE mailboxes SET name = ? WHERE id = ?", one.getValue(), one.getKey());
            }
        });
    }

    public void subscribe(String name, boolean yes) throws IOException {
        MailboxRow there = there(name);
        database.change(c ->
                HomeDatabase.update(c, "UPDATE mailboxes SET subscribed = ? WHERE id = ?", yes ? 1 : 0, there.id()));
    }

    private MailboxRow there(String name) throws IOException {
        MailboxRow there = named(name);
        if (there == null) {
            throw new IOException("there is no mailbox of that name");
        }
        return there;
    }

    /// How many mails there are, and how many were not read.
    public record Counts(int mails, int unseen, long bytes) {}

    public Counts counts(MailboxRow mailbox) throws IOException {
        return database.ask(c -> HomeDatabase.rows(
                        c,
                        r -> new Counts(r.getInt(1), r.getInt(2), r.getLong(3)),
                        "SELECT count(*), coalesce(sum(instr(' ' || flags || ' ', ' \\Seen ') = 0), 0),"
                                + " coalesce(sum(size), 0) FROM entries WHERE mailbox = ? AND gone IS NULL",
                        mailbox.id())
                .getFirst());
    }

    /// What changed in a mailbox after a state of it, by UID.
    public List<EntryRow> since(MailboxRow mailbox, long modseq) throws IOException {
        return database.ask(c -> HomeDatabase.rows(
                c,
                r -> new EntryRow(
                        r.getLong("uid"),
                        r.getString("message"),
                        r.getLong("size"),
                        r.getString("flags"),
                        Instant.ofEpochMilli(r.getLong("internal")),
                        r.getLong("modseq"),
                        r.getObject("gone") != null),
                "SELECT * FROM entries WHERE mailbox = ? AND modseq > ? ORDER BY uid",
                mailbox.id(),
                modseq));
    }

    /// Changes the flags of mails.
    ///
    /// @param change from the flags a mail has to those it shall have
    public void flags(MailboxRow mailbox, Collection<Long> uids, UnaryOperator<Set<String>> change) throws IOException {
        database.alter(c -> {
            for (long uid : uids) {
                List<String> had = HomeDatabase.rows(
                        c,
                        r -> r.getString(1),
                        "SELECT flags FROM entries WHERE mailbox = ? AND uid = ? AND gone IS NULL",
                        mailbox.id(),
                        uid);
                if (!had.isEmpty()) {
                    String text = String.join(" ", change.apply(set(had.getFirst())));
                    if (!text.equals(had.getFirst())) {
                        touch(c, mailbox.id(), uid, "flags = ?", text);
                    }
                }
            }
        });
        store.changed(of);
    }

    /// Flags as a set, in their order.
    public static Set<String> set(String flags) {
        Set<String> set = new LinkedHashSet<>();
        for (String flag : flags.split(" ")) {
            if (!flag.isEmpty()) {
                set.add(flag);
            }
        }
        return set;
    }

    private static void touch(Connection c, long mailbox, long uid, String what, Object value) throws SQLException {
        HomeDatabase.update(c, "UPDATE mailboxes SET modseq = modseq + 1 WHERE id = ?", mailbox);
        HomeDatabase.update(
                c,
                "UPDATE entries SET " + what + ", modseq = (SELECT modseq FROM mailboxes WHERE id = ?)"
                        + " WHERE mailbox = ? AND uid = ?",
                value,
                mailbox,
                mailbox,
                uid);
    }

    /// Takes mails out of a mailbox; the files go with the next sweep, unless they are held.
    public void expunge(MailboxRow mailbox, Collection<Long> uids) throws IOException {
        database.alter(c -> {
            expunge(c, mailbox.id(), uids);
        });
        store.changed(of);
    }

    private void expunge(Connection c, long mailbox, Collection<Long> uids) throws SQLException, IOException {
        long now = clock.instant().toEpochMilli();
        for (long uid : uids) {
            long size = NetworkDatabase.number(
                    c, -1, "SELECT size FROM entries WHERE mailbox = ? AND uid = ? AND gone IS NULL", mailbox, uid);
            if (size >= 0) {
                touch(c, mailbox, uid, "gone = ?", now);
                HomeDatabase.update(c, "UPDATE mailboxes SET bytes = bytes - ? WHERE id = ?", size, mailbox);
            }
        }
    }

    /// Copies mails into another mailbox of the same member.
    ///
    /// @param move whether they leave the one they are in, all or none
    /// @return the UID there by the UID here, in the order of these
    /// @throws Refused if the member's mailboxes do not take that much; nothing is copied then
    public Map<Long, Long> copy(MailboxRow from, Collection<Long> uids, MailboxRow to, boolean move)
            throws IOException {
        Map<Long, Long> copied = database.change(c -> {
            Map<Long, Long> made = new TreeMap<>();
            for (long uid : uids) {
                List<EntryRow> found = HomeDatabase.rows(
                        c,
                        r -> new EntryRow(
                                uid,
                                r.getString("message"),
                                r.getLong("size"),
                                r.getString("flags"),
                                Instant.ofEpochMilli(r.getLong("internal")),
                                0,
                                false),
                        "SELECT * FROM entries WHERE mailbox = ? AND uid = ? AND gone IS NULL",
                        from.id(),
                        uid);
                for (EntryRow one : found) {
                    made.put(
                            uid,
                            MailStore.add(
                                    c,
                                    to.id(),
                                    one.message(),
                                    one.size(),
                                    one.flags(),
                                    one.internal(),
                                    clock.instant()));
                }
            }
            if (move) {
                expunge(c, from.id(), new ArrayList<>(made.keySet()));
            } else if (!made.isEmpty()) {
                // A copy takes no room on the disk, but its row does: without a bound each could double them.
                store.room(c, of, 0);
            }
            return made;
        });
        store.changed(of);
        return copied;
    }
}
