package io.carom.mailnet.store;

import io.carom.home.HomeDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What happened in the network, each entry bound to the one before by SHA-256 and the whole signed by the
/// network's authority now and then ("seal"). An entry is committed with what it tells of: there is no accepted mail
/// without one.
public final class AuditLog {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIRST = "0".repeat(64);
    private static final int MAX_VALUE = 500;

    private AuditLog() {}

    /// @param detail JSON
    public record Entry(long seq, Instant at, String event, String detail, String hash) {
        public ObjectNode json() {
            ObjectNode line = JSON.createObjectNode();
            line.put("seq", seq).put("at", at.toString()).put("event", event);
            line.set("detail", JSON.readTree(detail));
            return line.put("hash", hash);
        }
    }

    /// What a look at the whole log gave.
    ///
    /// @param fault what is wrong with the first entry that is; null if nothing is
    /// @param sealed the last entry that a seal stands behind; entries after it are bound, but could be cut off
    public record Verdict(
            long entries,
            long sealed,
            String head,
            @Nullable String fault) {}

    /// Adds an entry, in the transaction of the connection. Values are cut, for some come from outside.
    public static void add(Connection connection, Instant now, String event, Map<String, ?> detail)
            throws SQLException {
        ObjectNode node = JSON.createObjectNode();
        new TreeMap<>(detail).forEach((name, value) -> {
            String text = String.valueOf(value);
            if (value instanceof Number n) {
                node.put(name, n.longValue());
            } else {
                node.put(name, text.length() > MAX_VALUE ? text.substring(0, MAX_VALUE) + "…" : text);
            }
        });
        Entry last = last(connection);
        long seq = last == null ? 1 : last.seq() + 1;
        String text = JSON.writeValueAsString(node);
        String hash = hash(last == null ? FIRST : last.hash(), seq, now.toEpochMilli(), event, text);
        HomeDatabase.update(
                connection,
                "INSERT INTO audit (seq, at, event, detail, hash) VALUES (?, ?, ?, ?, ?)",
                seq,
                now.toEpochMilli(),
                event,
                text,
                hash);
    }

    private static @Nullable Entry last(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT * FROM audit ORDER BY seq DESC LIMIT 1")) {
            return row.next() ? entry(row) : null;
        }
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getLong("seq"),
                Instant.ofEpochMilli(row.getLong("at")),
                row.getString("event"),
                row.getString("detail"),
                row.getString("hash"));
    }

    private static String hash(String before, long seq, long at, String event, String detail) {
        return digest(
                (before + "\n" + seq + "\n" + at + "\n" + event + "\n" + detail).getBytes(StandardCharsets.UTF_8));
    }

    static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /// Signs all that is there, if something was added since the last seal.
    public static void seal(Connection connection, Instant now, PrivateKey key) throws SQLException, IOException {
        Entry last = last(connection);
        if (last == null || last.event().equals("seal")) {
            return;
        }
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(last.hash().getBytes(StandardCharsets.US_ASCII));
            add(
                    connection,
                    now,
                    "seal",
                    Map.of("head", last.hash(), "signature", HexFormat.of().formatHex(signature.sign())));
        } catch (GeneralSecurityException e) {
            throw new IOException("the audit log could not be sealed: " + e.getMessage(), e);
        }
    }

    /// Entries in their order.
    ///
    /// @param after leaves out those up to this one
    public static List<Entry> entries(Connection connection, long after, int most) throws SQLException, IOException {
        return HomeDatabase.rows(
                connection, AuditLog::entry, "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", after, most);
    }

    /// Whether an entry has this hash.
    public static boolean has(Connection connection, String hash) throws SQLException, IOException {
        return NetworkDatabase.number(connection, 0, "SELECT count(*) FROM audit WHERE hash = ?", hash) > 0;
    }

    /// Looks at the whole chain and at each seal.
    public static Verdict verify(Connection connection, X509Certificate authority) throws SQLException {
        String before = FIRST;
        long seq = 0;
        long sealed = 0;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM audit ORDER BY seq")) {
            while (rows.next()) {
                Entry entry = entry(rows);
                seq++;
                if (entry.seq() != seq) {
                    return new Verdict(seq - 1, sealed, before, "entry " + seq + " is missing");
                }
                String hash = hash(before, seq, entry.at().toEpochMilli(), entry.event(), entry.detail());
                if (!hash.equals(entry.hash())) {
                    return new Verdict(seq - 1, sealed, before, "entry " + seq + " is not what was written");
                }
                if (entry.event().equals("seal")) {
                    if (!holds(entry, before, authority)) {
                        return new Verdict(
                                seq - 1, sealed, before, "the seal in entry " + seq + " is not the network's");
                    }
                    sealed = seq;
                }
                before = entry.hash();
            }
        }
        return new Verdict(seq, sealed, before, null);
    }

    private static boolean holds(Entry seal, String head, X509Certificate authority) {
        try {
            var detail = JSON.readTree(seal.detail());
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initVerify(authority.getPublicKey());
            signature.update(head.getBytes(StandardCharsets.US_ASCII));
            return detail.path("head").asString("").equals(head)
                    && signature.verify(
                            HexFormat.of().parseHex(detail.path("signature").asString("")));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }
}
