package io.carom.mailnet.intake;

import io.carom.mailnet.Network;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.seal.Encrypted;
import io.carom.mailnet.seal.MailHeader;
import io.carom.mailnet.seal.NotEncrypted;
import io.carom.mailnet.store.MailStore;
import io.carom.mailnet.store.Refused;
import io.carom.mailnet.store.Spool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One mail on its way into its file: its head is gathered, looked at and written as it shall be; the
/// rest is written. Whoever makes it closes it; unless it was accepted nothing of it is left then.
public final class Intake implements AutoCloseable {
    private static final int MAX_HEADER = 64 << 10;

    /// Mails looked at at once: each may need its list of keys in memory.
    private static final Semaphore CHECKS = new Semaphore(4);

    private final Network network;
    private final From from;
    private final String id;
    private final Spool spool;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private @Nullable MailHeader header;
    private long headLength;

    /// Who hands it in.
    ///
    /// @param reaches whether answers may be sent to an address
    /// @param trace what `Received` says of it: from whom and how
    public record From(MailStore.Origin origin, Address sender, Predicate<Address> reaches, String trace) {}

    /// @param id by which it is kept
    public Intake(Network network, From from, String id) throws IOException {
        this.network = network;
        this.from = from;
        this.id = id;
        try {
            spool = network.store().spool();
        } catch (IOException e) {
            throw noRoom(e);
        }
    }

    /// A line with its CR LF; there is no other CR, LF or NUL in it.
    public void line(byte[] bytes, int at, int length) throws IOException {
        if (header != null) {
            try {
                spool.write(bytes, at, length);
            } catch (IOException e) {
                throw noRoom(e);
            }
        } else if (length == 2) {
            begin();
        } else {
            head.write(bytes, at, length);
            if (head.size() > MAX_HEADER) {
                throw new Refused(552, "5.3.4", "its header is larger than " + MAX_HEADER + " bytes");
            }
        }
    }

    /// A disk that is full now may have room later: the sender is told, instead of being hung up on.
    private static Refused noRoom(IOException cause) {
        Refused why = new Refused(452, "4.3.1", "there is no room for it on this server's disk");
        why.initCause(cause);
        return why;
    }

    private MailHeader begin() throws IOException {
        try {
            MailHeader parsed = MailHeader.parse(head.toByteArray());
            MailRules.check(parsed, from.sender(), from.reaches());
            boolean submitted = from.origin() instanceof MailStore.Member;
            String trace = "Received: " + from.trace() + " id " + id + ";\r\n\t"
                    + MailRules.date(network.clock().instant()) + "\r\n";
            byte[] kept = MailRules.kept(
                    parsed, from.sender(), id, submitted, trace, network.clock().instant());
            try {
                spool.write(kept);
            } catch (IOException e) {
                throw noRoom(e);
            }
            headLength = kept.length;
            header = parsed;
            return parsed;
        } catch (IllegalArgumentException e) {
            throw new Refused(550, "5.6.0", String.valueOf(e.getMessage()));
        }
    }

    /// Takes it, all of it having come. When this returns it is kept.
    ///
    /// @throws Refused saying why not
    public void accept(List<Address> to) throws IOException {
        // A mail may end with its head.
        MailHeader whole = header == null ? begin() : header;
        check(whole, to);
        try {
            network.store()
                    .accept(
                            id,
                            new MailStore.Envelope(
                                    from.origin(),
                                    from.sender(),
                                    to,
                                    MailRules.messageId(whole, from.sender(), id),
                                    MailRules.answers(whole)),
                            spool);
        } catch (Refused e) {
            throw e;
        } catch (IOException e) {
            Refused why = new Refused(451, "4.3.0", "it could not be kept on this server's disk; try later");
            why.initCause(e);
            throw why;
        }
    }

    private void check(MailHeader whole, List<Address> to) throws IOException {
        CHECKS.acquireUninterruptibly();
        try (InputStream in = spool.read()) {
            in.skipNBytes(headLength);
            Encrypted.Seal seal = Encrypted.check(whole, in);
            for (Address recipient : to) {
                X509Certificate certificate = certificate(recipient);
                if (certificate != null && Boolean.FALSE.equals(seal.opensFor(certificate))) {
                    throw new Refused(550, "5.7.5", "it is not encrypted to the key that " + recipient + " has now");
                }
            }
        } catch (NotEncrypted e) {
            throw new Refused(550, "5.7.10", "only encrypted mail is taken: " + e.getMessage());
        } finally {
            CHECKS.release();
        }
    }

    /// Looks at a mail that a member puts into a mailbox of its own: it may say what it wants, but not
    /// in the clear.
    ///
    /// @param body where the body begins
    public static void checkKept(byte[] head, long body, Spool spool) throws IOException {
        try (InputStream in = spool.read()) {
            in.skipNBytes(body);
            Encrypted.check(MailHeader.parse(head), in);
        } catch (IllegalArgumentException e) {
            throw new Refused(550, "5.6.0", String.valueOf(e.getMessage()));
        }
    }

    private @Nullable X509Certificate certificate(Address of) throws IOException {
        Members.Member member = network.members().active(of);
        if (member != null) {
            return member.certificate();
        }
        return network.peers().correspondents().stream()
                .filter(c -> c.address().equals(of))
                .map(c -> c.certificate())
                .findFirst()
                .orElse(null);
    }

    @Override
    public void close() throws IOException {
        spool.close();
    }
}
