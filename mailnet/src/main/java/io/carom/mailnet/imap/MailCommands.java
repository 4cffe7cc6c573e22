package io.carom.mailnet.imap;

import io.carom.mailnet.imap.SearchKeys.Candidate;
import io.carom.mailnet.seal.MailHeader;
import io.carom.mailnet.store.Folders;
import io.carom.mailnet.store.MailStore;
import io.carom.mailnet.store.MailStore.EntryRow;
import io.carom.mailnet.store.MailStore.MailboxRow;
import io.carom.mailnet.wire.Wire;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is done with the mails of the mailbox that is selected.
final class MailCommands {
    private static final DateTimeFormatter INTERNAL =
            DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss Z", Locale.ENGLISH);
    private static final int MAX_FLAGS = 50;
    private static final Set<String> SYSTEM = Set.of("\\answered", "\\flagged", "\\deleted", "\\seen", "\\draft");
    private static final int CHUNK = 1 << 16;

    private final Wire wire;
    private final MailStore store;
    private final Folders folders;
    private final Selected selected;

    MailCommands(Wire wire, MailStore store, Folders folders, Selected selected) {
        this.wire = wire;
        this.store = store;
        this.folders = folders;
        this.selected = selected;
    }

    /// What is asked of each mail.
    private record Items(List<Object> all, boolean seen) {}

    void fetch(Arguments arguments, boolean byUid) throws IOException {
        SequenceSet set = SequenceSet.of(arguments.atom());
        arguments.space();
        Items items = items(arguments, byUid);
        arguments.end();
        List<Integer> meant = selected.meant(set, byUid);
        if (items.seen() && !selected.readOnly()) {
            List<Long> unseen = new ArrayList<>();
            for (int at : meant) {
                if (!Folders.set(selected.entries().get(at).flags()).contains("\\Seen")) {
                    unseen.add(selected.entries().get(at).uid());
                }
            }
            if (!unseen.isEmpty()) {
                folders.flags(selected.mailbox(), unseen, flags -> with(flags, "\\Seen"));
            }
        }
        for (int at : meant) {
            one(at, items);
        }
    }

    private static Set<String> with(Set<String> flags, String more) {
        Set<String> all = new LinkedHashSet<>(flags);
        all.add(more);
        return all;
    }

    private static Items items(Arguments arguments, boolean byUid) throws BadCommand {
        List<Object> all = new ArrayList<>();
        boolean seen = false;
        boolean list = arguments.take('(');
        if (byUid) {
            all.add("UID");
        }
        do {
            String word = arguments.until(" ()[").toUpperCase(Locale.ROOT);
            if ((word.equals("BODY") || word.equals("BODY.PEEK")) && arguments.take('[')) {
                String inside = arguments.upTo(']');
                String partial = arguments.take('<') ? arguments.upTo('>') : "";
                all.add(Section.of(inside, partial));
                seen |= word.equals("BODY");
            } else {
                switch (word) {
                    case "ALL" -> all.addAll(List.of("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"));
                    case "FAST" -> all.addAll(List.of("FLAGS", "INTERNALDATE", "RFC822.SIZE"));
                    case "FULL" -> all.addAll(List.of("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"));
                    case "UID" -> {
                        if (!byUid) {
                            all.add(word);
                        }
                    }
                    case "FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY", "BODYSTRUCTURE" -> all.add(word);
                    case "RFC822", "RFC822.TEXT" -> {
                        all.add(word);
                        seen = true;
                    }
                    case "RFC822.HEADER" -> all.add(word);
                    default -> throw new BadCommand("nothing of a mail is called so");
                }
            }
        } while (list && arguments.take(' '));
        if (list) {
            arguments.expect(')');
        }
        return new Items(all, seen);
    }

    private void one(int at, Items items) throws IOException {
        EntryRow row = selected.entries().get(at);
        StoredMail mail = null;
        try {
            wire.write("* " + (at + 1) + " FETCH (");
            boolean first = true;
            for (Object item : items.all()) {
                if (!first) {
                    wire.write(" ");
                }
                first = false;
                if (item instanceof String word
                        && Set.of("UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE").contains(word)) {
                    wire.write(known(row, word, items.seen() && !selected.readOnly()));
                } else {
                    if (mail == null) {
                        mail = new StoredMail(store.file(row.message()));
                    }
                    write(mail, item);
                }
            }
            wire.write(")\r\n");
        } catch (NoSuchFileException e) {
            // Removed by the sweep while a session still shows it: nothing can be told of it any more.
            throw new IOException("a mail is gone", e);
        } finally {
            if (mail != null) {
                mail.close();
            }
        }
    }

    private static String known(EntryRow row, String word, boolean seen) {
        return switch (word) {
            case "UID" -> "UID " + row.uid();
            case "FLAGS" ->
                "FLAGS (" + (seen ? String.join(" ", with(Folders.set(row.flags()), "\\Seen")) : row.flags()) + ")";
            case "RFC822.SIZE" -> "RFC822.SIZE " + row.size();
            default -> "INTERNALDATE \"" + INTERNAL.format(row.internal().atOffset(ZoneOffset.UTC)) + "\"";
        };
    }

    private void write(StoredMail mail, Object item) throws IOException {
        if (item instanceof Section section) {
            bytes(mail, section.shown(), section.of(mail));
            return;
        }
        switch ((String) item) {
            case "ENVELOPE" -> wire.write("ENVELOPE " + Told.envelope(mail.header()));
            case "BODY" -> wire.write("BODY " + Told.structure(mail, mail.whole(), false));
            case "BODYSTRUCTURE" -> wire.write("BODYSTRUCTURE " + Told.structure(mail, mail.whole(), true));
            case "RFC822" -> bytes(mail, "RFC822", new Section.Bytes(0, mail.size(), null));
            case "RFC822.HEADER" ->
                bytes(mail, "RFC822.HEADER", Section.of("HEADER", "").of(mail));
            default -> bytes(mail, "RFC822.TEXT", Section.of("TEXT", "").of(mail));
        }
    }

    private void bytes(StoredMail mail, String name, Section.@Nullable Bytes bytes) throws IOException {
        if (bytes == null) {
            wire.write(name + " NIL");
            return;
        }
        wire.write(name + " {" + bytes.length() + "}\r\n");
        byte[] made = bytes.made();
        if (made != null) {
            wire.write(made, 0, made.length);
            return;
        }
        byte[] chunk = new byte[CHUNK];
        for (long i = bytes.from(); i < bytes.end(); i += CHUNK) {
            int length = (int) Math.min(CHUNK, bytes.end() - i);
            MemorySegment.copy(mail.slice(i, i + length), ValueLayout.JAVA_BYTE, 0, chunk, 0, length);
            wire.write(chunk, 0, length);
        }
    }

    void store(Arguments arguments, boolean byUid) throws IOException {
        SequenceSet set = SequenceSet.of(arguments.atom());
        arguments.space();
        String word = arguments.word();
        arguments.space();
        List<String> given = new ArrayList<>();
        if (arguments.peek() == '(') {
            given.addAll(arguments.list());
        } else {
            do {
                given.add(arguments.string());
            } while (arguments.take(' '));
        }
        arguments.end();
        boolean silent = word.endsWith(".SILENT");
        String how = silent ? word.substring(0, word.length() - 7) : word;
        if (!List.of("FLAGS", "+FLAGS", "-FLAGS").contains(how)) {
            throw new BadCommand("expected FLAGS, +FLAGS or -FLAGS");
        }
        Set<String> flags = flags(given);
        List<Integer> meant = selected.meant(set, byUid);
        folders.flags(selected.mailbox(), uids(meant), had -> changed(had, how, flags));
        if (silent) {
            // What this session did itself it is not told.
            meant.forEach(at -> selected.assume(at, had -> changed(had, how, flags)));
        } else {
            String told = selected.news(false);
            wire.write(told);
            // Who asked is told also of what was so before.
            Set<Integer> known = numbers(told);
            for (int at : meant) {
                EntryRow row = selected.entries().get(at);
                if (!known.contains(at + 1)) {
                    wire.write("* " + (at + 1) + " FETCH (" + (byUid ? "UID " + row.uid() + " " : "") + "FLAGS ("
                            + row.flags() + "))\r\n");
                }
            }
        }
    }

    /// The numbers of the mails whose flags are told.
    private static Set<Integer> numbers(String told) {
        Set<Integer> numbers = new HashSet<>();
        for (String line : told.split("\r\n")) {
            String[] words = line.split(" ", 4);
            if (words.length == 4 && words[2].equals("FETCH")) {
                numbers.add(Integer.valueOf(words[1]));
            }
        }
        return numbers;
    }

    private static Set<String> changed(Set<String> had, String how, Set<String> flags) {
        Set<String> all = new LinkedHashSet<>(how.equals("FLAGS") ? Set.of() : had);
        if (how.equals("-FLAGS")) {
            all.removeAll(flags);
        } else {
            all.addAll(flags);
        }
        if (all.size() <= MAX_FLAGS) {
            return all;
        }
        return had;
    }

    /// System flags in the form in which they are kept; keywords as they are.
    static Set<String> flags(Collection<String> given) throws BadCommand {
        Set<String> flags = new LinkedHashSet<>();
        for (String flag : given) {
            String lower = flag.toLowerCase(Locale.ROOT);
            if (SYSTEM.contains(lower)) {
                flags.add("\\" + lower.substring(1, 2).toUpperCase(Locale.ROOT) + lower.substring(2));
            } else if (lower.equals("\\recent")) {
                continue;
            } else if (flag.isEmpty()
                    || flag.length() > 64
                    || !flag.chars().allMatch(c -> c > 32 && c < 127 && "(){}%*\"\\]".indexOf(c) < 0)) {
                throw new BadCommand("no flag is called so");
            } else {
                flags.add(flag);
            }
        }
        if (flags.size() > MAX_FLAGS) {
            throw new BadCommand("too many flags");
        }
        return flags;
    }

    private List<Long> uids(List<Integer> meant) {
        List<Long> uids = new ArrayList<>();
        meant.forEach(at -> uids.add(selected.entries().get(at).uid()));
        return uids;
    }

    /// @param uids only these; null for all that are marked as deleted
    void expunge(@Nullable SequenceSet uids) throws IOException {
        List<Long> deleted = new ArrayList<>();
        for (EntryRow row : selected.entries()) {
            if (Folders.set(row.flags()).contains("\\Deleted")
                    && (uids == null || uids.has(row.uid(), selected.largestUid()))) {
                deleted.add(row.uid());
            }
        }
        if (!deleted.isEmpty()) {
            folders.expunge(selected.mailbox(), deleted);
        }
    }

    void search(Arguments arguments, boolean byUid) throws IOException {
        SearchKeys.Key key = new SearchKeys(arguments).all(0);
        arguments.end();
        StringBuilder found = new StringBuilder("* SEARCH");
        int number = 0;
        for (EntryRow row : selected.entries()) {
            number++;
            try (Looked looked = new Looked(row, number)) {
                if (key.is(looked, selected.entries().size(), selected.largestUid())) {
                    found.append(' ').append(byUid ? row.uid() : number);
                }
            } catch (NoSuchFileException e) {
                // Gone since: not found.
            }
        }
        wire.write(found.append("\r\n").toString());
    }

    /// A mail that a search looks at; opened when its file is needed.
    private final class Looked implements Candidate, AutoCloseable {
        private final EntryRow row;
        private final int number;
        private @Nullable StoredMail mail;

        Looked(EntryRow row, int number) {
            this.row = row;
            this.number = number;
        }

        @Override
        public EntryRow row() {
            return row;
        }

        @Override
        public int number() {
            return number;
        }

        private StoredMail mail() throws IOException {
            StoredMail open = mail;
            if (open == null) {
                open = new StoredMail(store.file(row.message()));
                mail = open;
            }
            return open;
        }

        @Override
        public MailHeader header() throws IOException {
            return mail().header();
        }

        @Override
        public boolean contains(String text) throws IOException {
            StoredMail open = mail();
            String wanted = text.toLowerCase(Locale.ROOT);
            long last = open.size() - wanted.length();
            for (long i = 0; i <= last; i++) {
                int at = 0;
                while (at < wanted.length()
                        && Character.toLowerCase((char) (open.at(i + at) & 0xff)) == wanted.charAt(at)) {
                    at++;
                }
                if (at == wanted.length()) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void close() {
            if (mail != null) {
                mail.close();
            }
        }
    }

    /// @return the answer's code, `[COPYUID …] `
    String copy(Arguments arguments, boolean byUid, boolean move) throws IOException {
        SequenceSet set = SequenceSet.of(arguments.atom());
        arguments.space();
        MailboxRow to = folders.named(arguments.string());
        arguments.end();
        if (to == null) {
            return "NO";
        }
        Map<Long, Long> copied = folders.copy(selected.mailbox(), uids(selected.meant(set, byUid)), to, move);
        if (copied.isEmpty()) {
            return "";
        }
        String code =
                "[COPYUID " + to.validity() + " " + joined(copied.keySet()) + " " + joined(copied.values()) + "] ";
        if (move) {
            // RFC 6851, 4.3: the code comes untagged, ahead of what says that the mails are gone.
            wire.write("* OK " + code + "moved\r\n");
            return "";
        }
        return code;
    }

    private static String joined(Collection<Long> uids) {
        return String.join(",", uids.stream().map(String::valueOf).toList());
    }
}
