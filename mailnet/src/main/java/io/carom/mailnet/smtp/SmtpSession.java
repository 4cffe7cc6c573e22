package io.carom.mailnet.smtp;

import io.carom.mailnet.Network;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.intake.Intake;
import io.carom.mailnet.store.MailStore;
import io.carom.mailnet.store.Notes;
import io.carom.mailnet.store.Refused;
import io.carom.mailnet.wire.Wire;
import io.carom.mailnet.wire.WireFault;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One conversation over SMTP (RFC 5321), inside TLS from its first byte: there is no STARTTLS. Every
/// reply to a mail's end is about that mail on the disk.
public final class SmtpSession {
    private static final Duration IDLE = Duration.ofMinutes(5);
    private static final int MAX_LINE = 998;
    private static final int MAX_AUTH_LINE = 12_288;
    private static final int MAX_FAULTS = 12;
    private static final int MAX_SIGN_INS = 3;
    private static final Pattern PATH =
            Pattern.compile("(?i)(FROM|TO): ?<([^<>\\s]{0,320})>((?: [A-Z0-9=<>@.+-]{1,200}){0,6})");

    private final Wire wire;
    private final Network network;
    private final Notes notes;
    private final SmtpRole role;
    private final String by;
    private boolean greeted;
    private @Nullable Address from;
    private final List<Address> to = new ArrayList<>();
    private long announced;
    private int faults;
    private int refusedRecipients;
    private int signIns;
    private boolean calledOff;

    /// @param by what the reply and the trace call this server
    SmtpSession(Wire wire, Network network, Notes notes, SmtpRole role, String by) {
        this.wire = wire;
        this.network = network;
        this.notes = notes;
        this.role = role;
        this.by = by;
    }

    void run() throws IOException {
        wire.idle(IDLE);
        reply("220 " + by + " ESMTP private mail network");
        try {
            while (true) {
                String line = wire.line(MAX_LINE);
                if (line == null || !command(line)) {
                    return;
                }
                if (faults > MAX_FAULTS) {
                    reply("421 4.7.0 too much that is not understood");
                    return;
                }
            }
        } catch (SocketTimeoutException e) {
            reply("421 4.4.2 nothing was said for too long");
        } catch (WireFault e) {
            reply("500 5.5.2 " + e.getMessage());
            throw e;
        }
    }

    private void reply(String line) throws IOException {
        wire.write(line + "\r\n");
        wire.flush();
    }

    private void fault(String line) throws IOException {
        faults++;
        reply(line);
    }

    /// @return whether the conversation goes on
    private boolean command(String line) throws IOException {
        int space = line.indexOf(' ');
        String verb = (space < 0 ? line : line.substring(0, space)).toUpperCase(Locale.ROOT);
        String rest = space < 0 ? "" : line.substring(space + 1);
        switch (verb) {
            case "EHLO", "HELO" -> greet(verb, rest);
            case "AUTH" -> auth(rest);
            case "MAIL" -> mail(rest);
            case "RCPT" -> recipient(rest);
            case "DATA" -> {
                return data(rest);
            }
            case "RSET" -> {
                reset();
                reply("250 2.0.0 forgotten");
            }
            case "NOOP" -> reply("250 2.0.0 yes");
            case "VRFY", "EXPN" -> fault("252 2.5.1 that is not told");
            case "HELP" -> reply("214 2.0.0 mail in the network, encrypted, for those in it");
            case "QUIT" -> {
                reply("221 2.0.0 bye");
                return false;
            }
            case "STARTTLS" -> fault("503 5.5.1 this is TLS already");
            case "GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS" -> {
                // A browser that was made to come here: nothing of what it says is a command.
                reply("421 4.7.0 this is no web server");
                return false;
            }
            default -> fault("500 5.5.2 not understood");
        }
        return true;
    }

    private void greet(String verb, String name) throws IOException {
        if (name.isBlank() || name.length() > 255) {
            fault("501 5.5.4 who is it?");
            return;
        }
        reset();
        greeted = true;
        if (verb.equals("HELO")) {
            reply("250 " + by);
            return;
        }
        StringBuilder lines = new StringBuilder();
        lines.append("250-").append(by).append("\r\n");
        if (role.auth() != null) {
            // Some programs take a password where one is offered, though they have shown a certificate.
            lines.append("250-AUTH ")
                    .append(wire.certificate() == null ? "PLAIN LOGIN" : "EXTERNAL")
                    .append("\r\n");
        }
        lines.append("250-SIZE ").append(network.settings().limits().message()).append("\r\n");
        lines.append("250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES");
        reply(lines.toString());
    }

    private void auth(String rest) throws IOException {
        SmtpRole.Auth auth = role.auth();
        if (auth == null || role.origin() != null || from != null) {
            fault("503 5.5.1 not now");
            return;
        }
        String[] words = rest.split(" ", 2);
        String mechanism = words[0].toUpperCase(Locale.ROOT);
        if (!List.of("EXTERNAL", "PLAIN", "LOGIN").contains(mechanism)) {
            fault("504 5.5.4 by EXTERNAL, PLAIN or LOGIN");
            return;
        }
        calledOff = false;
        if (auth.with(mechanism, words.length > 1 ? words[1] : null, this)) {
            reply("235 2.7.0 signed in");
        } else if (calledOff) {
            // RFC 4954, 4.
            fault("501 5.7.0 called off");
        } else if (++signIns >= MAX_SIGN_INS) {
            reply("421 4.7.0 too many tries");
            wire.close();
        } else {
            fault("535 5.7.8 not signed in");
        }
    }

    /// Asks for more of a sign-in; gives what came, or null if it was called off.
    @Nullable
    String ask(String challenge) throws IOException {
        reply("334 " + challenge);
        String line = wire.line(MAX_AUTH_LINE);
        calledOff = "*".equals(line);
        return calledOff ? null : line;
    }

    private void reset() {
        from = null;
        to.clear();
        announced = 0;
        refusedRecipients = 0;
    }

    private void mail(String rest) throws IOException {
        if (!greeted || from != null) {
            fault("503 5.5.1 not now");
            return;
        }
        if (role.origin() == null) {
            refuse(new Refused(530, "5.7.0", "sign in first"), "");
            return;
        }
        Matcher m = PATH.matcher(rest);
        if (!m.matches() || !m.group(1).equalsIgnoreCase("FROM")) {
            fault("501 5.5.4 expected MAIL FROM:<address>");
            return;
        }
        long size = 0;
        for (String parameter : m.group(3).strip().split(" ")) {
            String upper = parameter.toUpperCase(Locale.ROOT);
            if (upper.matches("SIZE=\\d{1,15}")) {
                size = Long.parseLong(upper.substring(5));
            } else if (!upper.isEmpty() && !upper.matches("BODY=(7BIT|8BITMIME)|AUTH=.*")) {
                fault("555 5.5.4 a parameter is unknown");
                return;
            }
        }
        if (size > network.settings().limits().message()) {
            refuse(tooLarge(), m.group(2));
            return;
        }
        try {
            Address sender = Address.of(m.group(2))
                    .orElseThrow(() -> new Refused(553, "5.1.7", "the sender has no address of this network"));
            role.sender(sender);
            from = sender;
            announced = size;
            reply("250 2.1.0 yes");
        } catch (Refused e) {
            refuse(e, m.group(2));
        }
    }

    private Refused tooLarge() {
        return new Refused(
                552, "5.3.4", "it is larger than " + network.settings().limits().message() + " bytes");
    }

    private void recipient(String rest) throws IOException {
        if (from == null) {
            fault("503 5.5.1 not now");
            return;
        }
        Matcher m = PATH.matcher(rest);
        if (!m.matches() || !m.group(1).equalsIgnoreCase("TO") || !m.group(3).isBlank()) {
            fault("501 5.5.4 expected RCPT TO:<address>");
            return;
        }
        if (to.size() >= network.settings().limits().recipients()) {
            refusedRecipient("452 4.5.3 too many recipients");
            return;
        }
        try {
            Address recipient = Address.of(m.group(2))
                    .orElseThrow(() -> new Refused(550, "5.7.1", "that is no address in this network"));
            role.recipient(recipient);
            // At the mail's end there is one answer for all: a mailbox that is full is told of by itself.
            if (recipient.domain().equals(network.settings().domain())
                    && !network.store().hasRoom(recipient, announced)) {
                throw new Refused(452, "4.2.2", "the mailbox of " + recipient + " is full");
            }
            if (!to.contains(recipient)) {
                to.add(recipient);
            }
            reply("250 2.1.5 yes");
        } catch (Refused e) {
            note(e, m.group(2));
            refusedRecipient(e.line());
        }
    }

    /// Of many recipients some may have left, or be more than is taken at once (RFC 5321, 4.5.3.1.10):
    /// whoever hands over to the others has understood all.
    private void refusedRecipient(String line) throws IOException {
        if (++refusedRecipients > network.settings().limits().recipients()) {
            fault(line);
        } else {
            reply(line);
        }
    }

    private void refuse(Refused why, String what) throws IOException {
        note(why, what);
        fault(why.line());
    }

    private void note(Refused why, String what) {
        Map<String, String> detail =
                Map.of("by", role.name(), "from", wire.from(), "what", what, "why", String.valueOf(why.getMessage()));
        if (role.origin() == null) {
            notes.refused("mail.refused", wire.from(), detail);
        } else {
            notes.refusedMember("mail.refused", role.name(), detail);
        }
    }

    private boolean data(String rest) throws IOException {
        Address sender = from;
        if (sender == null || to.isEmpty()) {
            fault("503 5.5.1 not now");
            return true;
        }
        if (!rest.isEmpty() || wire.hasMore()) {
            // Whoever sends data ahead of the answer speaks to another program than this.
            reply("503 5.5.1 DATA stands alone and waits");
            throw new WireFault("data ahead of the answer to DATA");
        }
        String id = MailStore.newId();
        MailStore.Origin origin = Objects.requireNonNull(role.origin());
        boolean submitted = origin instanceof MailStore.Member;
        String trace = "from " + (submitted ? "a member" : role.name()) + " by " + by + " with ESMTPS"
                + (submitted ? "A" : "");
        try (Intake intake = new Intake(network, new Intake.From(origin, sender, role::reaches, trace), id)) {
            reply("354 up to a full stop alone on a line");
            new Incoming(wire).read(network.settings().limits().message(), intake::line);
            intake.accept(to);
            reset();
            reply("250 2.0.0 kept as " + id);
        } catch (Incoming.Smuggling e) {
            refuse(e, id);
            return false;
        } catch (Refused e) {
            reset();
            refuse(e, id);
        }
        return true;
    }
}
