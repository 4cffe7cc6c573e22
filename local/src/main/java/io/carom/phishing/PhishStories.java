package io.carom.phishing;

import io.carom.cases.Cases;
import io.carom.lake.Lake;
import io.carom.mail.MailScanner;
import io.carom.mail.sign.View;
import io.carom.run.MailStage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Asks what a home keeps of a phish: its mails from the lake, what came of it from the incidents.
public final class PhishStories {
    private static final Duration AROUND = Duration.ofDays(14);
    private static final int MOST = 5_000;
    private static final int URLS = 200;

    private static final DateTimeFormatter SECOND = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private final Path home;
    private final int most;

    public PhishStories(Path home) {
        this(home, MOST);
    }

    /// @param most mails of a sender that are looked at
    PhishStories(Path home, int most) {
        this.home = home;
        this.most = most;
    }

    /// The story of a mail; null if nothing of it is kept.
    ///
    /// @param clients whose mail is looked through; nobody else's is seen
    public @Nullable PhishStory of(String messageId, Set<String> clients) throws IOException {
        String bare = messageId.strip().replaceAll("^<|>$", "");
        List<Kept> first;
        List<Kept> all;
        try (Lake lake = Lake.open(home);
                Connection connection = lake.connect(clients, null)) {
            if (!hasMail(connection)) {
                return null;
            }
            first = kept(connection, "email.message_uid = ?", bare);
            if (first.isEmpty()) {
                return null;
            }
            String from = first.getFirst().from;
            Instant time = first.getFirst().time;
            // A mailbox in another's hands may have sent thousands of its owner's mails before.
            all = from.isEmpty()
                    ? first
                    : kept(
                            connection,
                            "lower(email.\"from\") = ? AND \"time\" >= CAST(? AS TIMESTAMP) AND \"time\" <="
                                    + " CAST(? AS TIMESTAMP)",
                            from,
                            second(time.minus(AROUND)),
                            second(time.plus(AROUND)));
        } catch (SQLException e) {
            throw new IOException("the kept mails cannot be asked: " + e.getMessage(), e);
        }
        List<Kept> mails = all.isEmpty() ? first : all;
        return story(first.getFirst(), mails, clients);
    }

    private record Kept(String client, String messageId, String from, String subject, Instant time, String record) {}

    private static boolean hasMail(Connection connection) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement(
                        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'main' AND table_name ="
                                + " 'email_activity'");
                ResultSet rows = ask.executeQuery()) {
            return rows.next() && rows.getLong(1) > 0;
        }
    }

    private static String second(Instant time) {
        return SECOND.format(time.atOffset(ZoneOffset.UTC));
    }

    private List<Kept> kept(Connection connection, String where, String... values) throws SQLException {
        List<Kept> out = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT client, email.message_uid, coalesce(lower(email.\"from\"), ''), coalesce(email.subject, ''), time,"
                        + " raw_data FROM email_activity WHERE " + where + " ORDER BY time LIMIT " + most)) {
            for (int i = 0; i < values.length; i++) {
                ask.setString(i + 1, values[i]);
            }
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    LocalDateTime time = rows.getObject(5, LocalDateTime.class);
                    out.add(new Kept(
                            text(rows.getString(1)),
                            text(rows.getString(2)),
                            text(rows.getString(3)),
                            text(rows.getString(4)),
                            time == null ? Instant.EPOCH : time.toInstant(ZoneOffset.UTC),
                            text(rows.getString(6))));
                }
            }
        }
        return out;
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private PhishStory story(Kept asked, List<Kept> mails, Set<String> clients) throws IOException {
        MailScanner scanner = new MailScanner(MailScanner.Settings.DEFAULT);
        Set<String> urls = new LinkedHashSet<>();
        Set<String> hosts = new LinkedHashSet<>();
        Set<String> senders = new LinkedHashSet<>();
        List<PhishStory.Message> messages = new ArrayList<>();
        Set<String> lures = lures(view(scanner, asked));
        for (Kept kept : mails) {
            View view = view(scanner, kept);
            // A mailbox in another's hands sends its owner's mails as well.
            if (!kept.messageId.equals(asked.messageId)
                    && !topic(kept.subject).equals(topic(asked.subject))
                    && lures(view).stream().noneMatch(lures::contains)) {
                continue;
            }
            messages.add(new PhishStory.Message(kept.client, kept.messageId, kept.time, List.copyOf(view.recipients)));
            for (View.Target target : view.web()) {
                if (urls.size() < URLS) {
                    urls.add(target.address().text());
                }
                if (hosts.size() < URLS) {
                    hosts.add(target.address().host());
                }
            }
            var border = view.border();
            if (border != null && border.address() != null && senders.size() < URLS) {
                senders.add(border.address());
            }
        }
        List<PhishStory.Deed> deeds = new ArrayList<>();
        Set<String> incidents = new LinkedHashSet<>();
        try (Cases cases = Cases.open(home)) {
            for (ObjectNode incident : cases.incidents()) {
                if (clients.contains(incident.path("client").asString(""))) {
                    deeds(incident, asked, deeds, incidents);
                }
            }
        }
        deeds.sort(Comparator.comparing(PhishStory.Deed::time));
        return new PhishStory(
                asked.from,
                asked.subject,
                messages,
                List.copyOf(urls),
                List.copyOf(hosts),
                List.copyOf(senders),
                deeds,
                List.copyOf(incidents));
    }

    private static View view(MailScanner scanner, Kept kept) {
        // Of a mailbox the first line is none of the mail.
        int line = kept.record.startsWith("From ") ? kept.record.indexOf('\n') : -1;
        String envelope = line < 0 ? "" : kept.record.substring(5, line).strip();
        return scanner.look(kept.record.substring(line + 1).getBytes(StandardCharsets.UTF_8), envelope, false)
                .view();
    }

    /// Where a mail leads that its sender's own mails do not.
    private static Set<String> lures(View view) {
        Set<String> out = new LinkedHashSet<>();
        view.web().forEach(t -> {
            if (!t.registered().equals(view.fromDomain)) {
                out.add(t.address().host());
            }
        });
        return out;
    }

    /// A subject without what answering and passing on put before it.
    private static String topic(String subject) {
        return subject.replaceFirst("(?i)^(?:\\s*(?:re|aw|fw|fwd|wg|tr|sv)\\s*:)+", "")
                .strip();
    }

    /// Whether a title says that something is from an address, and not from a longer one that begins so.
    static boolean isFrom(String title, String address) {
        String said = "from " + address;
        for (int at = title.indexOf(said); at >= 0; at = title.indexOf(said, at + 1)) {
            int end = at + said.length();
            int next = end < title.length() && ".-".indexOf(title.charAt(end)) >= 0 ? end + 1 : end;
            boolean goesOn = next < title.length()
                    && (Character.isLetterOrDigit(title.charAt(next)) || "@-_".indexOf(title.charAt(next)) >= 0);
            if (!goesOn) {
                return true;
            }
        }
        return false;
    }

    private static void deeds(ObjectNode incident, Kept asked, List<PhishStory.Deed> deeds, Set<String> incidents) {
        for (JsonNode finding : incident.path("findings")) {
            String analytic = finding.path("analytic").asString("");
            String title = finding.path("title").asString("");
            if (!analytic.startsWith(MailStage.ANALYTIC) || asked.from.isEmpty() || !isFrom(title, asked.from)) {
                continue;
            }
            incidents.add(incident.path("id").asString(""));
            if (analytic.length() > MailStage.ANALYTIC.length() + 1) {
                deeds.add(new PhishStory.Deed(
                        incident.path("client").asString(""),
                        analytic.substring(MailStage.ANALYTIC.length() + 1).replace('-', ' '),
                        finding.path("first_seen").asString(""),
                        finding.path("affected").asString(""),
                        title));
            }
        }
    }
}
