package io.carom.mailnet.imap;

import io.carom.mailnet.Network;
import io.carom.mailnet.identity.Members.SignedIn;
import io.carom.mailnet.intake.Intake;
import io.carom.mailnet.seal.NotEncrypted;
import io.carom.mailnet.store.AuditLog;
import io.carom.mailnet.store.Folders;
import io.carom.mailnet.store.MailStore.MailboxRow;
import io.carom.mailnet.store.Notes;
import io.carom.mailnet.store.Refused;
import io.carom.mailnet.store.Spool;
import io.carom.mailnet.wire.SignIn;
import io.carom.mailnet.wire.Wire;
import io.carom.mailnet.wire.WireFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One conversation over IMAP (RFC 3501), inside TLS from its first byte. What a member keeps here is
/// encrypted as what it is sent: APPEND of a readable mail is refused.
public final class ImapSession {
    private static final Duration STRANGER = Duration.ofSeconds(40);
    private static final Duration IDLE = Duration.ofMinutes(31);
    private static final int MAX_LINE = 16_384;
    private static final int MAX_COMMAND = 65_536;
    private static final int MAX_LITERAL = 8_192;
    private static final int MAX_UNASKED = 4_096;
    private static final int MAX_LITERALS = 50;
    private static final int MAX_FAULTS = 20;
    private static final int MAX_SIGN_INS = 3;
    private static final Pattern LITERAL = Pattern.compile("\\{(\\d{1,18})(\\+?)}$");
    private static final Pattern APPEND =
            Pattern.compile("(?i)[^ ]+ APPEND (?:\"(?:[^\"\\\\]|\\\\.)*+\"|\0|[^ \"\0{]++) .*", Pattern.DOTALL);
    private static final DateTimeFormatter INTERNAL =
            DateTimeFormatter.ofPattern("d-MMM-yyyy HH:mm:ss Z", Locale.ENGLISH);
    private static final String CAPABILITIES =
            "IMAP4rev1 LITERAL- SASL-IR ID ENABLE IDLE NAMESPACE UNSELECT UIDPLUS" + " MOVE SPECIAL-USE CHILDREN";

    private final Wire wire;
    private final Network network;
    private final SignIn signIn;
    private final Notes notes;
    private @Nullable SignedIn who;
    private @Nullable Folders folders;
    private @Nullable Selected selected;
    private int faults;
    private int signIns;

    private ImapSession(Wire wire, Network network, SignIn signIn, Notes notes) {
        this.wire = wire;
        this.network = network;
        this.signIn = signIn;
        this.notes = notes;
    }

    /// Talks until the other end has had enough.
    public static void talk(Wire wire, Network network, SignIn signIn, Notes notes) throws IOException {
        new ImapSession(wire, network, signIn, notes).run();
    }

    private String capabilities() {
        // Some programs take a password where one is offered, though they have shown a certificate.
        String mechanisms = wire.certificate() == null ? " AUTH=PLAIN" : " AUTH=EXTERNAL LOGINDISABLED";
        return CAPABILITIES + (who == null ? mechanisms : "");
    }

    private void run() throws IOException {
        wire.idle(STRANGER);
        say("* OK [CAPABILITY " + capabilities() + "] private mail network");
        try {
            while (faults <= MAX_FAULTS) {
                String line = wire.line(MAX_LINE);
                if (line == null || !command(line)) {
                    return;
                }
                wire.flush();
            }
            say("* BYE too much that is not understood");
        } catch (SocketTimeoutException e) {
            say("* BYE nothing was said for too long");
        } catch (WireFault e) {
            say("* BYE " + e.getMessage());
            throw e;
        }
    }

    private void say(String line) throws IOException {
        wire.write(line + "\r\n");
        wire.flush();
    }

    /// A command with its literals, read whole.
    private boolean command(String first) throws IOException {
        StringBuilder text = new StringBuilder(first);
        List<String> literals = new ArrayList<>();
        Matcher m = LITERAL.matcher(text);
        while (m.find()) {
            long size = Long.parseLong(m.group(1));
            boolean unasked = !m.group(2).isEmpty();
            text.setLength(m.start());
            if (APPEND.matcher(text).matches()) {
                append(text.toString(), literals, size, unasked);
                return true;
            }
            if (size > MAX_LITERAL || literals.size() >= MAX_LITERALS || unasked && size > MAX_UNASKED) {
                if (unasked) {
                    throw new WireFault("a literal of " + size + " bytes");
                }
                bad(tag(text), "a literal is too large");
                return true;
            }
            if (!unasked) {
                say("+ go on");
            }
            literals.add(new String(bytes((int) size), StandardCharsets.ISO_8859_1));
            text.append(Arguments.LITERAL);
            String more = wire.line(MAX_LINE);
            if (more == null || text.length() + more.length() > MAX_COMMAND) {
                throw new WireFault("a command that is too long or has no end");
            }
            text.append(more);
            m = LITERAL.matcher(text);
        }
        return perform(text.toString(), literals);
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        wire.during(true);
        for (int i = 0; i < count; i++) {
            int b = wire.read();
            if (b < 0) {
                throw new WireFault("the connection ended within a literal");
            }
            bytes[i] = (byte) b;
        }
        wire.during(false);
        return bytes;
    }

    private static String tag(CharSequence line) {
        String text = line.toString();
        int space = text.indexOf(' ');
        String tag = space < 0 ? text : text.substring(0, space);
        return tag.matches("[A-Za-z0-9.:/_$@#&!?;,<>=|~^'-]{1,64}") ? tag : "*";
    }

    private void bad(String tag, String why) throws IOException {
        faults++;
        wire.write(tag + " BAD " + why + "\r\n");
    }

    /// @return whether the conversation goes on
    private boolean perform(String line, List<String> literals) throws IOException {
        String tag = tag(line);
        if (tag.equals("*")) {
            bad(tag, "expected a tag and a command");
            return true;
        }
        Arguments arguments = new Arguments(line.substring(tag.length()), literals);
        try {
            arguments.space();
            String verb = arguments.word();
            boolean byUid = verb.equals("UID");
            if (byUid) {
                arguments.space();
                verb = arguments.word();
                if (!Set.of("FETCH", "STORE", "SEARCH", "COPY", "MOVE", "EXPUNGE")
                        .contains(verb)) {
                    throw new BadCommand("not by UID");
                }
            }
            if (verb.equals("LOGOUT")) {
                wire.write("* BYE bye\r\n" + tag + " OK bye\r\n");
                return false;
            }
            String answer = who == null ? stranger(verb, arguments) : member(verb, arguments, byUid);
            // Numbers stay as they are while a program may still use them (RFC 3501, 7.4.1).
            boolean numbers = byUid || !Set.of("FETCH", "STORE", "SEARCH").contains(verb);
            news(numbers);
            wire.write(tag + " " + answer + "\r\n");
        } catch (BadCommand e) {
            bad(tag, String.valueOf(e.getMessage()));
        }
        if (signIns >= MAX_SIGN_INS) {
            wire.write("* BYE too many tries\r\n");
            return false;
        }
        return true;
    }

    private void news(boolean expunged) throws IOException {
        if (selected != null) {
            wire.write(selected.news(expunged));
        }
    }

    private String common(String verb, Arguments arguments) throws IOException {
        switch (verb) {
            case "CAPABILITY" -> {
                arguments.end();
                wire.write("* CAPABILITY " + capabilities() + "\r\n");
                return "OK done";
            }
            case "NOOP" -> {
                arguments.end();
                return "OK done";
            }
            case "ID" -> {
                wire.write("* ID NIL\r\n");
                return "OK done";
            }
            case "STARTTLS" -> {
                return "BAD this is TLS already";
            }
            default -> throw new BadCommand("not understood");
        }
    }

    private String stranger(String verb, Arguments arguments) throws IOException {
        SignedIn signed;
        switch (verb) {
            case "AUTHENTICATE" -> {
                arguments.space();
                String mechanism = arguments.word();
                String initial = arguments.take(' ') ? arguments.atom() : null;
                arguments.end();
                if (!mechanism.equals("EXTERNAL") && !mechanism.equals("PLAIN")) {
                    return "NO by EXTERNAL or PLAIN";
                }
                if (initial == null) {
                    say("+ ");
                    initial = wire.line(MAX_LINE);
                    if (initial == null || initial.equals("*")) {
                        throw new BadCommand("called off");
                    }
                }
                signed = mechanism.equals("PLAIN")
                        ? signIn.plain(wire, initial)
                        : signIn.external(wire, decoded(initial));
            }
            case "LOGIN" -> {
                arguments.space();
                String user = arguments.string();
                arguments.space();
                String password = arguments.string();
                arguments.end();
                signed = signIn.password(wire, user, password);
            }
            default -> {
                return Set.of("CAPABILITY", "NOOP", "ID", "STARTTLS").contains(verb)
                        ? common(verb, arguments)
                        : "BAD sign in first";
            }
        }
        if (signed == null) {
            signIns++;
            return "NO [AUTHENTICATIONFAILED] not signed in";
        }
        welcome(signed);
        return "OK [CAPABILITY " + capabilities() + "] signed in";
    }

    private void welcome(SignedIn signed) throws IOException {
        who = signed;
        wire.idle(IDLE);
        Folders own = network.store().folders(signed.address());
        own.prepare();
        folders = own;
        network.database().alter(c -> {
            AuditLog.add(
                    c,
                    network.clock().instant(),
                    "signin",
                    Map.of(
                            "address",
                            signed.address(),
                            "by",
                            signed.fingerprint().isEmpty() ? "password" : "certificate",
                            "to",
                            "imap",
                            "from",
                            wire.from()));
        });
    }

    private static String decoded(String base64) {
        try {
            return base64.equals("=")
                    ? ""
                    : new String(java.util.Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "\0";
        }
    }

    private String member(String verb, Arguments arguments, boolean byUid) throws IOException {
        Folders own = Objects.requireNonNull(folders);
        MailboxCommands mailboxes = new MailboxCommands(wire, own);
        switch (verb) {
            case "LOGIN", "AUTHENTICATE" -> {
                return "BAD signed in already";
            }
            case "ENABLE" -> {
                wire.write("* ENABLED\r\n");
                return "OK done";
            }
            case "NAMESPACE" -> {
                wire.write("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
                return "OK done";
            }
            case "SELECT", "EXAMINE" -> {
                arguments.space();
                return select(arguments, verb.equals("EXAMINE"), own);
            }
            case "LIST", "LSUB" -> {
                arguments.space();
                mailboxes.list(arguments, verb.equals("LSUB"));
                return "OK done";
            }
            case "STATUS" -> {
                arguments.space();
                return mailboxes.status(arguments) ? "OK done" : "NO there is no mailbox of that name";
            }
            case "CREATE", "DELETE", "SUBSCRIBE", "UNSUBSCRIBE", "RENAME" -> {
                return change(verb, arguments, own);
            }
            case "APPEND" -> throw new BadCommand("expected a mail as a literal");
            case "IDLE" -> {
                arguments.end();
                return idle();
            }
            case "CHECK", "CLOSE", "UNSELECT", "EXPUNGE", "SEARCH", "FETCH", "STORE", "COPY", "MOVE" -> {
                Selected now = selected;
                return now == null ? "BAD select a mailbox first" : mail(verb, arguments, byUid, own, now);
            }
            default -> {
                return common(verb, arguments);
            }
        }
    }

    private String select(Arguments arguments, boolean readOnly, Folders own) throws IOException {
        String name = arguments.string();
        selected = null;
        MailboxRow mailbox = own.named(name);
        if (mailbox == null) {
            return "NO there is no mailbox of that name";
        }
        Selected now = new Selected(own, mailbox, readOnly);
        int unseen = -1;
        for (int i = 0; i < now.entries().size() && unseen < 0; i++) {
            unseen = Folders.set(now.entries().get(i).flags()).contains("\\Seen") ? -1 : i;
        }
        wire.write("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n"
                + "* OK [PERMANENTFLAGS (" + (readOnly ? "" : "\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*")
                + ")] flags\r\n"
                + "* " + now.entries().size() + " EXISTS\r\n* 0 RECENT\r\n"
                + (unseen < 0 ? "" : "* OK [UNSEEN " + (unseen + 1) + "] first that was not read\r\n")
                + "* OK [UIDVALIDITY " + mailbox.validity() + "] UIDs hold\r\n"
                + "* OK [UIDNEXT " + Math.max(mailbox.next(), now.largestUid() + 1) + "] next\r\n");
        selected = now;
        return "OK [READ-" + (readOnly ? "ONLY" : "WRITE") + "] selected";
    }

    private String change(String verb, Arguments arguments, Folders own) throws IOException {
        arguments.space();
        String name = arguments.string();
        String to = "";
        if (verb.equals("RENAME")) {
            arguments.space();
            to = arguments.string();
        } else if (!verb.equals("CREATE")) {
            arguments.end();
        }
        try {
            switch (verb) {
                case "CREATE" -> own.create(name);
                case "DELETE" -> own.delete(name);
                case "RENAME" -> own.rename(name, to);
                default -> own.subscribe(name, verb.equals("SUBSCRIBE"));
            }
            return "OK done";
        } catch (IOException e) {
            return "NO " + e.getMessage();
        }
    }

    private String mail(String verb, Arguments arguments, boolean byUid, Folders own, Selected now) throws IOException {
        MailCommands mails = new MailCommands(wire, network.store(), own, now);
        boolean changes = Set.of("STORE", "EXPUNGE", "MOVE").contains(verb);
        if (changes && now.readOnly()) {
            return "NO the mailbox was opened for reading alone";
        }
        switch (verb) {
            case "CHECK" -> arguments.end();
            case "CLOSE", "UNSELECT" -> {
                arguments.end();
                if (verb.equals("CLOSE") && !now.readOnly()) {
                    mails.expunge(null);
                }
                selected = null;
            }
            case "EXPUNGE" -> {
                SequenceSet uids = null;
                if (byUid) {
                    arguments.space();
                    uids = SequenceSet.of(arguments.atom());
                }
                arguments.end();
                mails.expunge(uids);
            }
            case "SEARCH" -> {
                arguments.space();
                return search(arguments, byUid, mails);
            }
            case "FETCH" -> {
                arguments.space();
                mails.fetch(arguments, byUid);
            }
            case "STORE" -> {
                arguments.space();
                mails.store(arguments, byUid);
            }
            default -> {
                arguments.space();
                try {
                    String code = mails.copy(arguments, byUid, verb.equals("MOVE"));
                    return code.equals("NO")
                            ? "NO [TRYCREATE] there is no mailbox of that name"
                            : "OK " + code + "done";
                } catch (Refused e) {
                    return no(e);
                }
            }
        }
        return "OK done";
    }

    private static String search(Arguments arguments, boolean byUid, MailCommands mails) throws IOException {
        if (arguments.follows("CHARSET ")) {
            arguments.word();
            arguments.space();
            String name = arguments.string().toUpperCase(Locale.ROOT);
            if (!Set.of("UTF-8", "US-ASCII").contains(name)) {
                return "NO [BADCHARSET (UTF-8 US-ASCII)] in UTF-8";
            }
            arguments.space();
        }
        mails.search(arguments, byUid);
        return "OK done";
    }

    /// RFC 2177: what happens is told as it happens, until the program says DONE.
    private String idle() throws IOException {
        say("+ idling");
        Semaphore signal = new Semaphore(0);
        SignedIn member = Objects.requireNonNull(who);
        IdleTeller teller = new IdleTeller(signal);
        Thread telling;
        try (AutoCloseable watch = network.store().watch(member.address(), signal::release)) {
            // Something may have come between the last answer and the watch.
            signal.release();
            telling = Thread.ofVirtual().start(teller);
            try {
                String line = wire.line(MAX_LINE);
                if (line == null || !line.equalsIgnoreCase("DONE")) {
                    throw new WireFault("expected DONE");
                }
            } finally {
                teller.stop();
                telling.join();
            }
        } catch (IOException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", e);
        } catch (Exception e) {
            throw new IOException(e);
        }
        return "OK done";
    }

    /// Writes while the session's own thread waits for the program to speak.
    private final class IdleTeller implements Runnable {
        private final Semaphore signal;
        private volatile boolean stopped;

        IdleTeller(Semaphore signal) {
            this.signal = signal;
        }

        void stop() {
            stopped = true;
            signal.release();
        }

        @Override
        public void run() {
            try {
                while (!stopped) {
                    signal.acquire();
                    signal.drainPermits();
                    if (!stopped && selected != null) {
                        String told = selected.news(true);
                        if (!told.isEmpty()) {
                            wire.write(told);
                            wire.flush();
                        }
                    }
                }
            } catch (IOException | InterruptedException e) {
                // The reading end finds out for itself.
            }
        }
    }

    private void append(String line, List<String> literals, long size, boolean unasked) throws IOException {
        String tag = tag(line);
        SignedIn member = who;
        long most = network.settings().limits().message();
        if (member == null || size > most) {
            if (unasked) {
                throw new WireFault(member == null ? "sign in first" : "a mail of " + size + " bytes");
            }
            if (member == null) {
                bad(tag, "sign in first");
            } else {
                wire.write(tag + " NO [TOOBIG] it is larger than " + most + " bytes\r\n");
            }
            return;
        }
        if (unasked && size > MAX_UNASKED) {
            throw new WireFault("a literal of " + size + " bytes");
        }
        Arguments arguments = new Arguments(line.substring(tag.length()), literals);
        MailboxRow mailbox;
        Set<String> flags = Set.of();
        Instant internal = network.clock().instant();
        try {
            arguments.space();
            arguments.word();
            arguments.space();
            mailbox = Objects.requireNonNull(folders).named(arguments.string());
            arguments.space();
            if (arguments.peek() == '(') {
                flags = MailCommands.flags(arguments.list());
                arguments.space();
            }
            if (arguments.peek() == '"') {
                internal = OffsetDateTime.parse(arguments.string().strip(), INTERNAL)
                        .toInstant();
                arguments.space();
            }
            arguments.end();
        } catch (BadCommand | DateTimeException e) {
            refuseAppend(tag, "BAD expected a mailbox, flags and a time", size, unasked);
            return;
        }
        if (mailbox == null) {
            refuseAppend(tag, "NO [TRYCREATE] there is no mailbox of that name", size, unasked);
            return;
        }
        Spool place;
        try {
            place = network.store().spool();
        } catch (IOException e) {
            refuseAppend(tag, no(noRoom()), size, unasked);
            return;
        }
        try (Spool spool = place) {
            if (!unasked) {
                say("+ go on");
            }
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            long body = receive(size, spool, head);
            wire.line(0);
            if (body < 0) {
                throw noRoom();
            }
            Intake.checkKept(head.toByteArray(), body, spool);
            long uid = network.store().append(member, mailbox, spool, String.join(" ", flags), internal);
            news(true);
            wire.write(tag + " OK [APPENDUID " + mailbox.validity() + " " + uid + "] kept\r\n");
        } catch (NotEncrypted e) {
            notes.refusedMember(
                    "mail.refused",
                    member.address().toString(),
                    Map.of(
                            "by",
                            member.address(),
                            "from",
                            wire.from(),
                            "what",
                            "APPEND",
                            "why",
                            String.valueOf(e.getMessage())));
            wire.write(tag + " NO [CANNOT] only encrypted mail is kept: " + e.getMessage() + "\r\n");
        } catch (Refused e) {
            wire.write(tag + " " + no(e) + "\r\n");
        }
    }

    private static Refused noRoom() {
        return new Refused(452, "4.3.1", "there is no room for it on this server's disk");
    }

    /// A mailbox or a disk that is full is told so that programs know it (RFC 9208, 4.3.1; RFC 5530).
    private static String no(Refused why) {
        return "NO "
                + (why.code().equals("4.2.2") ? "[OVERQUOTA] " : why.code().equals("4.3.1") ? "[UNAVAILABLE] " : "")
                + why.getMessage();
    }

    private void refuseAppend(String tag, String answer, long size, boolean unasked) throws IOException {
        if (unasked) {
            bytes((int) size);
            wire.line(MAX_LINE);
        }
        faults += answer.startsWith("BAD") ? 1 : 0;
        wire.write(tag + " " + answer + "\r\n");
    }

    /// Reads a mail to its end, whether or not it can be written; gives where its body begins, -1 if it could
    /// not.
    private long receive(long size, Spool spool, ByteArrayOutputStream head) throws IOException {
        boolean written = true;
        int ends = 0;
        long body = -1;
        byte[] chunk = new byte[8192];
        int filled = 0;
        wire.during(true);
        for (long i = 0; i < size; i++) {
            int b = wire.read();
            if (b < 0) {
                throw new WireFault("the connection ended within a literal");
            }
            chunk[filled++] = (byte) b;
            if (filled == chunk.length) {
                written = written && isWritten(spool, chunk, filled);
                filled = 0;
                wire.during(true);
            }
            if (body < 0) {
                if (head.size() < MAX_COMMAND * 4) {
                    head.write(b);
                }
                ends = b == '\n' ? ends + 1 : b == '\r' ? ends : 0;
                body = ends == 2 || b == '\n' && i < 2 ? i + 1 : -1;
            }
        }
        written = written && isWritten(spool, chunk, filled);
        wire.during(false);
        return !written ? -1 : body < 0 ? size : body;
    }

    private static boolean isWritten(Spool spool, byte[] bytes, int length) {
        try {
            spool.write(bytes, 0, length);
            return true;
        } catch (IOException e) {
            // A disk that is full is no reason to hang up: what comes after is another command.
            return false;
        }
    }
}
