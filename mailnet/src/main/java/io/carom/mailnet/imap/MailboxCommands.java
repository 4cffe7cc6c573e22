package io.carom.mailnet.imap;

import io.carom.mailnet.store.Folders;
import io.carom.mailnet.store.MailStore.MailboxRow;
import io.carom.mailnet.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// What is done with mailboxes as such.
final class MailboxCommands {
    private static final int MAX_PATTERN = 300;
    private static final Map<String, String> USES = Map.of(
            "Drafts", "\\Drafts", "Sent", "\\Sent", "Archive", "\\Archive", "Trash", "\\Trash", "Junk", "\\Junk");

    private final Wire wire;
    private final Folders folders;

    MailboxCommands(Wire wire, Folders folders) {
        this.wire = wire;
        this.folders = folders;
    }

    /// LIST (RFC 3501, 6.3.8, with what RFC 5258 and RFC 6154 add as far as programs use it) and LSUB.
    void list(Arguments arguments, boolean subscribed) throws IOException {
        List<String> selection = new ArrayList<>();
        if (arguments.peek() == '(') {
            arguments.list().forEach(s -> selection.add(s.toUpperCase(Locale.ROOT)));
            arguments.space();
        }
        String reference = arguments.string();
        arguments.space();
        List<String> patterns = arguments.peek() == '(' ? arguments.list() : List.of(arguments.string());
        if (arguments.take(' ')) {
            if (!arguments.word().equals("RETURN")) {
                throw new BadCommand("expected RETURN");
            }
            arguments.space();
            arguments.list();
        }
        arguments.end();
        String word = subscribed ? "LSUB" : "LIST";
        if (patterns.size() == 1 && patterns.getFirst().isEmpty()) {
            wire.write("* " + word + " (\\Noselect) \"/\" \"\"\r\n");
            return;
        }
        List<MailboxRow> all = folders.list();
        for (MailboxRow one : all) {
            boolean wanted = !(subscribed || selection.contains("SUBSCRIBED")) || one.subscribed();
            boolean used = !selection.contains("SPECIAL-USE") || USES.containsKey(one.name());
            if (wanted && used && patterns.stream().anyMatch(p -> matches(reference + p, one.name()))) {
                boolean parent = all.stream().anyMatch(m -> m.name().startsWith(one.name() + "/"));
                String attributes = (parent ? "\\HasChildren" : "\\HasNoChildren")
                        + (selection.contains("SUBSCRIBED") ? " \\Subscribed" : "")
                        + (USES.containsKey(one.name()) ? " " + USES.get(one.name()) : "");
                wire.write("* " + word + " (" + attributes + ") \"/\" " + Told.string(one.name()) + "\r\n");
            }
        }
        if (selection.isEmpty()) {
            for (String above : above(all)) {
                if (patterns.stream().anyMatch(p -> matches(reference + p, above))) {
                    wire.write("* " + word + " (\\Noselect \\HasChildren) \"/\" " + Told.string(above) + "\r\n");
                }
            }
        }
    }

    /// Names that only stand ahead of others': programs that go down a level at a time (`%`) find these by
    /// them (RFC 3501, 6.3.8).
    private static SortedSet<String> above(List<MailboxRow> all) {
        SortedSet<String> above = new TreeSet<>();
        for (MailboxRow one : all) {
            for (int at = one.name().indexOf('/'); at > 0; at = one.name().indexOf('/', at + 1)) {
                above.add(one.name().substring(0, at));
            }
        }
        all.forEach(one -> above.remove(one.name()));
        return above;
    }

    /// `*` stands for anything, `%` for anything without a separator. Takes as long as the two are long,
    /// multiplied.
    static boolean matches(String pattern, String name) {
        if (pattern.length() > MAX_PATTERN) {
            return false;
        }
        String wanted = pattern.equalsIgnoreCase("INBOX") ? "INBOX" : pattern;
        boolean[] can = new boolean[name.length() + 1];
        can[0] = true;
        for (int p = 0; p < wanted.length(); p++) {
            char c = wanted.charAt(p);
            boolean[] next = new boolean[name.length() + 1];
            for (int n = 0; n <= name.length(); n++) {
                if (c == '*' || c == '%') {
                    boolean passes = n > 0 && (c == '*' || name.charAt(n - 1) != '/');
                    next[n] = can[n] || passes && next[n - 1];
                } else {
                    next[n] = n > 0 && can[n - 1] && name.charAt(n - 1) == c;
                }
            }
            can = next;
        }
        return can[name.length()];
    }

    /// @return whether there is such a mailbox
    boolean status(Arguments arguments) throws IOException {
        String name = arguments.string();
        arguments.space();
        List<String> items = arguments.list();
        arguments.end();
        MailboxRow mailbox = folders.named(name);
        if (mailbox == null) {
            return false;
        }
        Folders.Counts counts = folders.counts(mailbox);
        List<String> told = new ArrayList<>();
        for (String item : items) {
            String word = item.toUpperCase(Locale.ROOT);
            long value = switch (word) {
                case "MESSAGES" -> counts.mails();
                case "RECENT" -> 0;
                case "UIDNEXT" -> mailbox.next();
                case "UIDVALIDITY" -> mailbox.validity();
                case "UNSEEN" -> counts.unseen();
                case "SIZE" -> counts.bytes();
                default -> throw new BadCommand("nothing of a mailbox is called so");
            };
            told.add(word + " " + value);
        }
        wire.write("* STATUS " + Told.string(mailbox.name()) + " (" + String.join(" ", told) + ")\r\n");
        return true;
    }
}
