package io.carom.mailnet.imap;

import io.carom.mailnet.seal.MailHeader;
import io.carom.mailnet.store.Folders;
import io.carom.mailnet.store.MailStore.EntryRow;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a search looks for (RFC 3501, 6.4.4). Texts are looked for in what the server can read, which is heads of
/// mails:
/// bodies are encrypted.
final class SearchKeys {
    private static final int MAX_DEPTH = 20;
    private static final int MAX_KEYS = 500;
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("d-MMM-yyyy", Locale.ENGLISH);

    private final Arguments arguments;
    private int keys;

    SearchKeys(Arguments arguments) {
        this.arguments = arguments;
    }

    /// A mail that is looked at.
    interface Candidate {
        EntryRow row();

        int number();

        MailHeader header() throws IOException;

        /// Whether its bytes have a text, in any case of letters.
        boolean contains(String text) throws IOException;
    }

    /// Whether a mail is one that is looked for.
    interface Key {
        boolean is(Candidate mail, long largestNumber, long largestUid) throws IOException;
    }

    /// All keys to the end, which must all hold.
    Key all(int depth) throws BadCommand {
        List<Key> all = new ArrayList<>();
        do {
            all.add(one(depth));
        } while (arguments.take(' '));
        return (m, n, u) -> {
            for (Key key : all) {
                if (!key.is(m, n, u)) {
                    return false;
                }
            }
            return true;
        };
    }

    private Key one(int depth) throws BadCommand {
        if (depth > MAX_DEPTH || ++keys > MAX_KEYS) {
            throw new BadCommand("the search is too large");
        }
        if (arguments.take('(')) {
            Key inner = all(depth + 1);
            arguments.expect(')');
            return inner;
        }
        String word = arguments.word();
        if (Character.isDigit(word.charAt(0)) || word.charAt(0) == '*') {
            SequenceSet set = SequenceSet.of(word);
            return (m, n, u) -> set.has(m.number(), n);
        }
        return switch (word) {
            case "ALL", "OLD" -> (m, n, u) -> true;
            case "NEW", "RECENT" -> (m, n, u) -> false;
            case "ANSWERED", "DELETED", "DRAFT", "FLAGGED", "SEEN" -> flag("\\" + word, true);
            case "UNANSWERED", "UNDELETED", "UNDRAFT", "UNFLAGGED", "UNSEEN" -> flag("\\" + word.substring(2), false);
            case "KEYWORD" -> flag(text(), true);
            case "UNKEYWORD" -> flag(text(), false);
            case "BCC", "CC", "FROM", "SUBJECT", "TO" -> field(word.toLowerCase(Locale.ROOT), text());
            case "HEADER" -> {
                String name = text().toLowerCase(Locale.ROOT);
                yield field(name, text());
            }
            case "BODY", "TEXT" -> {
                String text = text();
                yield (m, n, u) -> m.contains(text);
            }
            case "BEFORE", "ON", "SINCE" -> date(word, day(), false);
            case "SENTBEFORE", "SENTON", "SENTSINCE" -> date(word.substring(4), day(), true);
            case "LARGER", "SMALLER" -> {
                String text = text();
                if (!text.matches("\\d{1,15}")) {
                    throw new BadCommand("expected a size");
                }
                long size = Long.parseLong(text);
                yield (m, n, u) ->
                        word.equals("LARGER") ? m.row().size() > size : m.row().size() < size;
            }
            case "UID" -> {
                arguments.space();
                SequenceSet set = SequenceSet.of(arguments.atom());
                yield (m, n, u) -> set.has(m.row().uid(), u);
            }
            case "NOT" -> {
                arguments.space();
                Key inner = one(depth + 1);
                yield (m, n, u) -> !inner.is(m, n, u);
            }
            case "OR" -> {
                arguments.space();
                Key a = one(depth + 1);
                arguments.space();
                Key b = one(depth + 1);
                yield (m, n, u) -> a.is(m, n, u) || b.is(m, n, u);
            }
            default -> throw new BadCommand("no search key is called so");
        };
    }

    private String text() throws BadCommand {
        arguments.space();
        return arguments.string();
    }

    private LocalDate day() throws BadCommand {
        String text = text();
        try {
            return LocalDate.parse(capital(text), DATE);
        } catch (DateTimeException e) {
            throw new BadCommand("expected a day such as 1-Feb-2026");
        }
    }

    /// `01-FEB-2026` as `1-Feb-2026`.
    private static String capital(String day) {
        String[] parts = day.split("-", -1);
        if (parts.length != 3 || parts[1].length() != 3) {
            return day;
        }
        return parts[0].replaceFirst("^[0 ]", "") + "-"
                + parts[1].substring(0, 1).toUpperCase(Locale.ROOT)
                + parts[1].substring(1).toLowerCase(Locale.ROOT) + "-" + parts[2];
    }

    private static Key flag(String flag, boolean wanted) {
        return (m, n, u) -> Folders.set(m.row().flags()).stream().anyMatch(f -> f.equalsIgnoreCase(flag)) == wanted;
    }

    private static Key field(String name, String text) {
        String wanted = text.toLowerCase(Locale.ROOT);
        return (m, n, u) -> m.header().all(name).stream()
                .anyMatch(f -> f.value().toLowerCase(Locale.ROOT).contains(wanted));
    }

    private static Key date(String word, LocalDate day, boolean sent) {
        return (m, n, u) -> {
            LocalDate of = LocalDate.ofInstant(m.row().internal(), ZoneOffset.UTC);
            if (sent) {
                of = sent(m.header(), m.row().internal());
            }
            return switch (word) {
                case "BEFORE" -> of.isBefore(day);
                case "ON" -> of.equals(day);
                default -> !of.isBefore(day);
            };
        };
    }

    private static LocalDate sent(MailHeader header, Instant otherwise) {
        String date = header.first("date").orElse("").replaceFirst("\\(.*", "").strip();
        try {
            return DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, LocalDate::from);
        } catch (DateTimeException e) {
            return LocalDate.ofInstant(otherwise, ZoneOffset.UTC);
        }
    }
}
